#!/usr/bin/python3
# SPDX-License-Identifier: BSD-2-Clause
"""calls.py [--every N] [--errors N] [--minutes N] [CASE...]: each call of each
program fails once.

For each allocation, and each system call with each of several errors: the
program ends in success or refusal and says which; a success is whole and on
record; no temporary file, descriptor, session or lease is left; the same
program works right after.  First one call of each kind (the same callers), of
all programs alike; then the others, which are many.  With --every N only each
N-th call of them fails, with --errors N the first N ways of failure are tried;
after --minutes N the rest is left.
"""
import argparse
import atexit
import json
import os
import subprocess
import sys
import time

import fault
from fault import Run, Trail

ERRORS = [("alloc", "12", "allocation"), ("sys", "5", "EIO"),
          ("sys", "4", "EINTR"), ("sys", "24", "EMFILE"),
          ("sys", "28", "ENOSPC"), ("sys", "short", "short transfer")]
FETCH = "/usr/libexec/nhi/nhi-fetch"


class Case:
    """One program.  `run` takes what Run takes; `whole` tells what lacks after
    a success; `changes`: the state is put back before each run."""
    changes = False
    codes = (0, 1, 2)
    again = (0,)
    silent = False
    quiet = ()      # ways to end without a word
    none = None     # calls that it may not have

    def __init__(self, name, argv=None, **more):
        self.name, self.argv, self.more = name, argv, more

    def run(self, **more):
        # What is made anew is asked for anew.
        own = {k: v() if callable(v) else v for k, v in self.more.items()}
        return Run(self.argv, **own, **more)

    def whole(self, r, trail):
        return []


class Lookup(Case):
    """getent says nothing of a name that it does not find; nothing is
    allocated in somebody else's process."""
    silent = True
    none = "alloc"


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


class Apply(Verb):
    """What it says it has published is the whole policy."""
    def whole(self, r, trail):
        now = fault.must("nhictl", "policy", "digest")
        return super().whole(r, trail) + (
            [] if now == DIGEST else ["another policy: " + now])


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


class Job(Login):
    """One of cron: no grant, but a session with a beginning and an end."""
    def run(self, **more):
        r = Run([fault.PAM_FAULT, PAM, fault.ACCOUNT, "-", "cron"], wait=True,
                frm=self.more.get("frm"), **more)
        r.err = r.err or r.out
        return r

    def whole(self, r, trail):
        ids = [[e.get("session") for e in trail.since(event)]
               for event in ("session.open", "session.close")]
        if len(ids[0]) != 1 or None in ids[0] or ids[1] not in ([], ids[0]):
            return [f"sessions {ids}"]
        return []


class Person(Case):
    """Whoever is no machine: nothing of it is his concern, and nothing is
    allocated for him."""
    codes = (0,)
    none = "alloc"

    def __init__(self, name, argv, frm, out=None):
        super().__init__(name, argv, frm=frm)
        self.out = out

    def run(self, **more):
        wait = self.argv[0] == fault.PAM_FAULT
        return Run(self.argv, wait=wait, **self.more, **more)

    def whole(self, r, trail):
        return [] if self.out in (None, r.out) else ["says " + r.out]


class Fetch(Case):
    """The set of the provider is in the cache, on record; after a fault, that
    one or the one before.  It writes nowhere else, whoever preloads."""
    changes = True
    codes = (0, 1, 70)
    quiet = (70,)   # it cannot tell as whom it runs

    def run(self, **more):
        return Run([FETCH, "idp", "force"], user=("_nhi-fetch", "_nhi", []),
                   out=fault.CACHE + "/.fired", **self.more, **more)

    def whole(self, r, trail):
        fault.drain()
        lacks = [] if trail.since("fetch.ok") else ["no record fetch.ok"]
        return lacks + ([] if cached() == NEW else ["another key set"])


def cached():
    try:
        with open(fault.CACHE + "/idp.json", encoding="ascii") as f:
            return f.read()
    except FileNotFoundError:
        return None


def fds(r):
    """What pam_fault counted before and after."""
    for line in r.out.splitlines():
        if line.startswith("fds "):
            return line.split()[1:]
    return None


def elsewhere(r):
    """libcrypto while it is set up, libcurl, libconfig, libseccomp, and the
    name service of libc do not look whether they got memory: a crash of theirs
    ends the program, which has granted and changed nothing by then that is not
    checked below."""
    fired = r.fired or ""
    where = fired.split("crashed in ")[1:]
    # Its crash comes again where it is looked at.
    if r.rc == -11 and "alloc of libseccomp" in fired:
        return True
    return bool(where) and (where[0].startswith(
        ("libcrypto", "libssl", "libcurl", "libconfig", "libjson-c",
         "libseccomp", "libc.")) or "nss_database.c" in r.err)


