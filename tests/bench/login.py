#!/usr/bin/python3
# SPDX-License-Identifier: BSD-2-Clause
"""What a login costs, in a lab: python3 login.py [ROUNDS [cold]]

"cold" drops the machine's caches before each of a few logins.

Every login goes through `sshd -i` (no TCP, no listener) with one key exchange
and the same PAM stack; the kinds take turns, so that what the machine does
besides hits all alike.  sshd delays a user by a fixed time of its own that
depends on the name and the host's keys, so each kind has many users; the
issuer's account is one, so many hosts have it.
"""
import concurrent.futures
import os
import statistics
import subprocess
import sys
import time

import turn

ROUNDS = int(sys.argv[1]) if len(sys.argv) > 1 else 40
USERS = 20
CAS = ("ed25519", "ecdsa")
DIR = "/root/bench"
ISSUER = "/root/issuer"
SSH = ["ssh", "-F", "/dev/null", "-o", "BatchMode=yes",
       "-o", "IdentitiesOnly=yes", "-o", "KexAlgorithms=curve25519-sha256",
       "-o", "StrictHostKeyChecking=no", "-o", "UserKnownHostsFile=/dev/null",
       "-o", "LogLevel=ERROR",
       # A session leader of its own, as the listener gives each connection.
       "-o", "ProxyCommand=setsid -w /usr/sbin/sshd -i"]

HEAD = """version = 1;
host = { id = "web-1.example.com"; };
issuers = ( { name = "github"; preset = "github";
  audience = [ "ssh://web-1.example.com" ];
  jwks_file = "/etc/nhi/jwks/lab.json"; } );
identities = (
"""
IDENTITY = """ { name = "bot-%d"; owner = "alice@example.com"; purpose = "b";
  expires = "2099-12-31"; issuer = "github"; account = "bot-%d";
  match = ( { claim = "repository_id"; is = "%d"; },
            { claim = "repository_owner_id"; is = "65"; } ); }"""


def run(*command, **options):
    return subprocess.run(command, check=True, capture_output=True, **options)


def apply(count):
    with open("/etc/nhi/nhi.conf", "w") as f:
        f.write(HEAD)
        f.write(",\n".join(IDENTITY % (i, i, i) for i in range(count)))
        f.write(");\n")
    began = time.monotonic()
    run("nhictl", "apply")
    return time.monotonic() - began


def make_person(i):
    name = "person%d" % i
    run("useradd", "-m", name)
    home = "/home/%s/.ssh" % name
    os.mkdir(home, 0o700)
    run("cp", DIR + "/k.pub", home + "/authorized_keys")
    run("chown", "-R", name, home)
    return name


def make_bot(i):
    """A certificate in a file of its own."""
    name = "bot-%d" % i
    key = "%s/%s" % (DIR, name)
    run("cp", DIR + "/k", key)
    run("cp", DIR + "/k.pub", key + ".pub")
    token = run("/usr/bin/python3", "/src/tests/e2e/mint.py", "token",
                "--set", 'repository_id="%d"' % i).stdout
    cert = run(*SSH, "-i", key, "nhi@127.0.0.1", name, input=token).stdout
    with open(key + "-cert.pub", "wb") as f:
        f.write(cert)
    return name


def timed(*command, **options):
    began = time.monotonic_ns()
    run(*command, **options)
    return time.monotonic_ns() - began


def by_certificate(key):
    """The certificate is offered first, not after the plain key."""
    return ["-o", "CertificateFile=%s-cert.pub" % key, "-i", key]


def person(i, ssh=tuple(SSH)):
    return timed(*ssh, "-i", DIR + "/k", "person%d@127.0.0.1" % i, "true",
                 stdin=subprocess.DEVNULL)


def bot(i, ssh=tuple(SSH)):
    return timed(*ssh, *by_certificate("%s/bot-%d" % (DIR, i)),
                 "bot-%d@127.0.0.1" % i, "true", stdin=subprocess.DEVNULL)


def make_certificates():
    """For the people, from a CA that no NHI stands behind, of each type."""
    for ca in CAS:
        run("ssh-keygen", "-q", "-t", ca, "-N", "", "-f", DIR + "/ca-" + ca)
        for i in range(USERS):
            key = "%s/person%d-%s" % (DIR, i, ca)
            run("ssh-keygen", "-q", "-t", "ed25519", "-N", "", "-f", key)
            run("ssh-keygen", "-q", "-s", DIR + "/ca-" + ca, "-I", "bench",
                "-n", "person%d" % i, key + ".pub")


def certificate(ca, more=""):
    """A login by TrustedUserCAKeys alone, or with more options of sshd."""
    options = " -o TrustedUserCAKeys=%s/ca-%s.pub%s" % (DIR, ca, more)
    return lambda i, ssh=tuple(SSH): timed(
        *ssh[:-1], ssh[-1] + options,
        *by_certificate("%s/person%d-%s" % (DIR, i, ca)),
        "person%d@127.0.0.1" % i, "true", stdin=subprocess.DEVNULL)


