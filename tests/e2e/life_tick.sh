#!/bin/bash
# SPDX-License-Identifier: BSD-2-Clause
# A thousand identities come and go: names of ended leases are gone, their
# UIDs are named for the retention, and then nothing of them is left.
. "$(dirname "$0")/road_lib.sh"

STATE=/var/lib/nhi
BOOT=01234567-89ab-cdef-0123-456789abcdef
TOOL=$BUILD/tests/nss/state_tool
LOGINS=3
MORE=1000
make_keys corp es256
apply 'the policy is applied' <<-END
version = 1;
retention = "2d";
host = { id = "web-1.example.com"; };
issuers = ( $(issuer corp) );
identities = (
$(identity web corp web-deploy sub job-1),
$(identity pr corp 'pr-{repo}-{run}' sub job-pr) );
END

# /run is empty after a boot: what a login would make is there before it.
rm -rf /run/nhi/slots /run/nhi/direct
try 'tick makes what a boot took' 0 '' nhictl tick
mode_is /run/nhi/slots 'nhi:nhi 700'
mode_is /run/nhi/direct '_nhi:_nhi 700'
rm -rf /run/nhi/slots /run/nhi/tick
ln -s nowhere /run/nhi/slots
try 'tick says what is not the directory that it should be' 2 /run/nhi/slots \
    nhictl tick
is 'and does all else' yes "$([ -e /run/nhi/tick ] && echo yes)"
rm /run/nhi/slots
try 'until it can be made' 0 '' nhictl tick
key k

count() {
	find "$1" -mindepth 1 ! -name '.*' | wc -l
}

# anybody CMD...: as somebody who may nothing.
anybody() {
	setpriv --reuid 65534 --regid 65534 --clear-groups "$@"
}

# age DAYS PATH...: as if it had been last used then.
age() {
	local days=$1
	shift
	find "$@" -mindepth 1 -exec touch -h -d "$days days ago" {} +
}

# knows SECONDS: as after a boot of a host whose clock was right, so long ago.
knows() {
	ln -sfn "$(($(date +%s) - $1)) 0 0 0 $BOOT:1" $STATE/clock
}

# A mark whose time is over.
spent() {
	ln -s -- "-:$(($(date +%s) - 100))" "$STATE/marks/$(printf %064d 1)"
}

spent
try 'a new host: its clock is believed' 0 '^marks +1 ' nhictl tick -v
spent
knows 31536000
for i in 1 2; do
	try "a boot with the clock a year ahead: nothing is over, $i" 0 \
	    '^marks +0 ' nhictl tick -v
done
knows -31536000
try 'a boot with the clock behind: nothing is over' 0 '^marks +0 ' \
    nhictl tick -v
knows 5
try 'a boot with the clock right: the mark is over' 0 '^marks +1 ' \
    nhictl tick -v
is 'it is this boot that counts on' "$(cat /proc/sys/kernel/random/boot_id)" \
    "$(readlink $STATE/clock | cut -d' ' -f5 | cut -d: -f1)"
before=$(count $STATE/uids)
homes=$(count $STATE/homes)

# Some by the three lines; the others by what the three lines leave.
for ((i = 1; i <= LOGINS; i++)); do
	token corp es256 sub=job-pr repo=7 run=$i | trade k pr-7-$i \
	    2>/dev/null
	login k pr-7-$i 'echo data >file; mkdir -p a/b/c; ln -s /etc a/etc' ||
		not_ok "login $i"
done
sample=$(find $STATE/issued -type f -name '[0-9]*' | head -n 1)
try 'a thousand come and go' 0 '^ok' "$TOOL" churn pr-8- $MORE
/usr/bin/python3 - "$sample" $STATE $MORE <<'END'
import os, shutil, sys
sample, state, n = sys.argv[1], sys.argv[2], int(sys.argv[3])
for i in range(1, n + 1):
    shutil.copy(sample, "%s/issued/%d" % (state, 1000000 + i))
    os.symlink("-:1000", "%s/marks/%064x" % (state, i))
END
is 'each has a UID' $((before + 2 * (MORE + LOGINS))) "$(count $STATE/uids)"
is 'the ledger has each certificate' $((MORE + LOGINS)) \
    "$(count $STATE/issued)"
not_leased() {
	[ "$(count /run/nhi/leases)" -eq 0 ]
}
try 'nobody has a lease' 0 '' until_true 30 not_leased

try 'names of ended leases are gone' 2 '' \
    anybody getent passwd pr-7-1 pr-8-1 pr-8-$MORE
