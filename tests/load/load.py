#!/usr/bin/python3
# SPDX-License-Identifier: BSD-2-Clause
"""Many logins at once, and many in a row, in a lab: what is left afterwards?

  load.py [--parallel N] [--accounts N] [--issuers N] [--row N] [--rows N]

Prints "ok NAME" and "not ok NAME" as the scripts of tests/e2e do, and what it
measured in lines that begin with "#".
"""
import argparse
import collections
import concurrent.futures
import json
import os
import re
import subprocess
import sys
import threading
import time

sys.path.insert(0, "/src/tests/e2e")
import mint                                                   # noqa: E402

DIR = "/root/load"
TRAIL = "/var/log/nhi/audit.jsonl"
KINDS = ("es256", "rs256", "eddsa", "ps256")
SSHD_CONF = "/etc/ssh/sshd_config.d/zz-load.conf"
# What sshd itself says to a client that it has no room for.
ROOM = re.compile(r"kex_exchange_identification|Connection (closed|reset)|"
                  r"banner exchange|Not allowed at this time")
CAP = re.compile(r"^nhi: refused: (cap|busy) ", re.M)
FAILED = []


def result(name, good, said=""):
    print("%s %s" % ("ok" if good else "not ok", name), flush=True)
    if not good:
        FAILED.append(name)
        for line in str(said).splitlines()[-20:]:
            print("# " + line)


def run(*command, **options):
    return subprocess.run(command, capture_output=True, text=True, **options)


def account(i):
    """Every second is a template's."""
    return "job-%d" % i if i % 2 else "run-job-%d" % i


def policy(args, more=""):
    issuers = ",\n".join(
        """{ name = "corp%d"; preset = "custom"; algorithms = [ "%s" ];
  url = "https://corp%d.example.com"; audience = [ "ssh://web-1.example.com" ];
  jwks_file = "/etc/nhi/jwks/corp%d.json"; }""" %
        (n, mint.alg_name(KINDS[n % len(KINDS)]), n, n)
        for n in range(args.issuers))
    identities = ",\n".join(
        """{ name = "id-%d"; owner = "alice@example.com"; purpose = "load";
  expires = "2099-12-31"; issuer = "corp%d"; account = "%s";
  match = ( { claim = "sub"; is = "job-%d"; } ); }""" %
        (i, i % args.issuers, account(i) if i % 2 else "run-{sub}", i)
        for i in range(args.accounts))
    with open("/etc/nhi/nhi.conf", "w", encoding="ascii") as f:
        f.write('version = 1;\nhost = { id = "web-1.example.com"; };\n%s\n'
                "issuers = (\n%s );\nidentities = (\n%s );\n" %
                (more, issuers, identities))
    done = run("nhictl", "apply")
    result("the policy of %d accounts and %d issuers" %
           (args.accounts, args.issuers), done.returncode == 0,
           done.stderr)


def make_keys(args):
    os.makedirs(DIR, exist_ok=True)
    keys = []
    for n in range(args.issuers):
        kind = KINDS[n % len(KINDS)]
        keys.append((kind, mint.make_key(kind)))
        with open("/etc/nhi/jwks/corp%d.json" % n, "w",
                  encoding="ascii") as f:
            json.dump({"keys": [mint.jwk(*keys[n])]}, f)
    return keys


def token(keys, i):
    kind, key = keys[i % len(keys)]
    now = int(time.time())
    parts = ({"typ": "JWT", "alg": mint.alg_name(kind), "kid": kind + "-1"},
             {"iss": "https://corp%d.example.com" % (i % len(keys)),
              "aud": "ssh://web-1.example.com", "sub": "job-%d" % i,
              "iat": now, "exp": now + 3600, "jti": os.urandom(8).hex()})
    signing = ".".join(mint.b64(json.dumps(p).encode()) for p in parts)
    return signing + "." + mint.b64(mint.sign(kind, key, signing.encode()))


def sshd(*lines):
    with open(SSHD_CONF, "w", encoding="ascii") as f:
        f.write("".join(line + "\n" for line in lines))
    with open("/run/sshd.pid", encoding="ascii") as f:
        pid = int(f.read())
    # It makes it anew when it listens; one that has not heard yet answers.
    os.unlink("/run/sshd.pid")
    os.kill(pid, 1)
    for _ in range(1000):
        time.sleep(0.05)
        if os.path.exists("/run/sshd.pid") and os.path.getsize(
                "/run/sshd.pid") > 0:
            return
    result("sshd comes back", False)


