#!/usr/bin/python3
# SPDX-License-Identifier: BSD-2-Clause
"""Our parsers against others': differ.py VIEW DIR...

Each DIR is a corpus (with ladder, claims, jws, ssh_blob ... in it).  A fuzzer
cannot sign, so what it made is signed here once more: claims and headers as
tokens, the parts of certificates by a CA.  What we accept another has to
accept with the same values: certificates OpenSSH's ssh-keygen, tokens a
verifier of thirty lines over python3-cryptography; so what it refuses, we do.
What it accepts and we refuse is counted by our reason, and wrong where that is
one (NEVER_ALONE) which it looks at as we do.  One thing is not ours to refuse: that a point
of an ECDSA key is on its curve, which is known to sshd, who has seen the key
work, and to libcrypto where a CA's signature is checked.
"""
import base64
import collections
import datetime
import hashlib
import json
import os
import re
import struct
import subprocess
import sys
import tempfile

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric import ec, ed25519

NOW = 1800000000
KEY = ed25519.Ed25519PrivateKey.from_private_bytes(
    hashlib.sha256(b"nhi fuzz token").digest())
CA = ed25519.Ed25519PrivateKey.from_private_bytes(
    hashlib.sha256(b"nhi fuzz ca").digest())
MARK = b"-cert-v01@openssh.com"


NEVER_ALONE = {"signature", "issuer", "audience", "kid-unknown", "alg-none",
               "alg-missing", "alg-hmac", "not-compact", "no-memory",
               "internal"}


def raw(key):
    return key.public_key().public_bytes(serialization.Encoding.Raw,
                                         serialization.PublicFormat.Raw)


def b64(data):
    return base64.urlsafe_b64encode(data).rstrip(b"=")


def inputs(dirs, *targets):
    for top in dirs:
        for target in targets:
            path = os.path.join(top, target)
            for name in sorted(os.listdir(path)) if os.path.isdir(path) else ():
                with open(os.path.join(path, name), "rb") as f:
                    yield "%s/%s" % (target, name), f.read()


def view(program, what, lines):
    """Our answers, one list of words for each line."""
    text = "".join(" ".join(x.hex() for x in line) + "\n" for line in lines)
    out = subprocess.run([program, what], input=text, check=True,
                         stdout=subprocess.PIPE, universal_newlines=True)
    return [line.split(" ") for line in out.stdout.splitlines()]


# Tokens

JWK = {"kty": "OKP", "crv": "Ed25519", "kid": "seed",
       "x": b64(raw(KEY)).decode()}
SET = json.dumps({"keys": [JWK]}).encode()


def sign(head, body):
    text = b64(head) + b"." + b64(body)
    return text + b"." + b64(KEY.sign(text))


def decode(part):
    text = part.decode("ascii")
    if not re.fullmatch(r"[A-Za-z0-9_-]*", text) or len(text) % 4 == 1:
        raise ValueError("base64url")
    return base64.urlsafe_b64decode(text + "=" * (-len(text) % 4))


def once(pairs):
    if len({k for k, _ in pairs}) != len(pairs):
        raise ValueError("twice")
    return dict(pairs)


def read(part):
    value = json.loads(decode(part).decode("utf-8"), object_pairs_hook=once)
    if not isinstance(value, dict):
        raise ValueError("no object")
    return value


def number(value, default):
    if value is None:
        return default
    if isinstance(value, bool) or not isinstance(value, (int, float)):
        raise ValueError("no number")
    return value


def other_token(token):
    """alg, exp, iat, sub and jti of a good token; else ValueError."""
    parts = token.split(b".")
    if len(parts) != 3:
        raise ValueError("not compact")
    head, body = read(parts[0]), read(parts[1])
    if head.get("alg") != "EdDSA" or head.get("kid", "seed") != "seed":
        raise ValueError("header")
    if "crit" in head or "b64" in head:
        raise ValueError("crit")
    try:
        KEY.public_key().verify(decode(parts[2]), parts[0] + b"." + parts[1])
    except InvalidSignature as e:
        raise ValueError("signature") from e
    aud = body.get("aud")
    if body.get("iss") != "https://issuer.example.com" or \
            "ssh://web-1" not in (aud if isinstance(aud, list) else [aud]):
        raise ValueError("for others")
    exp, iat = number(body.get("exp"), 0), number(body.get("iat"), -1)
    if not exp > NOW - 60 or number(body.get("nbf"), 0) > NOW + 60:
        raise ValueError("time")
    return [head["alg"], exp, iat, body.get("sub"), body.get("jti")]


