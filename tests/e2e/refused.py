#!/usr/bin/python3
# SPDX-License-Identifier: BSD-2-Clause
"""What the issuer must refuse, and why.

  refused.py keys DIR        key sets of the issuers below, DIR/NAME.json
  refused.py make DIR        DIR/<n> is what is sent for DIR/<n>.account;
      prints a line for each: n code public-reason exit-status name
"""
import json
import os
import sys
import time

from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric import rsa

import mint

HOST = "ssh://web-1.example.com"
INPUT = ("input", 77)
TOKEN = ("token", 77)
POLICY = ("policy", 77)
KEYS = ("fault", 70)
b64 = mint.b64


class Issuer:
    def __init__(self, name, store):
        self.name = name
        self.store = store

    def key(self, kind):
        path = os.path.join(self.store, kind + ".pem")
        with open(path, "rb") as f:
            return serialization.load_pem_private_key(f.read(), None)

    def claims(self, changes):
        now = int(time.time())
        claims = {"iss": "https://%s.example.com" % self.name, "aud": HOST,
                  "sub": "job-1", "iat": now, "nbf": now, "exp": now + 300,
                  "jti": os.urandom(8).hex()}
        for name, value in changes.items():
            if name in mint.TIMES and isinstance(value, int):
                value += now
            claims[name] = value
        return {n: v for n, v in claims.items() if v is not None}

    def token(self, kind="es256", header=None, payload=None, **changes):
        """header: changes of it, or its octets; payload: its octets."""
        if not isinstance(header, bytes):
            head = {"typ": "JWT", "alg": mint.alg_name(kind),
                    "kid": kind + "-1"}
            head.update(header or {})
            header = json.dumps({n: v for n, v in head.items()
                                 if v is not None}).encode()
        if payload is None:
            payload = json.dumps(self.claims(changes)).encode()
        signing = b64(header) + "." + b64(payload)
        return signing + "." + b64(mint.sign(kind, self.key(kind),
                                             signing.encode()))


def key_set(store, name):
    """The keys of all issuers are the same; their sets are not."""
    kinds = ("rs256", "es256", "es384", "eddsa")
    keys = [mint.jwk(k, Issuer(name, store).key(k)) for k in kinds]
    if name != "corp":
        return {"keys": keys}
    es = dict(keys[1])
    weak = rsa.generate_private_key(65537, 1024)
    with open(os.path.join(store, "weak.pem"), "wb") as f:
        f.write(weak.private_bytes(
            serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8,
            serialization.NoEncryption()))
    weak = mint.jwk("rs256", weak)
    weak["kid"] = "weak"
    return {"keys": keys + [
        dict(es, kid="twice"), dict(es, kid="twice"),
        dict(es, kid="enc", use="enc"), weak,
        dict(es, kid="off-curve", y=es["x"]),
    ]}


def keys(store):
    kinds = ("rs256", "es256", "es384", "eddsa")
    for kind in kinds:
        mint.write(os.path.join(store, kind + ".pem"),
                   mint.make_key(kind).private_bytes(
                       serialization.Encoding.PEM,
                       serialization.PrivateFormat.PKCS8,
                       serialization.NoEncryption()), 0o600)
    for name in ("corp", "strict", "bound", "lost", "broken", "stale"):
        with open(os.path.join(store, name + ".json"), "w",
                  encoding="ascii") as f:
            json.dump(key_set(store, name), f)


