#!/usr/bin/python3
# SPDX-License-Identifier: BSD-2-Clause
"""calls.py [--every N] [--errors N] [CASE...]: each call of each program fails once.

For the k-th allocation, and the k-th system call with each of several errors,
k = 1, 2, ... until a run has no k-th call: the program ends in success or
refusal and says which; a success is whole and on record; no temporary file,
descriptor, session or lease is left; the same program works right after.
With --every N only each N-th call of them fails, with --errors N the first N
kinds of failure are tried.
"""
import argparse
import os
import sys

import fault
from fault import Run, Trail

ERRORS = [("alloc", "12", "allocation"), ("sys", "5", "EIO"),
          ("sys", "4", "EINTR"), ("sys", "24", "EMFILE"),
          ("sys", "28", "ENOSPC"), ("sys", "short", "short transfer")]
LAST = 20000
ID = "/run/nhi/sessions/"


class Case:
    """One program.  `run` takes what Run takes; `whole` tells what lacks after
    a success; `changes`: the state is put back before each run."""
    changes = False
    codes = (0, 1, 2)
    again = (0,)
    silent = False

    def __init__(self, name, argv=None, **more):
        self.name, self.argv, self.more = name, argv, more

    def run(self, **more):
        # What is made anew is asked for anew.
        own = {k: v() if callable(v) else v for k, v in self.more.items()}
        return Run(self.argv, **own, **more)

    def whole(self, r, trail):
        return []


class Lookup(Case):
    """getent says nothing of a name that it does not find."""
    silent = True


class Verb(Case):
    """nhictl that changes something, with the record it owes."""
    changes = True

    def __init__(self, name, argv, event=None, there=None, again=(0,)):
        super().__init__(name, argv)
        self.event, self.there, self.again = event, there, again

    def whole(self, r, trail):
        lacks = []
        if self.event and not trail.since(self.event):
            lacks.append("no record " + self.event)
        if self.there and not os.path.lexists(self.there):
            lacks.append("no " + self.there)
        return lacks


class Issue(Case):
    changes = True
    codes = (0, 70, 75, 77)

    def run(self, **more):
        return fault.issue(KEY, TOKEN, **more)

    def whole(self, r, trail):
        issued = [e for e in trail.since() if e["event"] == "cert.issue"]
        ledger = os.listdir(fault.LIB + "/issued")
        if len(issued) != 1 or issued[0]["serial"] not in ledger:
            return [f"{len(issued)} records, ledger {ledger}"]
        return [] if r.out.count("cert-v01") == 1 else ["no certificate"]


class Login(Case):
    changes = True
    codes = (0, 1)

    def run(self, **more):
        # A refused stage prints to its conversation.
        r = Run([fault.PAM_FAULT, PAM, fault.ACCOUNT, CERTIFICATE], wait=True,
                frm=self.more.get("frm"), **more)
        r.err = r.err or r.out
        return r

    def whole(self, r, trail):
        said = dict(line.split(" ", 1) for line in r.out.splitlines())
        session = said.get("session")
        grants = [e["session"] for e in trail.since("login.grant")]
        if session not in grants:
            return [f"session {session}, granted {grants}"]
        return []


def fds(r):
    """What pam_fault counted before and after."""
    for line in r.out.splitlines():
        if line.startswith("fds "):
            return line.split()[1:]
    return None


def drain():
    """The spool is taken in.  What a failed close left, tick mends: a session
    whose process is gone at once, a lease without one when it is old."""
    fault.must("nhictl", "tick")
    old = [p for p in fault.live() if p.startswith("/run/nhi/leases/")]
    for path in old:
        os.utime(path, (0, 0), follow_symlinks=False)
    if old:
        fault.must("nhictl", "tick")


def elsewhere(r):
    """libcrypto while it is set up, and libconfig, do not look whether they
    got memory: a crash of theirs ends the program, which has granted and
    changed nothing by then that is not checked below."""
    where = (r.fired or "").split("crashed in ")[1:]
    return bool(where) and where[0].startswith(("libcrypto", "libconfig",
                                                "libjson-c"))


