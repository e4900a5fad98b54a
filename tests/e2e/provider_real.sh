#!/bin/bash
# SPDX-License-Identifier: BSD-2-Clause
# A real HTTPS provider: nginx with a private CA.  Keys rotate, with notice
# and without, and the provider goes away and comes back, all under a loop of
# logins of which none fails.  (What a bad provider may do: fetch.sh.)
. "$(dirname "$0")/provider_lib.sh"

URL=https://idp.example.com:8443
KINDS="es256 eddsa rs256"
STORY=$WORK/story
LOOP=$WORK/loop

server() {
	cat <<-END
	root $NGINX/html;
	expires 1h;
	gzip on;
	gzip_types application/json;
	gzip_min_length 1;
	$*
	END
}

# sets KIND...: what the provider publishes, swapped as a provider would.
sets() {
	/usr/bin/python3 - "$NGINX/html/keys" "$@" <<-'END'
	import json, os, sys
	keys = json.load(open("/root/idp/jwks.json"))["keys"]
	path, kinds = sys.argv[1], sys.argv[2:]
	with open(path + ".new", "w") as f:
	    json.dump({"keys": [k for k in keys
	                        if k["kid"][:-2] in kinds]}, f)
	os.chmod(path + ".new", 0o644)
	os.rename(path + ".new", path)
	END
}

# One login after the other, signed by what the file `kind` says.
logins() {
	local kind

	while [ ! -e "$WORK/over" ]; do
		kind=$(cat "$WORK/kind")
		if mint --dir /root/idp --kind "$kind" --set iss="$URL" |
		    trade k bot 2>"$WORK/said" &&
		    login k bot true >>"$WORK/said" 2>&1; then
			echo "$(cat "$STORY") $kind"
		else
			echo "FAILED $(cat "$STORY") $kind: $(cat "$WORK/said")"
		fi >>"$LOOP"
	done
}

# told WHAT FILE: whoever reads it reads the whole.
told() {
	echo "$1" >"$2.new" && mv "$2.new" "$2"
}

# A chapter is told until two logins have ended, so one has begun in it.
chapter() {
	told "$1" "$STORY"
	until_true 60 eval "[ \"\$(grep -c '^$1 ' '$LOOP')\" -ge 2 ]" ||
		not_ok "$1: logins go on"
}

# passed NAME CHAPTER
passed() {
	is "$1" 0 "$(grep -c "^FAILED $2 " "$LOOP")"
	! grep "^FAILED $2 " "$LOOP" | tail -n 3 | sed 's/^/# /'
}

provider_names
# shellcheck disable=SC2086
make_keys idp $KINDS >/dev/null
rm -f /etc/nhi/jwks/idp.json
mkdir -p "$NGINX/html/.well-known"
chmod 755 "$NGINX/html/.well-known"
printf '{"issuer":"%s","jwks_uri":"%s/keys"}\n' "$URL" "$URL" \
    >"$NGINX/html/.well-known/openid-configuration"
sets es256
apply 'the policy' <<-END
version = 1;
host = { id = "web-1.example.com"; };
issuers = ( { name = "idp"; preset = "custom"; url = "$URL";
  audience = [ "ssh://web-1.example.com" ]; ca_file = "$CA";
  jwks_stale = "1h"; } );
identities = ( $(identity bot idp bot repository_id 74) );
END
server | nginx_start
key k
echo es256 >"$WORK/kind"
echo first >"$STORY"
: >"$LOOP"
logins &
loop=$!

chapter first
passed 'the first login has the keys fetched' first
is 'once' 1 "$(grep -c ' /keys ' "$NGINX/log")"
is 'from the server that SNI names' 2 "$(grep -c ' 200 ' "$NGINX/log")"
is 'and they are kept for as long as they are good for' yes \
    "$(nhictl issuers --json | /usr/bin/python3 -c '
import json, sys
print("yes" if json.load(sys.stdin)["keys"] == "cached" else "no")')"

sets es256 eddsa
nhictl fetch idp >"$OUT" || not_ok 'a timer fetches'
chapter announced
told eddsa "$WORK/kind"
chapter moved
sets eddsa
nhictl fetch idp >"$OUT"
chapter withdrawn
passed 'a new key is announced' announced
passed 'it signs' moved
passed 'the old one goes' withdrawn
is 'all of them signed by the new one' 0 "$(grep -c '^withdrawn es256' "$LOOP")"
try 'what has not changed is not sent again' 0 '^idp: same ' nhictl fetch idp
# It writes that down when it has answered.
until_true 30 grep -q ' /keys .* 304 ' "$NGINX/log"
is 'the server says so' 1 "$(grep -c ' /keys .* 304 ' "$NGINX/log")"

# Without a word: the old key is gone at the moment the new one signs.
later
sets rs256
told rs256 "$WORK/kind"
chapter abrupt
is 'a key that nobody announced: no login fails' 0 \
    "$(grep '^FAILED' "$LOOP" | grep -c rs256)"

nginx_stop || not_ok 'the provider stops'
try 'the provider is away' 1 '^idp: fetch-connect ' nhictl fetch idp
chapter away
passed 'logins go on' away
is 'and the trail says on what' yes "$(audit_last cert.issue | field detail |
    grep -q 'idp: last fetched .* fetch-connect' && echo yes)"

server | nginx_start 'ssl_protocols TLSv1.1; ssl_ciphers DEFAULT:@SECLEVEL=0;'
try 'it comes back with TLS 1.1: not that' 1 '^idp: fetch-tls ' \
    nhictl fetch idp
nginx_stop
server 'location = /keys { return 503; }' | nginx_start
try 'it comes back half' 1 '^idp: fetch-answer ' nhictl fetch idp
chapter half
passed 'logins go on, still' half
nginx_stop
touch "$WORK/over"
wait $loop
is 'in all, no login has failed' 0 "$(grep -c '^FAILED' "$LOOP")"
is 'of all kinds' "$KINDS" "$(cut -d' ' -f2 "$LOOP" | uniq | paste -sd' ')"

touch -d '-70 minutes' "$CACHE/idp.json"
mint --dir /root/idp --kind rs256 --set iss="$URL" >"$WORK/token"
try 'past the limit, no more' 70 '^nhi: refused: fault ' \
    trade_file k bot "$WORK/token"
is 'with its reason' jwks-stale "$(audit_last cert.deny | field reason)"
server | nginx_start 'ssl_protocols TLSv1.2;'
later
try 'and when it is back, the next login works' 0 '^nhi: issued: ' \
    trade_file k bot "$WORK/token"
nginx_stop
trail_valid
finish
