#!/usr/bin/python3
# SPDX-License-Identifier: BSD-2-Clause
"""Good and bad tokens with the reason code that each must get.

One case a line, fields parted by TAB: name, code, settings (NAME=VALUE,
parted by blanks), key set and token, the last two in lower-case hex so that
any octet can stand in them; an empty key set is written as "-".  Keys are new
in each run.  tests/unit/corpus.c reads the file.
"""
import base64
import json
import os
import sys

from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives import serialization as ser
from cryptography.hazmat.primitives.asymmetric import ec, ed25519, padding
from cryptography.hazmat.primitives.asymmetric import rsa, utils

NOW = 1800000000
URL = "https://issuer.example.com"
AUD = "ssh://web-1.example.com"
FP = "SHA256:uNiVztksCsDhcc0u9e8BrHXE8HBmVhcSmE8U9kNJyZQ"

CURVES = {
    "ES256": (ec.SECP256R1(), "P-256", 32, hashes.SHA256()),
    "ES384": (ec.SECP384R1(), "P-384", 48, hashes.SHA384()),
    "ES512": (ec.SECP521R1(), "P-521", 66, hashes.SHA512()),
}
HASHES = {"256": hashes.SHA256(), "384": hashes.SHA384(),
          "512": hashes.SHA512()}
ORDER_P256 = int("ffffffff00000000ffffffffffffffffbce6faada7179e84"
                 "f3b9cac2fc632551", 16)
ORDER_ED = 2**252 + 27742317777372353535851937790883648493
P_ED = 2**255 - 19

cases = []


def b64(data):
    return base64.urlsafe_b64encode(data).rstrip(b"=").decode()


def num(value, size=None):
    size = size or (value.bit_length() + 7) // 8
    return value.to_bytes(size, "big")


def text(value):
    return json.dumps(value, separators=(",", ":")).encode()


# Keys

class Key:
    """A private key, and its public half as a JWK."""

    def __init__(self, private, jwk):
        self.private = private
        self.jwk = jwk

    def set(self, **more):
        """The JWK with members changed; None takes one away."""
        jwk = dict(self.jwk)
        jwk.update(more)
        return {k: v for k, v in jwk.items() if v is not None}


def rsa_key(kid, bits=2048, e=65537):
    private = rsa.generate_private_key(public_exponent=e, key_size=bits)
    pub = private.public_key().public_numbers()
    return Key(private, {"kty": "RSA", "kid": kid, "n": b64(num(pub.n)),
                         "e": b64(num(pub.e))})


def ec_key(kid, alg):
    curve, crv, size, _ = CURVES[alg]
    private = ec.generate_private_key(curve)
    pub = private.public_key().public_numbers()
    return Key(private, {"kty": "EC", "kid": kid, "crv": crv,
                         "x": b64(num(pub.x, size)),
                         "y": b64(num(pub.y, size))})


def ed_key(kid):
    private = ed25519.Ed25519PrivateKey.generate()
    return Key(private, {"kty": "OKP", "kid": kid, "crv": "Ed25519",
                         "x": b64(raw_public(private))})


def raw_public(private):
    return private.public_key().public_bytes(ser.Encoding.Raw,
                                             ser.PublicFormat.Raw)


RSA = rsa_key("rsa")
RSA_2 = rsa_key("rsa-2")
P256 = ec_key("p256", "ES256")
P256_2 = ec_key("p256-2", "ES256")
P384 = ec_key("p384", "ES384")
P521 = ec_key("p521", "ES512")
ED = ed_key("ed")
OF_ALG = {"RS256": RSA, "RS384": RSA, "RS512": RSA, "PS256": RSA,
          "PS384": RSA, "PS512": RSA, "ES256": P256, "ES384": P384,
          "ES512": P521, "EdDSA": ED}
ALL_KEYS = {"keys": [k.jwk for k in (RSA, RSA_2, P256, P256_2, P384, P521,
                                     ED)]}


# Signing

def sign(alg, key, data):
    if alg == "EdDSA":
        return key.private.sign(data)
    if alg.startswith("ES"):
        _, _, size, digest = CURVES[alg]
        r, s = utils.decode_dss_signature(
            key.private.sign(data, ec.ECDSA(digest)))
        return num(r, size) + num(s, size)
    digest = HASHES[alg[2:]]
    if alg.startswith("RS"):
        return key.private.sign(data, padding.PKCS1v15(), digest)
    pss = padding.PSS(padding.MGF1(digest), digest.digest_size)
    return key.private.sign(data, pss, digest)


def claims(**more):
    """Good claims with members changed; None takes one away."""
    c = {"iss": URL, "sub": "job:74", "aud": AUD, "iat": NOW - 10,
         "nbf": NOW - 10, "exp": NOW + 300, "jti": "id-1"}
    c.update(more)
    return {k: v for k, v in c.items() if v is not None}


def token(alg="ES256", key=None, header=None, payload=None, sig=None):
    """header and payload: a dict, octets, or None for good ones."""
    key = key or OF_ALG[alg]
    if header is None:
        header = {"typ": "JWT", "alg": alg, "kid": key.jwk.get("kid")}
    if payload is None:
        payload = claims()
    if isinstance(header, dict):
        header = text({k: v for k, v in header.items() if v is not ABSENT})
    if isinstance(payload, dict):
        payload = text(payload)
    head = (b64(header) + "." + b64(payload)).encode()
    if sig is None:
        sig = sign(alg, key, head)
    elif callable(sig):
        sig = sig(head)
    return head + b"." + b64(sig).encode()


ABSENT = object()


def head(**more):
    h = {"typ": "JWT", "alg": "ES256", "kid": "p256"}
    h.update(more)
    return h


def case(name, code, tok, keys=ALL_KEYS, **settings):
    if isinstance(keys, Key):
        keys = {"keys": [keys.jwk]}
    if isinstance(keys, list):
        keys = {"keys": keys}
    if isinstance(keys, dict):
        keys = text(keys)
    if isinstance(tok, str):
        tok = tok.encode()
    words = " ".join("%s=%s" % (k, v) for k, v in settings.items()) or "-"
    cases.append((name, code, words, keys.hex() or "-", tok.hex()))


def good(name, tok, keys=ALL_KEYS, **settings):
    case(name, "ok", tok, keys, **settings)


# Groups of cases

