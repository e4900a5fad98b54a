#!/bin/bash
# SPDX-License-Identifier: BSD-2-Clause
# What somebody gets who has taken over nhi-verify by a token, or nhi-fetch by
# a provider's answer: system calls from inside the real programs (inside.c),
# and files and processes by the uid alone, without any sandbox.
. "$(dirname "$0")/road_lib.sh"

INSIDE=$BUILD/tests/e2e/inside
SIBLING=$BUILD/tests/e2e/sibling
LIBEXEC=/usr/libexec/nhi
CREATE=0x41		# O_WRONLY | O_CREAT
HERE=-100		# AT_FDCWD
useradd -m alice
generation=$(readlink /var/lib/nhi/published/current)

# as USER CMD...: with all that the system gives this user.
as() {
	local user=$1
	shift
	setpriv --reuid "$user" --regid "$(id -gn "$user")" --init-groups "$@"
}

# inside NAME PATTERN CALL [ARGUMENT...]: by the program of ${words[@]}.
inside() {
	local name=$1 pattern=$2 status=0
	shift 2

	"$INSIDE" "${words[@]}" -- "$@" >"$OUT" 2>&1 </dev/null || status=$?
	if [ $status -eq 3 ]; then
		skip "$name" 'these registers are not known'
	elif [ $status -eq 0 ] && grep -Eq "^($pattern)$" "$OUT"; then
		ok "$name: $(cat "$OUT")"
	else
		echo "status $status, wanted $pattern: $*" >>"$OUT"
		not_ok "$name"
	fi
}

DEAD='killed by Bad system call'
# Nothing comes and nobody ends it: looked at when all else is done.
mkfifo "$WORK/never"
hangs() {
	"$LIBEXEC/nhi-drop" verify show <"$WORK/never" >/dev/null 2>&1
	echo "$? $SECONDS" >"$WORK/hung"
}
hangs &
hung=$!
exec 7>"$WORK/never"
began=$SECONDS

key k
mint >"$WORK/token"
trade k web-deploy <"$WORK/token" 2>"$OUT" || not_ok 'a certificate'
sleep 300 &
victim=$!

verify_calls() {
	cat <<-END
	openat $HERE =/etc/passwd 0
	openat $HERE =/etc/nhi/ca/ca 0
	openat $HERE =/proc/$victim/mem 0
	openat $HERE =/var/cache/nhi/x $CREATE 0600
	openat $HERE =/var/spool/nhi/x $CREATE 0600
	symlinkat =x:1 $HERE =/var/lib/nhi/marks/x
	unlinkat $HERE =/var/lib/nhi/holds/x 0
	renameat $HERE =/etc/passwd $HERE =/etc/x
	mkdirat $HERE =/tmp/x 0700
	getdents64 0 0 0
	socket 1 1 0
	socket 2 1 0
	connect 0 0 0
	sendto 1 =x 1 0 0 0
	sendmsg 1 0 0
	recvmsg 0 0 0
	execve =/bin/true 0 0
	execveat $HERE =/bin/true 0 0 0
	clone 17 0 0 0 0
	ptrace 16 $victim 0 0
	process_vm_readv $victim 0 0 0 0 0
	process_vm_writev $victim 0 0 0 0 0
	kill $victim 9
	kill 0 0
	tgkill $victim $victim 9
	mmap 0 4096 7 0x22 -1 0
	mmap 0 4096 5 0x22 -1 0
	mprotect 0 4096 5
	memfd_create =x 0
	setuid 0
	setresuid 0 0 0
	setgroups 0 0
	prctl 4 1 0 0 0
	seccomp 1 0 0
	setrlimit 0 7 0 0
	ioctl 0 0x5412 0
	setitimer 0 0 0
	rt_sigaction 14 0 0 8
	rt_sigprocmask 0 0 0 8
	37 0
	timer_settime 0 0 0 0
	unshare 0x10000000
	mount 0 0 0 0 0
	bpf 0 0 0
	keyctl 0 0 0
	dup 0
	i386:5 0 0 0
	i386:11 0 0 0
	i386:20
	0x40000002 =/etc/passwd 0
	9999
	END
}
words=(verify token "$generation" web-deploy -)
while read -ra call; do
	inside "verifier: ${call[*]}" "$DEAD" "${call[@]}"
done < <(verify_calls)
inside 'verifier: what it needs is there' 'done' getpid
for mode in "certificate $generation web-deploy -" show \
    "explain $generation web-deploy token 1800000000 text -"; do
	read -ra words <<<"verify $mode"
	inside "verifier: $mode: no file" "$DEAD" openat $HERE =/etc/passwd 0
