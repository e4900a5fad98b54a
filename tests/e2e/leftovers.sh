#!/bin/bash
# SPDX-License-Identifier: BSD-2-Clause
# The end of a session ends what the account left running in it, and nothing
# else: not what sudo started for it, not another session's, not anybody
# else's.  And an account cannot write where the trail is made.
. "$(dirname "$0")/attack_lib.sh"

install -m 755 "$BUILD/tests/e2e/respawn" /usr/local/bin/respawn
install -m 755 "$BUILD/tests/e2e/respawn" /usr/local/bin/bomb
install -m 755 /usr/bin/sleep /usr/local/bin/rootsleep
cat >/etc/sudoers.d/bot <<-END
web-deploy ALL=(root) NOPASSWD: /usr/bin/setsid
web-deploy ALL=(alice) NOPASSWD: /usr/bin/setsid
END
useradd -m alice
key one
key two
issue one web-deploy 2>"$OUT" || not_ok 'a certificate'
issue two web-deploy 2>"$OUT" || not_ok 'another'

# of_account: what runs as it, once its sessions have closed: whoever ends them
# counts with a process of its own that runs as the account.  The dead may wait
# for their parent.
of_account() {
	until_true 30 eval '! pgrep -r D,R,S,T,t -u web-deploy'
	until_true 30 test ! -L /run/nhi/leases/web-deploy
	pgrep -r D,R,S,T,t -au web-deploy
}

# running COMMAND: by itself, not in the words of the shell that starts it.
running() {
	pgrep -u web-deploy -xf "$1" >/dev/null
}

# The end of one of two sessions is over: its lease says so when all else is
# done.
session_over() {
	until_true 30 eval 'readlink /run/nhi/leases/web-deploy | grep -q :1\$'
}

# Another session of the same account, all the while.
nhi_ssh two web-deploy@127.0.0.1 'setsid sleep 7001 & sleep 7002' \
    </dev/null >/dev/null 2>&1 &
other=$!
until_true 30 running 'sleep 7002' || not_ok 'the other session'
# As loginctl enable-linger, which polkit lets everybody do, leaves them.
LINGER=/var/lib/systemd/linger
install -d $LINGER
touch $LINGER/web-deploy $LINGER/alice
su alice -c 'sleep 7003' &

# shellcheck disable=SC2016 # the account's shell expands it
nhi_ssh one web-deploy@127.0.0.1 '
	exec </dev/null >/dev/null 2>&1
	sleep 7101 &
	nohup sleep 7102 &
	setsid sleep 7103 &
	(setsid sh -c "setsid sleep 7104 &" &)
	sh -c "trap \"\" TERM HUP INT QUIT; sleep 7105; sleep 7106" &
	unshare -U sleep 7107 &
	unshare -Ur sleep 7108 &
	sudo -n setsid /usr/local/bin/rootsleep 7109 &
	sudo -n -u alice setsid sleep 7110 &
	i=0; while [ $i -lt 50 ]; do sleep 7111 & i=$((i + 1)); done
	until pgrep -xf "/usr/local/bin/rootsleep 7109" &&
	    pgrep -u alice -xf "sleep 7110"; do
		sleep 0.1
	done; sleep 0.3' >"$OUT" 2>&1 </dev/null
session_over
for n in 7101 7102 7103 7104 7105 7111; do
	is "the end of its session ends $n" '' "$(pgrep -f "sleep $n")"
done
is 'user namespaces hide nothing' '' "$(pgrep -f 'sleep 710[78]')"
is "what sudo started for root goes on" 1 \
    "$(pgrep -u root -xf '/usr/local/bin/rootsleep 7109' | wc -l)"
is "what sudo started for alice goes on" 1 \
    "$(pgrep -u alice -xf 'sleep 7110' | wc -l)"
is "alice's own goes on" 1 "$(pgrep -u alice -xf 'sleep 7003' | wc -l)"
is "the other session goes on" 2 "$(pgrep -u web-deploy -xf \
    'sleep 700[12]' | wc -l)"