def ssh(n, *words, source=None, **options):
    key = "%s/k%d" % (DIR, n)
    if not os.path.exists(key):
        run("ssh-keygen", "-q", "-t", "ed25519", "-N", "", "-f", key)
    more = ["-b", source] if source else []
    return run("ssh", "-F", "/dev/null", "-o", "BatchMode=yes", "-o",
               "IdentitiesOnly=yes", "-o", "StrictHostKeyChecking=no", "-o",
               "UserKnownHostsFile=/dev/null", "-o", "LogLevel=ERROR",
               "-o", "KexAlgorithms=curve25519-sha256",
               "-i", key, *more, *words, **options)


def issue(n, who, bytes_, source=None):
    """What came of it: "ok", "cap", "room" or what was said."""
    done = ssh(n, "nhi@127.0.0.1", who, source=source, input=bytes_)
    if done.returncode == 0:
        with open("%s/k%d-cert.pub" % (DIR, n), "w", encoding="ascii") as f:
            f.write(done.stdout)
    return outcome(done)


def login(n, who):
    done = ssh(n, who + "@127.0.0.1", "id -un; id -u; id -Gn",
               stdin=subprocess.DEVNULL)
    what = outcome(done)
    if what == "ok":
        name, uid, groups = done.stdout.splitlines()
        if name != who or "nhi-accounts" not in groups.split():
            return "%s became %s" % (who, done.stdout), None
        return what, (who, int(uid))
    return what, None


def outcome(done):
    if done.returncode == 0:
        return "ok"
    if CAP.search(done.stderr):
        return "cap"
    if done.returncode == 255 and ROOM.search(done.stderr):
        return "room"
    # Above four times the cap: refused at account, and sshd says no word.
    if done.returncode == 255 and not done.stderr:
        return "shut"
    return "status %d: %s" % (done.returncode, done.stderr)


def at_once(n, work):
    with concurrent.futures.ThreadPoolExecutor(n) as pool:
        return list(pool.map(work, range(n)))


def count(found):
    return ", ".join("%d %s" % (n, what) for what, n in
                     sorted(collections.Counter(found).items()))


def records(since=0):
    run("nhictl", "tick")
    with open(TRAIL, encoding="ascii") as f:
        return [json.loads(line) for line in f][since:]


def parallel(args, keys):
    """All at once, where sshd has room for them; the UIDs that were seen."""
    sshd("MaxStartups 2000")
    before = len(records())
    tokens = [token(keys, n % args.accounts) for n in range(args.parallel)]
    who = [account(n % args.accounts) for n in range(args.parallel)]
    began = time.monotonic()
    issued = at_once(args.parallel, lambda n: issue(n, who[n], tokens[n]))
    middle = time.monotonic()
    result("%d certificates at once" % args.parallel,
           set(issued) == {"ok"}, count(issued))
    logins = at_once(args.parallel, lambda n: login(n, who[n]))
    end = time.monotonic()
    result("%d logins at once" % args.parallel,
           all(what == "ok" for what, _ in logins),
           count(what for what, _ in logins))
    print("# %.1f certificates/s, %.1f logins/s, %d at once" %
          (args.parallel / (middle - began), args.parallel / (end - middle),
           args.parallel))
    # The sessions that end last are swept up by now.
    settled()
    new = records(before)
    print("# refused: " + count("%s (%s)" % (r["reason"], r.get("detail"))
                                for r in new if r["outcome"] in
                                ("deny", "fault")))
    for event, want in (("cert.issue", issued.count("ok")),
                        ("session.open", len([1 for w, _ in logins
                                              if w == "ok"])),
                        ("session.close", len([1 for w, _ in logins
                                               if w == "ok"]))):
        have = [r for r in new if r["event"] == event]
        result("%s: a record for each" % event, len(have) == want,
               "%d, wanted %d" % (len(have), want))
    replay(tokens, who)
    return [pair for _, pair in logins if pair]


def replay(tokens, who):
    """Spent by one key: all others at once get nothing."""
    n, before = min(20, len(tokens)), len(records())
    found = at_once(n, lambda k: issue(10000 + k, who[0], tokens[0]))
    result("a mark is spent once", all(f.startswith(
        "status 77: nhi: refused: policy ") for f in found), count(found))
    have = [r for r in records(before) if r.get("reason") == "replay"]
    result("and the trail says so each time", len(have) == n, len(have))