done
try 'none of it was done' 0 '' test -e /etc/passwd -a ! -e /etc/x -a \
    ! -e /var/cache/nhi/x -a -d "/proc/$victim"

# The fetcher, while its provider says nothing.
/usr/bin/python3 -c 'import socket, time
s = socket.create_server(("127.0.0.1", 8443))
held = []
while True:
    held.append(s.accept())' &
provider=$!
listens() {
	{ : >/dev/tcp/127.0.0.1/8443; } 2>/dev/null
}
until_true 30 listens || not_ok 'the provider listens'
echo '127.0.0.1 idp.example.com' >>/etc/hosts
make_keys pinned es256
apply 'a policy with a provider' <<-END
	version = 1;
	host = { id = "web-1.example.com"; };
	issuers = ( { name = "idp"; preset = "custom";
	  url = "https://idp.example.com:8443";
	  audience = [ "ssh://web-1.example.com" ]; },
	  { name = "other"; preset = "custom";
	  url = "https://other.example.com:8443";
	  audience = [ "ssh://web-1.example.com" ]; }, $(issuer pinned) );
	identities = ( $(identity web idp web-deploy role web),
	  $(identity pin pinned pin-deploy role pin) );
END
# Sockets as they are found on hosts: everybody's, and somebody's.
/usr/bin/python3 -c 'import os, socket, time
held = []
for path, mode in (("/run/theirs", 0o600), ("/run/open", 0o666)):
    s = socket.socket(socket.AF_UNIX)
    s.bind(path)
    os.chmod(path, mode)
    s.listen()
    held.append(s)
time.sleep(600)' &
sockets=$!
until_true 30 test -S /run/open || not_ok 'the sockets are there'
eval "$(setpriv --reuid alice --regid alice --clear-groups ssh-agent)" \
    >"$OUT" 2>&1
agent=$SSH_AUTH_SOCK
unset SSH_AUTH_SOCK
printf x >/var/cache/nhi/code
chown _nhi-fetch /var/cache/nhi/code
fetch_calls() {
	cat <<-END
	execve =/bin/true 0 0|$DEAD
	execveat $HERE =/bin/true 0 0 0|$DEAD
	clone 17 0 0 0 0|refused: Function not implemented
	ptrace 16 $victim 0 0|$DEAD
	process_vm_readv $victim 0 0 0 0 0|$DEAD
	process_vm_writev $victim 0 0 0 0 0|$DEAD
	kill $victim 9|$DEAD
	tgkill $victim $victim 9|refused: Function not implemented|$DEAD
	mmap 0 4096 7 0x22 -1 0|refused: Function not implemented
	mmap 0 4096 5 0x22 -1 0|refused: Function not implemented
	mprotect 0 4096 5|refused: Function not implemented
	memfd_create =x 0|refused: Function not implemented
	setuid 0|$DEAD
	setresuid 0 0 0|$DEAD
	capset 0 0|$DEAD
	prctl 4 1 0 0 0|refused: Function not implemented
	timer_settime 0 0 0 0|refused: Function not implemented
	timer_delete 0|refused: Function not implemented
	unshare 0x10000000|$DEAD
	mount 0 0 0 0 0|$DEAD
	chroot =/|$DEAD
	bpf 0 0 0|$DEAD
	keyctl 0 0 0|$DEAD
	perf_event_open 0 0 0 0 0|$DEAD
	userfaultfd 0|$DEAD
	listen 0 1|$DEAD
	socket 17 3 0|refused: Function not implemented
	openat $HERE =/etc/nhi/ca/ca 0|refused: Permission denied
	openat $HERE =/var/lib/nhi/uids/salt 0|refused: Permission denied
	openat $HERE =/var/lib/nhi/marks 0|refused: Permission denied
	openat $HERE =/var/lib/nhi/issued 0|refused: Permission denied
	openat $HERE =/var/spool/nhi 0|refused: Permission denied
	openat $HERE =/var/log/nhi/audit.jsonl 0|refused: Permission denied
	openat $HERE =/proc/$victim/mem 0|refused: Permission denied
	openat $HERE =/proc/$victim/environ 0|refused: Permission denied
	openat $HERE =/etc/passwd 1|refused: Permission denied
	openat $HERE =/var/lib/nhi/holds/x $CREATE 0600|refused: Permission denied
	openat $HERE =/var/lib/nhi/published/current/x $CREATE 0600|refused: Permission denied
	openat $HERE =/run/nhi/x $CREATE 0600|refused: Permission denied
	symlinkat =x:1 $HERE =/var/lib/nhi/marks/x|refused: Function not implemented
	unlinkat $HERE =/etc/nhi/nhi.conf 0|refused: Permission denied
	i386:11 0 0 0|$DEAD
	0x40000002 =/etc/passwd 0|$DEAD
	openat $HERE =/etc/nhi/jwks/pinned.json $CREATE 0600|refused: Permission denied
	unlinkat $HERE =/etc/nhi/jwks/pinned.json 0|refused: Permission denied
	renameat $HERE =/var/cache/nhi/code $HERE =/etc/nhi/jwks/pinned.json|refused: Permission denied|refused: Invalid cross-device link
	symlinkat =/etc/nhi/jwks/pinned.json $HERE =/var/cache/nhi/pinned.json|refused: Function not implemented
	mknodat $HERE =/var/cache/nhi/fifo 0010600 0|refused: Function not implemented
	mkdirat $HERE =/var/cache/nhi/dir 0700|refused: Function not implemented
	openat $HERE =/var/cache/nhi/code 0 + mmap 0 1 1 2 @ 0|done
	openat $HERE =/var/cache/nhi/code 0 + mmap 0 1 5 2 @ 0|refused: Function not implemented
	openat $HERE =/var/cache/nhi/code 0 + mmap 0 1 7 2 @ 0|refused: Function not implemented
	openat $HERE =/var/cache/nhi/code 0 + mmap 0 1 4 1 @ 0|refused: Function not implemented
	openat $HERE =/var/cache/nhi/code 0 + mmap 0 1 1 2 @ 0 + mprotect @ 1 5|refused: Function not implemented
	openat $HERE =/usr/bin/true 0 + mmap 0 1 5 2 @ 0|refused: Function not implemented
	openat $HERE =/var/cache/nhi/code 0 + execveat @ = 0 0 0x1000|$DEAD
	execve =/var/cache/nhi/code 0 0|$DEAD
	socket 1 1 0 + connect @ unix:/run/theirs 110|refused: Permission denied
	socket 1 1 0 + connect @ unix:$agent 110|refused: Permission denied
	socket 1 1 0 + bind @ unix:/var/cache/nhi/socket 110|refused: Permission denied
	socket 1 1 0 + connect @ unix:/run/open 110|done
	openat $HERE =/var/cache/nhi/other.json $CREATE 0600|done
	openat $HERE =/var/cache/nhi/pinned.json $CREATE 0600|done
	openat $HERE =/var/cache/nhi/x $CREATE 0600|done
	END
}
words=(fetch idp force)
while IFS='|' read -r call pattern; do
	read -ra call <<<"$call"
	inside "fetcher: ${call[*]}" "$pattern" "${call[@]}"