is 'and has its lease' 1 "$(readlink /run/nhi/leases/web-deploy |
    sed 's/.*://')"
is 'and its record' 1 "$(find /run/nhi/sessions -name '[0-9]*' | wc -l)"
nhictl tick
try 'and may linger' 0 '' test -e $LINGER/web-deploy

# One that takes long to die, since it has much to give back, is no reason to
# stop the account's other sessions for a moment.
cat >/usr/local/bin/hog <<'END'
import mmap, time
m = mmap.mmap(-1, 512 << 20)
m.madvise(15)			# no huge pages
for i in range(0, len(m), mmap.PAGESIZE):
    m[i] = 1
open("/tmp/hog", "w").close()
time.sleep(7200)
END
cat >/usr/local/bin/witness <<'END'
import signal
def on(*_):
    print("went on", flush=True)
signal.signal(signal.SIGCONT, on)
print("ready", flush=True)
while True:
    signal.pause()
END
nhi_ssh two web-deploy@127.0.0.1 /usr/bin/python3 /usr/local/bin/witness \
    </dev/null >"$WORK/witness" 2>&1 &
witness=$!
until_true 30 grep -q ready "$WORK/witness"
for n in 1 2 3; do
	nhi_ssh one web-deploy@127.0.0.1 'exec </dev/null >/dev/null 2>&1
	    rm -f /tmp/hog
	    /usr/bin/python3 /usr/local/bin/hog &
	    until [ -e /tmp/hog ]; do sleep 0.1; done' >"$OUT" 2>&1 </dev/null
	until_true 30 eval 'readlink /run/nhi/leases/web-deploy | grep -q :2\$'
	is "one that takes long to die is ended: $n" '' \
	    "$(pgrep -f /usr/local/bin/hog)"
done
is 'and no other session stood still' ready "$(cat "$WORK/witness")"
stop $witness
session_over

# signal_all SIGNAL: to all that runs as the account, at once.
signal_all() {
	setpriv --reuid web-deploy --regid "$(id -g web-deploy)" \
	    --clear-groups /usr/bin/python3 -c "import os, signal
os.kill(-1, signal.$1)"
}

# What is left of respawn.  Each look would miss it, too: all stop meanwhile.
left() {
	signal_all SIGSTOP
	pgrep -r D,R,S,T,t -x respawn
	signal_all SIGCONT
	pkill -9 -x respawn
}

# One that is never there when somebody looks, three times.
for n in 1 2 3; do
	nhi_ssh one web-deploy@127.0.0.1 \
	    'respawn 60 </dev/null >/dev/null 2>&1 & sleep 0.5' \
	    >"$OUT" 2>&1 </dev/null
	session_over
	is "a process that forks and leaves: $n" '' "$(left)"
done

# And where nobody takes in the dead at once, as on a busy machine: there are
# zombies of it and no more.
cat >/usr/local/bin/keeper <<-'END'
	import ctypes, os, pwd, time
	ctypes.CDLL(None).prctl(36, 1, 0, 0, 0)	# PR_SET_CHILD_SUBREAPER
	if os.fork() == 0:
	    uid = pwd.getpwnam("web-deploy").pw_uid
	    os.setresuid(uid, uid, uid)
	    os.execl("/usr/local/bin/respawn", "respawn", "60")
	time.sleep(60)
END
# shellcheck disable=SC2016
nhi_ssh one web-deploy@127.0.0.1 \
    'sudo -n setsid python3 /usr/local/bin/keeper \
    </dev/null >/dev/null 2>&1 &
    i=0; until [ "$(pgrep -r Z -x respawn | wc -l)" -gt 20 ] ||
        [ $i -ge 300 ]; do
	    sleep 0.1; i=$((i + 1))
    done' >"$OUT" 2>&1 </dev/null
session_over
is 'a process that forks and leaves zombies' '' "$(left)"
is 'of which there were some' yes \
    "$([ "$(pgrep -r Z -x respawn | wc -l)" -gt 10 ] && echo yes)"
pkill -9 -f local/bin/keeper