def algorithms():
    for alg in OF_ALG:
        good("%s with kid" % alg, token(alg))
        good("%s without kid, one key" % alg,
             token(alg, header={"alg": alg}), OF_ALG[alg])
        good("%s allowed alone" % alg, token(alg), algs=alg)
        case("%s, one octet of the payload changed" % alg, "signature",
             changed_payload(token(alg)))
        case("%s by another key" % alg, "signature",
             token(alg, fresh(alg)))
        others = ",".join(a for a in OF_ALG if a != alg)
        case("%s not allowed" % alg, "alg-not-allowed", token(alg),
             algs=others)
    for none in ("none", "None", "NONE", "nOnE", "noNe"):
        case("alg %s with a signature" % none, "alg-none",
             token(header=head(alg=none)))
        case("alg %s, empty signature" % none, "not-compact",
             token(header=head(alg=none), sig=b""))
    case("alg none by escapes", "alg-none", token(
        header=b'{"alg":"\\u006eon\\u0065","kid":"p256"}'))
    case("alg none behind a true one, escaped", "json-duplicate", token(
        header=b'{"alg":"ES256","kid":"p256","\\u0061\\u006c\\u0067":"none"}'))
    for none in (" none", "none ", "none\t", "\uff4e\uff4f\uff4e\uff45",
                 "n\u043ene", "none\u200b", "none,ES256", "nonee", "non",
                 "null", "NULL", "false"):
        case("alg %r" % none, "alg-not-allowed",
             token(header=head(alg=none)))
    for hs in ("HS", "Hs256", "hS512", "HS256 ", "HS1024", "HS256/RS256"):
        case("alg %s" % hs, "alg-hmac", token(header=head(alg=hs)))
    case("alg none, any octet", "alg-none",
         token(header=head(alg="none"), sig=b"\0"))
    for hs in ("HS256", "HS384", "HS512", "hs256", "Hs1"):
        case("alg %s" % hs, "alg-hmac", token(header=head(alg=hs)))
    case("HS256 keyed with the RSA public key", "alg-hmac",
         hmac_with_public())
    for bad in ("ES256K", "es256", "rs256", "EDDSA", "Ed25519", "RS1",
                "RS256 ", " RS256", "RS256,none", "", "A256GCM", "dir",
                "RSA-OAEP", "PS255", "n\u00f6ne", "ES2566"):
        case("alg %r" % bad, "alg-not-allowed", token(header=head(alg=bad)))
    case("alg with a NUL", "json",
         token(header=b'{"alg":"ES256\\u0000","kid":"p256"}'))
    case("no alg", "alg-missing", token(header=head(alg=ABSENT)))
    case("empty header", "alg-missing", token(header={}))
    for bad in (5, None, True, ["ES256"], {"ES256": 1}, 256.5):
        case("alg is %r" % (bad,), "header", token(header=head(alg=bad)))
    case("ALG instead of alg", "alg-missing",
         token(header=head(alg=ABSENT, ALG="ES256")))


def fresh(alg):
    """A key of the same sort and kid that nobody trusts."""
    kid = OF_ALG[alg].jwk["kid"]
    if alg == "EdDSA":
        return ed_key(kid)
    if alg.startswith("ES"):
        return ec_key(kid, alg)
    return Key(RSA_2.private, dict(RSA_2.jwk, kid=kid))


def changed_payload(tok):
    a, b, c = tok.decode().split(".")
    payload = base64.urlsafe_b64decode(b + "==")
    return ".".join((a, b64(payload.replace(b"job:74", b"job:75")), c))


def hmac_with_public():
    import hashlib
    import hmac
    secret = base64.urlsafe_b64decode(RSA.jwk["n"] + "==")
    return token(header=head(alg="HS256", kid="rsa"),
                 sig=lambda d: hmac.new(secret, d, hashlib.sha256).digest())


def confusion():
    case("RS256 token named ES256's key", "alg-key-mismatch",
         token("RS256", header=head(alg="RS256", kid="p256")))
    case("ES256 token named RSA key", "alg-key-mismatch",
         token(header=head(kid="rsa")))
    case("ES256 token named P-384 key", "alg-key-mismatch",
         token(header=head(kid="p384")))
    case("ES384 token named P-521 key", "alg-key-mismatch",
         token("ES384", header=head(alg="ES384", kid="p521")))
    case("ES512 token named P-256 key", "alg-key-mismatch",
         token("ES512", header=head(alg="ES512", kid="p256")))
    case("EdDSA token named P-256 key", "alg-key-mismatch",
         token("EdDSA", header=head(alg="EdDSA")))
    case("ES256 token named Ed25519 key", "alg-key-mismatch",
         token(header=head(kid="ed")))
    case("PS256 says RS256", "signature",
         token("PS256", header=head(alg="RS256", kid="rsa")))
    case("RS256 says PS256", "signature",
         token("RS256", header=head(alg="PS256", kid="rsa")))
    case("RS256 says RS384", "signature",
         token("RS256", header=head(alg="RS384", kid="rsa")))
    case("ES256 over SHA-384", "signature", token(sig=lambda d: raw_es(
        P256, d, hashes.SHA384(), 32)))
    case("PS256 says PS384", "signature",
         token("PS256", header=head(alg="PS384", kid="rsa")))
    for salt in (0, 20, 31, 33, 222):
        case("PS256 with salt of %d" % salt, "signature",
             token("PS256", sig=lambda d, n=salt: RSA.private.sign(
                 d, padding.PSS(padding.MGF1(hashes.SHA256()), n),
                 hashes.SHA256())))
    case("PS256 with MGF1 of SHA-1", "signature",
         token("PS256", sig=lambda d: RSA.private.sign(
             d, padding.PSS(padding.MGF1(hashes.SHA1()), 32),
             hashes.SHA256())))
    case("RS256 over SHA-1", "signature",
         token("RS256", sig=lambda d: RSA.private.sign(
             d, padding.PKCS1v15(), hashes.SHA1())))
    for alg, jwk_alg in (("RS256", "PS256"), ("RS256", "RS512"),
                         ("PS256", "RS256"), ("ES256", "ES384"),
                         ("EdDSA", "Ed25519"), ("RS256", "RSA-OAEP"),
                         ("RS256", "HS256"), ("RS256", "")):
        case("%s with a key for %r" % (alg, jwk_alg), "alg-key-mismatch",
             token(alg), [OF_ALG[alg].set(alg=jwk_alg)])
    good("key with alg", token("PS256"), [RSA.set(alg="PS256")])


def raw_es(key, data, digest, size):
    r, s = utils.decode_dss_signature(key.private.sign(data,
                                                       ec.ECDSA(digest)))
    return num(r, size) + num(s, size)


