#!/usr/bin/env python3
# SPDX-License-Identifier: BSD-2-Clause
"""Check a whole audit trail against its contract.

usage: audit_check.py [--source DIR] [FILE...]

Fields and their order, types, events, outcomes, reason codes (those of
lib/base/err.h and lib/base/audit.h below DIR), sizes, unique ids, and that no
token is in it.  Prints FILE:LINE: what is wrong; exits 1 when anything is.
"""

import argparse
import json
import os
import re
import sys

ORDER = ("v id time host event outcome reason detail component pid service "
         "identity owner account uid issuer subject mark jti key alg kid "
         "serial keyid expires session auid_session source command claims "
         "policy took_us").split()
MANDATORY = "v id time host event outcome component pid".split()
OUTCOMES = ("grant", "deny", "fault", "info")
LINE_MAX = 2048

RFC3339 = re.compile(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z")
HEX16 = re.compile(r"[0-9a-f]{16}")
FORMS = {
    "id": re.compile(r"[0-9abcdefghjkmnpqrstvwxyz]{26}"),
    "time": RFC3339,
    "expires": RFC3339,
    "mark": HEX16,
    "policy": HEX16,
    "key": re.compile(r"SHA256:[A-Za-z0-9+/]{1,43}"),
    "serial": re.compile(r"[1-9][0-9]{0,19}"),
}
NUMBERS = {
    "pid": (1, 1 << 22),
    "uid": (1, (1 << 32) - 1),
    "auid_session": (1, (1 << 32) - 2),
    "took_us": (1, (1 << 63) - 1),
}

# A compact JWS anywhere: a header that begins with {" and two more parts; or
# what is left of one when its header went.
JWS = re.compile(r"eyJ[A-Za-z0-9_-]{6,}\.[A-Za-z0-9_-]*")
SIGNATURE = re.compile(r"\.[A-Za-z0-9_-]{80,}(?![A-Za-z0-9_-])")
PRIVATE = re.compile(r"PRIVATE KEY|BEGIN CERTIFICATE|-cert-v01@openssh")


def slugs(path, macro, field):
    """The strings in place `field` of the rows X(...) of a macro list."""
    with open(path, encoding="ascii") as f:
        text = f.read()
    start = text.index("#define " + macro)
    text = text[start:text.index("End of " + macro, start)]
    text = text.replace("\\\n", " ")
    rows = re.findall(r'X\((\w+),([^"]*)"([^"]*)"', text)
    if not rows:
        raise ValueError("%s: no rows in %s" % (path, macro))
    return [row[field] for row in rows]


class Contract:
    def __init__(self, source):
        base = os.path.join(source, "lib", "base")
        self.reasons = set(slugs(os.path.join(base, "err.h"),
                                 "NHI_ERR_LIST", 2)) - {"ok"}
        self.events = set(slugs(os.path.join(base, "audit.h"),
                                "NHI_AUDIT_EVENTS", 2))


def no_duplicates(pairs):
    names = [name for name, _ in pairs]
    if len(set(names)) != len(names):
        raise ValueError("a member occurs twice")
    return dict(pairs)


def check_number(name, value):
    if name == "v":
        return [] if value == 1 and type(value) is int else ["v is not 1"]
    low, high = NUMBERS[name]
    if type(value) is not int or not low <= value <= high:
        return ["%s: not a number from %d to %d" % (name, low, high)]
    return []


def check_claims(value):
    if not isinstance(value, dict) or not value:
        return ["claims: not an object with members"]
    bad = []
    for name, text in value.items():
        if not isinstance(text, str):
            bad.append("claims: %s is not a string" % name)
        elif len(text) > 128:
            bad.append("claims: %s has %d characters" % (name, len(text)))
    return bad


def check_field(name, value):
    if name == "v" or name in NUMBERS:
        return check_number(name, value)
    if name == "claims":
        return check_claims(value)
    if not isinstance(value, str):
        return ["%s: not a string" % name]
    if not value:
        return ["%s: empty (leave it out)" % name]
    if name in FORMS and not FORMS[name].fullmatch(value):
        return ["%s: not its form: %r" % (name, value)]
    if name == "jti" and len(value) > 64:
        return ["jti: %d characters" % len(value)]
    return []


def check_sense(o, contract):
    """What the words say together."""
    bad = []
    event, outcome = o.get("event"), o.get("outcome")
    reason = o.get("reason")
    if event not in contract.events:
        bad.append("event: unknown: %r" % (event,))
    if outcome not in OUTCOMES:
        bad.append("outcome: unknown: %r" % (outcome,))
    if reason is not None and reason not in contract.reasons:
        bad.append("reason: unknown: %r" % (reason,))
    if outcome in ("deny", "fault") and reason is None and event not in (
            "spool.dropped", "doctor", "fetch.fail", "policy.reject"):
        bad.append("%s without a reason" % outcome)
    if outcome == "grant" and reason not in (None, "by-person"):
        bad.append("granted, with reason %r" % reason)
    if isinstance(event, str) and event.endswith(".deny") and \
            outcome not in ("deny", "fault"):
        bad.append("%s with outcome %s" % (event, outcome))
    if event in ("cert.issue", "login.grant", "sudo.grant",
                 "token.accept") and outcome != "grant":
        bad.append("%s with outcome %s" % (event, outcome))
    return bad


def check_secrets(text):
    for what, form in (("a token", JWS), ("a signature", SIGNATURE),
                       ("a key or certificate", PRIVATE)):
        if form.search(text):
            return ["%s is in it" % what]
    return []


def check_line(raw, contract, ids):
    """What is wrong with one line (bytes, with its newline)."""
    if not raw.endswith(b"\n"):
        return ["no newline at its end"]
    if len(raw) > LINE_MAX:
        return ["%d bytes" % len(raw)]
    if any(not 0x20 <= c <= 0x7e for c in raw[:-1]):
        return ["not printable ASCII"]
    try:
        o = json.loads(raw.decode("ascii"), object_pairs_hook=no_duplicates)
    except ValueError as e:
        return ["not JSON: %s" % e]
    if not isinstance(o, dict):
        return ["not an object"]
    bad = []
    unknown = [name for name in o if name not in ORDER]
    if unknown:
        bad.append("unknown fields: %s" % " ".join(unknown))
    known = [name for name in o if name in ORDER]
    if known != sorted(known, key=ORDER.index):
        bad.append("fields are out of order: %s" % " ".join(known))
    bad += ["%s is missing" % name for name in MANDATORY if name not in o]
    for name in known:
        bad += check_field(name, o[name])
    bad += check_sense(o, contract) + check_secrets(json.dumps(
        o, ensure_ascii=False))
    if o.get("id") in ids:
        bad.append("id: was there before")
    ids.add(o.get("id") if isinstance(o.get("id"), str) else None)
    return bad


def check_file(stream, name, contract):
    bad, ids, n = 0, set(), 0
    for n, raw in enumerate(stream, 1):
        for what in check_line(raw, contract, ids):
            print("%s:%d: %s" % (name, n, what))
            bad += 1
    return bad, n


def main():
    here = os.path.dirname(os.path.abspath(__file__))
    parser = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    parser.add_argument("--source", default=os.path.join(here, "..", ".."))
    parser.add_argument("file", nargs="*", default=["/dev/stdin"])
    args = parser.parse_args()
    try:
        contract = Contract(args.source)
        bad = lines = 0
        for name in args.file:
            with open(name, "rb") as stream:
                b, n = check_file(stream, name, contract)
                bad, lines = bad + b, lines + n
    except (OSError, ValueError) as e:
        print("audit_check: %s" % e, file=sys.stderr)
        return 2
    print("%d records, %d faults" % (lines, bad))
    return 1 if bad else 0


if __name__ == "__main__":
    sys.exit(main())