# One that hides in a set-uid program, as sudo does while it asks for a
# password, and comes back out of it as the account.
install -m 4755 "$(readlink -f /usr/bin/python3)" /usr/local/bin/setuid
nhi_ssh one web-deploy@127.0.0.1 'setsid setuid -c "
import os, time
assert os.getuid() != 0 and os.geteuid() == 0
open(\"/tmp/hidden\", \"w\")
time.sleep(2)
os.setresuid(os.getuid(), os.getuid(), os.getuid())
os.execlp(\"sleep\", \"sleep\", \"7301\")
" </dev/null >/dev/null 2>&1 &
	until [ -e /tmp/hidden ]; do sleep 0.05; done' \
	>"$OUT" 2>&1 </dev/null
try 'it was there' 0 '' test -e /tmp/hidden
sleep 2.5
is 'nothing of the account comes back out of a set-uid program' '' \
    "$(pgrep -af 'sleep 7301|setuid -c')"
pkill -9 -f 'sleep 7301'

stop $other
is 'all sessions over: nothing of the account' '' "$(of_account)"
until_true 30 test ! -L /run/nhi/leases/web-deploy
is 'all sessions over: no lease, no record' '' \
    "$(find /run/nhi/leases /run/nhi/sessions ! -type d ! -name .lock)"
until_true 5 test ! -e $LINGER/web-deploy
is 'all sessions over: who lingers is a person' alice "$(ls $LINGER)"
touch $LINGER/web-deploy
try 'who is said to linger without a lease, tick finds' 0 \
    '^linger +1 ' nhictl tick -v
is 'and it does not' alice "$(ls $LINGER)"
touch $LINGER/web-deploy
chmod 0777 $LINGER
try 'a directory that others may write is left alone' 2 \
    'linger: .*others may write' nhictl tick
nhi_ssh one web-deploy@127.0.0.1 true </dev/null >"$OUT" 2>&1 ||
    not_ok 'which is no matter of a login'
until_true 10 test ! -L /run/nhi/leases/web-deploy
is 'until it is right' 'alice web-deploy' "$(echo $LINGER/* |
    sed "s,$LINGER/,,g")"
chmod 0755 $LINGER
nhictl tick
is 'and it is root alone who writes there' alice "$(ls $LINGER)"
pkill -9 -f 'sleep 7'

# Whoever waits for a process of the account stops with it, and goes on with
# it.  Many that do nothing are no reason to stop anything.
cat >/etc/sudoers.d/alice <<-END
alice ALL=(web-deploy) NOPASSWD: /usr/bin/sleep
END
stopped() {
	ps -eo stat=,args= | grep '^T.*sleep 750'
}
su alice -c 'sudo -n -u web-deploy sleep 7501 | grep "sleep 7505"' </dev/null &
runuser -u web-deploy -- sleep 7502 </dev/null &
su web-deploy -s /bin/sh -c 'sleep 7503; true' </dev/null &
until_true 10 eval '[ "$(pgrep -u web-deploy -cxf "sleep 750.")" = 3 ]' ||
	not_ok 'three of others'
# Who was stopped before stays so.
runuser -u web-deploy -- sleep 7504 </dev/null &
until_true 10 pgrep -u web-deploy -xf 'sleep 7504'
pkill -STOP -xf 'runuser -u web-deploy -- sleep 7504'
for n in 1 2; do
	nhi_ssh one web-deploy@127.0.0.1 \
	    'prlimit --nproc=150 bomb 60 </dev/null >/dev/null 2>&1 &
	    sleep 0.7' </dev/null >"$OUT" 2>&1
	until_true 20 test ! -L /run/nhi/leases/web-deploy
	is "a bomb: nothing is left of it: $n" '' \
	    "$(pgrep -r D,R,S,T,t -x bomb)"
	until_true 5 eval '[ -z "$(stopped | grep -v 7504)" ]'
	is "and all others go on: $n" '' "$(stopped | grep -v 7504)"
done
is 'but whoever stood still before' 1 "$(stopped | grep -c 7504)"
is 'all of them are there' 4 "$(pgrep -u web-deploy -cxf 'sleep 750.')"
is 'and no note of it' '' "$(find /run/nhi/stopped -type f)"

# One that died meanwhile: tick lets them go on, and who waits for them.
id=$(id -u web-deploy)
echo stopped >/run/nhi/stopped/"$id"
pkill -STOP -u web-deploy -xf 'sleep 750[123]'
until_true 5 eval '[ "$(stopped | grep -cE "sudo|runuser|su ")" = 3 ]' ||
	not_ok 'they stop with it'
try 'tick' 0 '' nhictl tick
is 'tick lets them go on' '' "$(stopped | grep -v 7504)"
is 'and then it is forgotten' '' "$(find /run/nhi/stopped -type f)"
pkill -CONT -f 'sleep 7504'
pkill -9 -xf 'sleep 750.'
until_true 5 eval '! pgrep -f "sleep 750"'

# One whose first thread has ended looks like a zombie and is none.
nhi_ssh one web-deploy@127.0.0.1 'setsid python3 -c "
import ctypes, threading, time
threading.Thread(target=time.sleep, args=(7303,)).start()
open(\"/tmp/half\", \"w\")
ctypes.CDLL(None).syscall(60, 0)
" </dev/null >/dev/null 2>&1 &
	until [ -e /tmp/half ]; do sleep 0.05; done; sleep 0.2' \
	>"$OUT" 2>&1 </dev/null
try 'its first thread ended' 0 '' test -e /tmp/half
half_gone() {
	! cat /proc/[0-9]*/status 2>/dev/null |
	    awk -v uid="$(id -u web-deploy)" '/^Uid:/ { ours = $2 == uid }
	    /^Threads:/ && ours && $2 > 1 { found = 1 }
	    END { exit !found }'
}
until_true 20 half_gone
try 'nothing of the account hides behind a dead thread' 0 '' half_gone

# Nothing is stopped for many that do nothing; nor where processes of others
# come and go all the time, which no look through /proc can tell from such.
watch() {
	strace -fqq -o "$WORK/trace" -e trace=kill,execve \
	    -p "$(cat /run/sshd.pid)" 2>"$OUT" &
	tracer=$!
}
traced() {
	nhi_ssh one web-deploy@127.0.0.1 "$1" </dev/null >"$OUT" 2>&1
	grep -q execve "$WORK/trace"
}
watch
# shellcheck disable=SC2016 # the account's shell expands it
try 'a session that leaves many' 0 '' until_true 10 traced '
	exec </dev/null >/dev/null 2>&1
	i=0; while [ $i -lt 200 ]; do sleep 7111 & i=$((i + 1)); done'
until_true 10 test ! -L /run/nhi/leases/web-deploy
is 'they are ended' '' "$(pgrep -r D,R,S,T,t -xf 'sleep 7111')"
stop $tracer
is 'nothing is stopped for it' '' "$(grep 'kill(-1' "$WORK/trace")"
for ((n = 0; n < 300; n++)); do
	sleep 7400 &
done
for n in 1 2 3; do
	while [ ! -e /tmp/quiet ]; do /bin/true; done &
done
watch
try 'a session among many processes' 0 '' until_true 10 traced true
until_true 10 test ! -L /run/nhi/leases/web-deploy
stop $tracer
touch /tmp/quiet
pkill -9 -f 'sleep 7400'
is 'nothing is stopped at its end' '' "$(grep 'kill(-1' "$WORK/trace")"
is 'and no session is left to tick' '' \
    "$(find /run/nhi/sessions -name '[0-9]*')"

# ssh ends in other ways, too.
for how in 'client killed' 'session killed' 'monitor ended'; do
	nhi_ssh one web-deploy@127.0.0.1 \
	    'setsid sleep 7201 >/dev/null 2>&1 & sleep 7202' \
	    </dev/null >/dev/null 2>&1 &
	client=$!
	until_true 30 running 'sleep 7202'
	until_true 30 test -L /run/nhi/leases/web-deploy
	case $how in
	client*) pkill -9 -P $client ;;
	session*) pkill -9 -u web-deploy -x sshd ;;
	monitor*) pkill -TERM -f '^sshd: web-deploy \[priv\]' ;;
	esac
	wait $client 2>/dev/null
	is "$how: nothing of the account" '' "$(of_account)"
	until_true 30 test ! -L /run/nhi/leases/web-deploy
	is "$how: no lease" '' "$(ls /run/nhi/leases)"
	pkill -9 -f 'sleep 7'
