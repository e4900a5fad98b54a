#!/usr/bin/env python3
# SPDX-License-Identifier: BSD-2-Clause
"""The checker passes good trails and finds each fault in broken ones."""

import io
import json
import os
import sys

sys.path.insert(0, os.path.dirname(os.path.abspath(__file__)))
import audit_check  # noqa: E402

SOURCE = os.path.join(os.path.dirname(os.path.abspath(__file__)), "..", "..")
GOOD = {
    "v": 1, "id": "01kc0000000000000000000000",
    "time": "2025-11-22T03:04:05.678Z", "host": "web-1.example.com",
    "event": "session.open", "outcome": "grant", "reason": "by-person",
    "detail": "a sentence", "component": "pam_nhi", "pid": 4711,
    "service": "sshd", "identity": "web-deploy",
    "owner": "alice@example.com", "account": "web", "uid": 2000300001,
    "issuer": "github", "subject": "repo:a/b:ref:refs/heads/main",
    "mark": "0123456789abcdef", "jti": "j-1", "key": "SHA256:abc",
    "alg": "RS256", "kid": "k1", "serial": "9223372036854775807",
    "keyid": "nhi1:h:i:m", "expires": "2025-11-22T03:05:00.000Z",
    "session": "7-1-2", "auid_session": 7, "source": "10.0.0.1",
    "command": "id", "claims": {"run_id": "12", "empty": ""},
    "policy": "fedcba9876543210", "took_us": 1234,
}
TOKEN = ("eyJhbGciOiJSUzI1NiJ9.eyJpc3MiOiJodHRwczovL2lkcC5leGFtcGxlLmNvbSJ9."
         + "c2ln" * 20)


def line(o):
    return json.dumps(o, separators=(",", ":")).encode() + b"\n"


def changed(**members):
    o = dict(GOOD)
    for name, value in members.items():
        if value is None:
            del o[name]
        else:
            o[name] = value
    return line(o)


def swapped():
    names = list(GOOD)
    names[4], names[5] = names[5], names[4]
    return line({name: GOOD[name] for name in names})


# Each broken line, and a word of the complaint.
BROKEN = [
    (b"\n", "JSON"),
    (b"[]\n", "object"),
    (b'{"v":1\n', "JSON"),
    (line(GOOD)[:-1], "newline"),
    (changed(detail="x" * 2048), "bytes"),
    (line(GOOD).replace(b"sentence", b"sent\xc3\xa9nce"), "ASCII"),
    (line(GOOD).replace(b"sentence", b"sent\x1bnce"), "ASCII"),
    (line(GOOD).replace(b'"v":1,', b'"v":1,"v":1,'), "twice"),
    (swapped(), "order"),
    (changed(colour="red"), "unknown fields"),
    (changed(v=2), "v is not"),
    (changed(v=True), "v is not"),
    (changed(id="01KC0000000000000000000000"), "id"),
    (changed(time="2025-11-22T03:04:05Z"), "time"),
    (changed(expires=1763780700), "expires"),
    (changed(event="login.later"), "event"),
    (changed(event="login.deny"), "login.deny with outcome"),
    (changed(outcome="maybe"), "outcome"),
    (changed(outcome="deny", reason=None), "without a reason"),
    (changed(reason="because"), "reason"),
    (changed(reason="ok"), "reason"),
    (changed(reason="expired"), "granted"),
    (changed(event="cert.issue", outcome="info"), "cert.issue with"),
    (changed(component=None), "component is missing"),
    (changed(host=None), "host is missing"),
    (changed(pid="4711"), "pid"),
    (changed(pid=0), "pid"),
    (changed(uid=0), "uid"),
    (changed(uid=True), "uid"),
    (changed(mark="0123456789ABCDEF"), "mark"),
    (changed(mark="0123456789abcdef0"), "mark"),
    (changed(policy="fedc"), "policy"),
    (changed(jti="j" * 65), "jti"),
    (changed(key="MD5:abc"), "key"),
    (changed(serial=42), "serial"),
    (changed(serial="042"), "serial"),
    (changed(auid_session=4294967295), "auid_session"),
    (changed(account=""), "account"),
    (changed(account=7), "account"),
    (changed(claims={}), "claims"),
    (changed(claims={"a": 1}), "claims"),
    (changed(claims={"a": "x" * 129}), "claims"),
    (changed(claims=["a"]), "claims"),
    (changed(took_us=-1), "took_us"),
    (changed(took_us=1.5), "took_us"),
    (changed(detail="token was " + TOKEN), "token"),
    (changed(claims={"a": TOKEN[:100]}), "token"),
    (changed(subject="a." + "c2ln" * 25), "signature"),
    (changed(detail="ssh-ed25519-cert-v01@openssh.com AAAA"), "key"),
]


def undocumented(contract):
    """Fields, events and reasons that the manual page does not have."""
    with open(os.path.join(SOURCE, "nhictl", "nhi-audit.5"),
              encoding="utf-8") as f:
        words = set(f.read().replace(",", " ").split())
    names = set(audit_check.ORDER) | contract.events | contract.reasons
    return sorted(names - words)


def main():
    contract = audit_check.Contract(SOURCE)
    assert "expired" in contract.reasons and "ok" not in contract.reasons
    assert "by-person" in contract.reasons and len(contract.reasons) > 60
    assert "doctor" in contract.events and len(contract.events) > 20
    failed = 0
    for good in (line(GOOD), changed(serial="42", claims=None, reason=None),
                 changed(event="login.deny", outcome="deny", reason="hold")):
        bad = audit_check.check_line(good, contract, set())
        if bad:
            print("a good line is refused: %s" % bad)
            failed += 1
    for raw, word in BROKEN:
        bad = audit_check.check_line(raw, contract, set())
        if not any(word in what for what in bad):
            print("not found (%s): %r -> %s" % (word, raw[:300], bad))
            failed += 1
    twice = io.BytesIO(line(GOOD) * 2)
    if audit_check.check_file(twice, "twice", contract)[0] != 1:
        print("an id that comes twice is not found")
        failed += 1
    for name in undocumented(contract):
        print("nhi-audit.5 does not know %s" % name)
        failed += 1
    print("%d samples, %d failures" % (len(BROKEN) + 4, failed))
    return 1 if failed else 0


if __name__ == "__main__":
    sys.exit(main())