done < <(fetch_calls)
try 'the victim is alive' 0 '' kill -0 $victim
kill $victim $sockets
kill "$SSH_AGENT_PID"

key pin
# A key set of his own, where that of a pinned issuer would be if it were not.
mv /root/pinned /root/honest
/usr/bin/python3 "$E2E/mint.py" keys --dir /root/pinned --kind es256
install -o _nhi-fetch -m 0644 /root/pinned/jwks.json \
    /var/cache/nhi/pinned.json
token pinned es256 role=pin >"$WORK/token"
try 'a pinned issuer is not what lies in the cache' 77 \
    '^nhi: refused: token ' trade_file pin pin-deploy "$WORK/token"
rm -r /root/pinned
mv /root/honest /root/pinned
token pinned es256 role=pin >"$WORK/token"
try 'but what its file says' 0 '' trade_file pin pin-deploy "$WORK/token"
rm -f /var/cache/nhi/pinned.json /var/cache/nhi/code

# Files and directories, for whoever has the uid without a sandbox.
login k web-deploy true >"$OUT" 2>&1
writes() {
	is "$1 writes to" "$2" "$(as "$1" find /etc/nhi /var/lib/nhi \
	    /var/cache/nhi /var/spool/nhi /var/log/nhi /run/nhi $LIBEXEC \
	    -writable ! -type l ! -user "$1" 2>/dev/null | xargs)"
}
writes nhi '/var/lib/nhi/issued /var/lib/nhi/marks /var/spool/nhi'
writes _nhi /var/spool/nhi
writes _nhi-fetch /var/spool/nhi
writes web-deploy ''
writes alice ''
owns() {
	is "$1 owns" "$2" "$(find /etc/nhi $LIBEXEC /var/lib/nhi /var/cache/nhi \
	    /var/spool/nhi /var/log/nhi /run/nhi -xdev -user "$1" \
	    ! -path '/var/lib/nhi/issued/*' ! -path '/var/lib/nhi/marks/*' \
	    ! -path '/run/nhi/slots/*' 2>/dev/null | sort | xargs)"
}
owns nhi '/etc/nhi/ca/ca /run/nhi/slots /var/lib/nhi/users/issuer'
owns _nhi '/run/nhi/direct /var/lib/nhi/users/verify'
rm -f /var/cache/nhi/x
owns _nhi-fetch "/var/cache/nhi$(printf ' %s' /var/cache/nhi/*
    ) /var/lib/nhi/users/fetch"