def of_host(i):
    """sshd with one more key of the host, which the delays hang on."""
    return SSH[:-1] + ["%s -h %s/host-%d" % (SSH[-1], DIR, i)]


def make_hosts():
    for i in range(USERS):
        run("ssh-keygen", "-q", "-t", "ed25519", "-N", "", "-f",
            "%s/host-%d" % (DIR, i))


def make_issue(count):
    """With tokens that are minted beforehand, each used once."""
    tokens = [run("/usr/bin/python3", "/src/tests/e2e/mint.py", "token",
                  "--set", 'repository_id="%d"' % (r % USERS)).stdout
              for r in range(count)]
    return lambda i: timed(*of_host(i), "-i", "%s/bot-%d" % (DIR, i),
                           "nhi@127.0.0.1", "bot-%d" % i,
                           input=tokens.pop(0))


def rounds(kinds, n):
    """Time on the clock, and of the processors: ssh and all of sshd's."""
    clock = {name: [] for name, _ in kinds}
    used = {name: [] for name, _ in kinds}
    for r in range(n):
        for name, login in kinds:
            began = turn.spent_by_children()
            clock[name].append(login(r % USERS))
            used[name].append(turn.spent_by_children() - began)
    return clock, used


def tables(title, measured):
    for how, times in zip(("clock", "processors"), measured):
        turn.table("%s: %s" % (title, how), times, "plain key", "ms")
    print()


def throughput(kinds, clients=4, block=20):
    """Logins a second with so many clients at a time; blocks take turns."""
    rates = {name: [] for name, _ in kinds}
    with concurrent.futures.ThreadPoolExecutor(clients) as pool:
        for _ in range(max(3, ROUNDS // 8)):
            for name, login in kinds:
                began = time.monotonic()
                list(pool.map(login, [i % USERS for i in range(block)]))
                rates[name].append(block / (time.monotonic() - began))
    first = statistics.median(next(iter(rates.values())))
    print("%-40s %9s %9s %9s %7s" % ("%d clients at a time, logins/s" %
                                     clients, "least", "p50", "most",
                                     "ratio"))
    for name, values in rates.items():
        middle = statistics.median(values)
        print("%-40s %9.1f %9.1f %9.1f %7.2f" % (
            name, min(values), middle, max(values), middle / first))


def principals():
    """The least a program that sshd asks for the principals can cost."""
    program = "/usr/libexec/nhi/principals"
    run("gcc", "-O2", "-static", "-x", "c", "-o", program, "-",
        input=b"#include <stdio.h>\n"
              b"int main(int n, char **v) { return n < 2 || puts(v[1]) < 0; }")
    return certificate("ecdsa", " -o AuthorizedPrincipalsCommandUser=_nhi -o "
                       "'AuthorizedPrincipalsCommand=%s %%%%u'" % program)


def system_calls(kinds):
    """Of all processes of sshd, by strace."""
    traced = SSH[:-1] + ["ProxyCommand=setsid -w strace -qq -f -o %s/trace "
                         "/usr/sbin/sshd -i" % DIR]
    for name, login in kinds:
        login(1, traced)
        with open(DIR + "/trace", encoding="utf-8", errors="replace") as f:
            lines = [line for line in f if " resumed>" not in line and
                     "(" in line]
        programs = sum("execve(" in line and "= 0" in line for line in lines)
        processes = len({line.split()[0] for line in lines})
        print("%-40s %6d system calls, %d processes, %d programs" %
              (name, len(lines), processes, programs))


def drop_caches(login):
    def cold(i):
        run("sync")
        with open("/proc/sys/vm/drop_caches", "w", encoding="ascii") as f:
            f.write("3")
        return login(i)
    return cold


def main():
    os.makedirs(DIR, exist_ok=True)
    run("ssh-keygen", "-q", "-t", "ed25519", "-N", "", "-f", DIR + "/k")
    for i in range(USERS):
        make_person(i)
    small_apply = apply(USERS)
    for i in range(USERS):
        make_bot(i)
    both = [("plain key", person), ("NHI certificate", bot)]
    rounds(both, 5)
    make_certificates()
    bare = [("certificate of an %s CA, no NHI" % ca, certificate(ca))
            for ca in CAS]
    tables("login, sshd -i", rounds(both[:1] + bare + both[1:], ROUNDS))
    make_hosts()
    tables("issue", rounds(
        [("plain key", lambda i: person(i, of_host(i))),
         ("issue", make_issue(ROUNDS))], ROUNDS))
    kinds = both[:1] + bare[1:] + [
        ("the same, and any principals program", principals())] + both[1:]
    throughput(kinds)
    print()
    system_calls(kinds)
    print()
    if "cold" in sys.argv:
        tables("after drop_caches", rounds(
            [(name, drop_caches(login)) for name, login in both], 4))
    large_apply = apply(10000)
    tables("policy of 10,000", rounds(both, ROUNDS))
    print("apply of %d identities: %.2f s; of 10,000: %.2f s" %
          (USERS, small_apply, large_apply))


if __name__ == "__main__":
    main()
