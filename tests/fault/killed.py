#!/usr/bin/python3
# SPDX-License-Identifier: BSD-2-Clause
"""killed.py [--every N] [CASE...]: killed before each call that changes the
disk, and in the middle of each write.

Right after, the account can be entered or is refused as it should be, the old
state or the new one is there and doctor finds nothing worse than a temporary
file; the same command, run again, does its work.
"""
import argparse
import glob
import json
import os

import fault
from fault import Run

CTL = "nhictl"
CONF = "/etc/nhi/nhi.conf"
PREVIEW = "pr-74-4711"
LAST = 2000


class Case:
    """One command.  `again`: how the second run may end; `enters`: how the
    login after the kill may end."""
    again = (0,)
    enters = (0,)

    def __init__(self, name, argv, again=(0,), enters=(0,), ready=None):
        self.name, self.argv = name, argv
        self.again, self.enters, self.ready = again, enters, ready

    def run(self, **more):
        return Run(self.argv, **more)

    def state(self):
        """Old or new: what is there can be read."""
        return readable([CTL, "policy", "digest"], [CTL, "hold", "list"],
                        [CTL, "certs"], [CTL, "accounts"], [CTL, "ca", "show"],
                        [CTL, "check"], ["getent", "passwd", fault.ACCOUNT])


class Issue(Case):
    def run(self, **more):
        return fault.issue(KEY, TOKEN, **more)

    def state(self):
        """Nothing that was given is not in the ledger, and another key never
        gets a certificate for a token that this one has spent."""
        return super().state() + [
            "the ledger has " + p for p in glob.glob(fault.LIB + "/issued/*")
            if ".tmp-" not in p and b"account=" not in open(p, "rb").read()]


class Login(Case):
    """pam_fault; another account than the one that `enters` looks at."""
    def __init__(self, name, account, **more):
        super().__init__(name, None, **more)
        self.account = account

    def run(self, **more):
        return login(self.account, wait=True, **more)


def login(account, **more):
    return Run([fault.PAM_FAULT, PAM, account, CERTIFICATE[account]], **more)


def readable(*commands):
    bad = []
    for argv in commands:
        r = Run(argv)
        if r.rc != 0:
            bad.append(f"{' '.join(argv)}: {r}")
    return bad


def doctor():
    r = Run([CTL, "doctor", "--state", "--json"])
    found = [json.loads(line) for line in r.out.splitlines()
             if line.startswith("{")]
    return [f"doctor: {f}" for f in found if f["id"] != "hold-endless"]


def settle():
    """What tick mends: at once, or when it is old."""
    fault.must(CTL, "tick")
    for path in fault.live() + fault.temporary():
        os.utime(path, (0, 0), follow_symlinks=False)
    fault.must(CTL, "tick")
    # Two older ones, for readers in flight, and one that was killed.
    kept = glob.glob(fault.LIB + "/published/[0-9a-f]*")
    return [f"left after tick: {p}" for p in fault.live() +
            fault.temporary() + kept[4:]]


def look(case):
    faults = case.state()
    r = login(fault.ACCOUNT)
    if r.rc not in case.enters:
        faults.append(f"login: {r}")
    again = case.run()
    if again.rc not in case.again:
        faults.append(f"again: {again}")
    faults += settle() + doctor()
    torn = fault.torn()
    # Half a line is closed by the next writer and told as what it is.
    return faults + [f"torn: {line[:60]}" for line in torn[1:]]


def loop(case, every):
    for calls, how in (("state", "kill"), ("write", "tear")):
        faults, count = [], 0
        for at in range(1, LAST, every):
            fault.restore()
            refresh()
            if case.ready:
                case.ready()
            r = case.run(at=at, calls=calls, how=how)
            if r.fired is None:
                break
            count += 1
            got = [] if r.rc == -9 else [f"ended with {r.rc}"]
            faults += [f"call {at}, {r.fired}: {f}" for f in got + look(case)]
        fault.verdict(f"{case.name}: {how}", faults, count)


def other_policy():
    """One identity more, another lifetime."""
    with open(CONF, encoding="ascii") as f:
        text = f.read()
    with open(CONF, "w", encoding="ascii") as f:
        f.write(text.replace("identities = (", """identities = (
          { name = "more"; owner = "a@example.com"; purpose = "x";
            expires = "2099-12-31"; issuer = "github"; account = "more";
            match = ( { claim = "repository_id"; is = "75"; },
              { claim = "repository_owner_id"; is = "65"; },
              { claim = "ref"; is = "refs/heads/main"; },
              { claim = "environment"; is = "production"; } ); },"""))


def litter():
    """Work for tick: a mark, a hand-over and a certificate of long ago, a
    session whose process is gone, a hold that is over, homes."""
    os.symlink("-:1000", fault.LIB + "/marks/" + "ab" * 32)
    with open("/run/nhi/pending/" + "0" * 32, "w", encoding="ascii"):
        pass
    os.utime("/run/nhi/pending/" + "0" * 32, (1000, 1000))
    os.makedirs(fault.LIB + "/homes/.gone/1-1/sub", exist_ok=True)


def rotate():
    fault.must(CTL, "ca", "rotate")


def cases():
    return [
        Case("apply", [CTL, "apply"], ready=other_policy),
        Case("hold add", [CTL, "hold", "add", "--all", "--reason", "x"],
             enters=(0, 1)),
        Case("hold lift", [CTL, "hold", "lift", "--account", "held"],
             again=(0, 1)),
        Case("revoke", [CTL, "revoke", "--identity", "web-deploy", "--reason",
                        "x"], enters=(0, 1)),
        Case("ca rotate", [CTL, "ca", "rotate"], again=(0, 1)),
        Case("ca retire", [CTL, "ca", "retire", "--force"], again=(0, 1),
             enters=(0, 1), ready=rotate),
        Case("tick", [CTL, "tick"], ready=litter),
        Issue("nhi-issue", None),
        Login("session and lease", fault.ACCOUNT),
        Login("first login", PREVIEW),
    ]


MADE, CERTIFICATE = [], {}


def refresh():
    """A token and certificates of now."""
    global TOKEN
    if not fault.once_in(150, MADE):
        return
    TOKEN = fault.mint()
    for account, token in (
            (fault.ACCOUNT, TOKEN),
            (PREVIEW, fault.mint("--set", "event_name=pull_request",
                                 "--set", "run_id=\"4711\""))):
        r = Run([fault.ISSUE, account, "127.0.0.1", KEY], user=fault.NHI,
                stdin=token)
        if r.rc != 0:
            fault.not_ok("a certificate for " + account, r)
            fault.finish()
        CERTIFICATE[account] = " ".join(r.out.split()[:2])


def prepare():
    global KEY, PAM
    fault.begin()
    KEY, PAM = fault.make_key("k"), fault.pam_dir()
    refresh()
    fault.must(CTL, "hold", "add", "--account", "held", "--reason", "x")
    fault.must(CTL, "tick")
    fault.save()


def main():
    p = argparse.ArgumentParser()
    p.add_argument("--every", type=int, default=1)
    p.add_argument("case", nargs="*")
    args = p.parse_args()
    prepare()
    for case in cases():
        if not args.case or case.name in args.case:
            loop(case, args.every)
    fault.restore()
    fault.finish()


if __name__ == "__main__":
    main()