def cases(store):
    corp, strict, bound, lost, broken, stale = (Issuer(n, store) for n in (
        "corp", "strict", "bound", "lost", "broken", "stale"))
    good = corp.token()
    head, body, sig = good.split(".")
    deep = b'{"a":' + b"[" * 100 + b"]" * 100 + b"}"

    def case(code, public, what, account="web", name=""):
        if isinstance(what, str):
            what = what.encode()
        return code, public, account, name or code, what

    def head_is(code, public=TOKEN, kind="es256", **header):
        return case(code, public, corp.token(kind, header))

    return [
        case("empty", INPUT, b""),
        case("empty", INPUT, b"\n", name="newline"),
        case("too-large", INPUT, b"a" * 65537),
        case("not-compact", INPUT, b"a" * 65536 + b"\n",
             name="as many as may be, and a newline"),
        case("too-large", INPUT, b"a" * 1048576, name="1 MB"),
        case("input", INPUT, good, "a b", "a b"),
        case("input", INPUT, good, "$(id)", "$(id)"),
        case("input", INPUT, good, "`id`", "backquotes"),
        case("input", INPUT, good, "'", "quote"),
        case("input", INPUT, good, "web;id", "semicolon"),
        case("input", INPUT, good, "web\nid", "newline in the account"),
        case("input", INPUT, good, "web\n", "newline after the account"),
        case("input", INPUT, good, " web", "blank before"),
        case("input", INPUT, good, "web ", "blank after"),
        case("input", INPUT, good, "w" * 300, "300 characters"),
        case("input", INPUT, good, "w" * 32, "32 characters"),
        case("input", INPUT, good, "w\u00e9b", "UTF-8"),
        case("input", INPUT, good, "--help", "--help"),
        case("input", INPUT, good, "-c", "-c"),
        case("input", INPUT, good, "../web", "path"),
        case("input", INPUT, good, "WEB", "upper case"),
        case("input", INPUT, good, "/usr/lib/openssh/sftp-server", "sftp"),
        case("not-compact", INPUT, "a.b"),
        case("not-compact", INPUT, good + ".x", name="four parts"),
        case("not-compact", INPUT, head + "." + body + ".", name="unsigned"),
        case("base64url", INPUT, head + "." + body + ".a+b/"),
        case("base64url", INPUT, "\ufeff" + good, name="BOM"),
        case("base64url", INPUT, good + "\n\n", name="two newlines"),
        case("base64url", INPUT, good + " ", name="blank at the end"),
        case("base64url", INPUT, good[:40] + "\r\n" + good[40:],
             name="CRLF in the middle"),
        case("base64url", INPUT, good + "\0", name="NUL at the end"),
        case("json", INPUT, corp.token(payload=b'{"iss":}')),
        case("json-duplicate", INPUT, corp.token(payload=b'{"a":1,"a":2}')),
        case("json-depth", INPUT, corp.token(payload=deep)),
        case("utf8", INPUT, corp.token(payload=b'{"a":"\xff"}')),
        head_is("header", INPUT, alg=5),
        head_is("alg-missing", alg=None),
        head_is("alg-none", alg="none"),
        head_is("alg-none", alg="nOnE"),
        head_is("alg-hmac", alg="HS256"),
        case("alg-not-allowed", TOKEN, corp.token("eddsa")),
        head_is("alg-key-mismatch", alg="RS256"),
        head_is("crit", crit=["exp"]),
        head_is("typ", typ="dpop+jwt"),
        head_is("b64", b64=False),
        head_is("kid-missing", kid=None),
        head_is("kid-unknown", kid="none-such"),
        head_is("kid-ambiguous", kid="twice"),
        head_is("key-use", kid="enc"),
        case("key-weak", TOKEN, corp.token("rs256", {"kid": "weak"})),
        head_is("key-invalid", kid="off-curve"),
        case("signature", TOKEN, good[:-8] + "AAAAAAAA"),
        case("signature", TOKEN, corp.token("es256", sub="x")[:-86] + sig,
             name="another's signature"),
        case("jwks-missing", KEYS, lost.token(), "lost"),
        case("jwks", KEYS, broken.token(), "broken"),
        case("jwks-stale", KEYS, stale.token(), "stale"),
        case("issuer", TOKEN, corp.token(iss="https://evil.example.com")),
        case("audience", TOKEN, corp.token(aud="ssh://db-1.example.com")),
        case("expired", TOKEN, corp.token(iat=-900, nbf=-900, exp=-600)),
        case("not-yet-valid", TOKEN, corp.token(nbf=240)),
        case("issued-in-future", TOKEN, corp.token(iat=240, nbf=None)),
        case("too-old", TOKEN, strict.token(iat=-240), "strict"),
        case("lifetime", TOKEN, strict.token(exp=3600), "strict"),
        case("claim-missing", TOKEN, corp.token(exp=None)),
        case("claim-type", TOKEN, corp.token(exp="soon")),
        case("binding", TOKEN, bound.token(), "bound"),
        case("binding", TOKEN, bound.token(
            aud=HOST + "#SHA256:" + "A" * 43), "bound", "another's binding"),
        case("account-unknown", POLICY, good, "no-such"),
        case("account-unknown", POLICY, good, "alice", "a person"),
        case("account-reserved", POLICY, good, "root"),
        case("account-reserved", POLICY, good, "nhi", "nhi itself"),
        case("no-match", POLICY, corp.token(sub="job-2")),
        case("no-match", POLICY, corp.token(sub="JOB-1"), name="upper case"),
        case("ambiguous", POLICY, good, "both"),
        case("identity-expired", POLICY, corp.token(), "over"),
        case("source", POLICY, corp.token(), "far"),
        case("window", POLICY, corp.token(), "night"),
        case("hold", POLICY, corp.token(), "held"),
    ]


def make(store):
    for n, (code, public, account, name, what) in enumerate(cases(store)):
        with open(os.path.join(store, str(n)), "wb") as f:
            f.write(what)
        with open(os.path.join(store, "%d.account" % n), "wb") as f:
            f.write(account.encode())
        print(n, code, public[0], public[1], name)


if __name__ == "__main__":
    if sys.argv[1] == "keys":
        keys(sys.argv[2])
    else:
        make(sys.argv[2])
