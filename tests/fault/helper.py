#!/usr/bin/python3
# SPDX-License-Identifier: BSD-2-Clause
"""helper.py [--every N] [CASE...]: each system call of the static and of the set-uid program fails
once, or is the last one (strace).

nhi-sshd-helper principals prints what it prints without a fault, or refuses;
keys prints its one line, or nothing; and a login whose nhi-drop or nhi-verify
has the fault is refused, or is the login that was asked for, on record.
"""
import argparse
import os
import re
import subprocess
import sys

import fault
from fault import Run, Trail

HELPER = "/usr/libexec/nhi/nhi-sshd-helper"
CALLS = ["openat", "open", "read", "readlink", "readlinkat", "fstat",
         "newfstatat", "lstat", "getdents64", "clock_gettime", "mmap", "brk",
         "write", "setresuid", "setresgid", "setgroups", "prctl", "prlimit64",
         "close_range", "execve", "seccomp", "fcntl", "poll", "clone",
         "clone3", "vfork"]
HOWS = ["error=EIO", "error=EMFILE", "signal=KILL"]
LAST = 400


def traced(argv, call, how, at, follow):
    """None: there is no such call."""
    trace = fault.WORK + "/trace"
    r = Run(["strace"] + (["-f"] if follow else []) + [
        "-o", trace, "-e", "trace=" + call, "-e",
        f"inject={call}:{how}:when={at}"] + argv)
    with open(trace, encoding="ascii", errors="replace") as f:
        text = f.read()
    # A verifier that is late is killed, too.
    hit = "(INJECTED)" in text if how.startswith("error") else \
        "killed by SIGKILL" in text and at <= text.count(call + "(")
    r.fired = f"{call} {at} {how}"
    return r if hit else None


def known(call):
    r = subprocess.run(["strace", "-o", "/dev/null", "-e", "trace=" + call,
                        "true"], capture_output=True, check=False)
    return r.returncode == 0


def loop(name, argv, look, follow=False):
    if ARGS.case and name not in ARGS.case:
        return
    faults, count = [], 0
    for call in filter(known, CALLS):
        for how in HOWS:
            for at in range(1, LAST, ARGS.every):
                trail = Trail()
                r = traced(argv, call, how, at, follow)
                if r is None:
                    break
                count += 1
                faults += [f"{r}: {f}" for f in look(r, trail)]
    fault.verdict(name, faults, count)


def as_verifier(argv):
    return ["setpriv", "--reuid", "_nhi", "--regid", "_nhi", "--clear-groups",
            ] + argv


def lines(good):
    """The good answer, a refusal or nothing."""
    def look(r, trail):
        said = [li for li in r.out.splitlines() if li]
        bad = [li for li in said if li not in good and
               'nhi-sshd-helper refuse ' not in li]
        return [f"says {bad}"] if bad else []
    return look


def login(r, trail):
    """What fails may be the words of pam_fault, and who is killed pam_fault,
    as sshd would be: it leaves a temporary file to tick."""
    said = dict(li.split(" ", 1) for li in r.out.splitlines() if " " in li)
    grants = [e["session"] for e in trail.since("login.grant")]
    if r.rc == 0 and "fds" in said and said.get("session") not in grants:
        return ["a session without a record"]
    for path in fault.temporary():
        os.utime(path, (0, 0), follow_symlinks=False)
    fault.drain()
    return [f"left: {p}" for p in fault.live() + fault.temporary()]


def field(text, name):
    return re.search(rf"{name}: (.*)", text).group(1).strip('" ')


def main():
    global ARGS
    p = argparse.ArgumentParser()
    p.add_argument("--every", type=int, default=1)
    p.add_argument("case", nargs="*")
    ARGS = p.parse_args()
    fault.begin()
    key = fault.make_key("k")
    r = fault.issue(key, fault.mint())
    certificate = " ".join(r.out.split()[:2])
    with open(fault.WORK + "/k-cert.pub", "w", encoding="ascii") as f:
        f.write(r.out)
    text = fault.must("ssh-keygen", "-L", "-f", fault.WORK + "/k-cert.pub")
    principals = as_verifier([
        HELPER, "principals", fault.ACCOUNT, field(text, "Key ID"),
        field(text, "Serial"),
        re.search(r"Signing CA: \S+ (\S+)", text).group(1),
        certificate.split()[1]])
    good = fault.must(*principals).splitlines()
    if len(good) != 1 or "refuse" in good[0]:
        fault.not_ok("principals without a fault", good)
    loop("principals", principals, lines(good))
    keys = as_verifier([HELPER, "keys", "nhi"] + key.split())
    good = fault.must(*keys).splitlines()
    loop("keys", keys, lines(good))
    loop("verifier", [fault.PAM_FAULT, fault.pam_dir(),
                      fault.ACCOUNT, certificate], login, True)
    fault.finish()


if __name__ == "__main__":
    sys.exit(main())