# A mark and a record that are somebody else's.
ln -s -- '-:9999999999' /var/lib/nhi/marks/of-root
as _nhi sh -c 'umask 077; echo theirs >/var/spool/nhi/of-verify'
as nhi sh -c 'umask 077; echo theirs >/var/spool/nhi/of-issuer'
for user in nhi _nhi _nhi-fetch web-deploy alice; do
	try "$user does not take root's mark away" 1 '' \
	    as $user rm -f /var/lib/nhi/marks/of-root
	try "$user does not lift a hold" 1 '' \
	    as $user sh -c 'ln -s x /var/lib/nhi/holds/x ||
	    rm /var/lib/nhi/uids/salt'
	for path in of-verify of-issuer; do
		[ "$user $path" != 'nhi of-issuer' ] || continue
		[ "$user $path" != '_nhi of-verify' ] || continue
		try "$user: not the record $path" 1 '' as $user sh -c \
		    "cat /var/spool/nhi/$path || echo x >>/var/spool/nhi/$path ||
		    mv /var/spool/nhi/$path /var/spool/nhi/x ||
		    rm -f /var/spool/nhi/$path"
	done
	try "$user does not list the spool" 2 '' as $user ls /var/spool/nhi
done
for user in _nhi _nhi-fetch web-deploy alice; do
	try "$user: no mark, no entry of the ledger" 1 '' as $user sh -c \
	    'ln -s x /var/lib/nhi/marks/x || ls /var/lib/nhi/marks ||
	    touch /var/lib/nhi/issued/x || exit 1'
done
for user in nhi _nhi web-deploy alice; do
	try "$user: no key set" 1 '' as $user sh -c \
	    'touch /var/cache/nhi/x || mv /var/cache/nhi/idp.lock /tmp || exit 1'
done
for user in web-deploy alice; do
	try "$user puts nothing into the spool" 1 '' \
	    as $user touch /var/spool/nhi/x
done

# Processes: the fetcher, the issuer and the verifier, for the uids that the
# other tests do not ask for.
closed() {
	local what=$1 pid=$2 user
	shift 2
	for user; do
		try "$what: nothing for $user" 0 '' as "$user" "$SIBLING" "$pid"
		[ "$(id -u "$user")" = "$(stat -c %u "/proc/$pid" )" ] ||
			[ "$user" = "$(awk '/^Uid/ { print $2 }' \
			    "/proc/$pid/status" | xargs id -nu)" ] ||
			try "$what: no signal by $user" 1 '' \
			    as "$user" kill "$pid"
	done
}
"$LIBEXEC/nhi-drop" fetch idp force >/dev/null 2>&1 &
fetcher_sleeps() {
	pid=$(pgrep -x nhi-fetch) && grep -q '^Seccomp:.2' "/proc/$pid/status"
}
until_true 20 fetcher_sleeps || not_ok 'the fetcher waits'
try 'it has loaded what looks names up' 0 '' \
    grep -q libnss_dns "/proc/$pid/maps"
closed 'the fetcher' "$pid" nhi _nhi _nhi-fetch web-deploy alice
as nhi "$LIBEXEC/nhi-issue" web-deploy 127.0.0.1 \
    "$(cut -d' ' -f1,2 "$WORK/k.pub")" <"$WORK/never" >/dev/null 2>&1 &
issuer_sleeps() {
	issuer=$(pgrep -x nhi-issue)
}
until_true 20 issuer_sleeps || not_ok 'the issuer waits'
closed 'the issuer' "$issuer" _nhi-fetch web-deploy
mkfifo "$WORK/second"
"$LIBEXEC/nhi-drop" verify show <"$WORK/second" >/dev/null 2>&1 &
verifier=$!
exec 8>"$WORK/second"
verifier_sleeps() {
	[ "$(cat "/proc/$verifier/comm")" = nhi-verify ] &&
	    grep -q '^Seccomp:.2' "/proc/$verifier/status"
}
until_true 20 verifier_sleeps || not_ok 'the verifier waits'
closed 'the verifier' "$verifier" _nhi-fetch web-deploy
kill "$provider" "$pid" "$issuer" "$verifier" 2>/dev/null

wait $hung
read -r status ended <"$WORK/hung"
is "a verifier that nobody ends, ends by nhi-drop's alarm" 142 "$status"
is 'in five seconds, and whatever it was asked meanwhile' yes \
    "$([ $((ended - began)) -lt 60 ] && echo yes)"
finish
