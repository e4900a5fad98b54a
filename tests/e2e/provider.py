#!/usr/bin/python3
# SPDX-License-Identifier: BSD-2-Clause
"""An OpenID provider over HTTPS for tests, as well or as badly behaved as the
file DIR/mode says, which is read at each request.

  provider.py --dir DIR --port N --cert FILE --key FILE [--name HOST]

DIR/jwks.json is its key set.  Each request is a line of DIR/log: the path,
the header fields that matter, the status.
"""
import argparse
import email.utils
import hashlib
import http.server
import json
import os
import socketserver
import ssl
import time

BIG = 100 << 20


def arguments():
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--dir", required=True)
    parser.add_argument("--port", type=int, required=True)
    parser.add_argument("--cert", required=True)
    parser.add_argument("--key", required=True)
    parser.add_argument("--name", default="idp.example.com")
    return parser.parse_args()


ARGS = arguments()
BASE = "https://%s:%d" % (ARGS.name, ARGS.port) if ARGS.port != 443 \
    else "https://" + ARGS.name


def read(name, default=""):
    try:
        with open(os.path.join(ARGS.dir, name), encoding="utf-8") as f:
            return f.read()
    except FileNotFoundError:
        return default


class Handler(http.server.BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"

    def log_message(self, *_):
        pass

    def note(self, status):
        with open(os.path.join(ARGS.dir, "log"), "a", encoding="utf-8") as f:
            f.write("%s %s %s %s\n" % (
                self.path, self.headers.get("User-Agent", "-"),
                self.headers.get("Authorization", "-").replace(" ", "_"),
                status))

    def answer(self, status, body, fields=()):
        self.note(status)
        self.send_response(status)
        for name, value in fields:
            self.send_header(name, value)
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def redirect(self, to):
        self.answer(302, b"", [("Location", to)])

    def document(self, text, fields=()):
        body = text.encode()
        tag = '"%s"' % hashlib.sha256(body).hexdigest()[:16]
        if self.headers.get("If-None-Match") == tag:
            return self.answer(304, b"", [("ETag", tag)])
        return self.answer(200, body, [
            ("ETag", tag), ("Content-Type", "application/json"),
            ("Last-Modified", email.utils.formatdate(usegmt=True)),
            ("Cache-Control", "public, max-age=3600"), *fields])

    def slowly(self):
        self.note(200)
        self.send_response(200)
        self.send_header("Content-Length", "10000")
        self.end_headers()
        for _ in range(10000):
            self.wfile.write(b" ")
            self.wfile.flush()
            time.sleep(0.25)

    def endless(self, declared):
        self.note(200)
        self.send_response(200)
        if declared:
            self.send_header("Content-Length", str(BIG))
        self.send_header("Connection", "close")
        self.end_headers()
        for _ in range(BIG >> 16):
            self.wfile.write(b" " * (1 << 16))

    def do_GET(self):
        mode, _, value = read("mode", "good").strip().partition(" ")
        try:
            self.behave(mode, value)
        except (BrokenPipeError, ConnectionResetError, ssl.SSLError):
            self.close_connection = True

    def behave(self, mode, value):
        discovery = self.path == "/.well-known/openid-configuration"
        if mode == "status":
            return self.answer(int(value), b"{}")
        if mode == "garbage":
            return self.answer(200, bytes(range(256)))
        if mode == "html":
            return self.answer(200, b"<!DOCTYPE html><p>Sign in</p>",
                               [("Content-Type", "text/html")])
        if mode == "slow":
            return self.slowly()
        if mode == "big":
            return self.endless(value == "declared")
        if mode == "redirect" and self.path == "/keys":
            return self.redirect(value)
        if mode == "loop" and self.path.startswith("/keys"):
            return self.redirect("/keys?" + "x" * (len(self.path) - 4))
        if mode == "sleep":
            time.sleep(float(value))
        if discovery:
            return self.document(json.dumps({
                "issuer": value if mode == "issuer" else BASE,
                "jwks_uri": value if mode == "uri" else BASE + "/keys"}))
        if self.path in ("/keys", "/moved"):
            return self.document(value if mode == "keys" else
                                 read("jwks.json"))
        return self.answer(404, b"")


class Server(socketserver.ThreadingMixIn, http.server.HTTPServer):
    daemon_threads = True
    allow_reuse_address = True
    request_queue_size = 64

    def finish_request(self, request, client_address):
        try:
            request.settimeout(60)
            request.do_handshake()
            super().finish_request(request, client_address)
        except (OSError, ssl.SSLError):
            pass


def main():
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(ARGS.cert, ARGS.key)
    server = Server(("127.0.0.1", ARGS.port), Handler)
    server.socket = context.wrap_socket(server.socket, server_side=True,
                                        do_handshake_on_connect=False)
    server.serve_forever()


main()
