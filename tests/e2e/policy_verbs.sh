#!/bin/bash
# SPDX-License-Identifier: BSD-2-Clause
# nhictl policy test and policy diff, as those use them who write policies:
# no root, no host, two hundred identities.
. "$(dirname "$0")/lib.sh"
export LC_ALL=C

ISS=https://token.actions.githubusercontent.com

# policy FROM TO [MORE]: identities of these numbers.
policy() {
	local i

	cat <<-END
	version = 1; host = { id = "web-1.example.com"; };
	issuers = ( { name = "github"; preset = "github";
	  jwks_file = "/nonexistent/keys.json";
	  audience = [ "ssh://web-1.example.com" ]; } );
	identities = (
	END
	for ((i = $1; i <= $2; i++)); do
		cat <<-END
		{ name = "bot-$i"; owner = "alice@example.com";
		  purpose = "a test"; expires = "2099-12-31";
		  issuer = "github"; account = "bot-$i";
		  groups = [ "only-there" ]; ${3:-}
		  match = ( { claim = "repository_id"; is = "$i"; } ); }
		END
		[ "$i" -eq "$2" ] || echo ,
	done
	echo ');'
}

# tests FROM TO EXPECT: expectations of these numbers.
tests() {
	local i

	echo 'tests = ('
	for ((i = $1; i <= $2; i++)); do
		echo "{ account = \"bot-$i\"; expect = \"$3\";"
		echo "  claims = { iss = \"$ISS\"; repository_id = \"$i\"; }; }"
		[ "$i" -eq "$2" ] || echo ,
	done
	echo ');'
}

# as somebody who is not root
anybody() {
	runuser -u nobody -- "$@"
}

chmod 0755 "$WORK"
cd "$WORK" || exit 2
policy 1 200 >old.conf
policy 2 201 'certificate = { source = [ "10.0.0.0/8" ]; };' >new.conf
tests 1 200 allow >good.conf
tests 1 201 allow >bad.conf
chmod 0644 ./*.conf

try 'a policy of 200 identities as expected' 0 '^200 as expected, 0 not$' \
    anybody nhictl policy test --policy old.conf good.conf
try 'the same by root' 0 '^200 as expected, 0 not$' \
    nhictl policy test --policy old.conf good.conf
try 'one that is not' 1 '^200 as expected, 1 not$' \
    anybody nhictl policy test --policy old.conf bad.conf
try 'it says which, and why' 1 \
    '^FAIL  bad.conf:[0-9]+: account-unknown, expected allow' \
    anybody nhictl policy test --policy old.conf bad.conf
is 'one line for each, and one for all' 202 \
    "$(anybody nhictl policy test --policy old.conf bad.conf | wc -l)"

cat >kinds.conf <<END
tests = (
 { name = "json"; account = "bot-7"; expect = "allow"; identity = "bot-7";
   source = "10.1.2.3"; at = "2026-11-22T12:00:00Z";
   claims = "{ \"iss\": \"$ISS\", \"repository_id\": \"7\" }"; },
 { name = "file"; account = "bot-7"; expect = "source"; source = "192.0.2.1";
   claims = "seven.json"; },
 { name = "type"; account = "bot-7"; expect = "no-match";
   claims = { iss = "$ISS"; repository_id = 7; }; },
 { name = "time"; account = "bot-7"; expect = "identity-expired";
   source = "10.1.2.3"; at = 4200000000L; claims = "seven.json"; },
 { name = "issuer"; account = "bot-7"; expect = "issuer";
   claims = { iss = "https://issuer.example.com"; }; },
 { name = "reserved"; account = "root"; expect = "account-reserved";
   claims = "seven.json"; },
 { name = "no json"; account = "bot-7"; expect = "json"; claims = "{"; },
 { name = "token"; account = "bot-7"; expect = "jwks-missing";
   token = "seven.jwt"; },
 { name = "no token"; account = "bot-7"; expect = "not-compact";
   token = "seven.json"; }
);
END
echo "{ \"iss\": \"$ISS\", \"repository_id\": \"7\" }" >seven.json
mint --set repository_id='"7"' >seven.jwt
chmod 0644 seven.*
for who in anybody command; do
	try "claims and tokens of every kind ($who)" 0 '^9 as expected' \
	    $who nhictl policy test --policy new.conf kinds.conf
done
sed 's/identity = "bot-7"/identity = "bot-8"/' kinds.conf >other.conf
try 'the identity counts' 1 'json: allow bot-7, expected allow bot-8' \
    nhictl policy test --policy new.conf other.conf

# The lab's own policy and keys: a token that is verified.
mint >lab.jwt
cat >lab.conf <<-END
	tests = ( { account = "web-deploy"; token = "lab.jwt";
	  expect = "allow"; }, { account = "web-deploy"; token = "lab.jwt";
	  at = "2030-01-01"; expect = "expired"; } );
END
try 'a token against the policy of this host' 0 '^2 as expected' \
    nhictl policy test lab.conf
mint --wrong-key >lab.jwt
try 'and one of another key' 1 'signature, expected allow' \
    nhictl policy test lab.conf
rm lab.jwt

# What root parses: nothing.  strace shows that uids are gone before the
# first result is written.
if command -v strace >/dev/null; then
	try 'root gives itself up first' 0 '' bash -c "strace -f -o trace -e \
	    trace=setresuid,write nhictl policy test --policy new.conf kinds.conf &&
	    awk '/setresuid\([1-9]/ { gone = 1 } /write\(1/ { seen = 1; exit }
	    END { exit !(gone && seen) }' trace"
else
	skip 'root gives itself up first' 'no strace'
fi

spoil() {
	printf '%s\n' "$2" >spoilt.conf
	try "$1" 2 "$3" anybody nhictl policy test --policy old.conf \
	    spoilt.conf
}
chmod 0777 .
: >spoilt.conf
chmod 0644 spoilt.conf
spoil 'no list' 'a = 1;' 'one list'
spoil 'an unknown setting' 'tests = ( { colour = 1; } );' 'colour.*not known'
spoil 'an unknown code' 'tests = ( { account = "a"; expect = "nope";
    claims = { a = 1; }; } );' 'reason code'
spoil 'claims and token' 'tests = ( { account = "a"; expect = "allow";
    claims = { a = 1; }; token = "seven.jwt"; } );' 'either claims or'
spoil 'a file that is missing' 'tests = ( { account = "a";
    expect = "allow"; claims = "nowhere"; } );' 'nowhere'
spoil 'an include' '@include "/etc/shadow"' 'include'
try 'a policy with a fault' 2 'needs|missing|not' \
    anybody nhictl policy test --policy kinds.conf good.conf
try 'usage' 64 'usage' nhictl policy test

try 'two policies that are one' 0 '' nhictl policy diff old.conf old.conf
is 'say nothing' '' "$(nhictl policy diff old.conf old.conf)"
try 'two that are not' 1 '^identity bot-1: gone$' \
    anybody nhictl policy diff old.conf new.conf
policy 1 1 >one.conf
sed 's/2099-12-31/2100-02-28/' one.conf >later.conf
chmod 0644 one.conf later.conf
try 'another last day' 1 '\+ expires 2100-02-28$' \
    anybody nhictl policy diff one.conf later.conf
try 'and the one that was' 1 '- expires 2099-12-31$' \
    anybody nhictl policy diff one.conf later.conf
sed 's/"github"; account/"gitlab"; account/' one.conf >faulty.conf
chmod 0644 faulty.conf
try 'a faulty file' 2 'faulty.conf:[0-9]+: .*gitlab' \
    anybody nhictl policy diff one.conf faulty.conf
try 'and nothing of the host' 1 '' \
    sh -c 'nhictl policy diff one.conf faulty.conf 2>&1 | grep nhi-accounts'
nhictl policy diff old.conf new.conf >changes
is 'who is new' 'identity bot-201: new' "$(grep ': new$' changes)"
is 'who is changed' 199 "$(grep -c ': changed$' changes)"
is 'what each of them loses' 199 \
    "$(sed '/: gone$/,/^identity/d' changes | grep -c '^  - source anywhere$')"
is 'and gains' 200 "$(grep -c '^  + source 10.0.0.0/8$' changes)"
is 'nothing else of the changed' 2 \
    "$(sed -n '/^identity bot-7: changed$/,/^identity bot-70/p' changes |
	grep -c '^  ')"
nhictl policy diff --json old.conf new.conf >diff.json
is 'the same in JSON' "$(grep -c '^  ' changes)" "$(/usr/bin/python3 -c '
import json
n = 0
for line in open("diff.json"):
    r = json.loads(line)
    assert r["change"] in ("gain", "lose") and r["kind"] == "identity"
    n += 1
print(n)')"
sed 's|/nonexistent/keys.json|/nonexistent/other.json|' old.conf >keys.conf
try 'an issuer' 1 '^  \+ keys /nonexistent/other.json$' \
    nhictl policy diff old.conf keys.conf
finish
