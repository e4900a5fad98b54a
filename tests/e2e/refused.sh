#!/bin/bash
# SPDX-License-Identifier: BSD-2-Clause
# Every reason for which the certificate road refuses, by a real request: the
# client is told the public reason and nothing more, the trail says the code.
# The last test compares what was produced here with the list of all codes.
# shellcheck disable=SC2317 # try calls them
. "$(dirname "$0")/road_lib.sh"
. "$(dirname "$0")/refused_lib.sh"

STORE=$WORK/store
mkdir "$STORE"
/usr/bin/python3 "$E2E/refused.py" keys "$STORE"
for i in corp strict bound lost broken; do
	install -m 0644 "$STORE/$i.json" "/etc/nhi/jwks/$i.json"
done
useradd -m alice

TODAY=$(date -u +%a)
NIGHT=mon
[ "${TODAY,,}" != mon ] || NIGHT=thu
base_policy() {
	cat <<-END
	version = 1;
	host = { id = "web-1.example.com"; };
	issuers = ( $(issuer corp 'algorithms = [ "RS256", "ES256" ];'),
	  $(issuer strict 'max_age = "2m"; max_lifetime = "10m";'),
	  $(issuer bound 'binding = "key";'), $(issuer lost),
	  $(issuer broken), $(issuer stale | sed 's/jwks_file.*;//'),
	  $(issuer once 'reuse = "never";' | sed 's,jwks/once,jwks/corp,') );
	identities = (
	$(identity web corp web sub job-1), $(identity s strict strict sub job-1),
	$(identity b bound bound sub job-1), $(identity l lost lost sub job-1),
	$(identity x broken broken sub job-1),
	$(identity st stale stale sub job-1), $(identity o once once sub job-1),
	$(identity both1 corp both sub job-1),
	$(identity over corp over sub job-1 | sed s/2099/2020/),
	$(identity far corp far sub job-1 'certificate = { source =
	    [ "10.0.0.0/8" ]; };'),
	$(identity night corp night sub job-1 "window =
	    [ \"$NIGHT 00:00-00:01\" ];"),
	$(identity held corp held sub job-1),
	$(identity one corp one sub job-1 'max_sessions = 1;'),
	$(identity forced corp forced sub job-1 'certificate =
	    { force_command = "echo forced"; };'),
	$(identity pr corp 'pr-{jti}' sub job-1) );
	END
}
base_policy | apply 'the policy is applied'

# Behind apply's back: no key set, a broken one, one that nobody refreshed,
# and a second identity that lint would not have let pass.
rm /etc/nhi/jwks/lost.json
echo '{"keys":' >/etc/nhi/jwks/broken.json
install -m 0644 "$STORE/stale.json" /var/cache/nhi/stale.json
touch -d '2 days ago' /var/cache/nhi/stale.json
PUBLISHED=/var/lib/nhi/published
GENERATION=$PUBLISHED/$(readlink "$PUBLISHED/current")
double "$GENERATION" both1 both2
nhictl hold add --account held --reason "a test" --for 1h >"$OUT" 2>&1 ||
    not_ok 'the hold is made'

key k
key second
/usr/bin/python3 "$E2E/refused.py" make "$STORE" >"$WORK/cases"

# Silence and a drip begin now and are looked at in the end.
timed silent sleep 60
timed drip bash -c 'while printf x; do sleep 1; done'

while read -r n code public status name; do
	IFS= read -rd '' account <"$STORE/$n.account"
	nhi_ssh k -o ControlMaster=auto -o ControlPath="$WORK/mux" \
	    -o ControlPersist=yes nhi@127.0.0.1 -- "$account" <"$STORE/$n" \
	    >"$STORE/$n.out" 2>"$STORE/$n.err"
	echo "$n $code $public $status $? $name" >>"$WORK/asked"
	[ $((n % 16)) -ne 15 ] || drain
done <"$WORK/cases"
drain
/usr/bin/python3 "$E2E/refused_check.py" "$WORK/asked" "$STORE" "$TRAIL" \
    "$WORK/produced" >"$WORK/told" || true
cat "$WORK/told"
FAILED=$((FAILED + $(grep -c '^not ok' "$WORK/told")))
nhi_ssh k -o ControlPath="$WORK/mux" -O exit nhi@127.0.0.1 2>/dev/null

# Before anything is broken: their refusals must find the spool in its place.
timeout_is silent 10
timeout_is drip 10

. "$E2E/refused_issue_lib.sh"
. "$E2E/refused_login_lib.sh"

# What no login can show, and why.
cat >"$WORK/elsewhere" <<-'END'
	cert-ca	sshd refuses alone, without a record
	cert-type	sshd refuses alone, without a record
	fetch-answer	tests/e2e/fetch.sh
	fetch-connect	tests/e2e/fetch.sh
	fetch-issuer	tests/e2e/fetch.sh
	fetch-redirect	tests/e2e/fetch.sh
	fetch-tls	tests/e2e/fetch.sh
	no-memory	tests/unit and tests/fault make allocations fail
	internal	a defect of ours, or a hostile start: tests/unit
END
sed -n 's/.*X([A-Z0-9_]*, [A-Z]*, "\([^"]*\)".*/\1/p' /src/lib/base/err.h |
    grep -v '^ok$' | sort >"$WORK/all"
{ cat "$WORK/produced"; cut -f1 "$WORK/elsewhere"; } | sort -u >"$WORK/seen"
is 'each code of lib/base/err.h was produced, or is known not to be' '' \
    "$(comm -3 "$WORK/all" "$WORK/seen" | tr -d '\t' | xargs)"
is 'none of those was' '' "$(cut -f1 "$WORK/elsewhere" | sort |
    comm -12 - <(sort -u "$WORK/produced") | xargs)"
trail_valid
finish