uid=$(stat -c %u $STATE/homes/pr-7-1)
is 'their UIDs are named' "pr-7-1:$uid" \
    "$(anybody getent passwd "$uid" | cut -d: -f1,3)"
is 'and their files have an owner' pr-7-1 \
    "$(stat -c %U $STATE/homes/pr-7-1/file)"

try 'tick' 0 '^marks +1000 ' nhictl tick -v
is 'all UIDs stay within the retention' \
    $((before + 2 * (MORE + LOGINS))) "$(count $STATE/uids)"
is 'the homes stay, too' $((LOGINS + homes)) "$(find $STATE/homes \
    -mindepth 1 -maxdepth 1 ! -name '.*' | wc -l)"
is 'of the ledger what is valid stays' $((MORE + LOGINS)) \
    "$(count $STATE/issued)"
sed -i 's/^valid_before=.*/valid_before=1000/' $STATE/issued/1*
nhictl tick
is 'and what has expired is gone' 0 \
    "$(find $STATE/issued -name '1000[0-9]*' | wc -l)"

# Past the retention: but not who has a session, a process, or a rule.
age 3 $STATE/uids/uid
token corp es256 sub=job-pr repo=7 run=1 | trade k pr-7-1 2>/dev/null
login k pr-7-1 'echo in; until [ -e /tmp/leave ]; do sleep 0.1; done' \
    >"$WORK/in" 2>&1 &
PID=$!
until_true 30 grep -q in "$WORK/in"
touch -h -d '3 days ago' "$STATE/uids/uid/$uid"
running=$(stat -c %u $STATE/homes/pr-7-2)
setpriv --reuid "$running" --clear-groups sleep 250 &
SLEEP=$!
until_true 30 pgrep -u "$running" -x sleep || not_ok 'a process of the account'
web=$(id -u web-deploy)
touch -h -d '3 days ago' "$STATE/uids/uid/$web"
rm $STATE/clock
ln -s 'of an older version' $STATE/uids/clock
try 'none on the first day of a clock' 0 '^uids +0 ' nhictl tick -v
try 'one clock is enough' 1 '' test -L $STATE/uids/clock
knows 31536000
try 'none with a clock that was set ahead' 0 '^uids +0 ' nhictl tick -v
knows 0
for ((i = 0; i < 5; i++)); do
	nhictl tick >"$OUT" 2>&1 || not_ok 'tick goes well'
done
is 'UIDs are given back after the retention' $((before + 4)) \
    "$(count $STATE/uids)"
is 'that of a live session stays' pr-7-1 \
    "$(anybody getent passwd "$uid" | cut -d: -f1)"
is 'that of a running process stays' pr-7-2 \
    "$(anybody getent passwd "$running" | cut -d: -f1)"
is 'that of a declared account stays' web-deploy \
    "$(anybody getent passwd "$web" | cut -d: -f1)"
is 'homes go with them' 'pr-7-1 pr-7-2' "$(find $STATE/homes -mindepth 1 \
    -maxdepth 1 -name 'pr-*' -printf '%f\n' | sort | paste -sd ' ')"
is 'and nothing is kept of them' 0 "$(find $STATE/homes/.gone -mindepth 1 |
    wc -l)"
try 'nothing that they pointed to is touched' 0 '' test -e /etc/passwd
: >/tmp/leave
wait $PID
try 'the session went on' 0 '' test $? -eq 0
kill $SLEEP
wait $SLEEP 2>/dev/null
try 'its lease ends with it' 0 '' until_true 30 test ! -L /run/nhi/leases/pr-7-1
# By whoever it is used.
su pr-7-2 -c true
age 3 $STATE/uids/uid
su pr-7-1 -c true
nhictl tick
is 'an account that a person used stays' $((before + 2)) \
    "$(count $STATE/uids)"
age 3 $STATE/uids/uid
knows -31536000
touch -h -d '1 hour' "$STATE/uids/uid/$web"
try 'a clock that is behind gives none back' 0 '^uids +0 ' nhictl tick -v
is 'and what was used before it was set stays so' 1 \
    "$(find "$STATE/uids/uid/$web" -newermt '10 minutes' | wc -l)"
knows 0
nhictl tick
is 'they follow when they have ended' $before "$(count $STATE/uids)"

# Who comes back gets the same UID, and a home of its own.
token corp es256 sub=job-pr repo=7 run=1 | trade k pr-7-1 2>/dev/null
is 'a name that comes back has its UID and an empty home' "$uid" \
    "$(login k pr-7-1 'id -u; ls -A')"
trail_valid
finish
