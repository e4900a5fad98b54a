# SPDX-License-Identifier: BSD-2-Clause
"""What the tests of faults share.  They run as root in a lab, print lines "ok
NAME" and "not ok NAME", and know the product by its programs only."""
import glob
import json
import os
import shutil
import subprocess
import sys
import time

HERE = os.path.dirname(os.path.abspath(__file__))
BUILD = os.environ.get("BUILD", os.path.join(HERE, "..", "..", "build"))
INJECT = os.path.join(BUILD, "tests/fault/.libs/inject.so")
PAM_FAULT = os.path.join(BUILD, "tests/fault/pam_fault")
MINT = os.path.join(HERE, "..", "e2e", "mint.py")
TRAIL = "/var/log/nhi/audit.jsonl"
LIB = "/var/lib/nhi"
CACHE = "/var/cache/nhi"
PLACES = ["/etc/nhi", "/etc/ssh", "/etc/sudoers.d", LIB, "/var/log/nhi",
          "/var/spool/nhi", "/var/cache/nhi", "/run/nhi"]
WORK = "/tmp/fault"
SAVED = WORK + "/saved"
ISSUE = "/usr/libexec/nhi/nhi-issue"
ACCOUNT = "web-deploy"

failed = 0


def ok(name):
    print("ok " + name, flush=True)


def not_ok(name, *why):
    global failed
    failed += 1
    print("not ok " + name)
    for line in why:
        print("# " + str(line).rstrip().replace("\n", "\n# "))
    sys.stdout.flush()


def verdict(name, faults, count):
    """One result for many runs; the first few faults are told."""
    if faults or count == 0:
        not_ok(f"{name}: {len(faults)} faults in {count} runs",
               *(faults[:8] or ["nothing was run"]))
    else:
        ok(f"{name} ({count} runs)")


class Run:
    """A program, once; `at` is the call that fails, 0: they are listed."""
    def __init__(self, argv, at=None, calls="sys", how="5", frm=None, wait=False,
                 user=None, stdin=b"", out=None):
        out = out or WORK + "/fired"
        env = {"PATH": os.environ["PATH"], "LC_ALL": "C"}
        if os.path.exists(out):
            os.unlink(out)
        if at is not None:
            env.update(LD_PRELOAD=INJECT, FAULT_AT=str(at), FAULT_CALLS=calls,
                       FAULT_WITH=how, FAULT_OUT=out)
            if frm:
                env["FAULT_FROM"] = frm
            if wait:
                env["FAULT_WAIT"] = "1"
        who = {"user": user[0], "group": user[1],
               "extra_groups": user[2]} if user else {}
        try:
            got = subprocess.run(argv, env=env, input=stdin, timeout=60,
                                 capture_output=True, cwd="/", **who)
            self.rc, self.out, self.err = got.returncode, got.stdout, got.stderr
        except subprocess.TimeoutExpired as e:
            self.rc, self.out, self.err = "late", e.stdout or b"", b""
        self.out = self.out.decode(errors="replace")
        self.err = self.err.decode(errors="replace")
        self.fired = None
        if os.path.exists(out):
            with open(out, encoding="ascii") as f:
                self.fired = f.read()

    def __str__(self):
        return (f"{self.fired}: status {self.rc}: " +
                (self.err or self.out).strip().replace("\n", " | ")[:300])


def must(*argv, **more):
    """A step that has no faults."""
    r = Run(list(argv), **more)
    if r.rc != 0:
        not_ok("step " + " ".join(argv[:3]), r)
        sys.exit(1)
    return r.out


def save():
    os.makedirs(SAVED, exist_ok=True)
    must("rsync", "-aR", "--delete", *PLACES, SAVED)


def restore():
    """Byte for byte: a second is long enough for two texts of one length."""
    subprocess.run(["rsync", "-aR", "--delete", "--checksum"] +
                   [SAVED + "/." + p for p in PLACES] + ["/"], check=True)


def temporary():
    """Files that a rename was to follow."""
    return [p for d in PLACES for p in
            glob.glob(d + "/**/*.tmp-*", recursive=True) +
            glob.glob(d + "/**/.*.tmp-*", recursive=True)]


def live():
    """Sessions and leases."""
    return [p for d in ("/run/nhi/sessions/", "/run/nhi/leases/")
            for p in glob.glob(d + "*")]


class Trail:
    """What was written to the trail since."""
    def __init__(self):
        self.start = os.path.getsize(TRAIL) if os.path.exists(TRAIL) else 0

    def since(self, event=None):
        if not os.path.exists(TRAIL):
            return []
        with open(TRAIL, encoding="ascii") as f:
            f.seek(self.start)
            all_ = [json.loads(line) for line in f if line.strip()]
        return [r for r in all_ if event in (None, r["event"])]


def drain():
    """The spool is taken in.  What a failed close left, tick mends: a session
    whose process is gone at once, a lease without one when it is old."""
    must("nhictl", "tick")
    old = [p for p in live() if p.startswith("/run/nhi/leases/")]
    for path in old:
        os.utime(path, (0, 0), follow_symlinks=False)
    if old:
        must("nhictl", "tick")


def torn():
    """Lines that are no record: a reader would stumble."""
    bad = []
    with open(TRAIL, encoding="ascii") as f:
        for line in f:
            try:
                json.loads(line)
            except ValueError:
                bad.append(line)
    return bad


def mint(*args):
    return must("/usr/bin/python3", MINT, "token", *args).encode()


def once_in(seconds, made):
    """Is it time to make it anew?  Long runs outlive tokens."""
    now = time.monotonic()
    if made and now - made[0] < seconds:
        return False
    made[:] = [now]
    return True


def make_key(name):
    path = f"{WORK}/{name}"
    for p in (path, path + ".pub"):
        if os.path.exists(p):
            os.unlink(p)
    must("ssh-keygen", "-q", "-t", "ed25519", "-N", "", "-f", path)
    with open(path + ".pub", encoding="ascii") as f:
        return " ".join(f.read().split()[:2])


NHI = ("nhi", "nhi", ["_nhi"])


def issue(key, token, **more):
    """The issuer as nhi-sshd-helper starts it."""
    return Run([ISSUE, ACCOUNT, "127.0.0.1", key], user=NHI, stdin=token,
               **more)


def pam_dir():
    """Services that are NHI's alone; people need somebody's yes."""
    path = WORK + "/pam.d"
    os.makedirs(path, exist_ok=True)
    for service in ("sshd", "cron"):
        with open(f"{path}/{service}", "w", encoding="ascii") as f:
            for kind in ("auth", "account", "session"):
                f.write(f"{kind} required pam_nhi.so\n"
                        f"{kind} required pam_permit.so\n")
    return path


def begin():
    """What another run in this lab saved is not this one's."""
    shutil.rmtree(SAVED, ignore_errors=True)
    os.makedirs(WORK, exist_ok=True)
    os.chmod(WORK, 0o777)


def finish():
    sys.exit(1 if failed else 0)
