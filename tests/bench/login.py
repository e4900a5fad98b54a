#!/usr/bin/python3
# SPDX-License-Identifier: BSD-2-Clause
"""What a login costs, in a lab: python3 login.py [ROUNDS]

Every login goes through `sshd -i` (no TCP, no listener) with one key exchange
and the same PAM stack; the kinds take turns, so that what the machine does
besides hits all alike.  sshd delays a user by a fixed time of its own that
depends on the name, so each kind has many users.
"""
import os
import statistics
import subprocess
import sys
import time

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
    began = time.monotonic()
    run(*command, **options)
    return (time.monotonic() - began) * 1000


def by_certificate(key):
    """The certificate is offered first, not after the plain key."""
    return ["-o", "CertificateFile=%s-cert.pub" % key, "-i", key]


def person(i):
    return timed(*SSH, "-i", DIR + "/k", "person%d@127.0.0.1" % i, "true",
                 stdin=subprocess.DEVNULL)


def bot(i):
    return timed(*SSH, *by_certificate("%s/bot-%d" % (DIR, i)),
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


def certificate(ca):
    """A login by TrustedUserCAKeys alone."""
    sshd = SSH[-1] + " -o TrustedUserCAKeys=%s/ca-%s.pub" % (DIR, ca)
    return lambda i: timed(
        *SSH[:-1], sshd, *by_certificate("%s/person%d-%s" % (DIR, i, ca)),
        "person%d@127.0.0.1" % i, "true", stdin=subprocess.DEVNULL)


def issue(i):
    token = run("/usr/bin/python3", "/src/tests/e2e/mint.py", "token",
                "--set", 'repository_id="%d"' % i).stdout
    return timed(*SSH, "-i", "%s/bot-%d" % (DIR, i), "nhi@127.0.0.1",
                 "bot-%d" % i, input=token)


def rounds(kinds, n):
    times = {name: [] for name, _ in kinds}
    for r in range(n):
        for name, login in kinds:
            times[name].append(login(r % USERS))
    return {name: statistics.median(t) for name, t in times.items()}


def new_ca(kind):
    """Another CA for NHI, and certificates of it for all."""
    for name in os.listdir("/etc/nhi/ca"):
        os.unlink("/etc/nhi/ca/" + name)
    run("nhictl", "ca", "init", "--type", kind)
    run("nhictl", "apply")
    for i in range(USERS):
        make_bot(i)


def main():
    os.makedirs(DIR, exist_ok=True)
    run("ssh-keygen", "-q", "-t", "ed25519", "-N", "", "-f", DIR + "/k")
    for i in range(USERS):
        make_person(i)
    small_apply = apply(USERS)
    for i in range(USERS):
        make_bot(i)
    rounds([("warm", person), ("warm2", bot)], 5)
    make_certificates()
    bare = [("certificate of an %s CA, no NHI" % ca, certificate(ca))
            for ca in CAS]
    small = rounds([("plain key", person)] + bare +
                   [("NHI certificate", bot), ("issue", issue)], ROUNDS)
    new_ca("ecdsa")
    other = rounds([("plain key", person), ("NHI certificate", bot),
                    ("issue", issue)], ROUNDS)
    large_apply = apply(10000)
    large = rounds([("plain key", person), ("NHI certificate", bot)], ROUNDS)
    base = small["plain key"]
    print("medians of %d logins each, %d users, sshd -i" % (ROUNDS, USERS))
    print("%-42s %8s %7s" % ("", "ms", "ratio"))
    for name in small:
        print("%-42s %8.1f %7.2f" % (name, small[name], small[name] / base))
    for name in other:
        print("%-42s %8.1f %7.2f" % (name + ", ecdsa CA", other[name],
                                     other[name] / other["plain key"]))
    for name in large:
        print("%-42s %8.1f %7.2f" % (name + ", policy of 10,000", large[name],
                                     large[name] / large["plain key"]))
    print("apply of %d identities: %.2f s; of 10,000: %.2f s" %
          (USERS, small_apply, large_apply))


if __name__ == "__main__":
    main()
