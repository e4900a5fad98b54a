#!/usr/bin/python3
# SPDX-License-Identifier: BSD-2-Clause
"""password.py PASSWORD CMD...: answer one prompt on a terminal of its own."""
import os
import pty
import sys


def main():
    pid, fd = pty.fork()
    if pid == 0:
        os.execvp(sys.argv[2], sys.argv[2:])
    said, answered = b"", False
    while True:
        try:
            piece = os.read(fd, 4096)
        except OSError:
            break
        if not piece:
            break
        said += piece
        if not answered and said.rstrip().lower().endswith(b":") and \
                b"assword" in said:
            os.write(fd, sys.argv[1].encode() + b"\n")
            answered = True
    sys.stdout.buffer.write(said)
    return os.waitstatus_to_exitcode(os.waitpid(pid, 0)[1])


sys.exit(main())
