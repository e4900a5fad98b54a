#!/usr/bin/python3
# SPDX-License-Identifier: BSD-2-Clause
"""The seeds of the fuzz targets: make_seeds.py DIR

What is random in them (RSA numbers, ECDSA signatures) has a name that begins
with "random-" and is made once; a second run changes nothing.  What a fuzzer found is added by hand, under a name of its
own, and is never made here.
"""
import base64
import hashlib
import json
import os
import struct
import sys

from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec, ed25519
from cryptography.hazmat.primitives.asymmetric import padding, rsa, utils

import seed_texts

NOW = 1800000000
KEY = ed25519.Ed25519PrivateKey.from_private_bytes(
    hashlib.sha256(b"nhi fuzz token").digest())
CA = ed25519.Ed25519PrivateKey.from_private_bytes(
    hashlib.sha256(b"nhi fuzz ca").digest())
USER = ed25519.Ed25519PrivateKey.from_private_bytes(
    hashlib.sha256(b"nhi fuzz user").digest())


def b64(data):
    return base64.urlsafe_b64encode(data).rstrip(b"=").decode()


def raw(key):
    return key.public_key().public_bytes(
        serialization.Encoding.Raw, serialization.PublicFormat.Raw)


def token(header, claims):
    head = b64(json.dumps(header).encode())
    text = head + "." + b64(json.dumps(claims).encode())
    return text + "." + b64(KEY.sign(text.encode()))


HEADER = {"alg": "EdDSA", "typ": "JWT", "kid": "seed"}
CLAIMS = {"iss": "https://issuer.example.com", "sub": "job-1",
          "aud": "ssh://web-1", "iat": NOW - 10, "nbf": NOW - 10,
          "exp": NOW + 290, "jti": "1"}


def tokens():
    yield "good", token(HEADER, CLAIMS)
    yield "array", token(HEADER, dict(CLAIMS, aud=["x", "ssh://web-1"]))
    yield "expired", token(HEADER, dict(CLAIMS, exp=NOW - 100))
    yield "none", token({"alg": "none"}, CLAIMS)
    yield "hs256", token({"alg": "HS256", "jwk": {"kty": "oct"}}, CLAIMS)
    yield "crit", token(dict(HEADER, crit=["b64"], b64=False), CLAIMS)
    yield "short", token(HEADER, CLAIMS)[:-9]
    yield "empty-parts", ".."


def set_():
    number = rsa.generate_private_key(65537, 2048).public_key()
    number = number.public_numbers()
    keys = [{"kty": "OKP", "crv": "Ed25519", "kid": "seed", "x": b64(raw(KEY))},
            {"kty": "RSA", "kid": "r", "use": "sig", "e": "AQAB",
             "n": b64(number.n.to_bytes(256, "big"))}]
    for name, curve, size in (("P-256", ec.SECP256R1(), 32),
                              ("P-384", ec.SECP384R1(), 48),
                              ("P-521", ec.SECP521R1(), 66)):
        p = ec.derive_private_key(12345, curve).public_key().public_numbers()
        keys.append({"kty": "EC", "crv": name, "kid": name,
                     "key_ops": ["verify"],
                     "x": b64(p.x.to_bytes(size, "big")),
                     "y": b64(p.y.to_bytes(size, "big"))})
    return json.dumps({"keys": keys})


def string(data):
    if isinstance(data, str):
        data = data.encode()
    return struct.pack(">I", len(data)) + data


def ssh_key(key):
    return string("ssh-ed25519") + string(raw(key))


def certificate():
    name = b"ssh-ed25519-cert-v01@openssh.com"
    part = (string(name) + string(b"n" * 32) + string(raw(USER)) +
            struct.pack(">QI", 7, 1) +
            string("nhi1:web-1.example.com:web:0123456789abcdef") +
            string(string("web")) + struct.pack(">QQ", NOW - 60, NOW + 900) +
            string(string("source-address") + string(string("192.0.2.0/24"))) +
            string(string("permit-pty") + string("")) + string("") +
            string(ssh_key(CA)))
    return part + string(string("ssh-ed25519") + string(CA.sign(part)))