def forged(token):
    return token[:-10] + (b"BBBB" if token[-10:-6] == b"AAAA" else b"AAAA") \
        + token[-6:]


def tokens(dirs):
    seeds = dict(inputs(dirs[:1], "ladder"))
    good = seeds["ladder/good"].split(b".")
    head, body = decode(good[0]), decode(good[1])
    for name, data in inputs(dirs, "ladder"):
        yield name, data
        parts = data.split(b".")
        try:
            both = sign(decode(parts[0]), decode(parts[1]))
        except (ValueError, IndexError):
            continue
        yield name + ", signed", both
        yield name + ", forged", forged(both)
    for name, data in inputs(dirs, "claims", "json"):
        yield name, sign(head, data)
        try:
            both = dict(json.loads(body), **json.loads(data))
            yield name + ", mixed", sign(head, json.dumps(both).encode())
        except (ValueError, RecursionError, TypeError):
            pass
    for name, data in inputs(dirs, "jws", "json"):
        try:
            yield name + ", head", sign(
                decode(data.split(b".")[0]) if b"." in data else data, body)
        except ValueError:
            pass


def text(word):
    return None if word == "-" else bytes.fromhex(word).decode()


def check_tokens(program, dirs, tally):
    cases = list(tokens(dirs))
    ours = view(program, "token", [(SET, token) for _, token in cases])
    for (name, token), mine in zip(cases, ours):
        try:
            theirs = other_token(token)
        except (ValueError, RecursionError, OverflowError):
            theirs = None
        if mine[0] != "ok":
            tally["token: both refuse" if theirs is None else
                  "token: only we refuse: " + mine[0]] += 1
            if theirs is not None and mine[0] in NEVER_ALONE:
                yield "%s: refused, %s, and good: %s" % (name, mine[0], theirs)
            continue
        tally["token: both accept"] += 1
        seen = [mine[1], int(mine[2]), int(mine[3]), text(mine[4]),
                text(mine[5])]
        if seen != theirs:
            yield "%s: %s, not %s" % (name, seen, theirs)


# Certificates

def string(data):
    return struct.pack(">I", len(data)) + data


def cut(data):
    n = struct.unpack(">I", data[:4])[0]
    if len(data) < 4 + n:
        raise ValueError("short")
    return data[4:4 + n], data[4 + n:]


FIELDS = {b"ssh-ed25519": 1, b"ssh-rsa": 2, b"ecdsa-sha2-nistp256": 2,
          b"ecdsa-sha2-nistp384": 2, b"ecdsa-sha2-nistp521": 2}


def resign(blob):
    """The same certificate by our CA, whatever it says."""
    kind, rest = cut(blob)
    body = string(kind)
    if not kind.endswith(MARK):
        raise ValueError("no certificate")
    for _ in range(1 + FIELDS.get(kind[:-len(MARK)], 1)):
        one, rest = cut(rest)
        body += string(one)
    body, rest = body + rest[:12], rest[12:]
    for size in (0, 0, 16, 0, 0, 0):
        body, rest = body + rest[:size], rest[size:]
        if size == 0:
            one, rest = cut(rest)
            body += string(one)
    body += string(string(b"ssh-ed25519") + string(raw(CA)))
    return body + string(string(b"ssh-ed25519") + string(CA.sign(body)))


def certificates(dirs):
    for name, data in inputs(dirs, "ssh_blob", "ssh_cert"):
        if name.startswith("ssh_cert/"):
            try:
                data = base64.b64decode(data.split()[1], validate=True)
            except (ValueError, IndexError):
                continue
        yield name, data
        try:
            good = resign(data)
        except (ValueError, struct.error):
            continue
        yield name + ", signed", good
        yield name + ", forged", good[:-1] + bytes([good[-1] ^ 1])


def names(lines):
    """What stands below a heading of ssh-keygen -L, first words."""
    return [x.split()[0] for x in lines if x.strip() != "(none)"]


