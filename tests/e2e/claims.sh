#!/bin/bash
# SPDX-License-Identifier: BSD-2-Clause
# A genuine token is still somebody's text: whatever its claims hold, the
# certificate, the records and the session are well-formed and say no more.
# shellcheck disable=SC2317 # try calls them
. "$(dirname "$0")/road_lib.sh"

make_keys corp es256
apply 'the policy is applied' <<-END
version = 1;
host = { id = "web-1.example.com"; };
issuers = ( $(issuer corp) );
identities = ( $(identity web corp web-deploy repo a) );
END
key k

LONG=$(head -c 3000 /dev/zero | tr '\0' 'x')
# shellcheck disable=SC2016
{
	CASES=(
	    'newline|"a\nnhi: issued: root"'
	    'NUL|"a\u0000b"'
	    'quotes|"\"},\"outcome\":\"grant\",\"x\":{\""'
	    'backslashes|"\\\\\\u0022"'
	    'escape sequences|"\u001b]0;owned\u0007\u001b[2J"'
	    'right to left|"\u202egrant\u202c"'
	    'beyond the plane|"\ud83d\ude00"'
	    'shell|"$(id) `id` ; id"'
	    'format|"%s%n%99999d"'
	    'equals|"a=b=c"'
	    'percent|"%0a%00"'
	    'empty|""'
	    'null|null'
	    'number|12345678901234567890'
	    'array|["a","b"]'
	    'object|{"a":{"b":1}}'
	    "long|\"$LONG\""
	)
}

# One of our own lines, and nothing that is not printable.
words() {
	[ "$(wc -l <"$1")" -eq 1 ] && ! grep -qP '[^\x20-\x7e]' "$1"
}

for case in "${CASES[@]}"; do
	name=${case%%|*} value=${case#*|}
	for claim in sub jti azp; do
		token corp es256 repo=a "$claim=$value" >"$WORK/token"
		nhi_ssh k nhi@127.0.0.1 web-deploy <"$WORK/token" \
		    >"$WORK/k-cert.pub" 2>"$WORK/err"
		status=$?
		try "$claim is $name: one line of words" 0 '' words "$WORK/err"
		[ $status -eq 0 ] || continue
		try "$claim is $name: logs in" 0 '^web-deploy$' login k \
		    web-deploy 'id -un; ! env | grep -E "owned|x{100}|issued:"'
		is "$claim is $name: its session has no claim in it" \
		    web-deploy "$(grep -v '^nhi: ' "$OUT")"
	done
	drain
done
is 'the host of no record is another' web-1.example.com \
    "$(trail | while read -r r; do field host <<<"$r"; done | sort -u)"
try 'no byte of the trail is a control or beyond ASCII' 1 '' \
    grep -nP '[^\x20-\x7e]' "$TRAIL"
try 'nor of what nhictl audit shows' 1 '' grep -nP '[^\x20-\x7e]' \
    <(nhictl audit)

# Names in the header are claims of the sender's too.
for kid in '"\n"' '"a\u0000b"' '"../../etc/passwd"' '"%n%n%n"' "\"$LONG\""; do
	token corp es256 repo=a -- --header "kid=$kid" >"$WORK/token"
	try "kid ${kid:0:20}: refused" 77 '^nhi: refused: (token|input) ' \
	    trade_file k web-deploy "$WORK/token"
	drain
done
trail_valid
finish
