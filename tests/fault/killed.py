#!/usr/bin/python3
# SPDX-License-Identifier: BSD-2-Clause
"""killed.py [--every N] [CASE...]: killed before each call that changes the
disk, and in the middle of each write.

Right after, the account can be entered or is refused as it should be, the old
state or the new one is there (the published policy as a tree, byte for byte;
each other file by itself, but for numbers and names of the run) and doctor
finds nothing worse than a temporary file; the same command, run again, does
its work.
"""
import argparse
import glob
import json
import os
import re
import stat

import fault
from fault import Run

CTL = "nhictl"
CONF = "/etc/nhi/nhi.conf"
PREVIEW = "pr-74-4711"
LAST = 2000


# What each command may leave in an old or a new state, file by file.
FILES = [fault.LIB + "/" + d for d in ("holds", "revoked", "issued", "marks",
                                       "uids")] + \
    ["/etc/ssh/sshd_config.d", "/etc/sudoers.d"]
CURRENT = fault.LIB + "/published/current"


def entry(path):
    """Kind, mode, owner, and the bytes or where it points."""
    st = os.lstat(path)
    what = b""
    if stat.S_ISLNK(st.st_mode):
        what = os.readlink(path).encode()
    elif stat.S_ISREG(st.st_mode):
        with open(path, "rb") as f:
            what = f.read()
    return oct(st.st_mode), st.st_uid, st.st_gid, what


def tree(top):
    top = os.path.realpath(top)
    return {os.path.relpath(p, top): entry(p)
            for base, dirs, files in os.walk(top)
            for p in (os.path.join(base, n) for n in dirs + files)}


def alike(text):
    """Words with a number in them are of this run alone."""
    return re.sub(rb"[0-9A-Za-z+/=_.-]*[0-9][0-9A-Za-z+/=_.-]*", b"#", text)


def files():
    """Locks and the tick's notes of time are no state."""
    found = set()
    for top in FILES:
        for name, (mode, uid, gid, what) in tree(top).items():
            if ".tmp-" not in name and not name.endswith("lock"):
                found.add((top, alike(name.encode()), mode, uid, gid,
                           alike(what)))
    return found


class Seen:
    """The state now."""
    def __init__(self):
        self.published, self.files = tree(CURRENT), files()


def mixed(now, old, new):
    """What is neither old nor new, and what is lost of both."""
    faults = []
    if now.published not in (old.published, new.published):
        odd = [n for n in set(now.published) | set(old.published) |
               set(new.published) if now.published.get(n) not in
               (old.published.get(n), new.published.get(n))]
        faults.append(f"published: neither the old nor the new: {odd[:3]}")
    faults += [f"neither old nor new: {f}" for f in
               sorted(now.files - old.files - new.files)[:3]]
    return faults + [f"lost: {f}" for f in
                     sorted((old.files & new.files) - now.files)[:3]]


def ca_mixed():
    """What is signed with is trusted."""
    own = Run(["ssh-keygen", "-y", "-f", "/etc/nhi/ca/ca"]).out.split()[:2]
    with open("/etc/nhi/ca/trusted.pub", encoding="ascii") as f:
        trusted = [line.split() for line in f]
    return [] if len(own) == 2 and any(own[1] in t for t in trusted) else [
        f"the CA's key is not trusted: {own}"]


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


def look(case, old, new):
    faults = mixed(Seen(), old, new) + ca_mixed() + case.state()
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


def begin(case):
    fault.restore()
    refresh()
    if fault.must(CTL, "policy", "digest") != DIGEST:
        fault.not_ok(case.name + ": begins with another policy",
                     os.listdir(fault.LIB + "/published"))
        fault.finish()
    if case.ready:
        case.ready()


def loop(case, every):
    begin(case)
    old = Seen()
    r = case.run()
    if r.rc not in case.again:
        fault.not_ok(f"{case.name}: without a fault", r)
    new = Seen()
    for calls, how in (("state", "kill"), ("write", "tear")):
        faults, count = [], 0
        for at in range(1, LAST, every):
            begin(case)
            r = case.run(at=at, calls=calls, how=how)
            if r.fired is None:
                break
            count += 1
            got = [] if r.rc == -9 else [f"ended with {r.rc}"]
            faults += [f"call {at}, {r.fired}: {f}" for f in got + look(case, old, new)]
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
    global KEY, PAM, DIGEST
    fault.begin()
    DIGEST = fault.must(CTL, "policy", "digest")
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
