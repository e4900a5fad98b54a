#!/bin/bash
# SPDX-License-Identifier: BSD-2-Clause
# An issuer that the policy has no more leaves nothing in the cache, and
# nobody else loses anything.
. "$(dirname "$0")/road_lib.sh"

CACHE=/var/cache/nhi

# policy NAME ISSUER [MORE]: of one issuer.
policy() {
	apply "$1" <<-END
	version = 1;
	host = { id = "web-1.example.com"; };
	issuers = ( { name = "$2"; preset = "custom";
	  url = "https://idp.example.com:8443";
	  audience = [ "ssh://web-1.example.com" ]; ${3:-} } );
	identities = ( $(identity bot "$2" bot repository_id 74) );
	END
}

# fetched FILE...: as nhi-fetch leaves them.
fetched() {
	local f
	for f; do
		install -m 0644 -o _nhi-fetch -g _nhi \
		    /root/issuer/jwks.json "$CACHE/$f"
	done
}

cached() {
	find $CACHE -mindepth 1 -printf '%f\n' | sort | paste -sd' '
}

make_keys pinned es256
policy 'a policy' idp.json
fetched idp.json.{lock,meta} idp.json.json.tmp-1-2-3 old.{json,lock,meta} \
    README json .json Old.json old.txt
mkdir $CACHE/dir.json
ALL='.json Old.json README dir.json json old.txt'
nhictl fetch -q 2>"$OUT"
is 'a timer sweeps what is of no issuer, and what is half done' \
    "$(printf '%s\n' $ALL idp.json.lock idp.json.meta |
    sort | paste -sd' ')" "$(cached)"

# Somebody still fetches for it.
flock $CACHE/idp.json.lock sh -c 'touch /tmp/held; exec sleep 60' &
holder=$!
until_true 10 test -e /tmp/held
policy 'the issuer gets another name' new
is 'while its set is being fetched it stays' 2 \
    "$(find $CACHE -name 'idp.json.*' | wc -l)"
pkill -P $holder
wait $holder 2>/dev/null
policy 'another policy' new 'max_age = "1h";'
is 'with the next policy it goes' \
    "$(printf '%s\n' $ALL | sort | paste -sd' ')" "$(cached)"

fetched new.json new.meta
policy 'nothing has changed' new 'max_age = "1h";'
is 'its own set stays' 2 "$(find $CACHE -name 'new.*[an]' | wc -l)"
policy 'its keys are pinned now' new 'jwks_file = "/etc/nhi/jwks/pinned.json";'
is 'what was fetched for it goes' 0 "$(find $CACHE -name 'new.*' | wc -l)"

fetched old.json
mv /var/lib/nhi/published/current /var/lib/nhi/published/away
try 'without a policy there is no sweep' 1 '^policy-unreadable ' \
    /usr/libexec/nhi/nhi-drop fetch - sweep
is 'and nothing goes' 1 "$(find $CACHE -name old.json | wc -l)"
mv /var/lib/nhi/published/away /var/lib/nhi/published/current
mv /usr/libexec/nhi/nhi-fetch /usr/libexec/nhi/away
try 'without nhi-fetch a policy is in force all the same' 0 '^nhictl: ' \
    nhictl apply
mv /usr/libexec/nhi/away /usr/libexec/nhi/nhi-fetch
try 'it is said, and the next sweep does it' 0 '^ok 1 files removed' \
    /usr/libexec/nhi/nhi-drop fetch - sweep

# Who waited for the lock of a set that was swept takes a new one.
policy 'an issuer to wait for' idp
fetched idp.lock idp.json
flock $CACHE/idp.lock sh -c 'touch /tmp/held2; sleep 2
    rm /var/cache/nhi/idp.lock; touch /tmp/gone; sleep 60' &
holder=$!
until_true 10 test -e /tmp/held2
nhictl fetch idp >"$OUT" 2>&1
is 'a fetch that waited for a lock which was swept goes on' 'yes yes' \
    "$([ -e /tmp/gone ] && echo yes) $(grep -q '^idp: fetch-' "$OUT" &&
    echo yes)"
is 'with a lock of its own' "_nhi-fetch" "$(stat -c %U $CACHE/idp.lock)"
pkill -P $holder
trail_valid
finish
