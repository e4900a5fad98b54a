#!/usr/bin/python3
# SPDX-License-Identifier: BSD-2-Clause
"""The issuer, as sshd's child runs it, while its verifier misbehaves.

  issue_lied.py ACCOUNT KEY TOKEN PLAN < plans

Each line of standard input goes into the file PLAN (see liar.c) and is one
request from an address of its own.  Prints "STATUS MS PUBLIC ID LINE", PUBLIC
being "cert" when there is anything on standard output.
"""
import os
import pwd
import re
import subprocess
import sys
import time

ISSUE = "/usr/libexec/nhi/nhi-issue"


def become():
    user = pwd.getpwnam("nhi")
    os.initgroups("nhi", user.pw_gid)
    os.setgid(user.pw_gid)
    os.setuid(user.pw_uid)


def main(account, key, token, plan):
    with open(key, encoding="ascii") as f:
        key = " ".join(f.read().split()[:2])
    for number, line in enumerate(sys.stdin):
        line = line.rstrip("\n")
        with open(plan, "w", encoding="ascii") as f:
            f.write(line)
        source = "10.2.%d.%d" % (number // 250, number % 250 + 1)
        start = time.monotonic()
        done = subprocess.run([ISSUE, account, source, key], env={},
                              input=token.encode(), capture_output=True,
                              preexec_fn=become, check=False)
        took = int((time.monotonic() - start) * 1000)
        said = re.fullmatch(r"nhi: refused: ([a-z]+) (\S+)\n",
                            done.stderr.decode("ascii", "replace"))
        public, name = said.groups() if said else ("?", "?")
        print(done.returncode, took, "cert" if done.stdout else public, name,
              line, flush=True)


if __name__ == "__main__":
    main(*sys.argv[1:])