def standard(args, keys):
    """As it comes: sshd's own refusals, and never one of ours."""
    sshd()
    found = at_once(args.parallel, lambda n: login(
        n, account(n % args.accounts))[0])
    print("# MaxStartups as it comes: " + count(found))
    result("with sshd's own limit there is no other refusal",
           set(found) <= {"ok", "room"} and "ok" in found, count(found))


def storm(args, keys):
    """More than a source may have, from one and from many."""
    sshd("MaxStartups 2000")
    policy(args, "issuer = { per_source = 8; total = 512; };")
    n = args.parallel
    tokens = [token(keys, k % args.accounts) for k in range(n)]
    found = at_once(n, lambda k: issue(k, account(k % args.accounts),
                                       tokens[k]))
    print("# one source, at most 8: " + count(found))
    result("a storm from one source: served or told cap",
           set(found) <= {"ok", "cap", "room", "shut"} and "ok" in found,
           count(found))
    tokens = [token(keys, k % args.accounts) for k in range(n)]
    found = at_once(n, lambda k: issue(k, account(k % args.accounts),
                                       tokens[k], "127.0.%d.2" % (k // 4)))
    print("# four each of %d sources: %s" % (n // 4, count(found)))
    result("a storm from many sources is served", set(found) == {"ok"},
           count(found))


class Row:
    """Logins one after the other, of an account at a time and of each in its
    turn; its certificate is made anew before it is old."""
    def __init__(self, args, keys):
        self.args, self.keys = args, keys
        self.locks = [threading.Lock() for _ in range(args.accounts)]
        self.last = {}

    def one(self, n):
        i = n % self.args.accounts
        with self.locks[i]:
            if time.monotonic() - self.last.get(i, -1e9) > 600:
                got = issue(i, account(i), token(self.keys, i))
                if got != "ok":
                    return "certificate: " + got, None
                self.last[i] = time.monotonic()
            return login(i, account(i))

    def some(self, first, end):
        with concurrent.futures.ThreadPoolExecutor(self.args.rows) as pool:
            return list(pool.map(self.one, range(first, end)))


def row(args, keys):
    """One after the other, in some rows; what grows?"""
    policy(args)
    sshd("MaxStartups 2000")
    began, found, logins = time.monotonic(), [], Row(args, keys)
    first, step = None, min(200, args.row)
    while len(found) < args.row and {w for w, _ in found} <= {"ok"}:
        found += logins.some(len(found), min(len(found) + step, args.row))
        if first is None:
            first = grown()
        run("nhictl", "tick")
        rate = len(found) / (time.monotonic() - began)
        print("# %d logins, %.1f/s, %d minutes to go" %
              (len(found), rate, (args.row - len(found)) / rate / 60),
              flush=True)
    settled()
    result("%d logins in %d rows" % (args.row, args.rows),
           [w for w, _ in found] == ["ok"] * args.row,
           count(w for w, _ in found))
    last = grown()
    print("# before: %s; after: %s" % (first, last))
    result("nothing grows", all(last[k] <= first[k] + slack for k, slack in
                                (("sshd KiB", 512), ("sshd fds", 0),
                                 ("files", 8), ("processes", 0))),
           "%s %s" % (first, last))
    return [pair for _, pair in found if pair]


def files_in(top):
    """Not in what is mounted there: a lab shows its tree in /tmp."""
    n = 0
    for d, below, names in os.walk(top):
        below[:] = [b for b in below
                    if not os.path.ismount(os.path.join(d, b))]
        n += len(names)
    return n


def grown():
    """What must not: of the listener, and of ours."""
    settled()
    with open("/run/sshd.pid", encoding="ascii") as f:
        pid = f.read().strip()
    with open("/proc/%s/status" % pid, encoding="ascii") as f:
        rss = int(re.search(r"VmRSS:\s+(\d+)", f.read())[1])
    files = sum(map(files_in, ("/run/nhi", "/var/lib/nhi/uids",
                               "/var/lib/nhi/published", "/var/spool/nhi",
                               "/var/cache/nhi", "/tmp")))
    return {"sshd KiB": rss, "sshd fds": len(os.listdir("/proc/%s/fd" % pid)),
            "files": files, "processes": len(machine_processes())}


def machine_processes():
    """Of a machine account, of ours, or dead and not buried."""
    found = []
    for pid in filter(str.isdigit, os.listdir("/proc")):
        try:
            with open("/proc/%s/status" % pid, encoding="ascii") as f:
                text = f.read()
        except OSError:
            continue
        name = re.search(r"Name:\s+(.*)", text)[1]
        uid = int(re.search(r"Uid:\s+(\d+)", text)[1])
        if uid >= 2000300000 or name.startswith("nhi") or "\tZ" in text:
            found.append("%s %s %d" % (pid, name, uid))
    return found


def connections():
    """A session's last word comes after its lease has gone."""
    found = []
    for pid in filter(str.isdigit, os.listdir("/proc")):
        try:
            with open("/proc/%s/cmdline" % pid, "rb") as f:
                words = f.read()
        except OSError:
            continue
        if words.startswith(b"sshd: ") and b"[listener]" not in words:
            found.append("%s %s" % (pid, words.decode(errors="replace")))
    return found


def entries(path):
    try:
        return [n for n in os.listdir(path)
                if n != ".lock" and not n.startswith("told-")]
    except FileNotFoundError:
        return []


def settled():
    """Sessions end after their clients."""
    for _ in range(1200):
        left = [n for d in ("sessions", "leases", "issuer", "pending")
                for n in entries("/run/nhi/" + d)] + machine_processes() + \
            connections()
        if not left:
            return left
        time.sleep(0.05)
    return left


def check_left(seen):
    left = settled()
    result("no session, lease, connection or process is left", not left,
           "\n".join(left))
    uids = {}
    for who, uid in seen:
        uids.setdefault(uid, set()).add(who)
    result("no UID for two names", all(len(w) == 1 for w in uids.values()),
           uids)
    names = {}
    for who, uid in seen:
        names.setdefault(who, set()).add(uid)
    result("no name with two UIDs", all(len(u) == 1 for u in names.values()),
           names)
    by_name = {n: os.readlink("/var/lib/nhi/uids/name/" + n).split(":")[0]
               for n in os.listdir("/var/lib/nhi/uids/name")}
    by_uid = {os.readlink("/var/lib/nhi/uids/uid/" + u): u
              for u in os.listdir("/var/lib/nhi/uids/uid")}
    result("the registry says the same from both sides",
           by_name == {k: v for k, v in by_uid.items() if k in by_name} and
           set(by_name) <= set(by_uid), "%s\n%s" % (by_name, by_uid))
    half = [os.path.join(d, n) for top in
            ("/run/nhi", "/var/lib/nhi", "/var/spool/nhi", "/var/log/nhi")
            for d, _, names_ in os.walk(top) for n in names_ if ".tmp-" in n]
    result("nothing half written is left", not half, "\n".join(half))
    done = run("nhictl", "doctor", "--state")
    result("doctor --state has nothing to say", done.returncode == 0,
           done.stdout + done.stderr)
    check_trail()


def check_trail():
    everything = records()
    ids = collections.Counter(r["id"] for r in everything)
    result("each record has its own id",
           not [i for i, n in ids.items() if n > 1])
    marks = collections.Counter(r["serial"] for r in everything
                                if r["event"] == "cert.issue")
    result("each serial is given once",
           not [s for s, n in marks.items() if n > 1], marks)
    opened = {r["session"] for r in everything
              if r["event"] == "session.open" and r.get("session")}
    closed = collections.Counter(r["session"] for r in everything
                                 if r["event"] == "session.close")
    result("each session that opened has closed, once",
           opened == set(closed) and set(closed.values()) <= {1},
           "%d opened, %d closed" % (len(opened), len(closed)))


def main():
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--parallel", type=int, default=200)
    parser.add_argument("--accounts", type=int, default=50)
    parser.add_argument("--issuers", type=int, default=4)
    parser.add_argument("--row", type=int, default=0)
    parser.add_argument("--rows", type=int, default=1)
    args = parser.parse_args()
    keys = make_keys(args)
    policy(args, "issuer = { per_source = 4096; total = 8192; };")
    seen = parallel(args, keys)
    standard(args, keys)
    storm(args, keys)
    if args.row:
        seen += row(args, keys)
    check_left(seen)
    sys.exit(1 if FAILED else 0)


if __name__ == "__main__":
    main()