def header_games():
    for typ in ("JWT", "jwt", "Jwt", "JOSE", "jose", "at+jwt", "AT+JWT",
                "application/jwt", "Application/at+JWT"):
        good("typ %s" % typ, token(header=head(typ=typ)))
    good("no typ", token(header=head(typ=ABSENT)))
    for typ in ("JWE", "", "JWT ", "jwt+at", "dpop+jwt", "secevent+jwt",
                "jwt\u017f", "application/x", "JOSE+JSON", "application/",
                "application/jwt/x", "text/jwt",
                "application/application/jwt"):
        case("typ %r" % typ, "typ", token(header=head(typ=typ)))
    for typ in (None, 1, ["JWT"], True, {}):
        case("typ is %r" % (typ,), "typ", token(header=head(typ=typ)))
    for crit in (["exp"], [], ["b64"], ["urn:x"], None, "exp", {}, False):
        case("crit %r" % (crit,), "crit", token(header=head(crit=crit)))
    case("crit names b64", "crit",
         token(header=head(crit=["b64"], b64=False)))
    for value in (True, False, None, "false", 0):
        case("b64 %r" % (value,), "b64", token(header=head(b64=value)))
    evil = ed_key("evil")
    evil256 = ec_key("p256", "ES256")
    case("embedded jwk that signed", "signature", token(
        key=evil256, header=head(jwk=evil256.jwk)))
    case("embedded jwk, its kid", "kid-unknown", token(
        "EdDSA", evil, {"alg": "EdDSA", "kid": "evil", "jwk": evil.jwk}))
    case("jku", "kid-unknown", token("EdDSA", evil, {
        "alg": "EdDSA", "kid": "evil", "jku": "https://evil.example.com/"}))
    case("x5c that signed", "signature", token(
        key=evil256, header=head(x5c=["MIIB"], x5t="AAAA")))
    for name, value in (("jwk", evil.jwk), ("jku", "https://x.example.com"),
                        ("x5u", "https://x.example.com"), ("x5c", ["MIIB"]),
                        ("x5t", "AAAA"), ("cty", "JWT"), ("nonce", "n"),
                        ("jwk", 7), ("unknown", [1, {"a": None}])):
        good("header with %s %r, ignored" % (name, value),
             token(header=head(**{name: value})))
    evil_set = {"keys": [evil256.jwk]}
    for name, value in (("jwk", dict(evil256.jwk, kid="p256")),
                        ("jwks", evil_set), ("keys", [evil256.jwk]),
                        ("jku", "data:application/json," +
                         json.dumps(evil_set)),
                        ("jku", "file:///proc/self/fd/0"),
                        ("x5u", "https://evil.example.com/c.pem"),
                        ("x5t#S256", "AAAA"), ("alg_values", ["none"])):
        case("signed by what the header's %s brings: %.20s" %
             (name, value), "signature",
             token(key=evil256, header=head(**{name: value})))
        case("signed by what the header's %s brings, no kid: %.20s" %
             (name, value), "signature",
             token(key=evil256, header=head(kid=ABSENT, **{name: value})),
             [P256.jwk])
    inner = token()
    for cty in ("JWT", "jwt", "application/jwt", ABSENT):
        case("nested JWS, cty %s" % (cty if cty is not ABSENT else "none"),
             "json", token(header=head(cty=cty), payload=inner))
    case("nested JWS in quotes", "json",
         token(header=head(cty="JWT"), payload=b'"' + inner + b'"'))
    for name, bad in (("with 257 members", text(dict(head(), **{
            "m%d" % i: 1 for i in range(254)}))),
                      ("with a BOM", b"\xef\xbb\xbf" + text(head())),
                      ("with a NUL behind", text(head()) + b"\0"),
                      ("with bytes behind", text(head()) + b"x"),
                      ("cut", text(head())[:-1]),
                      ("with a comment", b"/**/" + text(head())),
                      ("with a bare newline in kid",
                       b'{"alg":"ES256","kid":"p256\n"}')):
        case("header %s" % name, "json", token(header=bad))
    good("header with blanks", token(
        header=b' {\t"alg" :\r\n"ES256" , "kid":"p256" } '))
    for bad in (5, None, True, ["p256"], {"kid": "p256"}):
        case("kid is %r" % (bad,), "header", token(header=head(kid=bad)))
    case("kid of 257 bytes", "header", token(header=head(kid="k" * 257)))
    long = P256.set(kid="k" * 256)
    good("kid of 256 bytes", token(header=head(kid="k" * 256)), [long])
    good("empty kid", token(header=head(kid="")), [P256.set(kid="")])
    good("kid with blanks", token(header=head(kid="bastion token")),
         [P256.set(kid="bastion token")])
    good("kid by escapes", token(
        header=b'{"alg":"ES256","kid":"\\u0070\\u0032\\u0035\\u0036"}'))
    good("alg by escapes", token(
        header=b'{"\\u0061lg":"ES\\u0032\\u0035\\u0036","kid":"p256"}'))
    for kid in ("../../../../dev/null", "/etc/nhi/ca/ca", "' OR '1'='1",
                "p256'--", "p256;id", "$(id)", "`id`", "|id", "%p256%", "%s%n",
                "https://evil.example.com/k", "p256#", "p256,p256-2",
                "__proto__", "0", "p\u0432256", "p256\u200b", "p256\ufeff",
                "P\uff12\uff15\uff16", "[0]", "{}", "\\p256", "\"p256\""):
        case("kid %r, a game" % kid, "kid-unknown",
             token(header=head(kid=kid)))
    case("kid with a NUL behind it", "json",
         token(header=b'{"alg":"ES256","kid":"p256\\u0000"}'))
    good("kid in NFC", token(header=head(kid="caf\u00e9")),
         [P256.set(kid="caf\u00e9"), P256_2.set(kid="cafe\u0301")])
    case("kid in NFD, the set has NFC", "kid-unknown",
         token(header=head(kid="cafe\u0301")), [P256.set(kid="caf\u00e9")])
    for kid in ("P256", "p256 ", "p25", "p2566", "../p256", "p256\n", "*"):
        case("kid %r" % kid, "kid-unknown", token(header=head(kid=kid)))
    case("header is an array", "json", token(header=b'["ES256"]'))
    case("header is a string", "json", token(header=b'"ES256"'))
    case("header is null", "json", token(header=b"null"))
    case("header is no JSON", "json", token(header=b"\x01\x02\x03"))
    case("header with two values", "json",
         token(header=b'{"alg":"ES256"}{"alg":"none"}'))


def key_games():
    case("empty set", "kid-unknown", token(), [])
    case("empty set, no kid", "kid-unknown", token(header={"alg": "ES256"}),
         [])
    case("no kid, two keys would do", "kid-missing",
         token(header={"alg": "ES256"}), [P256.jwk, P256_2.jwk])
    case("no kid, two RSA keys", "kid-missing",
         token("RS256", header={"alg": "RS256"}), [RSA.jwk, RSA_2.jwk])
    good("no kid, another key of another sort",
         token(header={"alg": "ES256"}), [RSA.jwk, P384.jwk, P256.jwk])
    good("no kid, another key for encryption",
         token(header={"alg": "ES256"}),
         [P256_2.set(use="enc"), P256.jwk])
    good("no kid anywhere", token(header={"alg": "ES256"}),
         [P256.set(kid=None)])
    case("no kid, no key of the sort", "alg-key-mismatch",
         token(header={"alg": "ES256"}), [RSA.jwk])
    case("no kid, the only key is weak", "key-weak",
         token("RS256", header={"alg": "RS256"}), WEAK)
    case("kid in the token only", "kid-unknown", token(),
         [P256.set(kid=None)])
    case("two keys of one kid", "kid-ambiguous", token(),
         [P256.jwk, P256_2.set(kid="p256")])
    case("one key twice", "kid-ambiguous", token(), [P256.jwk, P256.jwk])
    case("two sorts of one kid", "kid-ambiguous", token(),
         [P256.jwk, RSA.set(kid="p256")])
    good("two other keys of one kid", token(),
         [P256.jwk, RSA.jwk, RSA_2.set(kid="rsa")])
    for use in ("sig", "jwt-svid"):
        good("use %s" % use, token(), [P256.set(use=use)])
    for use in ("enc", "", "SIG", "x509-svid", "sig "):
        case("use %r" % use, "key-use", token(), [P256.set(use=use)])
    for ops in (["verify"], ["sign", "verify"]):
        good("key_ops %r" % ops, token(), [P256.set(key_ops=ops)])
    for ops in (["sign"], [], ["encrypt", "wrapKey"], ["VERIFY"]):
        case("key_ops %r" % ops, "key-use", token(), [P256.set(key_ops=ops)])
    for ops in ("verify", {"verify": 1}, [1, "verify"]):
        case("key_ops is %r" % (ops,), "key-invalid", token(),
             [P256.set(key_ops=ops)])
    good("unusable keys beside", token(), [
        {"kty": "oct", "kid": "o", "k": "AAAA"}, {"kty": "new"}, {},
        RSA.set(use="enc"), {"kty": "RSA", "kid": "broken"}, P256.jwk,
        {"kty": "EC", "kid": 5, "crv": None}])
    case("named oct key", "alg-key-mismatch", token(),
         [{"kty": "oct", "kid": "p256", "k": "AAAA"}])
    for crv in ("secp256k1", "P-257", "p-256", "", "X25519", "Ed448"):
        case("curve %r" % crv, "alg-key-mismatch", token(),
             [P256.set(crv=crv)])
    case("no curve", "key-invalid", token(), [P256.set(crv=None)])
    case("X25519 for EdDSA", "alg-key-mismatch", token("EdDSA"),
         [ED.set(crv="X25519")])
    for kty in ("AKP", "", "rsa", "ec"):
        case("kty %r" % kty, "alg-key-mismatch", token(),
             [P256.set(kty=kty)])
    case("no kty", "key-invalid", token(), [P256.set(kty=None)])
    for name in ("kty", "crv", "use", "alg", "x", "y"):
        case("%s of the key is a number" % name, "key-invalid", token(),
             [P256.set(**{name: 5})])
    case("private part published", "key-invalid", token(),
         [P256.set(d="AAAA")])


