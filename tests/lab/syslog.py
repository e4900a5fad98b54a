#!/usr/bin/python3
# SPDX-License-Identifier: BSD-2-Clause
"""The lab's syslog: syslog.py SOCKET FILE appends a line for each message."""
import os
import re
import socket
import sys

FACILITIES = ("kern user mail daemon auth syslog lpr news uucp cron authpriv "
              "ftp ntp security console clock local0 local1 local2 local3 "
              "local4 local5 local6 local7").split()
LEVELS = "emerg alert crit err warning notice info debug".split()


def line(message):
    text = message.decode("utf-8", "backslashreplace").rstrip("\0\n")
    text = text.replace("\n", "\\n")
    found = re.match(r"<(\d{1,3})>", text)
    if not found or int(found.group(1)) >= len(FACILITIES) * 8:
        return "unknown.unknown " + text + "\n"
    facility, level = divmod(int(found.group(1)), 8)
    return "%s.%s %s\n" % (FACILITIES[facility], LEVELS[level],
                           text[found.end():])


def main(path, target):
    sink = socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM)
    with open(target, "a", buffering=1, encoding="utf-8") as out:
        os.chmod(target, 0o640)
        sink.bind(path)
        os.chmod(path, 0o666)
        while True:
            out.write(line(sink.recv(65536)))


main(sys.argv[1], sys.argv[2])