def look(case, r, trail):
    faults = []
    if elsewhere(r):
        pass
    elif r.rc not in case.codes:
        faults.append("ended so")
    elif r.rc != 0 and not (r.err + r.out).strip() and not case.silent and \
            r.rc not in case.quiet:
        faults.append("does not say why")
    if isinstance(case, (Issue, Login)):
        fault.drain()
    if r.rc == 0:
        faults += case.whole(r, trail)
    elif isinstance(case, Issue) and "cert-v01" in r.out:
        faults.append("refused, and a certificate was given")
    elif isinstance(case, Fetch) and cached() not in (OLD, NEW):
        faults.append(f"a torn key set: {cached()}")
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
    global CHANGED
    refresh()
    if case.changes or CHANGED:
        fault.restore()
    CHANGED = case.changes
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


class Part:
    """The calls of one program that fail in one way, in their order."""
    def __init__(self, case, error):
        self.case, (self.calls, self.how, self.name) = case, error
        self.faults, self.count = [], 0
        refresh()
        fault.restore()
        seen, self.first, self.others = set(), [], []
        r = case.run(at=0, calls=self.calls, how=self.how)
        for at, way in enumerate((r.fired or "").splitlines(), 1):
            (self.others if way in seen else self.first).append(at)
            seen.add(way)

    def thin(self, every):
        self.first, self.others = self.first[::every], self.others[::every]

    def one(self, at):
        got = once(self.case, at, self.calls, self.how)
        if got is None:
            return
        self.count += 1
        if got and not self.faults:
            print("## " + got[0].rstrip().replace("\n", " | "))
        self.faults += got

    def tell(self):
        name = f"{self.case.name}: {self.name}"
        if self.case.none == self.calls:
            fault.verdict(name, self.faults + ["it has such calls"] *
                          (self.count > 0), 1)
        elif self.count == 0 and self.first:
            print(f"skip {name} # not reached")
        else:
            fault.verdict(name, self.faults, self.count)


def spread(parts, of):
    """All programs go on alike, however many calls each of them has."""
    return [(part, at) for _, _, part, at in sorted(
        (((n + 1) / len(of(part)), k, part, at)
         for k, part in enumerate(parts) for n, at in enumerate(of(part))),
        key=lambda job: job[:2])]


def run_all(parts, minutes):
    order = spread(parts, lambda p: p.first)
    kinds = len(order)
    order += spread(parts, lambda p: p.others)
    print(f"## {len(order)} calls, of {kinds} kinds", flush=True)
    start = told = time.monotonic()
    done = 0
    for part, at in order:
        now = time.monotonic()
        if minutes and now - start > minutes * 60:
            break
        part.one(at)
        done += 1
        if now - told > 60:
            told = now
            each = (now - start) / done / 60
            print(f"## {done} of {len(order)} calls: the kinds take "
                  f"{max(0, kinds - done) * each:.0f} minutes more, all "
                  f"{(len(order) - done) * each:.0f}", flush=True)
    print(f"## {done} of {len(order)} calls, {min(done, kinds)} of {kinds} "
          f"kinds, in {(time.monotonic() - start) / 60:.0f} minutes")
    for part in parts:
        part.tell()


def nobody(argv):
    return {"argv": argv, "user": ("nobody", "nogroup", [])}