def line(kind, blob, comment):
    return "%s %s %s" % (kind, base64.b64encode(blob).decode(), comment)


def private(key):
    return key.private_bytes(serialization.Encoding.PEM,
                             serialization.PrivateFormat.OpenSSH,
                             serialization.NoEncryption())


def public(key):
    return key.public_key().public_bytes(
        serialization.Encoding.OpenSSH, serialization.PublicFormat.OpenSSH)


def other_keys():
    """Name, private key, hash of the signatures of its certificates."""
    yield "rsa", rsa.generate_private_key(65537, 2048), hashes.SHA512()
    for name, curve, digest in (("p256", ec.SECP256R1(), hashes.SHA256()),
                                ("p384", ec.SECP384R1(), hashes.SHA384()),
                                ("p521", ec.SECP521R1(), hashes.SHA512())):
        yield name, ec.derive_private_key(12345, curve), digest


def mpint(n):
    return string(n.to_bytes(n.bit_length() // 8 + 1, "big"))


def ssh_signature(key, digest, data):
    if isinstance(key, rsa.RSAPrivateKey):
        return string("rsa-sha2-512") + string(
            key.sign(data, padding.PKCS1v15(), digest))
    r, s = utils.decode_dss_signature(key.sign(data, ec.ECDSA(digest)))
    return string("ecdsa-sha2-nistp%d" % key.key_size) + string(
        mpint(r) + mpint(s))


def other_certificate(key, digest):
    """Of a key of this type by a CA of this type."""
    blob = base64.b64decode(public(key).split()[1])
    n = 4 + struct.unpack(">I", blob[:4])[0]
    part = (string(blob[4:n] + b"-cert-v01@openssh.com") +
            string(b"n" * 32) + blob[n:] + struct.pack(">QI", 8, 1) +
            string(seed_texts.KEYID) + string(string("web")) +
            struct.pack(">QQ", NOW - 60, NOW + 900) +
            string(string("force-command") + string(string("id"))) +
            string("") + string("") + string(blob))
    return part + string(ssh_signature(key, digest, part))


def rsa_file(n, d, p):
    """A private key whose d and p are whatever they are."""
    pub = string("ssh-rsa") + mpint(65537) + mpint(n)
    part = (b"cccc" * 2 + string("ssh-rsa") + mpint(n) + mpint(65537) +
            mpint(d) + mpint(1) + mpint(p) + mpint(3) + string("x"))
    part += bytes(range(1, 1 + -len(part) % 8))
    data = base64.b64encode(
        b"openssh-key-v1\0" + string("none") * 2 + string("") +
        struct.pack(">I", 1) + string(pub) + string(part)).decode()
    rows = [data[i:i + 70] for i in range(0, len(data), 70)]
    mark = "-----%s OPENSSH PRIVATE KEY-----"
    return "\n".join([mark % "BEGIN"] + rows + [mark % "END", ""])


def rsa_files():
    n = (1 << 2047) + 1
    yield "ssh_private", "rsa-long-d", rsa_file(n, n << 16, 5)
    yield "ssh_private", "rsa-p-1", rsa_file(n, 5, 1)


def ssh_others():
    for name, key, digest in other_keys():
        cert = other_certificate(key, digest)
        yield "ssh_key", "random-" + name, public(key)
        yield "ssh_blob", "random-" + name, cert
        yield "ssh_private", "random-" + name, private(key)
        yield "ssh_cert", "random-" + name, line(
            cert[4:4 + cert[3]].decode(), cert, "x")
    sk = string("sk-ssh-ed25519@openssh.com") + string(raw(USER))
    yield "ssh_key", "sk", line("sk-ssh-ed25519@openssh.com",
                                sk + string("ssh:"), "a token")


VERDICT = (b"n" * 16 + struct.pack(">HI", 0, 0) + b"d" * 32 + b"m" * 32 +
           struct.pack(">QQ", NOW - 10, NOW + 290) + b"k" * 32 +
           struct.pack(">QQQ", 7, NOW - 60, NOW + 900))
LINES = b"subject=job-1\njti=1\nclaims=a=1;b=2\n"


def verdicts():
    lines = struct.pack(">H", len(LINES)) + LINES
    head = b"NHIV" + struct.pack(">HI", 1, 10 + len(VERDICT) + len(lines))
    yield "verdict", "good", head + VERDICT + lines
    yield "verdict", "request", (b"NHIQ" + struct.pack(">H", 1) + b"n" * 16 +
                                 struct.pack(">QBI", NOW, 1, 3) + b"a.b")


POLICY = """version = 1;
host = { id = "web-1.example.com"; };
issuers = ( { name = "github"; preset = "github";
  audience = [ "ssh://web-1.example.com" ]; } );
identities = ( { name = "web-deploy"; owner = "a@example.com";
  purpose = "deploy"; expires = "2099-12-31"; issuer = "github";
  match = ( { claim = "repository_id"; is = "74"; },
            { claim = "repository_owner_id"; is = "65"; } );
  account = "web-deploy"; certificate = { ttl = "15m"; }; },
 { name = "pr"; owner = "a@example.com"; purpose = "pull requests";
  expires = "2099-12-31"; issuer = "github";
  match = ( { claim = "repository_id"; is = "75"; },
            { claim = "repository_owner_id"; is = "65"; } );
  account = "pr-{repository_id}-{run_id}"; } );
"""

DISCOVERY = json.dumps({
    "issuer": "https://issuer.example.com",
    "jwks_uri": "https://issuer.example.com/keys",
    "id_token_signing_alg_values_supported": ["RS256"]})


def seeds():
    for name, text in tokens():
        for target in ("jws", "ladder"):
            yield target, name, text
    for name, claims in (("good", CLAIMS), ("null", dict(CLAIMS, sub=None)),
                         ("float", dict(CLAIMS, exp=1.5)),
                         ("nested", dict(CLAIMS, a={"b": [{"c": "\u00e9"}]})),
                         ("empty", {})):
        for target in ("claims", "json"):
            yield target, name, json.dumps(claims)
    yield "json", "twice", '{"a":1,"\\u0061":2}'
    yield "json", "surrogates", '{"a":"\\ud83d\\ude00","b":"\\ud83d"}'
    yield "json", "numbers", '{"a":[0,-0,1e9,1E-9,0.5,9223372036854775808]}'
    yield "json", "deep", '{"a":' + "[" * 40 + "]" * 40 + "}"
    yield "jwks", "random-all", set_()
    yield "jwks", "oct", '{"keys":[{"kty":"oct","k":"AAAA"}]}'
    yield "jwks", "zeros", '{"keys":[{"kty":"RSA","n":"AA","e":"AQ"}]}'
    yield "discovery", "good", DISCOVERY
    yield "discovery", "random-keys", set_()
    yield "discovery", "html", "<!doctype html><title>sign in</title>"
    yield "http", "good", ("HTTP/1.1 200 OK\r\nETag: \"a\"\r\n"
                           "Cache-Control: public, max-age=300\r\n"
                           "Last-Modified: Sun, 06 Nov 1994 08:49:37 GMT\r\n")
    yield "http", "odd", "HTTP/2 301\r\nlocation:\r\ncache-control:max-age=9\n"
    yield "policy", "good", POLICY
    yield "policy", "include", '@include "/etc/shadow"\n'
    yield "policy", "nested", "version = 1; a = " + "( " * 20 + ") " * 20
    yield "policy", "twice", POLICY + "version = 2;\n"
    yield "ssh_key", "ed25519", line("ssh-ed25519", ssh_key(USER), "a b")
    yield "ssh_key", "none", "ssh-rsa AAAA"
    yield "ssh_blob", "key", ssh_key(USER)
    yield "ssh_blob", "cert", certificate()
    yield "ssh_cert", "good", line("ssh-ed25519-cert-v01@openssh.com",
                                   certificate(), "x")
    yield "ssh_private", "random-ed25519", private(CA)
    yield from ssh_others()
    yield from rsa_files()
    yield from verdicts()
    yield from seed_texts.seeds()
    yield "ssh_trusted", "two", (
        line("ssh-ed25519", ssh_key(CA), "web-1.example.com") + "\n" +
        line("ssh-ed25519", ssh_key(USER), "web-2.example.com") + "\n")
    yield "keyid", "good", "nhi1:web-1.example.com:web:0123456789abcdef"
    yield "keyid", "fingerprint", "SHA256:" + b64(bytes(range(32)))
    yield "keyid", "options", string("force-command") + string(string("id"))
    yield "verdict", "short", b"\0" * 40
    yield "audit", "plain", b"a detail\0sub\0jti\0kid\0web\0id\0a=1\nb=2\n"
    yield "audit", "hostile", (b"\x1b]0;x\x07\0\xff\xfe\0\"\\\0" +
                               "\u202e".encode() + b"\0%n\0" + b"x" * 4000)
    yield "trail", "good", ('{"v":1,"id":"01m8","time":"2026-11-22T07:13:05.760Z'
                            '","event":"login.deny","outcome":"deny"}')
    yield "edit", "nsswitch", ("passwd: files systemd\ngroup:\tfiles [!SUCCESS="
                               "continue] systemd # x\nshadow: files\n")
    yield "base64url", "good", b64(b"any octets")
    yield "base64url", "tail", "AB"
    for name, text in (("name", "pr-74-9001"), ("number", "65535"),
                       ("date", "2026-11-22"), ("span", "15m"),
                       ("cidr", "2001:db8::/32"), ("template", "pr-{a.b}-{c}"),
                       ("window", "mon-fri 08:00-18:00"),
                       ("connection", "192.0.2.1 22 192.0.2.2 22"),
                       ("hex", "00ff" * 16)):
        yield "words", name, text


def asked():
    key = line("ssh-ed25519", ssh_key(USER), "").rstrip()
    there = "192.0.2.1 50000 192.0.2.2 22"
    yield "request", "good", f" issue {key}\nweb-deploy\n{there}\n"
    yield "request", "comment", f" issue {key} x\nweb-deploy\n{there}\n"
    yield "request", "blanks", f"  issue  {key}\nweb-deploy\n{there}\n"
    yield "request", "shell", f" issue {key}\nweb;id\n{there}\n"
    yield "request", "none", f" issue {key}\n\n::1 1 ::1 22\n"
    yield "arguments", "session", "defer\n"
    yield "arguments", "all", ("use_first_pass\ntry_first_pass\n"
                               "token_file=/run/token\n")
    yield "arguments", "relative", "token_file=token\n"
    yield "arguments", "unknown", "debug\n"
    for size in (1, 510, 511, 512, 999, 1000, 1022, 1023, 1024, 2046, 4000):
        for cut in range(3):
            yield "pieces", f"{size}-{cut}", bytes([cut]) + b"t" * size
    yield "pieces", "newline", b"\x02" + b"t" * 1500 + b"\n"
    yield "pieces", "lines", b"\x03" + b"t" * 1023 + b"\n" + b"t" * 9
    yield "pieces", "silent", b"\x03" + b"t" * 1023 + b"\n"
    yield "pieces", "many", b"\x03" + (b"t" * 511 + b"\n") * 15
    yield "krl", "all", (
        b"v" + struct.pack(">Q", 7) + b"t" + struct.pack(">Q", NOW) +
        b"c\x09a comment" + b"s" + struct.pack(">Q", 5) + b"s" +
        struct.pack(">Q", 2 ** 63) + b"i\x06nhi1:a" + b"h" +
        bytes(range(32)))
    yield "krl", "zero", b"s" + bytes(8)
    yield "krl", "empty-id", b"i\0"
    yield "krl", "control", b"i\x02a\nc\x01\x7f"


def main():
    for target, name, data in [*seeds(), *asked()]:
        path = os.path.join(sys.argv[1], target, name)
        os.makedirs(os.path.dirname(path), exist_ok=True)
        if name.startswith("random-") and os.path.exists(path):
            continue
        with open(path, "wb") as f:
            f.write(data if isinstance(data, bytes) else data.encode())


if __name__ == "__main__":
    main()
