# SPDX-License-Identifier: BSD-2-Clause
"""What our own writers write, as the readers of it are to take it."""

BOOT = "03c664cb-baf5-4b76-8e0a-e245f02de86d"
HEX = "1305f95164aad2935ee5140e521ed66375e0f99e87c5ccbf958c20e9d8bbb4fa"
KEYID = "nhi1:web-1.example.com:web:" + HEX[:16]

RULES = """nhi-rules 1 %s
issuer github github https://token.example.com /etc/nhi/jwks/lab.json 1 60 900 0 900 0 86400 1 1 1 0 0
audience ssh://web-1.example.com ssh://web-2.example.com
provenance repository
provenance kubernetes.io namespace
identity web alice@example.com deploys%%20it web /bin/echo%%20a%%25 4102444800 0 900 2 0 1 1
source 192.0.2.0/24 2001:db8::/32
window mon-fri%%2008:00-18:00
sudo /usr/bin/systemctl%%20restart%%20web
match 0 0 1 environment production
match 1 1 2 kubernetes.io uid 74 75
match 3 0 1 ref refs/heads/*
end
""" % HEX

RULES_SMALL = "nhi-rules 1 %s\nend\n" % HEX

HOST = """nhi-host 1
id web-1.example.com
labels env=prod role=web
issuer 1 64 512
issue_from 192.0.2.0/24
sshd 0 1 0
retention 7776000
end
"""

PROVIDER = """nhi-provider 1
corp custom https://issuer.example.com % https://issuer.example.com/keys /etc/ca.pem % issuer.example.com,cdn.example.com 86400 0
end
"""

PROVIDER_PINNED = """nhi-provider 1
github github https://token.example.com /etc/nhi/jwks/lab.json % % % % 86400 1
end
"""

CACHE = """nhi-cache 1
url https://issuer.example.com
from https://issuer.example.com/keys
etag W/"a%20b"
modified Sun,%2006%20Nov%201994%2008:49:37%20GMT
max-age 300
keys 2
fetched 1800000000
next 1800000300
fault ok
fault-time 0
detail %
end
"""

SESSION = """id=1-2-3
account=web
uid=2076106592
identity=web
issuer=github
service=sshd
source=192.0.2.1
serial=2379681953199142458
keyid=%s
mark=%s
audit_session=1
pid=2
boot=%s
start=3
opened=1795345951
expires=1795346849
key=%s
""" % (KEYID, HEX[:16], BOOT, HEX)

# The writer's words: escaped as in rules.
SPOOL = """nhi-event 1
id 01m81fa00hksz78x0ax7hmgkvt
event cert.issue
outcome grant
reason ok
detail a%%20%%25%%20sentence
pid 575
service sshd
identity web
owner alice@example.com
account web
issuer github
subject repo:example-org/web
mark %s
jti ec5e8047
key SHA256:++fpsbyepWywQuETiljl5ZY6YmOcyWbxNSzA8yVrAmY
alg RS256
kid rs256-1
serial 18446744073709551615
keyid %s
expires 1795346849
source 192.0.2.1
claims a=1%%0ab=2
policy %s
took_us 99
end
""" % (HEX[:16], KEYID, HEX[:16])

SPOOL_DENY = """nhi-event 1
id 01m81fa00hksz78x0ax7hmgkvt
pid 1
event cert.deny
outcome deny
reason no-match
end
"""

LINKS = (
    ("account", "/var/lib/nhi/homes/web:/bin/sh:1000,1001"),
    ("template", "pr-*-*:/var/lib/nhi/homes/:/bin/sh:994"),
    ("lease", BOOT + ":2076106592:1"),
    ("uid", "2076106592:set:" + BOOT + ":2646138"),
    ("first", "2076106592:first:" + BOOT + ":7"),
    ("range", BOOT + ":2646138:2000300000:2147483646"),
)

SSHD = """# Written by nhictl.
Match User nhi
    AuthorizedPrincipalsCommand none
    AuthorizedKeysCommand /usr/libexec/nhi/nhi-sshd-helper keys %u %t %k
    AuthenticationMethods publickey
    PermitTTY no
Match Group nhi-accounts
    AuthenticationMethods publickey keyboard-interactive
    PermitTTY yes
    DisableForwarding yes
"""

EXPECT = """tests = (
  { name = "a deploy"; account = "web"; source = "192.0.2.1";
    claims = { sub = "job-1"; nested = { a = [ "b", "c" ]; n = 7; }; };
    expect = "allow"; identity = "web"; at = "2027-01-15T08:00:00Z"; },
  { account = "web"; claims = "{\\"sub\\":\\"x\\"}"; expect = "no-match"; } );
"""


def seeds():
    yield "expect", "good", EXPECT
    yield "rules", "good", RULES
    yield "rules", "small", RULES_SMALL
    yield "published", "host", HOST
    yield "published", "provider", PROVIDER
    yield "published", "pinned", PROVIDER_PINNED
    yield "cache", "good", CACHE
    yield "session", "good", SESSION
    yield "session", "older", SESSION[:SESSION.index("key=" + HEX)]
    yield "spool", "good", SPOOL
    yield "spool", "deny", SPOOL_DENY
    yield "edit", "sshd", SSHD
    for name, text in LINKS:
        yield "entry", name, text