def cases():
    token, jwks = fault.WORK + "/token", "/etc/nhi/jwks/lab.json"
    ctl = "nhictl"
    return [
        Login("login", frm="pam_nhi.so"), Login("login, and what it calls"),
        Job("job of cron", frm="pam_nhi.so"),
        Person("a person's login", [fault.PAM_FAULT, PAM, "alice", "x"],
               "pam_nhi.so"),
        Person("a person's name and groups", ["id", "alice"], "libnss_nhi",
               fault.must("id", "alice")),
        Fetch("nhi-fetch", frm="/nhi-fetch"),
        Fetch("nhi-fetch, and what it calls"),
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
        Apply("apply", [ctl, "apply"], "policy.apply"),
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
CHANGED = True


def refresh():
    """A token of now, and a certificate that leaves no trace."""
    global TOKEN, CERTIFICATE
    if not fault.once_in(150, MADE):
        return
    # What another program left may be a hold, or another CA.
    if os.path.exists(fault.SAVED):
        fault.restore()
    TOKEN = fault.mint()
    with open(fault.WORK + "/token", "wb") as f:
        f.write(TOKEN)
    r = fault.issue(KEY, TOKEN)
    CERTIFICATE = " ".join(r.out.split()[:2])
    for d in ("/marks/", "/issued/"):
        for name in os.listdir(fault.LIB + d):
            os.unlink(fault.LIB + d + name)


def provider():
    """A second issuer, whose key set is fetched."""
    global OLD, NEW
    ca, url = "/etc/nhi/idp-ca.pem", "https://idp.example.com:8443"
    with open("/etc/hosts", "a", encoding="ascii") as f:
        f.write("127.0.0.1 idp.example.com\n")
    fault.must("openssl", "req", "-x509", "-newkey", "ec", "-pkeyopt",
               "ec_paramgen_curve:P-256", "-nodes", "-days", "2", "-subj",
               "/CN=idp.example.com", "-addext",
               "subjectAltName=DNS:idp.example.com", "-keyout",
               fault.WORK + "/idp.key", "-out", ca)
    os.chmod(ca, 0o644)
    fault.must("/usr/bin/python3", fault.MINT, "keys", "--dir",
               fault.WORK + "/idp", "--kind", "es256", "--kind", "eddsa")
    with open("/etc/nhi/nhi.conf", encoding="ascii") as f:
        text = f.read()
    with open("/etc/nhi/nhi.conf", "w", encoding="ascii") as f:
        f.write(text if 'name = "idp"' in text else
                text.replace("issuers = (", f"""issuers = (
          {{ name = "idp"; preset = "custom"; url = "{url}";
            audience = [ "ssh://web-1.example.com" ]; ca_file = "{ca}"; }},"""))
    fault.must("nhictl", "apply")
    with open(fault.WORK + "/idp/jwks.json", encoding="ascii") as f:
        NEW = f.read()
    keys = json.loads(NEW)["keys"]
    OLD = json.dumps({"keys": keys[:1]})
    server = subprocess.Popen(
        ["/usr/bin/python3", fault.HERE + "/../e2e/provider.py", "--dir",
         fault.WORK + "/idp", "--port", "8443", "--cert", ca, "--key",
         fault.WORK + "/idp.key"], stdout=subprocess.DEVNULL)
    atexit.register(server.kill)
    jwks = fault.WORK + "/idp/jwks.json"
    for text in (OLD, NEW):
        with open(jwks, "w", encoding="ascii") as f:
            f.write(text)
        if text == OLD:
            until(lambda: Run(["nhictl", "fetch", "idp"]).rc == 0)


def allow_jobs():
    with open("/etc/nhi/nhi.conf", encoding="ascii") as f:
        text = f.read()
    with open("/etc/nhi/nhi.conf", "w", encoding="ascii") as f:
        f.write(text.replace(f'account = "{fault.ACCOUNT}"; }}',
                             f'account = "{fault.ACCOUNT}"; cron = true; }}'))
    fault.must("nhictl", "apply")


def until(true):
    end = time.monotonic() + 30
    while not true() and time.monotonic() < end:
        time.sleep(0.2)


def prepare(wanted):
    global KEY, PAM, ISSUER, DIGEST
    fault.begin()
    # Other runs in this lab may have been here.
    if Run(["id", "alice"]).rc != 0:
        fault.must("useradd", "-m", "alice")
    if not wanted or any(name.startswith("nhi-fetch") for name in wanted):
        provider()
    allow_jobs()
    ISSUER = "https://token.actions.githubusercontent.com"
    PAM, KEY = fault.pam_dir(), fault.make_key("k")
    refresh()
    DIGEST = fault.must("nhictl", "policy", "digest")
    fault.must("nhictl", "hold", "add", "--account", "held", "--reason", "x")
    fault.must("nhictl", "tick")
    fault.save()


def main():
    p = argparse.ArgumentParser()
    p.add_argument("--every", type=int, default=1)
    p.add_argument("--errors", type=int, default=len(ERRORS))
    p.add_argument("--minutes", type=int, default=0)
    p.add_argument("case", nargs="*")
    args = p.parse_args()
    prepare(args.case)
    parts = [Part(case, error) for case in cases()
             if not args.case or case.name in args.case
             for error in ERRORS[:args.errors]]
    for part in parts:
        part.thin(args.every)
    run_all(parts, args.minutes)
    fault.restore()
    fault.finish()


if __name__ == "__main__":
    sys.exit(main())
