#!/bin/bash
# SPDX-License-Identifier: BSD-2-Clause
# What a broken process of uid nhi or _nhi gets at: no token and no memory of
# another client's issuer or verifier, no file that somebody else executes, no
# program of ours under a wrong user.
. "$(dirname "$0")/attack_lib.sh"

SIBLING=$BUILD/tests/e2e/sibling
LIBEXEC=/usr/libexec/nhi
PROGRAMS=("$LIBEXEC" "$(command -v nhictl)")
useradd -m alice

# as USER CMD...: with all that the system gives this user.
as() {
	local user=$1
	shift
	setpriv --reuid "$user" --regid "$(id -gn "$user")" --init-groups "$@"
}

# closed WHAT PID USER...: none of them gets anything of the process.
closed() {
	local what=$1 pid=$2 user
	shift 2
	for user; do
		try "$what: nothing for $user" 0 '' as "$user" "$SIBLING" "$pid"
	done
}

# child NAME PARENT: the process of that name below another.
child() {
	local pid

	for pid in $(pgrep -P "$2"); do
		[ "$(cat "/proc/$pid/comm")" = "$1" ] && echo "$pid" && return
		child "$1" "$pid" && return
	done
	return 1
}

as nhi sleep 60 &
until_true 30 pgrep -u nhi -x sleep
plain=$(pgrep -u nhi -x sleep)
try 'a plain process of nhi is open to nhi' 1 '^ptrace' \
    as nhi "$SIBLING" "$plain"
for way in environ mem maps fd/0 process_vm_readv pidfd_getfd; do
	try "and so it can be told: $way" 1 "^$way$" as nhi "$SIBLING" "$plain"
done
kill "$plain"

# The issuer, while it waits for the rest of a token.
key k
mint >"$WORK/token"
mkfifo "$WORK/slow"
nhi_ssh k nhi@127.0.0.1 web-deploy <"$WORK/slow" >"$WORK/cert" 2>"$OUT" &
client=$!
exec 5>"$WORK/slow"
head -c 500 "$WORK/token" >&5
until_true 30 pgrep -x nhi-issue || not_ok 'the issuer runs'
issuer=$(pgrep -x nhi-issue)
sshd=$(pgrep -u nhi -x sshd)
closed 'issuer that waits' "$issuer" nhi _nhi alice
closed "sshd's child" "$sshd" nhi _nhi alice
head -c 30 "$WORK/token" >"$WORK/piece"
is 'no token in an argument list or environment' '' \
    "$(grep -alF -f "$WORK/piece" /proc/[0-9]*/cmdline \
    /proc/[0-9]*/environ 2>/dev/null)"
is 'the issuer has no environment' 0 "$(wc -c <"/proc/$issuer/environ")"

# The whole token in memory: all slots taken, so that it must wait.
cat >"$WORK/slots" <<-'END'
import fcntl, os, time
held = []
for n in range(64):
    f = open("/run/nhi/slots/%d" % n, "a+")
    fcntl.flock(f, fcntl.LOCK_EX)
    held.append(f)
print("held", flush=True)
time.sleep(30)
END
chmod 711 "$WORK"
chmod 644 "$WORK/slots"
as nhi /usr/bin/python3 "$WORK/slots" >"$WORK/held" 2>&1 &
slots=$!
until_true 30 grep -q held "$WORK/held" || not_ok 'all slots are held'
tail -c +501 "$WORK/token" >&5
exec 5>&-
sleep 0.2
closed 'issuer with the whole token' "$issuer" nhi _nhi
stop $slots
wait $client
is 'and then it goes on' 0 "$?"

# The verifier, as each of its callers starts it, with half of a request.
# status_is NAME FIELD WANTED
status_is() {
	is "$1: $2" "$3" "$(sed -n "s/^$2:[[:space:]]*//p" \
	    "$WORK/status" | tr '\t' ' ' | sed 's/ *$//')"
}

verifier_confined() {
	pid=$(pgrep -x nhi-verify) &&
	    grep -q "^Seccomp:.2" "/proc/$pid/status"
}