done

# A monitor that was killed asks nobody: tick does.
# The dead lives until its parent has taken notice.
ticked() {
	nhictl tick -v | grep -qE '^sessions +1 '
}

# tick_ends NAME COMMAND: a session that runs it, and whose monitor is killed.
tick_ends() {
	nhi_ssh one web-deploy@127.0.0.1 "$2
	    sleep 7401" </dev/null >/dev/null 2>&1 &
	client=$!
	until_true 30 running 'sleep 7401'
	until_true 30 test -L /run/nhi/leases/web-deploy
	touch $LINGER/web-deploy
	pkill -9 -f '^sshd: web-deploy \[priv\]'
	try "tick ends the session of $1" 0 '' until_true 30 ticked
	is 'and the account does not linger' alice "$(ls $LINGER)"
}
tick_ends 'a process that forks and leaves' \
    'respawn 60 </dev/null >/dev/null 2>&1 &'
is 'tick: a process that forks and leaves' '' "$(left)"
is 'tick: nothing of the account' '' "$(of_account)"
wait $client 2>/dev/null
# What waits for the end of another to begin is in no list that was made
# before that end: one look ends those that wait, and not what they began.
cat >/usr/local/bin/heirs <<-'END'
	#!/usr/bin/python3
	import os, signal
	signal.signal(signal.SIGTERM, signal.SIG_IGN)
	ends, held = os.pipe()
	os.set_inheritable(held, True)
	if os.fork() == 0:
	    os.execlp("sleep", "sleep", "7501")
	os.close(held)
	for _ in range(100):
	    if os.fork() == 0:
	        os.read(ends, 1)
	        os.fork()
	        os.execlp("sleep", "sleep", "7502")
	open("/tmp/heirs", "w")
