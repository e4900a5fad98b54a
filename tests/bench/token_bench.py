#!/usr/bin/python3
# SPDX-License-Identifier: BSD-2-Clause
"""What verifying a token costs: token_bench.py PROGRAMS COMPARATORS [ROUNDS]

PROGRAMS holds token_nhi, token_bare and the other token_* that token.sh could
make.  Key set as text and token in, identity out.
"""
import json
import os
import subprocess
import sys
import tempfile

import turn

HERE = os.path.dirname(os.path.abspath(__file__))
MINT = HERE + "/../e2e/mint.py"
KINDS = ("rs256", "es256", "eddsa")


def make(where, kind, extra=()):
    """A key set whose first key is the token's, the token, the key as PEM."""
    os.makedirs(where)
    subprocess.run([sys.executable, MINT, "keys", "--dir", where, "--kind",
                    kind], check=True)
    token = subprocess.run(
        [sys.executable, MINT, "token", "--dir", where, "--kind", kind,
         "--set", "exp=7200"], check=True, capture_output=True).stdout
    with open(where + "/token", "wb") as f:
        f.write(token)
    subprocess.run(["openssl", "pkey", "-in", where + "/%s.pem" % kind,
                    "-pubout", "-out", where + "/public.pem"], check=True)
    with open(where + "/jwks.json", "r+", encoding="ascii") as f:
        keys = json.load(f)
        keys["keys"] += extra
        f.seek(0)
        json.dump(keys, f, separators=(",", ":"))
        f.truncate()


def others():
    """Three more keys with a certificate each, as GitHub's set has."""
    with tempfile.TemporaryDirectory() as d:
        make(d + "/rs256", "rs256")
        with open(d + "/rs256/jwks.json", encoding="ascii") as f:
            key = json.load(f)["keys"][0]
    return [dict(key, kid="other-%d" % i, x5c=["A" * 1100], x5t="B" * 27)
            for i in range(3)]


def kinds_of(kind, d, programs, comparators):
    def c(name, *words, where=d):
        return turn.Program(name, "%s/token_%s" % (programs, words[0]),
                            where, kind, *words[1:])

    yield c("OpenSSL: make key, verify", "bare")
    yield c("OpenSSL: key from DER, verify", "bare", "d2i")
    yield c("OpenSSL: verify alone", "bare", "prebuilt")
    yield c("NHI: the ladder, set of 1 key", "nhi")
    yield c("NHI: the ladder, set of 4 with x5c", "nhi", where=d + "-4")
    yield c("NHI: the ladder, key kept", "nhi", "prebuilt")
    for name in ("cjose", "jose", "libjwt", "rhonabwy"):
        if os.path.exists("%s/token_%s" % (programs, name)):
            yield c(name, name)
    yield turn.Program("PyJWT", sys.executable, HERE + "/token/pyjwt.py", d,
                       kind, env=dict(os.environ, PYTHONPATH=comparators +
                                      "/root/usr/lib/python3/dist-packages"))
    if os.path.exists(comparators + "/node/node_modules/jsonwebtoken"):
        env = dict(os.environ, NODE_PATH=comparators + "/node/node_modules")
        for name, words in (("jsonwebtoken (node)", []),
                            ("jsonwebtoken (node), key kept", ["prebuilt"])):
            yield turn.Program(name, "node", HERE + "/token/node.js", d, kind,
                               *words, env=env)


def main():
    programs, comparators = sys.argv[1:3]
    rounds = int(sys.argv[3]) if len(sys.argv) > 3 else 40
    extra = others()
    with tempfile.TemporaryDirectory() as top:
        for kind in KINDS:
            d = "%s/%s" % (top, kind)
            make(d, kind)
            subprocess.run(["cp", "-r", d, d + "-4"], check=True)
            with open(d + "-4/jwks.json", "r+", encoding="ascii") as f:
                keys = json.load(f)
                f.seek(0)
                json.dump({"keys": extra + keys["keys"]}, f)
            times = turn.take_turns(
                list(kinds_of(kind, d, programs, comparators)), rounds)
            turn.table("token, %s (processor time)" % kind, times,
                       "OpenSSL: make key, verify")
            print()


if __name__ == "__main__":
    main()