generation=$(readlink /var/lib/nhi/published/current)
uid=$(id -u _nhi)
gid=$(id -g _nhi)
for user in nhi root; do
	mkfifo "$WORK/$user"
	as $user "$LIBEXEC/nhi-drop" verify token "$generation" web-deploy - \
	    <"$WORK/$user" >/dev/null 2>&1 &
	exec 6>"$WORK/$user"
	printf 'NHIQ' >&6
	# It has five seconds: all that needs it first.
	until_true 4 verifier_confined
	name="verifier started by $user"
	cp "/proc/$pid/status" "$WORK/status"
	is "$name: no environment" 0 "$(wc -c <"/proc/$pid/environ")"
	is "$name: three descriptors" 3 \
	    "$(find "/proc/$pid/fd" -type l | wc -l)"
	closed "$name" "$pid" nhi _nhi alice
	try "$name: nhi cannot end it" 1 '' as nhi kill "$pid"
	status_is "$name" Uid "$uid $uid $uid $uid"
	status_is "$name" Gid "$gid $gid $gid $gid"
	status_is "$name" Groups ''
	for caps in CapInh CapPrm CapEff CapAmb; do
		status_is "$name" $caps 0000000000000000
	done
	status_is "$name" NoNewPrivs 1
	status_is "$name" Seccomp 2
	exec 6>&-
	until_true 30 eval '! pgrep -x nhi-verify' || not_ok "$name ends"
done

# Nobody but root and nhi starts nhi-drop, nobody nhi-verify or nhi-issue.
for user in alice _nhi _nhi-fetch web-deploy nobody; do
	try "nhi-drop is not $user's" 126 'Permission denied' \
	    as $user sh -c "$LIBEXEC/nhi-drop verify show"
done
for user in alice nhi _nhi-fetch web-deploy root; do
	try "nhi-verify refuses $user" 70 '' as $user "$LIBEXEC/nhi-verify" show
done
try 'nhi-verify refuses _nhi with another group' 70 '' \
    setpriv --reuid _nhi --regid _nhi --groups nhi "$LIBEXEC/nhi-verify" show
try 'nhi-verify refuses root as _nhi' 70 '' \
    setpriv --euid _nhi --regid _nhi --clear-groups "$LIBEXEC/nhi-verify" show
for user in alice _nhi root web-deploy; do
	try "nhi-issue refuses $user" 70 '' as $user "$LIBEXEC/nhi-issue" \
	    web-deploy 127.0.0.1 "$(cut -d' ' -f1,2 "$WORK/k.pub")"
done
for word in '' fetch2 show ../nhi-issue; do
	# shellcheck disable=SC2086
	try "nhi-drop knows no word '$word'" 64 '' "$LIBEXEC/nhi-drop" $word
done

# Where set-uid is without effect it goes no further.
try 'no_new_privs' 70 '' as nhi setpriv --no-new-privs \
    "$LIBEXEC/nhi-drop" verify show
mount --bind $LIBEXEC $LIBEXEC
mount -o remount,bind,nosuid $LIBEXEC
try 'nosuid' 70 '' as nhi "$LIBEXEC/nhi-drop" verify show
mark_trail
mint >"$WORK/token2"
nhi_ssh k nhi@127.0.0.1 web-deploy <"$WORK/token2" >"$WORK/cert" 2>"$OUT"
is 'nosuid: the issuer says fault' '70 0' "$? $(wc -c <"$WORK/cert")"
recorded 'nosuid' 1 event=cert.deny outcome=fault reason=verifier
umount $LIBEXEC

# Files that others execute or read with rights.
for user in nhi _nhi _nhi-fetch; do
	is "$user can write no program" '' \
	    "$(as $user find -H "${PROGRAMS[@]}" /etc/nhi /etc/ssh /etc/pam.d \
	    /usr/lib /usr/sbin /usr/bin /etc/ld.so.cache -xdev \
	    ! -type l -writable 2>/dev/null | head)"
	is "$user owns no program" '' "$(find "${PROGRAMS[@]}" /usr/lib /usr/bin \
	    /usr/sbin -xdev -user $user 2>/dev/null | head)"
done
is 'nhi owns of the configuration its key only' /etc/nhi/ca/ca \
    "$(find /etc -xdev \( -user nhi -o -user _nhi -o -user _nhi-fetch \))"
is '_nhi writes nothing of the state, but what its helper remembers' \
    /run/nhi/direct \
    "$(as _nhi find /var/lib/nhi /var/cache/nhi /run/nhi /var/log/nhi \
    -writable ! -type l 2>/dev/null)"
for path in /etc/nhi/ca/ca /var/lib/nhi/uids/salt "$AUDIT"; do
	for user in _nhi _nhi-fetch alice web-deploy; do
		try "$user cannot read $path" 1 'Permission denied' \
		    as $user cat "$path"
	done
done
is 'set-uid is nhi-drop alone' "$LIBEXEC/nhi-drop" \
    "$(find "${PROGRAMS[@]}" /usr/sbin/nhi* /usr/bin/nhi* -perm /6000 2>/dev/null)"
finish