def look(case, r, trail):
    faults = []
    if elsewhere(r):
        pass
    elif r.rc not in case.codes:
        faults.append("ended so")
    elif r.rc != 0 and not (r.err + r.out).strip() and not case.silent:
        faults.append("does not say why")
    if isinstance(case, (Issue, Login)):
        drain()
    if r.rc == 0:
        faults += case.whole(r, trail)
    elif isinstance(case, Issue) and "cert-v01" in r.out:
        faults.append("refused, and a certificate was given")
    if isinstance(case, Login):
        if fault.live():
            faults.append(f"left: {fault.live()}")
        if fds(r) and fds(r)[0] != fds(r)[1]:
            faults.append(f"descriptors: {fds(r)}")
    if fault.temporary():
        faults.append(f"left: {fault.temporary()}")
    if fault.torn():
        faults.append("a torn record")
    return faults


def once(case, at, calls, how):
    """None: there is no such call."""
    refresh()
    if case.changes:
        fault.restore()
    trail = Trail()
    r = case.run(at=at, calls=calls, how=how)
    if r.fired is None:
        return None
    faults = look(case, r, trail)
    if case.changes and r.rc != 0:
        again = case.run()
        if again.rc not in case.again:
            faults.append(f"and then: {again}")
    return [f"call {at}, {r}: {f}" for f in faults]


def loop(case, every, errors):
    for calls, how, name in errors:
        faults, count = [], 0
        for at in range(1, LAST, every):
            got = once(case, at, calls, how)
            if got is None:
                break
            count += 1
            faults += got
        fault.verdict(f"{case.name}: {name}", faults, count)


def nobody(argv):
    return {"argv": argv, "user": ("nobody", "nogroup", [])}


def cases():
    token, jwks = fault.WORK + "/token", "/etc/nhi/jwks/lab.json"
    ctl = "nhictl"
    return [
        Login("login", frm="pam_nhi.so"), Login("login, and what it calls"),
        Issue("nhi-issue"),
        Lookup("name service", ["getent", "-s", "nhi", "passwd", fault.ACCOUNT],
               frm="libnss_nhi"),
        Case("token check", **nobody([
            ctl, "token", "check", "--issuer", ISSUER, "--audience",
            "ssh://web-1.example.com", "--jwks", jwks]), stdin=lambda: TOKEN),
        Case("explain", **nobody([ctl, "explain", "--account", fault.ACCOUNT,
                                  "--token", token])),
        Case("check", [ctl, "check"]),
        Case("accounts", [ctl, "accounts"]),
        Case("certs", [ctl, "certs"]),
        Verb("apply", [ctl, "apply"], "policy.apply"),
        Verb("hold add", [ctl, "hold", "add", "--all", "--reason", "x"],
             "hold.add", fault.LIB + "/holds/all"),
        Verb("hold lift", [ctl, "hold", "lift", "--account", "held"],
             "hold.lift", again=(0, 1)),
        Verb("revoke", [ctl, "revoke", "--identity", "web-deploy", "--reason",
                        "x"], "revoke"),
        Verb("krl", [ctl, "krl", fault.WORK + "/krl"]),
        Verb("tick", [ctl, "tick"], there="/run/nhi/tick"),
        Verb("ca rotate", [ctl, "ca", "rotate"], "ca.rotate",
             again=(0, 1)),
    ]


MADE = []


def refresh():
    """A token of now, and a certificate that leaves no trace."""
    global TOKEN, CERTIFICATE
    if not fault.once_in(150, MADE):
        return
    TOKEN = fault.mint()
    with open(fault.WORK + "/token", "wb") as f:
        f.write(TOKEN)
    r = fault.issue(KEY, TOKEN)
    CERTIFICATE = " ".join(r.out.split()[:2])
    for d in ("/marks/", "/issued/"):
        for name in os.listdir(fault.LIB + d):
            os.unlink(fault.LIB + d + name)


def prepare():
    global KEY, PAM, ISSUER
    fault.begin()
    ISSUER = "https://token.actions.githubusercontent.com"
    PAM, KEY = fault.pam_dir(), fault.make_key("k")
    refresh()
    fault.must("nhictl", "hold", "add", "--account", "held", "--reason", "x")
    fault.must("nhictl", "tick")
    fault.save()


def main():
    p = argparse.ArgumentParser()
    p.add_argument("--every", type=int, default=1)
    p.add_argument("--errors", type=int, default=len(ERRORS))
    p.add_argument("case", nargs="*")
    args = p.parse_args()
    prepare()
    for case in cases():
        if not args.case or case.name in args.case:
            loop(case, args.every, ERRORS[:args.errors])
    fault.restore()
    fault.finish()


if __name__ == "__main__":
    sys.exit(main())
