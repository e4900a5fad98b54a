#!/bin/bash
# SPDX-License-Identifier: BSD-2-Clause
# The time of day is wrong by an hour and by a year, both ways: for sshd with
# the PAM module, for the issuer, for tick (an object that is preloaded; the
# programs that they start with an empty environment keep the real time, and
# the time that they are given counts).  People log in, no certificate gets
# older than it may, and when the clock is right again nothing is lost.
# shellcheck disable=SC2317,SC2329 # try calls them
if [ ! -e /src/tests/fault/clock.sh ] || [ -z "${LAB_LOWER:-}" ]; then
	echo 'clock: only in a lab (./run fault clock)' >&2
	exit 2
fi
E2E=$(cd "$(dirname "$0")/../e2e" && pwd)
. "$E2E/road_lib.sh"

CLOCK=$BUILD/tests/fault/.libs/clock.so
HOUR=3600
BOOT=01234567-89ab-cdef-0123-456789abcdef
YEAR=$((365 * 24 * HOUR))
make_keys corp es256
apply 'the policy is applied' <<-END
version = 1;
host = { id = "web-1.example.com"; };
issuers = ( $(issuer corp) );
identities = ( $(identity web corp web-deploy sub job-1) );
END
useradd -m alice
for k in k job; do key $k; done
install -d -m 0700 -o alice /home/alice/.ssh
install -m 0600 -o alice "$WORK/k.pub" /home/alice/.ssh/authorized_keys
token corp es256 sub=job-1 | trade job web-deploy 2>/dev/null

# off SECONDS CMD...
off() {
	local shift=$1
	shift

	env LD_PRELOAD="$CLOCK" FAULT_SHIFT="$shift" "$@"
}

# sshd with this clock, on a port of its own; the client has the real one.
start() {
	off "$1" /usr/sbin/sshd -p 2222 -o PidFile="$WORK/pid" \
	    -E "$WORK/sshd.log" || not_ok "sshd, $1 s off"
	until_true 10 eval ': >/dev/tcp/127.0.0.1/2222'
}

stop() {
	kill "$(cat "$WORK/pid")"
	until_true 10 eval '! { : >/dev/tcp/127.0.0.1/2222; } 2>/dev/null'
}

enter() {
	nhi_ssh "$1" -n -o HostKeyAlias=localhost -p 2222 "$2@127.0.0.1" id -un
}

# ask SECONDS: the issuer, with this clock.
ask() {
	off "$1" setpriv --reuid nhi --regid nhi --groups _nhi \
	    /usr/libexec/nhi/nhi-issue web-deploy 127.0.0.1 \
	    "$(cut -d' ' -f1,2 "$WORK/job.pub")" <"$WORK/token"
}

# says NAME REASON: what was refused just now, and why, in the trail.
says() {
	local id

	id=$(sed -n 's/^nhi: refused: [a-z]* \([0-9a-z]*\)$/\1/p' "$OUT")
	drain
	is "$1: its record says $2" "$2" "$(trail id="${id:-none}" |
	    sed 's/.*"reason":"\([a-z-]*\)".*/\1/')"
}

# alone NAME: sshd has refused by itself, and nobody was let in.
alone() {
	drain
	is "$1: nothing was granted" "$GRANTS" \
	    "$(trail event=login.grant | wc -l)"
}

counts() {
	echo "$(find /var/lib/nhi/marks -type l | wc -l) marks," \
	    "$(find /var/lib/nhi/issued -type f ! -name '.*' | wc -l) issued," \
	    "UID $(id -u web-deploy)"
}

kept=$(counts)
try 'the preload is one' 0 '^20(2[7-9]|3)' off $((2 * YEAR)) \
    /usr/bin/python3 -c 'import time; print(time.strftime("%Y"))'
for by in $HOUR -$HOUR $YEAR -$YEAR; do
	start "$by"
	GRANTS=$(trail event=login.grant | wc -l)
	try "$by s: alice logs in" 0 '^alice$' enter k alice
	token corp es256 sub=job-1 >"$WORK/token"
	case $by in
	-*)
		# Older than the certificate, and than the token.
		try "$by s: the certificate is not valid yet" 255 '' \
		    enter job web-deploy
		alone "$by s: the certificate is not valid yet"
		try "$by s: a token of the future is refused" 77 \
		    '^nhi: refused: token ' ask "$by"
		says "$by s: a token of the future" not-yet-valid
		;;
	*)
		try "$by s: the certificate has expired" 255 '' \
		    enter job web-deploy
		alone "$by s: the certificate has expired"
		try "$by s: an expired token is refused" 77 \
		    '^nhi: refused: token ' ask "$by"
		says "$by s: an expired token" expired
		;;
	esac
	stop
	# Within a certificate's life the clock may jump: its session goes on.
	start 0
	: >"$WORK/in"
	login job web-deploy 'echo in; until [ -e /tmp/leave ]; do sleep 0.1;
	    done; id -un' >"$WORK/in" 2>&1 &
	PID=$!
	until_true 10 grep -q in "$WORK/in"
	try "$by s: doctor ends" 0 '' off "$by" sh -c 'nhictl doctor --state;
	    [ $? -le 2 ]'
	try "$by s: a hold for an hour" 0 'is held until' off "$by" nhictl hold \
	    add --identity other --for 1h --reason x
	case $by in
	-*)
		try "$by s: tick" 0 '' off "$by" nhictl tick
		is "$by s: tick keeps all" "$kept" "$(counts)"
		;;
	esac
	try "$by s: the session is listed" 0 'web-deploy' off "$by" nhictl sessions
	: >/tmp/leave
	wait $PID
	try "$by s: the session went on" 0 '^web-deploy$' cat "$WORK/in"
	rm -f /tmp/leave
	stop
	nhictl hold lift --identity other >/dev/null
	try "$by s, over: tick" 0 '' nhictl tick
	try "$by s, over: it enters" 0 '^web-deploy$' login job web-deploy id -un
done

# A tick far ahead takes nothing away that closes a door: a token that was
# spent stays spent, what was revoked or held stays so.
key gone
key other
token corp es256 sub=job-1 >"$WORK/token"
try 'a token is spent' 0 '' trade_file gone web-deploy "$WORK/token"
nhictl revoke --serial "$(details gone | sed -n 's/.*Serial: //p')" \
    --reason x >"$OUT"
nhictl hold add --identity other --for 1h --reason x >"$OUT"
kept=$(counts)
# A host whose clock was right; and as after a boot.
ln -sfn "$(date +%s) 0 0 0 $BOOT:1" /var/lib/nhi/clock
try 'a tick knows the time' 0 '' nhictl tick
for i in 1 2 3; do
	try "tick $i of a year ahead" 0 '' off $YEAR nhictl tick
done
is 'all is kept' "$kept" "$(counts)"
ln -sfn "$(date +%s) 0 0 0 $BOOT:1" /var/lib/nhi/clock
for i in 1 2; do
	try "tick $i of a boot a year ahead" 0 '' off $YEAR nhictl tick
done
is 'all is kept over a boot' "$kept" "$(counts)"
try 'the spent token stays spent' 77 '^nhi: refused: policy ' \
    trade_file other web-deploy "$WORK/token"
says 'the spent token' replay
try 'the revoked certificate stays revoked' 254 '^nhi: refused: policy' \
    login gone web-deploy id -un
says 'the revoked certificate' cert-revoked
try 'the hold stands' 0 other nhictl hold list
try 'who is not meant enters' 0 '^web-deploy$' login job web-deploy id -un
try 'people as ever' 0 '^alice$' login k alice id -un
trail_valid
finish