def other_certificate(directory, blob):
    """serial, key id, principals, critical and extensions by ssh-keygen."""
    path = os.path.join(directory, "c.pub")
    with open(path, "wb") as f:
        f.write(cut(blob)[0] + b" " + base64.b64encode(blob) + b" x\n")
    done = subprocess.run(["ssh-keygen", "-L", "-f", path],
                          stdout=subprocess.PIPE, stderr=subprocess.DEVNULL,
                          env=dict(os.environ, TZ="UTC", LC_ALL="C"))
    said = done.stdout.decode("utf-8", "surrogateescape")
    if done.returncode != 0 or "Key ID:" not in said:
        raise ValueError("refused")
    parts = re.split(r"^ {8}(Serial|Key ID|Valid|Principals|Critical Options|"
                     r"Extensions): ?", said, flags=re.M)
    got = dict(zip(parts[1::2], parts[2::2]))
    return [int(got["Serial"]), got["Key ID"].strip(), got["Valid"].strip(),
            names(got["Principals"].splitlines()[1:]),
            names(got["Critical Options"].splitlines()[1:]),
            names(got["Extensions"].splitlines()[1:])]


def stamp(seconds):
    try:
        t = datetime.datetime.fromtimestamp(seconds, datetime.timezone.utc)
    except (ValueError, OverflowError, OSError):
        return None
    return t.strftime("%Y-%m-%dT%H:%M:%S")


def validity(after, before):
    if after == 0 and before == 2**64 - 1:
        return "forever"
    if before == 2**64 - 1:
        return "after " + stamp(after)
    if after == 0:
        return "before " + stamp(before)
    return "from %s to %s" % (stamp(after), stamp(before))


def told(seen, theirs):
    """Years that the calendar of one of us does not have are not compared."""
    if theirs is not None and "None" in seen[2]:
        seen[2] = theirs[2]
    return seen


CURVES = {b"nistp256": ec.SECP256R1, b"nistp384": ec.SECP384R1,
          b"nistp521": ec.SECP521R1}


def off_curve(blob):
    """Is the certified key an ECDSA key that cannot be one?"""
    kind, rest = cut(blob)
    if not kind.startswith(b"ecdsa-"):
        return False
    curve, rest = cut(cut(rest)[1])
    try:
        ec.EllipticCurvePublicKey.from_encoded_point(CURVES[curve](),
                                                     cut(rest)[0])
    except ValueError:
        return True
    return False


def listed(word):
    return [text(x) for x in word.split(",")] if word else []


def check_certificates(program, dirs, tally):
    cases = list(certificates(dirs))
    ours = view(program, "cert", [(blob,) for _, blob in cases])
    with tempfile.TemporaryDirectory() as directory:
        for (name, blob), mine in zip(cases, ours):
            try:
                theirs = other_certificate(directory, blob)
            except (ValueError, struct.error):
                theirs = None
            if mine[0] != "ok":
                tally["certificate: both refuse" if theirs is None else
                      "certificate: only we refuse: " + mine[0]] += 1
                if theirs is not None and mine[0] in NEVER_ALONE:
                    yield "%s: refused, %s, and good" % (name, mine[0])
                continue
            if theirs is None and off_curve(blob):
                tally["certificate: only they refuse: off its curve"] += 1
                continue
            tally["certificate: both accept"] += 1
            seen = [int(mine[1]), '"%s"' % text(mine[4]),
                    validity(int(mine[2]), int(mine[3])), listed(mine[5]),
                    listed(mine[6]), listed(mine[7])]
            if theirs is None or told(seen, theirs) != theirs:
                yield "%s: %s, not %s" % (name, seen, theirs)


def main():
    program, dirs = sys.argv[1], sys.argv[2:]
    tally = collections.Counter()
    wrong = list(check_tokens(program, dirs, tally))
    wrong += check_certificates(program, dirs, tally)
    for what, n in sorted(tally.items()):
        print("%6d %s" % (n, what))
    for one in wrong:
        print("DIFFERS " + one)
    enough = min(tally["token: both accept"],
                 tally["certificate: both accept"])
    return 0 if not wrong and enough > 0 else 1


if __name__ == "__main__":
    sys.exit(main())
