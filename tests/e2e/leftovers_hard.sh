#!/bin/bash
# SPDX-License-Identifier: BSD-2-Clause
# The end of a session whose processes do not go because of something else: a
# pid namespace whose dead nobody buries, another account's uid, a limit of
# processes that leaves whoever ends them no room either.
. "$(dirname "$0")/attack_lib.sh"

LEASE=/run/nhi/leases/web-deploy
GROUP=
install -m 755 "$BUILD/tests/e2e/respawn" /usr/local/bin/bomb
key one
key two
issue one web-deploy 2>"$OUT" || not_ok 'a certificate'
issue two web-deploy 2>"$OUT" || not_ok 'another'

running() {
	pgrep -r D,R,S,T,t -u web-deploy -xf "$1" >/dev/null
}

# sessions N: so many have a record, and the lease says so.
sessions() {
	[ "$(find /run/nhi/sessions -name '[0-9]*' | wc -l)" = "$1" ] &&
		readlink $LEASE | grep -q ":$1\$"
}

none() {
	[ -z "$(find /run/nhi/sessions /run/nhi/leases ! -type d \
	    ! -name .lock)" ]
}

# within SECONDS NAME CMD...: it is done, and in less than that.
within() {
	local most=$1 name=$2 begin=${EPOCHREALTIME/./}
	shift 2

	try "$name" 0 '' "$@"
	begin=$(((${EPOCHREALTIME/./} - begin) / 1000))
	[ $begin -lt $((most * 1000)) ] || not_ok "$name: not at once: $begin ms"
}

# The first process of a pid namespace is gone when all in it are buried; one
# that came in from another session is not, while its parent lives there.
cat >/usr/local/bin/enter <<-'END'
	#!/usr/bin/python3
	import ctypes, os, sys, time
	at = "/proc/%s/ns/" % sys.argv[1]
	spaces = [os.open(at + n, os.O_RDONLY) for n in ("user", "pid")]
	for fd in spaces:
	    assert ctypes.CDLL(None).setns(fd, 0) == 0
	if os.fork() == 0:
	    os._exit(0)
	open("/tmp/entered", "w")
	time.sleep(7602)
END
chmod 0755 /usr/local/bin/enter

# a_namespace: session one with a namespace, session two that keeps its dead.
a_namespace() {
	rm -f /tmp/entered /tmp/leave
	nhi_ssh one web-deploy@127.0.0.1 \
	    'setsid unshare -Urpf sleep 7601 </dev/null >/dev/null 2>&1 &
	    until [ -e /tmp/leave ]; do sleep 0.05; done' \
	    </dev/null >/dev/null 2>&1 &
	one=$!
	until_true 20 running 'sleep 7601' || not_ok 'a namespace is there'
	first=$(pgrep -u web-deploy -xf 'sleep 7601')
	nhi_ssh two web-deploy@127.0.0.1 "enter $first" \
	    </dev/null >"$WORK/enter" 2>&1 &
	two=$!
	until_true 20 test -e /tmp/entered || {
		cp "$WORK/enter" "$OUT"
		not_ok 'another session enters it'
	}
	until_true 20 sessions 2 || not_ok 'there are two sessions'
}

# The first process is killed, and there.
waits() {
	[ -d "/proc/$first" ] && pgrep -r Z -u web-deploy >/dev/null
}

over() {
	pkill -9 -f 'local/bin/enter'
	wait $one $two 2>/dev/null
	until_true 20 none || not_ok 'all sessions are over'
}

if setpriv --reuid web-deploy --regid web-deploy --clear-groups \
    unshare -Urpf true 2>"$OUT"; then
	a_namespace
	: >/tmp/leave
	wait $one
	within 5 'a namespace that is not buried: its session is closed' \
	    until_true 20 sessions 1
	try 'though its first process is there' 0 '' waits
	within 5 'and tick has nothing to do' nhictl tick
	over

	a_namespace
	# The monitor of the first one: it closes nothing.
	kill -9 "$(grep -h '^pid=' "$(grep -l \
	    "serial=$(ssh-keygen -L -f "$WORK/one-cert.pub" |
	    sed -n 's/.*Serial: //p')" /run/nhi/sessions/[0-9]*)" |
	    cut -d= -f2)" || not_ok 'the monitor is killed'
	within 5 'tick closes the session of one' eval \
	    'until_true 4 eval "nhictl tick -v | grep -qE \"^sessions +1 \""'
	try 'and keeps the other' 0 '' sessions 1
	try 'though the first process is there' 0 '' waits
	over