END
chmod 0755 /usr/local/bin/heirs
tick_ends 'those that wait' 'heirs </dev/null >/dev/null 2>&1 &
    until [ -e /tmp/heirs ]; do sleep 0.05; done'
is 'tick: nothing begins when the first one ends' '' "$(of_account)"
wait $client 2>/dev/null
pkill -9 -f 'sleep 750'

# What an account may do in the spool: nothing.
mark_trail
for attack in 'touch /var/spool/nhi/x' 'ls /var/spool/nhi' \
    'ln -s /etc/shadow /var/spool/nhi/x' 'mkfifo /var/spool/nhi/x' \
    'ln /etc/passwd /var/spool/nhi/x' 'touch /var/log/nhi/x' \
    "cat $AUDIT" 'ls /run/nhi/pending' 'touch /run/nhi/sessions/x' \
    'touch /run/nhi/leases/x' 'rm -f /run/nhi/leases/web-deploy' \
    'ln -s x /var/lib/nhi/marks/x' 'ls /var/lib/nhi/marks' \
    'rm -rf /var/lib/nhi/published/current' \
    'ln -s x /var/lib/nhi/holds/all' 'touch /var/cache/nhi/x'; do
	is "an account may not: $attack" 'it ran' "$(nhi_ssh one \
	    web-deploy@127.0.0.1 "echo it ran; $attack && echo done" \
	    </dev/null 2>/dev/null)"
done
is 'and nothing changed' '' "$(find /var/spool/nhi /var/log/nhi /run/nhi \
    /var/lib/nhi /var/cache/nhi -name x)"
# Anybody may speak to syslog, nobody to the trail.
nhi_ssh one web-deploy@127.0.0.1 "logger -p authpriv.info '{\"v\":1,\
\"event\":\"cert.issue\",\"account\":\"forged\"}'" </dev/null >"$OUT" 2>&1
recorded 'syslog is a copy' 0 account=forged
finish
