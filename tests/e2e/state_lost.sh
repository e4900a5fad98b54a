#!/bin/bash
# SPDX-License-Identifier: BSD-2-Clause
# What is lost or half done: /run after a boot without tmpfiles, many logins at
# once before a cap, an apply that fails late, two of them at once.
. "$(dirname "$0")/road_lib.sh"

# policy [MORE]: of the identity
policy() {
	cat <<-END
	version = 1;
	host = { id = "web-1.example.com"; };
	issuers = ( $(issuer corp) );
	identities = ( $(identity web corp web-deploy sub job-1 "${1:-}") );
	END
}

make_keys corp rs256
policy 'max_sessions = 1;' | apply 'the policy is applied'
key k
token corp rs256 sub=job-1 | trade k web-deploy 2>/dev/null

rm -rf /run/nhi
try 'a login before a cap, /run/nhi is not there' 0 '^web-deploy$' \
    login k web-deploy id -un
rm -rf /run/nhi
try 'sessions, /run/nhi is not there' 0 '' nhictl sessions
try 'tick, /run/nhi is not there' 0 '' nhictl tick
mode_is /run/nhi/pending 'root:root 700'
mode_is /run/nhi/sessions 'root:root 755'

# waiting N: so many of sshd's stand before the lock.
waiting() {
	local pid n=0

	while IFS=/ read -r _ _ pid _; do
		case $(cat "/proc/$pid/comm" 2>/dev/null) in
		sshd*) n=$((n + 1)) ;;
		esac
	done < <(find /proc/[0-9]*/fd -lname /run/nhi/leases/.lock \
	    2>/dev/null)
	[ $n -ge "$1" ]
}

# All have passed the first look at the cap when the lock is given back, after
# less than the ten seconds for which they wait; and the one that comes in
# stays until the others have been told.
mkdir -p /tmp/cap
{
	flock 9
	for i in 1 2 3 4; do
		login k web-deploy "until [ -e /tmp/go ]; do sleep 0.1; done
		    echo $i" >/tmp/cap/$i 2>&1 9>&- &
	done
	until_true 8 waiting 4
} 9<>/run/nhi/leases/.lock
three_told() {
	[ "$(grep -l 'refused: busy' /tmp/cap/* | wc -l)" -eq 3 ]
}
until_true 30 three_told
: >/tmp/go
wait
is 'four at once, and one may' 1 "$(grep -lE '^[1-4]$' /tmp/cap/* | wc -l)"
is 'three are told why' 3 "$(grep -l 'refused: busy' /tmp/cap/* | wc -l)"

# A hold while a login waits to be recorded: there is no session to end yet.
idle() {
	[ -z "$(find /run/nhi/sessions -name '[0-9]*')" ]
}
until_true 30 idle || not_ok 'the one before has gone'
{
	flock 9
	login k web-deploy 'echo in' >"$OUT" 2>&1 9>&- &
	until_true 8 waiting 1
	nhictl hold add --all --reason test >/dev/null
} 9<>/run/nhi/leases/.lock
wait
is 'a login under way is held too' 1 "$(grep -c 'refused: policy' "$OUT")"
nhictl hold lift --all >/dev/null

# The trail cannot be written: the last step of apply.
uid=$(id -u web-deploy)
chmod 777 /var/log/nhi
policy 'uid = 2000400000;' >$POLICY
try 'an apply that fails late' 2 'others may write' nhictl apply
is 'moves no account' "$uid" "$(id -u web-deploy)"
chmod 755 /var/log/nhi
try 'the same one later' 0 '' nhictl apply
is 'does' 2000400000 "$(id -u web-deploy)"

# One waits for the lock, and the file changes meanwhile.
LOCK=/var/lib/nhi/published/.lock
policy 'max_sessions = 7;' >$POLICY.new
policy >$POLICY
at_lock() {
	[ -n "$(find /proc/$WAITS/fd -lname $LOCK)" ]
}
{
	flock 8
	nhictl apply >"$OUT" 2>&1 8>&- &
	WAITS=$!
	until_true 30 at_lock || not_ok 'apply waits for the lock'
	mv $POLICY.new $POLICY
} 8<>$LOCK
wait $WAITS || not_ok 'apply ends'
is 'apply takes the text that is there when its turn comes' \
    "$(nhictl check | sed 's/.*digest //')" "$(nhictl policy digest)"

finish