else
	skip 'a namespace that is not buried' "$(tail -n 1 "$OUT")"
fi

# A limit of processes that holds for sshd, too, as in a container.
LIMIT=40
make_group() {
	mkdir -p "$WORK/cgroup"
	if mount -t cgroup2 none "$WORK/cgroup" &&
	    grep -qw pids "$WORK/cgroup/cgroup.controllers"; then
		echo +pids >"$WORK/cgroup/cgroup.subtree_control"
	else
		umount "$WORK/cgroup"
		mount -t cgroup -o pids none "$WORK/cgroup" || return 1
	fi
	GROUP=$WORK/cgroup/nhi-test-$$
	mkdir "$GROUP" && echo $LIMIT >"$GROUP/pids.max" &&
		chmod 0755 "$WORK" && chmod 0755 "$WORK/cgroup"
}

remove_group() {
	[ -z "$GROUP" ] || {
		xargs -rn1 kill -9 <"$GROUP/cgroup.procs"
		until_true 5 rmdir "$GROUP"
	} 2>/dev/null
	umount "$WORK/cgroup" 2>/dev/null
	rm -rf "$OUT" "$WORK"
}

# below CMD...: with the limit.
below() {
	sh -c 'echo $$ >"$0/cgroup.procs" && exec "$@"' "$GROUP" "$@"
}

# fill WHAT-THEN: a session with as many as there may be.
fill() {
	nhi_ssh one -p 2222 -o HostKeyAlias=localhost web-deploy@127.0.0.1 "
	    prlimit --nproc=150 bomb 60 </dev/null >/dev/null 2>&1 &
	    until [ \"\$n\" = $LIMIT ]; do
		    read -r n <'$GROUP/pids.current'
	    done; : >/tmp/full; $1" </dev/null >"$WORK/fill" 2>&1
}

bombs() {
	pgrep -r D,R,S,T,t -u web-deploy
}

# A program that another account made set-uid: its process has that account's
# uid and this one's session.
key other
issue other pr-74-17905461215 --set event_name='"pull_request"' \
    --delete environment 2>"$OUT" || not_ok 'of another account'
try 'a set-uid program of another account' 0 '' nhi_ssh other \
    pr-74-17905461215@127.0.0.1 'cp /usr/bin/setpriv /var/tmp/become &&
    chmod 4755 /var/tmp/become && id -u >/var/tmp/uid'
until_true 20 none || not_ok 'its account has no session'
try 'runs in a session' 0 '' nhi_ssh one web-deploy@127.0.0.1 \
    'setsid /var/tmp/become --reuid "$(cat /var/tmp/uid)" sleep 7701 \
    </dev/null >/dev/null 2>&1 & for i in $(seq 100); do sleep 0.1
    pgrep -xf "sleep 7701" >/dev/null && exit; done; exit 1'
until_true 20 none || not_ok 'which is closed'
try 'and ends with it' 1 '' pgrep -r D,R,S,T,t -xf 'sleep 7701'

if make_group 2>"$OUT"; then
	trap remove_group EXIT
	below /usr/sbin/sshd -p 2222 -o PidFile="$WORK/pid" \
	    -E "$WORK/sshd.log"
	until_true 20 test -s "$WORK/pid" || not_ok 'an sshd below a limit'
	rm -f /tmp/full
	fill :
	try 'a session that has all that there may be' 0 '' test -e /tmp/full
	until_true 5 none
	try 'at its end, and a tick' 0 '' nhictl tick
	is 'nothing of it is left' '' "$(bombs)"
	try 'and it is closed' 0 '' none

	# The monitor ends nothing; tick has no room, either.
	rm -f /tmp/full
	fill 'until [ -e /tmp/never ]; do read -r n </dev/zero; done' &
	client=$!
	until_true 20 test -e /tmp/full || not_ok 'and another one'
	pkill -9 -f '^sshd: web-deploy \[priv\]'
	try 'a tick below the limit' 0 '' until_true 25 eval \
	    'below nhictl tick && none'
	is 'leaves nothing of it' '' "$(bombs)"
	stop $client
	kill "$(cat "$WORK/pid")"
else
	skip 'a limit of processes' "$(tail -n 1 "$OUT")"
fi
finish