WEAK = None


def rsa_games():
    for bits in (1024, 2047):
        key = rsa_key("rsa", bits)
        case("RSA of %d bits" % bits, "key-weak", token("RS256", key), key)
    for bits in (2056, 3072, 4096):
        key = rsa_key("rsa", bits)
        good("RSA of %d bits" % bits, token("RS256", key), key)
    e3 = rsa_key("rsa", 2048, 3)
    case("e is 3", "key-weak", token("RS256", e3), e3)
    for e, code in ((1, "key-weak"), (257, "key-weak"), (65535, "key-weak"),
                    (0, "key-invalid"), (65536, "key-invalid"),
                    (2**64 + 1, "key-invalid")):
        case("e is %d" % e, code, token("RS256"),
             [RSA.set(e=b64(num(e, max(1, (e.bit_length() + 7) // 8))))])
    case("e with a leading zero octet", "key-invalid", token("RS256"),
         [RSA.set(e=b64(b"\0\1\0\1"))])
    case("e with padding", "key-invalid", token("RS256"),
         [RSA.set(e="AQAB====")])
    case("another e", "signature", token("RS256"),
         [RSA.set(e=b64(num(65539)))])
    n = base64.urlsafe_b64decode(RSA.jwk["n"] + "==")
    good("n with one leading zero octet", token("RS256"),
         [RSA.set(n=b64(b"\0" + n))])
    case("n with two leading zero octets", "key-invalid", token("RS256"),
         [RSA.set(n=b64(b"\0\0" + n))])
    case("n is even", "key-invalid", token("RS256"),
         [RSA.set(n=b64(n[:-1] + bytes([n[-1] & 0xfe])))])
    case("n of 8193 bits", "key-invalid", token("RS256"),
         [RSA.set(n=b64(num(2**8192 + 1)))])
    case("n of 16384 bits", "key-invalid", token("RS256"),
         [RSA.set(n=b64(num(2**16383 + 1)))])
    case("n is zero", "key-invalid", token("RS256"),
         [RSA.set(n=b64(b"\0"))])
    for name in ("n", "e"):
        case("no %s" % name, "key-invalid", token("RS256"),
             [RSA.set(**{name: None})])
        case("%s is empty" % name, "key-invalid", token("RS256"),
             [RSA.set(**{name: ""})])
        case("%s in the other alphabet" % name, "key-invalid",
             token("RS256"), [RSA.set(**{name: RSA.jwk[name] + "+/"})])
    rs = token("RS256").decode().split(".")
    sig = base64.urlsafe_b64decode(rs[2] + "==")
    for name, bad in (("one octet short", sig[:-1]),
                      ("one octet long", sig + b"\0"),
                      ("zero octet in front", b"\0" + sig),
                      ("all zero", bytes(256)), ("one", num(1, 256)),
                      ("n - 1", num(int.from_bytes(n, "big") - 1, 256)),
                      ("n", n), ("all ones", b"\xff" * 256),
                      ("one octet", b"\1")):
        case("RSA signature: %s" % name, "signature",
             ".".join((rs[0], rs[1], b64(bad))))
    case("RSA signature that lost its leading zero", "signature",
         lost_zero())


def lost_zero():
    for i in range(100000):
        tok = token("RS256", payload=claims(jti="id-%d" % i))
        a, b, c = tok.decode().split(".")
        sig = base64.urlsafe_b64decode(c + "==")
        if sig[0] == 0:
            return ".".join((a, b, b64(sig[1:])))
    raise RuntimeError("no such signature")


def ec_games():
    a, b, c = token().decode().split(".")
    raw = base64.urlsafe_b64decode(c + "==")
    r, s = raw[:32], raw[32:]
    order, zero = num(ORDER_P256, 32), bytes(32)
    der = utils.encode_dss_signature(int.from_bytes(r, "big"),
                                     int.from_bytes(s, "big"))
    other = num(ORDER_P256 - int.from_bytes(s, "big"), 32)
    good("ECDSA with n - s, which is as valid",
         ".".join((a, b, b64(r + other))))
    for name, bad in (("r = s = 0", zero + zero), ("r = 0", zero + s),
                      ("s = 0", r + zero), ("r = n", order + s),
                      ("s = n", r + order), ("r = s = n", order + order),
                      ("r = s = 1", num(1, 32) * 2),
                      ("r = s = 2^256 - 1", b"\xff" * 64),
                      ("n - r", num(ORDER_P256 - int.from_bytes(r, "big"),
                                    32) + s),
                      ("swapped", s + r), ("DER", der),
                      ("r only", r), ("63 octets", raw[:-1]),
                      ("65 octets", raw + b"\0"),
                      ("zero in front", b"\0" + raw),
                      ("widths of P-384", b"\0" * 16 + r + b"\0" * 16 + s),
                      ("one octet", b"\0")):
        case("ECDSA: %s" % name, "signature", ".".join((a, b, b64(bad))))
    for alg, key, size in (("ES384", P384, 48), ("ES512", P521, 66)):
        a, b, c = token(alg).decode().split(".")
        case("%s: r = s = 0" % alg, "signature",
             ".".join((a, b, b64(bytes(2 * size)))))
        case("%s: r = s = 2^n - 1" % alg, "signature",
             ".".join((a, b, b64(b"\xff" * (2 * size)))))
        case("%s as DER" % alg, "signature", token(alg, sig=lambda d, k=key,
             h=CURVES[alg][3]: k.private.sign(d, ec.ECDSA(h))))
    ec_keys()


def ec_keys():
    x = base64.urlsafe_b64decode(P256.jwk["x"] + "==")
    y = base64.urlsafe_b64decode(P256.jwk["y"] + "==")
    p = 2**256 - 2**224 + 2**192 + 2**96 - 1
    flip = bytes([y[0] ^ 1])
    for name, nx, ny in (
            ("off the curve", x, flip + y[1:]),
            ("at 0, 0", bytes(32), bytes(32)), ("at 1, 1", num(1, 32),
                                                num(1, 32)),
            ("swapped", y, x), ("x is p", num(p, 32), y),
            ("x over p", b"\xff" * 32, y), ("x short", x[1:], y),
            ("y short", x, y[:-1]), ("x long", b"\0" + x, y),
            ("both 48 octets", b"\0" * 16 + x, b"\0" * 16 + y),
            ("x of one octet", b"\1", y),
            ("cut at another place", x + y[:1], y[1:]),
            ("compressed", b"\2" + x, b"")):
        case("P-256 key %s" % name, "key-invalid", token(),
             [P256.set(x=b64(nx), y=b64(ny))])
    case("no y", "key-invalid", token(), [P256.set(y=None)])
    case("x with padding", "key-invalid", token(),
         [P256.set(x=P256.jwk["x"] + "=")])
    case("x with unused bits", "key-invalid", token(),
         [P256.set(x=unused_bits(P256.jwk["x"]))])
    x = base64.urlsafe_b64decode(P521.jwk["x"] + "==")
    case("P-521 key with 65 octets", "key-invalid", token("ES512"),
         [P521.set(x=b64(x[1:]))])
    case("P-384 key off the curve", "key-invalid", token("ES384"),
         [P384.set(y=P384.jwk["x"])])
    case("P-384 key with points of P-256", "key-invalid", token("ES384"),
         [P384.set(x=P256.jwk["x"], y=P256.jwk["y"])])


def unused_bits(value):
    digits = ("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz"
              "0123456789-_")
    return value[:-1] + digits[digits.index(value[-1]) | 1]


def ed_games():
    a, b, c = token("EdDSA").decode().split(".")
    raw = base64.urlsafe_b64decode(c + "==")
    s = int.from_bytes(raw[32:], "little")
    for name, bad in (("S + L", raw[:32] + (s + ORDER_ED).to_bytes(
                      32, "little")), ("63 octets", raw[:-1]),
                      ("65 octets", raw + b"\0"), ("zero", bytes(64)),
                      ("of 114 octets", raw + bytes(50)),
                      ("ones", b"\xff" * 64),
                      ("identity and zero", num(1, 1) + bytes(63))):
        case("Ed25519: %s" % name, "signature", ".".join((a, b, b64(bad))))
    y8 = bytes.fromhex("26e8958fc2b227b045c3f489f2ef98f0"
                       "d5dfac05d3c63339b13802886d53fc05")
    minus = (P_ED - int.from_bytes(y8, "little")).to_bytes(32, "little")
    points = [bytes(32), num(1, 1) + bytes(31), y8, minus,
              (P_ED - 1).to_bytes(32, "little"),
              P_ED.to_bytes(32, "little"),
              (P_ED + 1).to_bytes(32, "little"),
              (2**255 - 1).to_bytes(32, "little")]
    for point in points:
        for sign_bit in (0, 0x80):
            x = point[:31] + bytes([point[31] | sign_bit])
            case("Ed25519 key %s" % x.hex(), "key-invalid", token(
                "EdDSA", sig=num(1, 1) + bytes(63)), [ED.set(x=b64(x))])
    for sign_bit in (0, 0x80):
        key = ed_key("ed")
        while raw_public(key.private)[31] & 0x80 != sign_bit:
            key = ed_key("ed")
        good("Ed25519 key with sign %#x" % sign_bit, token("EdDSA", key),
             key)
    case("Ed25519 key off the curve", "key-invalid", token("EdDSA"),
         [ED.set(x=b64(b"\2" + bytes(31)))])
    x = base64.urlsafe_b64decode(ED.jwk["x"] + "==")
    for name, bad in (("short", x[1:]), ("long", x + b"\0"), ("empty", b"")):
        case("Ed25519 key %s" % name, "key-invalid", token("EdDSA"),
             [ED.set(x=b64(bad))])


def set_games():
    for name, keys in (("empty", b""), ("no JSON", b"keys"),
                       ("an array", b"[]"), ("without keys", b"{}"),
                       ("keys is an object", b'{"keys":{}}'),
                       ("keys is null", b'{"keys":null}'),
                       ("a key is a string", b'{"keys":["x"]}'),
                       ("a key is null", b'{"keys":[null]}'),
                       ("keys twice", b'{"keys":[],"keys":[]}'),
                       ("member of a key twice",
                        b'{"keys":[{"kid":"a","kid":"b"}]}'),
                       ("cut short", text(ALL_KEYS)[:-1]),
                       ("bytes behind", text(ALL_KEYS) + b"x"),
                       ("ill-formed UTF-8", b'{"keys":[{"kid":"\xff"}]}'),
                       ("too deep", b'{"keys":[{"a":' + b"[" * 20 +
                        b"]" * 20 + b"}]}"),
                       ("257 keys", text({"keys": [{}] * 257})),
                       ("over the limit", b'{"keys":[]' + b" " * (1 << 19) +
                        b"}"),
                       ("an HTML page", b"<!DOCTYPE html><title>502")):
        if keys:
            case("key set: %s" % name, "jwks", token(), keys)
    good("key set with 256 keys", token(), [{}] * 255 + [P256.jwk])
    good("key set with other members", token(),
         {"spiffe_sequence": 1, "keys": [P256.jwk]})
    good("key set with blanks", token(),
         b"\n { \"keys\" :\t[ " + text(P256.jwk) + b" ] }\r\n")
    case("no key set", "jwks-missing", token(), b"")
    case("key set is stale", "jwks-stale", token(), fault="jwks-stale")
    case("key set is missing", "jwks-missing", token(), fault="jwks-missing")
    case("stale, but alg none comes first", "alg-none",
         token(header=head(alg="none")), fault="jwks-stale")


def shapes():
    tok = token().decode()
    a, b, c = tok.split(".")
    case("empty", "empty", "")
    for name, bad in (("one part", a), ("two parts", a + "." + b),
                      ("four parts", tok + ".x"), ("dot behind", tok + "."),
                      ("dot in front", "." + tok), ("dots only", ".."),
                      ("one dot", "."), ("no header", "." + b + "." + c),
                      ("detached payload", a + ".." + c),
                      ("no signature", a + "." + b + "."),
                      ("JWE with five parts", ".".join((a, b, c, b, c))),
                      ("two dots in a row", a + ".." + b + "." + c),
                      ("general JSON", text({"payload": b, "signatures": [
                          {"protected": a, "signature": c}]})),
                      ("flattened JSON", text({"payload": b, "protected": a,
                                               "signature": c}))):
        case("shape: %s" % name, "not-compact", bad)
    case("65537 bytes", "too-large", "a" * 65537)
    case("three parts of 65537 bytes", "too-large",
         a + "." + "A" * (65537 - len(a) - len(c) - 2) + "." + c)
    good("nearly 65536 bytes", largest())
    for name, bad in (("newline behind", tok + "\n"),
                      ("blank behind", tok + " "),
                      ("blank in front", " " + tok),
                      ("tab inside", a + ".\t" + b + "." + c),
                      ("CR LF inside", a + "." + b[:8] + "\r\n" + b[8:] +
                       "." + c), ("Bearer", "Bearer " + tok),
                      ("NUL behind", tok + "\0"),
                      ("padding", a + "=." + b + "." + c),
                      ("padding of the signature", tok + "=="),
                      ("plus", a + "." + b + ".+" + c[1:]),
                      ("slash", a + "." + b + "./" + c[1:]),
                      ("percent", a + "." + b + "." + c[:-1] + "%3D"),
                      ("octet over 127", a + "." + b + ".\u00e4" + c[1:]),
                      ("one character too many", a + "." + b + "." +
                       c + "AAA"),
                      ("unused bits of the signature",
                       a + "." + b + "." + unused_bits(c)),
                      ("quotes", '"' + tok + '"'),
                      ("a JWT of the shell", "$(cat).x.y")):
        case("text: %s" % name, "base64url", bad)
    for pad in range(3):
        odd = text(claims()) + b" " * pad
        if len(odd) % 3 != 0:
            case("unused bits of the payload, %d" % pad, "base64url",
                 a + "." + unused_bits(b64(odd)) + "." + c)
    jwe = b64(text({"alg": "RSA-OAEP-256", "enc": "A256GCM", "kid": "rsa"}))
    for name, bad in (("JWE", ".".join((jwe, c, c, b, c))),
                      ("JWE with alg dir", ".".join((b64(text(
                          {"alg": "dir", "enc": "A128CBC-HS256"})), "", c, b,
                          c))),
                      ("JWS behind a JWE's key", ".".join((jwe, c, a, b, c))),
                      ("detached, payload put behind", a + ".." + c + "." + b),
                      ("flattened JSON, unprotected alg", text({
                          "payload": b, "header": {"alg": "none"},
                          "signature": ""})),
                      ("JSON with blanks", b" " + text({"payload": b}))):
        case("shape: %s" % name, "not-compact", bad)
    case("shape: a JWE's header over three parts", "alg-not-allowed",
         jwe + "." + b + "." + c)
    for name, bad in (("vertical tab", "\v" + tok), ("BOM", "\ufeff" + tok),
                      ("no-break space", tok + "\u00a0"),
                      ("full-width dot", a + "." + b + "\uff0e." + c),
                      ("CR LF behind", tok + "\r\n"),
                      ("percent-escaped", a + "." + b + "." + "%41" + c[3:]),
                      ("tilde", a + "." + b + "." + "~" + c[1:])):
        case("text: %s" % name, "base64url", bad)
    for pad in range(3):
        odd = text({"alg": "ES256", "kid": "p256"}) + b" " * pad
        if len(odd) % 3 != 0:
            case("unused bits of the header, %d" % pad, "base64url",
                 unused_bits(b64(odd)) + "." + b + "." + c)


def largest():
    """The longest payload whose token still fits into 64 KiB."""
    size = 48 << 10
    while True:
        tok = token(payload=text(claims(pad="x" * size)))
        if len(tok) <= 65536:
            return tok
        size -= 64


def payload_with(member):
    """Good claims and one member as it stands."""
    return text(claims())[:-1] + b"," + member + b"}"


def json_games():
    for name, code, bad in (
            ("array", "json", b"[]"), ("string", "json", b'"x"'),
            ("number", "json", b"12"), ("text", "json", b"Payload"),
            ("blank", "json", b" "), ("truncated", "json",
                                      text(claims())[:-1]),
            ("bytes behind", "json", text(claims()) + b"x"),
            ("NUL behind", "json", text(claims()) + b"\0"),
            ("two objects", "json", text(claims()) * 2),
            ("BOM", "json", b"\xef\xbb\xbf" + text(claims())),
            ("UTF-16", "utf8", text(claims()).decode().encode("utf-16")),
            ("comma behind", "json", text(claims())[:-1] + b",}"),
            ("comment", "json", payload_with(b'"a":1/**/')),
            ("line comment", "json", b"//x\n" + text(claims())),
            ("single quotes", "json", payload_with(b"'a':1")),
            ("bare name", "json", payload_with(b"a:1")),
            ("no colon", "json", payload_with(b'"a" 1')),
            ("number as name", "json", payload_with(b"1:1")),
            ("open string", "json", payload_with(b'"a":"')),
            ("bare newline in a string", "json", payload_with(b'"a":"\n"')),
            ("bare NUL in a string", "json", payload_with(b'"a":"\0"')),
            ("escaped NUL", "json", payload_with(b'"a":"\\u0000"')),
            ("escaped NUL in a name", "json", payload_with(b'"\\u0000":1')),
            ("aud with an escaped NUL", "json",
             payload_with(b'"x":"' + AUD.encode() + b'\\u0000.evil"')),
            ("escape x", "json", payload_with(b'"a":"\\x41"')),
            ("escape upper U", "json", payload_with(b'"a":"\\U0041"')),
            ("short escape", "json", payload_with(b'"a":"\\u041"')),
            ("lone high surrogate", "utf8", payload_with(b'"a":"\\ud800"')),
            ("lone low surrogate", "utf8", payload_with(b'"a":"\\udc00"')),
            ("surrogates swapped", "utf8",
             payload_with(b'"a":"\\udc00\\ud800"')),
            ("high surrogate and letter", "utf8",
             payload_with(b'"a":"\\ud800a"')),
            ("lone surrogate in a name", "utf8",
             payload_with(b'"\\udead":1')),
            ("octet ff", "utf8", payload_with(b'"a":"\xff"')),
            ("lone continuation", "utf8", payload_with(b'"a":"\x80"')),
            ("overlong slash", "utf8", payload_with(b'"a":"\xc0\xaf"')),
            ("overlong NUL", "utf8", payload_with(b'"a":"\xc0\x80"')),
            ("overlong of three", "utf8",
             payload_with(b'"a":"\xe0\x80\xaf"')),
            ("surrogate in UTF-8", "utf8",
             payload_with(b'"a":"\xed\xa0\x80"')),
            ("over U+10FFFF", "utf8", payload_with(b'"a":"\xf4\x90\x80\x80"')),
            ("cut character", "utf8", payload_with(b'"a":"\xe2\x82"')),
            ("Latin-1", "utf8", payload_with(b'"a":"\xe9t\xe9"')),
            ("ill-formed name", "utf8", payload_with(b'"\xff":1')),
            ("17 deep", "json-depth",
             payload_with(b'"a":' + b"[" * 16 + b"]" * 16)),
            ("1000 deep", "json-depth",
             payload_with(b'"a":' + b"[" * 1000 + b"]" * 1000)),
            ("objects 17 deep", "json-depth",
             payload_with(b'"a":' + b'{"a":' * 16 + b"1" + b"}" * 16)),
            ("open, 30000 deep", "json-depth", b"[" * 30000),
            ("257 members", "json", text({"m%d" % i: 1 for i in
                                          range(257)})),
            ("20000 values", "json", payload_with(
                b'"a":[' + b"0," * 20000 + b"0]"))):
        case("payload: %s" % name, code, token(payload=bad))
    for value in (b"01", b"+1", b".5", b"1.", b"1e", b"1e+", b"0x10", b"-",
                  b"NaN", b"Infinity", b"-Infinity", b"1_000", b"True",
                  b"nul", b"tru", b"undefined", b"", b"--1", b"1e1.5"):
        case("payload: value %s" % value.decode(), "json",
             token(payload=payload_with(b'"a":' + value)))
    for member in (b'"sub":"job:75"', b'"\\u0073ub":"x"', b'"s\\u0075b":1',
                   b'"iss":"' + URL.encode() + b'"', b'"exp":9999999999',
                   b'"a":{"b":1,"b":2}', b'"a":[{"b":1,"\\u0062":1}]',
                   b'"":1,"":2', b'"\\/":1,"/":2',
                   b'"\\ud83d\\ude00":1,"\xf0\x9f\x98\x80":2'):
        case("payload: twice, with %s" % member.decode(), "json-duplicate",
             token(payload=payload_with(member)))
    case("header: alg twice", "json-duplicate",
         token(header=b'{"alg":"none","alg":"ES256","kid":"p256"}'))
    case("header: alg twice, escaped", "json-duplicate",
         token(header=b'{"alg":"ES256","\\u0061lg":"none","kid":"p256"}'))
    case("header: kid twice", "json-duplicate",
         token(header=b'{"alg":"ES256","kid":"rsa","kid":"p256"}'))
    case("header: too deep", "json-depth",
         token(header=b'{"alg":"ES256","x":' + b"[" * 99 + b"]" * 99 + b"}"))
    case("header: ill-formed UTF-8", "utf8",
         token(header=b'{"alg":"ES256","kid":"\xfe"}'))
    for member in (b'"SUB":"x"', b'"sub ":"x"', b'"a":"\\ud83d\\ude00"',
                   b'"a":"\\"\\\\\\/\\b\\f\\n\\r\\t"', b'"a":1e400',
                   b'"a":123456789012345678901234567890', b'"a":-0.0e-0',
                   b'"a":-9223372036854775809', b'"a":[],"b":{}',
                   b'"a":{"sub":1},"b":{"sub":2}',
                   '"\u00e9":"\u20ac\U0001f600"'.encode(),
                   b'"a":' + b"[" * 15 + b"]" * 15, b' "a" : [ 1 , 2 ] '):
        good("payload with %s" % member.decode(),
             token(payload=payload_with(member)))
    good("payload with 256 members", token(payload=claims(
        **{"m%d" % i: i for i in range(249)})))


def claim_games():
    good("a claim with an = in its name", token(
        payload=claims(sub="j\u00f6b", **{"a=b": "x"})))
    good("texts longer than the trail keeps", token(
        payload=claims(sub="job:" + "7" * 3000, jti="j" * 3000)))
    for name in ("iss", "aud", "exp"):
        case("no %s" % name, "claim-missing",
             token(payload=claims(**{name: None})))
    for name in ("sub", "jti", "nbf", "iat"):
        good("no %s" % name, token(payload=claims(**{name: None})))
    case("no iat where it is needed", "claim-missing",
         token(payload=claims(iat=None)), need_iat=1)
    case("no iat with a limit of age", "claim-missing",
         token(payload=claims(iat=None)), max_age=3600)
    case("no iat with a floor", "claim-missing",
         token(payload=claims(iat=None)), floor=1)
    for name in ("iss", "sub", "jti"):
        for bad in (b"5", b"null", b"true", b'["x"]', b"{}", b"1.5"):
            case("%s is %s" % (name, bad.decode()), "claim-type",
                 raw_claim(name, bad))
    for name in ("exp", "nbf", "iat"):
        for bad in (b'"1800000300"', b"null", b"true", b"[1800000300]",
                    b"{}", b"-1", b"-0.5", b"-1e-9", b"9007199254740993",
                    b"9007199254740992.5", b"1e16", b"1e400", b"-1e400",
                    b"1e99999999999999999999", b"1.8e30",
                    b"9223372036854775807", b"9223372036854775808",
                    b"18446744073709551616", b"99999999999999999999999999",
                    b"-9223372036854775809"):
            case("%s is %s" % (name, bad.decode()), "claim-type",
                 raw_claim(name, bad))
    fractions()
    for bad in (b"5", b"null", b"true", b"{}", b'[5]', b'["x",null]',
                b'[["' + AUD.encode() + b'"]]',
                b'["' + AUD.encode() + b'",5]'):
        case("aud is %s" % bad.decode(), "claim-type", raw_claim("aud", bad))
    for bad in (URL + "/", URL.upper(), URL[:-1], URL + "\n", "", " " + URL,
                "http" + URL[5:], URL + ".evil.example.com",
                "https://ISSUER.example.com", URL.replace("e", "\u0435")):
        case("iss %r" % bad, "issuer", token(payload=claims(iss=bad)))
    for bad in ("ssh://web-2.example.com", AUD + "/", AUD.upper(), "",
                [], ["x", "y"], AUD + " ", "*", [AUD + "x", ""],
                AUD[:-1], AUD + "#" + FP[:7], AUD + "#", "a" * 5000):
        case("aud %.30r" % (bad,), "audience", token(payload=claims(aud=bad)))
    case("no audience of this host", "audience", token(), aud="")
    for fine in ([AUD], ["x", AUD], [AUD, AUD], [AUD, ""]):
        good("aud %r" % fine, token(payload=claims(aud=fine)))
    good("one of two audiences of the host",
         token(payload=claims(aud="b")), aud="a,b")


def fractions():
    """RFC 7519 2: no date is stretched by what is left of its second."""
    for value in (b"1800000300.0", b"1800000300.5", b"18000003000e-1",
                  b"1.8000003e9", b"1.8E+9", b"1800000000.000000001",
                  b"1800000299." + b"9" * 400):
        good("exp is %.24s" % value.decode(), raw_claim("exp", value))
    for value in (b"1799999990.0", b"1.79999999e9", b"17999999900e-1",
                  b"1800000059.5", b"1800000060.0", b"0e999999999"):
        good("nbf is %s" % value.decode(), raw_claim("nbf", value))
    for value in (b"1799999990.25", b"1.8e9", b"1800000060.0"):
        good("iat is %s" % value.decode(), raw_claim("iat", value))
    for name, code, value in (
            ("exp", "expired", b"1799999940.999999999"),
            ("exp", "expired", b"1799999940.0"),
            ("exp", "expired", b"1e3"), ("exp", "expired", b"0.5"),
            ("exp", "expired", b"1e-999999999999"),
            ("nbf", "not-yet-valid", b"1800000060.000000001"),
            ("nbf", "not-yet-valid", b"1800000060." + b"0" * 400 + b"1"),
            ("iat", "issued-in-future", b"1800000060.5")):
        case("%s is %.24s" % (name, value.decode()), code,
             raw_claim(name, value))
    case("iat is before the floor by a fraction", "too-old",
         raw_claim("iat", b"1799999899.9"), floor=NOW - 100)
    case("iat is too old by a fraction", "too-old",
         raw_claim("iat", b"1799999399.9"), max_age=600)
    good("iat is young enough", raw_claim("iat", b"1799999400.9"),
         max_age=600)
    case("lifetime is too long by a fraction of iat", "lifetime",
         raw_claim("iat", b"1799999999.9"), max_lifetime=300)


def raw_claim(name, value):
    payload = text(claims(**{name: None}))[:-1]
    return token(payload=payload + b',"' + name.encode() + b'":' + value +
                 b"}")


def time_games():
    def at(code, name, skew=60, settings=None, **times):
        case("time: " + name, code, token(payload=claims(**times)),
             skew=skew, **(settings or {}))

    at("ok", "expired within the skew", exp=NOW - 59)
    at("expired", "expired by the skew", exp=NOW - 60)
    at("expired", "expired without skew", skew=0, exp=NOW)
    at("ok", "expires next second", skew=0, exp=NOW + 1)
    at("expired", "exp is 0", exp=0)
    at("ok", "not yet valid within the skew", nbf=NOW + 60)
    at("not-yet-valid", "not yet valid", nbf=NOW + 61)
    at("not-yet-valid", "not yet valid without skew", skew=0, nbf=NOW + 1)
    at("not-yet-valid", "valid in the far future", nbf=2**53)
    at("ok", "issued within the skew", iat=NOW + 60)
    at("issued-in-future", "issued in the future", iat=NOW + 61)
    at("issued-in-future", "issued now without skew", skew=0, iat=NOW + 1)
    at("ok", "lifetime at the limit", iat=NOW, exp=NOW + 600,
       settings={"max_lifetime": 600})
    at("lifetime", "lifetime over the limit", iat=NOW, exp=NOW + 601,
       settings={"max_lifetime": 600})
    at("lifetime", "lifetime without iat, by nbf", iat=None, nbf=NOW - 301,
       exp=NOW + 300, settings={"max_lifetime": 600})
    at("ok", "lifetime without iat, by nbf, at the limit", iat=None,
       nbf=NOW - 300, exp=NOW + 300, settings={"max_lifetime": 600})
    at("lifetime", "lifetime by the clock", iat=None, nbf=None,
       exp=NOW + 601, settings={"max_lifetime": 600})
    at("ok", "lifetime by the clock, at the limit", iat=None, nbf=None,
       exp=NOW + 600, settings={"max_lifetime": 600})
    at("lifetime", "lives for ever", exp=2**53)
    at("lifetime", "iat is 0", iat=0)
    at("ok", "lives for ever, no limit", exp=2**53,
       settings={"max_lifetime": 0})
    at("claim-type", "exp over 2^53", exp=2**53 + 1)
    at("ok", "age at the limit", iat=NOW - 600, settings={"max_age": 600})
    at("too-old", "age over the limit", iat=NOW - 601,
       settings={"max_age": 600})
    at("ok", "iat at the floor", iat=NOW - 100,
       settings={"floor": NOW - 100})
    at("too-old", "iat before the floor", iat=NOW - 101,
       settings={"floor": NOW - 100})


def spiffe():
    url = "spiffe://example.com"
    sub = url + "/ns/web"
    svid = dict(iss=None, iat=None, nbf=None, jti=None)
    keys = [P256.set(use="jwt-svid"), RSA.set(use="x509-svid", kid=None)]
    good("JWT-SVID", token(payload=claims(sub=sub, **svid)), keys, url=url,
         need_iss=0)
    for bad in ("spiffe://example.com.evil.example/x", url, url + "/",
                "spiffe://example.co/x", "https://example.com/x", ""):
        case("JWT-SVID of %r" % bad, "issuer",
             token(payload=claims(sub=bad, **svid)), keys, url=url,
             need_iss=0)
    case("JWT-SVID without sub", "claim-missing",
         token(payload=claims(sub=None, **svid)), keys, url=url, need_iss=0)
    case("JWT-SVID of another iss", "issuer", token(), keys, url=url,
         need_iss=0)
    good("no iss where none is needed", token(payload=claims(iss=None)),
         need_iss=0)
    case("no iss where it is needed", "claim-missing",
         token(payload=claims(iss=None)), need_iss=1)


def binding():
    bind = {"bind": 1, "fp": FP}
    good("bound, two audiences", token(payload=claims(aud=[AUD, FP])), **bind)
    good("bound, one audience", token(payload=claims(aud=AUD + "#" + FP)),
         **bind)
    good("bound, prefixed", token(payload=claims(aud=[AUD, "key:" + FP])),
         **bind)
    good("bound, though nobody asks", token(payload=claims(
        aud=AUD + "#" + FP)), fp=FP)
    case("bound to another key, though nobody asks", "binding",
         token(payload=claims(aud=AUD + "#" + FP[:-1] + "A")), fp=FP)
    case("bound, though nobody asks, no key here", "binding",
         token(payload=claims(aud=AUD + "#" + FP)))
    case("bound, no key here", "binding",
         token(payload=claims(aud=[AUD, FP])), bind=1)
    case("bound, no fingerprint", "binding", token(), **bind)
    case("bound to another key", "binding", token(payload=claims(
        aud=[AUD, FP[:-1] + "A"])), **bind)
    case("bound, fingerprint cut", "binding", token(payload=claims(
        aud=[AUD, FP[:-1]])), **bind)
    case("bound, other case", "binding", token(payload=claims(
        aud=[AUD, FP.lower()])), **bind)
    case("bound, in another claim", "binding",
         token(payload=claims(sub=FP)), **bind)
    case("bound, but not for this host", "audience",
         token(payload=claims(aud=FP)), **bind)
    case("bound, other host", "audience", token(payload=claims(
        aud="ssh://web-2.example.com#" + FP)), **bind)
    case("bound, text behind", "binding", token(payload=claims(
        aud=AUD + "#" + FP + "x")), **bind)
    case("bound, another word behind", "audience", token(payload=claims(
        aud=AUD + "#MD5:" + FP)), **bind)
    case("bound, other sign", "audience", token(payload=claims(
        aud=AUD + "?" + FP)), **bind)


def main(path):
    global WEAK
    WEAK = rsa_key("weak", 1024)
    for group in (algorithms, confusion, header_games, key_games, rsa_games,
                  ec_games, ed_games, set_games, shapes, json_games,
                  claim_games, time_games, spiffe, binding):
        group()
    with open(path + ".tmp", "w", encoding="utf-8") as out:
        for name, *rest in cases:
            name = name.encode("ascii", "backslashreplace").decode()
            name = "".join(c if " " <= c <= "~" else "?" for c in name)
            out.write("\t".join([name, *rest]) + "\n")
    os.rename(path + ".tmp", path)


if __name__ == "__main__":
    main(sys.argv[1])
