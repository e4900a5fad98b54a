#!/usr/bin/python3
# SPDX-License-Identifier: BSD-2-Clause
"""PyJWT: pyjwt.py DIR KIND."""
import json
import sys
import time

import jwt

ISS = "https://token.actions.githubusercontent.com"
AUD = "ssh://web-1.example.com"


def run(jwks, token):
    kid = jwt.get_unverified_header(token)["kid"]
    keys = jwt.PyJWKSet.from_dict(json.loads(jwks)).keys
    key = next(k for k in keys if k.key_id == kid)
    jwt.decode(token, key.key, algorithms=["RS256", "ES256", "EdDSA"],
               audience=AUD, issuer=ISS)


def main():
    with open(sys.argv[1] + "/jwks.json", encoding="ascii") as f:
        jwks = f.read()
    with open(sys.argv[1] + "/token", encoding="ascii") as f:
        token = f.read()
    for line in sys.stdin:
        start = time.process_time_ns()
        for _ in range(int(line)):
            run(jwks, token)
        print((time.process_time_ns() - start) / int(line), flush=True)


main()
