#!/usr/bin/python3
# SPDX-License-Identifier: BSD-2-Clause
"""Stands in for the platforms whose jobs nhi-login runs in.

  platform.py --dir DIR --port N [--bind] [--metadata]

Makes keys, a policy of all presets with one account (DIR/nhi.conf), their key
sets (DIR/NAME.jwks), and answers on 127.0.0.1 as the platforms' own endpoints
do; with --metadata on port 80 of all addresses, too.  DIR/mode "STATUS N"
makes the next N answers bad.  /mint is for stand-ins of the platforms'
programs.
"""
import argparse
import http.server
import json
import os
import re
import socketserver
import sys
import threading
import time
import urllib.parse

HERE = os.path.dirname(os.path.abspath(__file__))
sys.path[:0] = [HERE, os.path.join(HERE, "..", "presets")]
sys.dont_write_bytecode = True
import make  # noqa: E402
import mint  # noqa: E402

# Where the job chooses the audience, in the words of nhi-login(1).
CHOOSE = ("github", "forgejo", "circleci", "buildkite", "aws", "spiffe", "gcp")
# What a job holds, and no token for anybody else.
HELD = "held-by-the-job"


def arguments():
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--dir", required=True)
    parser.add_argument("--port", type=int, required=True)
    parser.add_argument("--bind", action="store_true")
    parser.add_argument("--metadata", action="store_true")
    return parser.parse_args()


ARGS = arguments()
MINTED = set()
DATA = dict(make.read_all())


def path(name):
    return os.path.join(ARGS.dir, name)


def write(name, text):
    with open(path(name), "w", encoding="utf-8") as f:
        f.write(text)


def list_of(text, name):
    """The one element of NAME = ( { ... } ); in a policy to start from."""
    return re.search(r"^%s = \( (\{.*?^\}) \);" % name, text,
                     flags=re.S | re.M).group(1)


def policy():
    issuers, identities = [], []
    for name, data in DATA.items():
        text = make.policy(make.start("nhictl", name), data, {})
        text = text.replace("# jwks_file", "jwks_file")
        issuer = list_of(text, "issuers")
        if ARGS.bind and name in CHOOSE:
            issuer = issuer[:-1] + '\tbinding = "key";\n}'
        issuers.append(issuer)
        identities.append(list_of(text, "identities").replace(
            '"deployer"', '"%s"' % name, 1))
        header = data["header"]
        write(name + ".jwks", make.jwks(data, {}, header))
    write("nhi.conf", 'version = 1;\nhost = { id = "web-1.example.com"; };\n'
          "issuers = ( %s );\nidentities = ( %s );\n" %
          (",\n".join(issuers), ",\n".join(identities)))


def unique_time(name):
    """No two tokens are alike, also where there is no jti."""
    now = int(time.time())
    while (name, now) in MINTED:
        now -= 1
    MINTED.add((name, now))
    return now


def token(name, audience):
    data = DATA[name]
    claims = make.make_claims(data, {}, unique_time(name))
    if audience:
        claims["aud"] = [audience] if isinstance(claims["aud"], list) \
            else audience
    payload = json.dumps(claims, separators=(",", ":"))
    if name == "github":
        # As the libraries do that GitHub is made with.
        payload = payload.replace("+", "\\u002B")
    header = json.dumps(data["header"], separators=(",", ":"))
    signing = ".".join(mint.b64(s.encode()) for s in (header, payload))
    return signing + "." + mint.b64(mint.sign(
        data["kind"], make.key(data["kind"]), signing.encode()))


class Handler(http.server.BaseHTTPRequestHandler):
    def log_message(self, *_):
        pass

    def answer(self, status, body):
        with open(path("log"), "a", encoding="utf-8") as f:
            f.write("%d %s\n" % (status, self.path))
        body = body.encode()
        self.send_response(status)
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def has(self, name, value):
        return self.headers.get(name, "") == value

    def in_json(self, allowed, member, name, audience):
        if not allowed:
            return self.answer(401, '{"error":"no"}')
        return self.answer(200, json.dumps(
            {"a": "b", member: token(name, audience), "z": {"y": 1}},
            indent=1 if name == "azure" else None))

    def bad(self):
        try:
            with open(path("mode"), encoding="ascii") as f:
                status, times = map(int, f.read().split())
        except FileNotFoundError:
            return False
        if times > 0:
            write("mode", "%d %d" % (status, times - 1))
            self.answer(status, "<html>no")
        return times > 0

    def do_GET(self):
        url = urllib.parse.urlsplit(self.path)
        query = dict(urllib.parse.parse_qsl(url.query))
        if self.bad():
            return None
        last = url.path.rsplit("/", 1)[-1]
        if url.path == "/mint":
            return self.answer(200, token(query["preset"],
                                          query.get("audience")))
        if last in ("github", "forgejo"):
            return self.in_json(self.has("Authorization", "bearer " + HELD),
                                "value", last, query.get("audience"))
        if last == "identity":
            good = self.has("Metadata-Flavor", "Google") and \
                query.get("format") == "full"
            return self.answer(200 if good else 403, token(
                "gcp", query["audience"]) if good else "no")
        if url.path == "/metadata/identity/oauth2/token":
            return self.in_json(self.has("Metadata", "true"),
                                "access_token", "azure", query["resource"])
        if url.path == "/msi":
            return self.in_json(self.has("X-IDENTITY-HEADER", HELD),
                                "access_token", "azure", query["resource"])
        if url.path.startswith("/v1/identity/oidc/token/"):
            # In "data", as Vault has it.
            return self.in_json(self.has("X-Vault-Token", HELD), "token",
                                "vault", None)
        return self.answer(404, "no")


class Server(socketserver.ThreadingMixIn, http.server.HTTPServer):
    daemon_threads = True
    allow_reuse_address = True


policy()
if ARGS.metadata:
    threading.Thread(target=Server(("0.0.0.0", 80), Handler).serve_forever,
                     daemon=True).start()
Server(("127.0.0.1", ARGS.port), Handler).serve_forever()
