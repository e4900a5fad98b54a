#!/bin/bash
# SPDX-License-Identifier: BSD-2-Clause
# No process can be started at the moment of a login: by pam_nhi and the issuer
# (an object that is preloaded), or by the verifier's user, who has as many as
# the host lets him.  People log in at that moment as ever; machines are told
# that it is a fault, and the trail says what.  When it is over, all is well.
. "$(dirname "$0")/road_lib.sh"

SHIM=$BUILD/tests/fault/.libs/nofork.so
SWITCH=/run/nofork
EAGAIN='Resource temporarily unavailable'
# The kernel counts a user's processes, and other labs have an alice, too.
useradd -m -u 29411 alice
for k in k job late; do key $k; done
install -d -m 0700 -o alice ~alice/.ssh
install -m 0600 -o alice "$WORK/k.pub" ~alice/.ssh/authorized_keys
for k in job late; do
	mint | trade $k web-deploy 2>"$OUT" || not_ok "a certificate: $k"
done

# sshd_on PORT CMD...: another one, started so; the client is as ever.
sshd_on() {
	local port=$1
	shift

	"$@" /usr/sbin/sshd -p "$port" -o PidFile="$WORK/pid.$port" \
	    -E "$WORK/sshd.$port" || not_ok "sshd on $port"
	until_true 30 listens "$port" || not_ok "sshd listens on $port"
}
listens() {
	{ : >"/dev/tcp/127.0.0.1/$1"; } 2>/dev/null
}
# enter PORT KEY USER CMD...
enter() {
	local port=$1 key=$2 user=$3
	shift 3

	nhi_ssh "$key" -n -o HostKeyAlias=localhost -p "$port" \
	    "$user@127.0.0.1" "$@"
}

# meet PORT: machines and people in one moment.
meet() {
	local i pids=()

	rm -f "$WORK"/met.*
	for i in 1 2 3; do
		enter "$1" job web-deploy id -un >"$WORK/met.machine.$i" 2>&1 &
		pids+=($!)
		enter "$1" k alice id -un >"$WORK/met.person.$i" 2>&1 &
		pids+=($!)
	done
	wait "${pids[@]}"
}
people_are_in() {
	is "$1: people log in" 'alice alice alice' \
	    "$(cat "$WORK"/met.person.* | xargs)"
}
ids() {
	sed -n 's/^nhi: refused: fault \([0-9a-z]\{26\}\).*/\1/p' "$@"
}
# told NAME N ID...: so many, and each has its record.
told() {
	local name=$1 count=$2 id n=0
	shift 2

	drain
	for id; do
		trail id="$id" reason=verifier outcome=fault >"$OUT"
		! grep -q "$EAGAIN" "$OUT" || n=$((n + 1))
	done
	is "$name: told as a fault, and recorded as what it is" \
	    "$count $count" "$# $n"
}

sshd_on 2222 env LD_PRELOAD="$SHIM" NOFORK=$SWITCH NOFORK_FROM=pam_nhi.so
meet 2222
people_are_in 'as ever'
is 'as ever: machines, too' 'web-deploy web-deploy web-deploy' \
    "$(cat "$WORK"/met.machine.* | xargs)"

# A session that ends when nothing can be started any more.
enter 2222 late web-deploy 'setsid sleep 7411 >/dev/null 2>&1 & echo in
    until [ -e /tmp/leave ]; do sleep 0.1; done' >"$WORK/stays" 2>&1 &
late=$!
until_true 30 grep -q in "$WORK/stays" || not_ok 'a session'

: >$SWITCH
meet 2222
people_are_in 'no forks'
# shellcheck disable=SC2046
told 'no forks' 3 $(ids "$WORK"/met.machine.*)
is 'no forks: no session, no lease but of the one that was' '1 1' \
    "$(find /run/nhi/sessions ! -type d ! -name .lock | wc -l) $(find \
    /run/nhi/leases ! -type d ! -name .lock | wc -l)"
printf '%s required pam_nhi.so\n' auth account >/etc/pam.d/nhi-nofork
mint >"$WORK/token"
by_token() {
	LD_PRELOAD=$SHIM NOFORK=$SWITCH NOFORK_FROM=pam_nhi.so \
	    "$BUILD/tests/e2e/pam_talk" nhi-nofork web-deploy auth \
	    <"$WORK/token"
}
by_token >"$WORK/met.token" 2>&1
sed -i 's/^said //' "$WORK/met.token"
# shellcheck disable=SC2046
told 'no forks: a token through PAM' 1 $(ids "$WORK/met.token")
issue_so() {
	LD_PRELOAD=$SHIM NOFORK=$SWITCH NOFORK_FROM=nhi-issue \
	    setpriv --reuid nhi --regid nhi --init-groups \
	    /usr/libexec/nhi/nhi-issue web-deploy 127.0.0.1 \
	    "$(cut -d' ' -f1,2 "$WORK/job.pub")" <"$WORK/token"
}
issue_so >"$WORK/met.issue" 2>&1
is 'no forks: the issuer ends so' 70 $?
# shellcheck disable=SC2046
told 'no forks: the issuer' 1 $(ids "$WORK/met.issue")
: >/tmp/leave
wait $late
rm -f $SWITCH
meet 2222
people_are_in 'over'
is 'over: machines, too' 'web-deploy web-deploy web-deploy' \
    "$(cat "$WORK"/met.machine.* | xargs)"
nothing_left() {
	nhictl tick && ! pgrep -u web-deploy &&
	    [ -z "$(find /run/nhi/sessions /run/nhi/leases /run/nhi/pending \
	    ! -type d ! -name .lock)" ]
}
try 'over: nothing is left, of the session that ended meanwhile neither' 0 '' \
    until_true 20 nothing_left
is 'over: the trail has the end of each session' \
    "$(trail event=session.open | wc -l)" \
    "$({ trail event=session.close; trail event=session.end; } | wc -l)"

# The verifier's user has all the processes that he may have.
for _ in {1..64}; do
	setpriv --reuid _nhi --regid _nhi --clear-groups sleep 600 &
done
sshd_on 2223 prlimit --nproc=60:60
meet 2223
people_are_in 'no processes'
is 'no processes: whom sshd cannot ask about is refused' 3 \
    "$(cat "$WORK"/met.machine.* | grep -c 'Permission denied')"
issue_poor() {
	prlimit --nproc=60:60 setpriv --reuid nhi --regid nhi --init-groups \
	    /usr/libexec/nhi/nhi-issue web-deploy 127.0.0.1 \
	    "$(cut -d' ' -f1,2 "$WORK/job.pub")" <"$WORK/token"
}
issue_poor >"$WORK/met.issue" 2>&1
is 'no processes: the issuer ends so' 70 $?
drain
is 'no processes: the issuer: told as a fault, and recorded' \
    'verifier fault' "$(trail id="$(ids "$WORK/met.issue")" |
    { IFS= read -r r; field reason <<<"$r"; field outcome <<<"$r"; } | xargs)"
# shellcheck disable=SC2046
kill $(jobs -p)
meet 2223
people_are_in 'over'
is 'over: machines, too' 'web-deploy web-deploy web-deploy' \
    "$(cat "$WORK"/met.machine.* | xargs)"
kill "$(cat "$WORK/pid.2222")" "$(cat "$WORK/pid.2223")"
finish
