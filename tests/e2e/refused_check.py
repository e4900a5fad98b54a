#!/usr/bin/python3
# SPDX-License-Identifier: BSD-2-Clause
"""refused_check.py ASKED DIR TRAIL PRODUCED: was each case of refused.py
refused as it should be?  ASKED has lines "n code public wanted-status status
name"; what the client got is in DIR/n.out and DIR/n.err."""
import json
import re
import sys

LINE = re.compile(r"nhi: refused: (\S+) (\S+)$")
# The client's own, when one session over a connection follows another.
NOISE = re.compile(r"mux_client_|ControlSocket |Session open refused")


def read(path):
    with open(path, encoding="utf-8", errors="replace") as f:
        return f.read()


def faults(n, code, public, wanted, status, records):
    lines = [s for s in read(n + ".err").splitlines() if not NOISE.match(s)]
    if status != wanted:
        yield "status %s, wanted %s" % (status, wanted)
    if read(n + ".out"):
        yield "standard output is not empty"
    found = LINE.match(lines[0]) if len(lines) == 1 else None
    if not found:
        yield "standard error is not one line of ours: %r" % lines
        return
    if found.group(1) != public:
        yield "told %s, wanted %s" % (found.group(1), public)
    record = records.get(found.group(2))
    if not record:
        yield "no record %s" % found.group(2)
        return
    for name, want in (("reason", code), ("event", "cert.deny"),
                       ("source", "127.0.0.1")):
        if record.get(name) != want:
            yield "%s is %s, wanted %s" % (name, record.get(name), want)
    if record.get("outcome") != ("fault" if public == "fault" else "deny"):
        yield "outcome is %s" % record.get("outcome")
    if not record.get("detail"):
        yield "nothing for the administrator"


def main(asked, store, trail, produced):
    with open(trail, encoding="ascii") as f:
        records = {r["id"]: r for r in map(json.loads, f)}
    codes = []
    for line in read(asked).splitlines():
        n, code, public, wanted, status, name = line.split(" ", 5)
        bad = list(faults("%s/%s" % (store, n), code, public, wanted, status,
                          records))
        print("%s %s: %s" % ("not ok" if bad else "ok", code, name))
        for text in bad:
            print("# " + text)
        if not bad:
            codes.append(code)
    with open(produced, "a", encoding="ascii") as f:
        f.write("".join(c + "\n" for c in codes))


main(*sys.argv[1:])
