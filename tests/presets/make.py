#!/usr/bin/python3
# SPDX-License-Identifier: BSD-2-Clause
"""Tokens of the platforms' shapes, and the policies that nhictl preset show
gives to start from, filled in.

  make.py cases NHICTL FILE
      for tests/unit/test_preset: one case a line, fields parted by TAB:
      preset, name, code, then policy, key set and token in hex
  make.py lab NHICTL DIR
      for tests/e2e/presets.sh: DIR/PRESET.conf, .jwks and .token

A file PRESET.json beside this script has: fill, what stands for the blanks;
match, the claims of the policy; claims and header of a token (iat, nbf and
exp in seconds from now); max, the longest life; cases, changes of it and what
comes of them; weak, matches that lint must refuse; person, a person's token
from the same issuer.  Keys are new in each run.
"""
import copy
import glob
import json
import os
import re
import subprocess
import sys
import time

HERE = os.path.dirname(os.path.abspath(__file__))
sys.path.insert(0, os.path.join(HERE, "..", "e2e"))
sys.dont_write_bytecode = True
import mint  # noqa: E402

NOW = 1795000000
COMMON = {"host": "web-1.example.com", "identity": "deployer",
          "owner": "alice@example.com", "purpose": "deploys the web tier",
          "date": "2099-12-31", "account": "web-deploy"}
KEYS = {}


def key(kind):
    if kind not in KEYS:
        KEYS[kind] = mint.make_key(kind)
    return KEYS[kind]


def start(nhictl, name):
    text = subprocess.run([nhictl, "preset", "show", name], check=True,
                          stdout=subprocess.PIPE).stdout.decode()
    return text


def policy(text, data, case):
    for name, value in {**COMMON, **data["fill"]}.items():
        text = text.replace("@FILL %s@" % name, value)
    if "url" in case:
        text = re.sub(r'\n\t(# )?url = "[^"]*"',
                      lambda m: '\n\turl = "%s"' % case["url"], text)
    if "audience" in case:
        text = re.sub(r'audience = \[[^]]*\]',
                      lambda m: 'audience = [ "%s" ]' % case["audience"],
                      text)
    if "match" in case:
        text = re.sub(r'match = \(.*?\n\t\)',
                      lambda m: "match = ( %s )" % case["match"], text,
                      flags=re.S)
    return text


def place(claims, path):
    for name in path[:-1]:
        claims = claims.setdefault(name, {})
    return claims, path[-1]


def make_claims(data, case, now):
    claims = copy.deepcopy(case.get("claims", data["claims"]))
    for path, value in case.get("set", []):
        inner, name = place(claims, path)
        inner[name] = value
    for path in case.get("delete", []):
        inner, name = place(claims, path)
        inner.pop(name, None)
    for name in mint.TIMES:
        if isinstance(claims.get(name), int):
            claims[name] += now
    return claims


def jwks(data, case, header):
    kind = case.get("kind", data["kind"])
    out = mint.jwk(kind, key(kind))
    out["kid"] = header.get("kid", "k")
    if "use" in data:
        out["use"] = data["use"]
    if data.get("no_alg"):
        del out["alg"]
    if data.get("leading_zero"):
        n = key(kind).public_key().public_numbers().n
        out["n"] = mint.number(n, 257)
    return json.dumps({"keys": [out]})


class Args:
    no_signature = False

    def __init__(self, kind):
        self.kind = kind


def make(data, case, now):
    """Key set and token."""
    kind = case.get("kind", data["kind"])
    header = dict(data["header"], **case.get("header", {}))
    keys = jwks(data, case, header)
    if case.get("no_kid"):
        del header["kid"]
    return keys, mint.compact(header, make_claims(data, case, now),
                              Args(kind), key(kind))


def find(claims, path):
    for name in path:
        claims = claims[name]
    return claims


def other_type(value):
    if isinstance(value, bool):
        return str(value).lower()
    return int(value) if value.isdigit() and value[0] != "0" and \
        len(value) < 18 else [value]


def other_value(value):
    return not value if isinstance(value, bool) else value + "0"


def spoilt(data):
    """What must not be let in, whatever the platform."""
    for path in data["match"]:
        value, name = find(data["claims"], path), "/".join(path)
        wrong = "claim-type" if path == ["sub"] else "no-match"
        yield {"name": name + " of another type", "expect": wrong,
               "set": [[path, other_type(value)]]}
        yield {"name": name + " is null", "expect": wrong,
               "set": [[path, None]]}
        yield {"name": name + " has another value", "expect": "no-match",
               "set": [[path, other_value(value)]]}
        if data["fill"].get("trust_domain") is None:
            yield {"name": name + " is missing", "expect": "no-match",
                   "delete": [path]}
    claims = data["claims"]
    yield {"name": "lives longest", "expect": "ok",
           "set": [[["exp"], claims["iat"] + data["max"]]]}
    yield {"name": "lives too long", "expect": "lifetime",
           "set": [[["exp"], claims["iat"] + data["max"] + 1]]}
    yield {"name": "for another host", "expect": "audience",
           "set": [[["aud"], "ssh://web-2.example.com"]]}
    if "iss" in claims:
        yield {"name": "without iss", "expect": "claim-missing",
               "delete": [["iss"]]}
        yield {"name": "without iat", "expect": "claim-missing",
               "delete": [["iat"]]}
    if data["kind"] == "rs256" and not data["fill"].get("entity_id"):
        alg = "eddsa" if data["fill"].get("server") is None else "ps256"
        yield {"name": "an algorithm that it never uses", "kind": alg,
               "expect": "alg-not-allowed",
               "header": {"alg": mint.alg_name(alg)}}
    if "person" in data:
        yield {"name": "a person", "expect": "no-match",
               "claims": data["person"]}
    yield {"name": "others can come to match", "expect": "policy-invalid",
           "match": data["weak"]}


def read_all():
    for path in sorted(glob.glob(os.path.join(HERE, "*.json"))):
        with open(path, encoding="utf-8") as f:
            yield os.path.basename(path)[:-5], json.load(f)


def cases(nhictl, path):
    with open(path + ".new", "w", encoding="ascii") as f:
        for name, data in read_all():
            text = start(nhictl, name)
            for case in [{"name": "as it is", "expect": "ok"},
                         *data["cases"], *spoilt(data)]:
                keys, token = make(data, case, NOW)
                f.write("\t".join([name, case["name"], case["expect"], *[
                    s.encode().hex() for s in
                    (policy(text, data, case), keys, token)]]) + "\n")
    os.rename(path + ".new", path)


def lab(nhictl, where):
    for name, data in read_all():
        text = policy(start(nhictl, name), data, {})
        keys, token = make(data, {}, int(time.time()))
        for ending, content in (
                ("conf", text.replace("# jwks_file", "jwks_file")),
                ("jwks", keys), ("token", token)):
            with open(os.path.join(where, name + "." + ending), "w",
                      encoding="utf-8") as f:
                f.write(content)


if __name__ == "__main__":
    {"cases": cases, "lab": lab}[sys.argv[1]](*sys.argv[2:])
