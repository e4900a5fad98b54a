#!/usr/bin/python3
# SPDX-License-Identifier: BSD-2-Clause
"""An issuer of tokens for tests: makes keys with a JWKS, signs claims.

  mint.py keys --dir DIR --kind rs256 [--kind es256 ...]
      DIR/KIND.pem for each, all of them in DIR/jwks.json; the kid is KIND-1
  mint.py token --dir DIR [--kind rs256] [--claims FILE] [options]
      one token on standard output, without a newline
  mint.py claims [--claims FILE] [options]
      its claims only, as JSON

In a claims file and in --set, a number for iat, nbf or exp below 10^8 counts
in seconds from now.
"""
import argparse
import base64
import json
import os
import sys
import time

from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import (ec, ed25519, padding,
                                                       rsa, utils)

HERE = os.path.dirname(os.path.abspath(__file__))
HASHES = {"256": hashes.SHA256, "384": hashes.SHA384, "512": hashes.SHA512}
CURVES = {"256": (ec.SECP256R1, "P-256", 32),
          "384": (ec.SECP384R1, "P-384", 48),
          "512": (ec.SECP521R1, "P-521", 66)}
NAMES = {"eddsa": "EdDSA"}
TIMES = ("iat", "nbf", "exp")


def b64(data):
    return base64.urlsafe_b64encode(data).rstrip(b"=").decode()


def number(value, size=None):
    return b64(value.to_bytes(size or (value.bit_length() + 7) // 8, "big"))


def alg_name(kind):
    return NAMES.get(kind, kind.upper())


def make_key(kind):
    if kind == "eddsa":
        return ed25519.Ed25519PrivateKey.generate()
    if kind.startswith("es"):
        return ec.generate_private_key(CURVES[kind[2:]][0]())
    return rsa.generate_private_key(65537, 2048)


def jwk(kind, key):
    out = {"kid": kind + "-1", "use": "sig", "alg": alg_name(kind)}
    public = key.public_key()
    if kind == "eddsa":
        raw = public.public_bytes(serialization.Encoding.Raw,
                                  serialization.PublicFormat.Raw)
        out.update(kty="OKP", crv="Ed25519", x=b64(raw))
    elif kind.startswith("es"):
        _, name, size = CURVES[kind[2:]]
        n = public.public_numbers()
        out.update(kty="EC", crv=name, x=number(n.x, size),
                   y=number(n.y, size))
    else:
        n = public.public_numbers()
        out.update(kty="RSA", n=number(n.n), e=number(n.e))
    return out


def write(path, data, mode):
    with open(os.open(path, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, mode),
              "wb") as f:
        f.write(data)


def keys(args):
    os.makedirs(args.dir, mode=0o700, exist_ok=True)
    found = []
    for kind in args.kind or ["rs256"]:
        key = make_key(kind)
        write(os.path.join(args.dir, kind + ".pem"), key.private_bytes(
            serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8,
            serialization.NoEncryption()), 0o600)
        found.append(jwk(kind, key))
    write(os.path.join(args.dir, "jwks.json"),
          json.dumps({"keys": found}, indent=1).encode() + b"\n", 0o644)


def sign(kind, key, data):
    if kind == "eddsa":
        return key.sign(data)
    digest = HASHES[kind[2:]]()
    if kind.startswith("es"):
        size = CURVES[kind[2:]][2]
        r, s = utils.decode_dss_signature(key.sign(data, ec.ECDSA(digest)))
        return r.to_bytes(size, "big") + s.to_bytes(size, "big")
    if kind.startswith("ps"):
        return key.sign(data, padding.PSS(padding.MGF1(digest),
                                          digest.digest_size), digest)
    return key.sign(data, padding.PKCS1v15(), digest)


def setting(text):
    name, _, value = text.partition("=")
    try:
        return name, json.loads(value)
    except ValueError:
        return name, value


def make_claims(args):
    with open(args.claims, encoding="utf-8") as f:
        claims = json.load(f)
    claims["jti"] = os.urandom(16).hex()
    claims.update(setting(s) for s in args.set)
    for name in args.delete:
        claims.pop(name, None)
    now = int(time.time())
    for name in TIMES:
        value = claims.get(name)
        if isinstance(value, (int, float)) and value < 10 ** 8:
            claims[name] = now + value
    return claims


def load_key(args):
    if args.wrong_key:
        return make_key(args.kind)
    with open(os.path.join(args.dir, args.kind + ".pem"), "rb") as f:
        return serialization.load_pem_private_key(f.read(), None)


def compact(header, claims, args, key):
    signing = ".".join(b64(json.dumps(p, separators=(",", ":")).encode())
                       for p in (header, claims))
    signature = sign(args.kind, key, signing.encode())
    return signing + "." + ("" if args.no_signature else b64(signature))


def grow(header, claims, args, key):
    """Grow a claim until the token has args.pad bytes, or one more."""
    size = 0
    claims["padding"] = ""
    made = compact(header, claims, args, key)
    while len(made) < args.pad:
        size += max(1, (args.pad - len(made)) * 3 // 4 - 2)
        claims["padding"] = "x" * size
        made = compact(header, claims, args, key)
    return made


def pad(header, claims, args, key):
    """Base64 has no length of 4n + 1; then the header takes the rest."""
    made = grow(header, claims, args, key)
    for extra in range(4):
        if len(made) <= args.pad:
            break
        made = grow(dict(header, padding="x" * extra), claims, args, key)
    if len(made) != args.pad:
        sys.exit("mint.py: no token of %d bytes with these claims" % args.pad)
    return made


def token(args):
    header = {"typ": "JWT", "alg": args.alg or alg_name(args.kind),
              "kid": args.kid or args.kind + "-1"}
    header.update(setting(s) for s in args.header)
    if args.no_kid:
        del header["kid"]
    key = load_key(args)
    claims = make_claims(args)
    make = pad if args.pad else compact
    sys.stdout.write(make(header, claims, args, key))


def arguments():
    parser = argparse.ArgumentParser(description=__doc__,
        formatter_class=argparse.RawDescriptionHelpFormatter)
    verbs = parser.add_subparsers(dest="verb", required=True)
    verb = verbs.add_parser("keys")
    verb.add_argument("--dir", required=True)
    verb.add_argument("--kind", action="append")
    for name in ("token", "claims"):
        verb = verbs.add_parser(name)
        verb.add_argument("--claims", default=HERE + "/claims/github.json")
        verb.add_argument("--set", action="append", default=[],
                          metavar="CLAIM=JSON")
        verb.add_argument("--delete", action="append", default=[],
                          metavar="CLAIM")
        if name == "claims":
            continue
        verb.add_argument("--dir", default="/root/issuer")
        verb.add_argument("--kind", default="rs256")
        verb.add_argument("--pad", type=int, default=0, metavar="BYTES")
        verb.add_argument("--wrong-key", action="store_true",
                          help="sign with a key made just now")
        verb.add_argument("--kid")
        verb.add_argument("--no-kid", action="store_true")
        verb.add_argument("--alg", help="what the header says")
        verb.add_argument("--header", action="append", default=[],
                          metavar="NAME=JSON")
        verb.add_argument("--no-signature", action="store_true")
    return parser.parse_args()


def main():
    args = arguments()
    if args.verb == "keys":
        keys(args)
    elif args.verb == "claims":
        print(json.dumps(make_claims(args)))
    else:
        token(args)


if __name__ == "__main__":
    main()
