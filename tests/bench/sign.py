#!/usr/bin/python3
# SPDX-License-Identifier: BSD-2-Clause
"""What signing a certificate costs: sign.py PROGRAM [ROUNDS]"""
import subprocess
import sys
import tempfile

import turn

TYPES = ("ed25519", "ecdsa", "rsa")


def main():
    program = sys.argv[1]
    rounds = int(sys.argv[2]) if len(sys.argv) > 2 else 40
    with tempfile.TemporaryDirectory() as d:
        subprocess.run(["ssh-keygen", "-q", "-t", "ed25519", "-N", "", "-f",
                        d + "/bot"], check=True)
        for kind in TYPES:
            ca = "%s/ca-%s" % (d, kind)
            subprocess.run(["ssh-keygen", "-q", "-t", kind, "-N", "", "-f",
                            ca], check=True)
            base = "ssh-keygen -s, a process"
            times = turn.take_turns(
                [turn.Command(base, "ssh-keygen", "-q", "-s", ca, "-I", "bot",
                              "-n", "web-deploy", "-V", "-1m:+15m",
                              d + "/bot.pub"),
                 turn.Program("NHI: in process", program, d, kind),
                 turn.Program("NHI: CA's key read each time", program, d,
                              kind, "read")], rounds)
            turn.table("sign, %s CA (processor time)" % kind, times, base)
            print()


if __name__ == "__main__":
    main()
