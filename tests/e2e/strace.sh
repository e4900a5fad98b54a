#!/bin/bash
# SPDX-License-Identifier: BSD-2-Clause
# Watched from outside: who reads the token, where it is afterwards, and what
# of NHI a person's login touches.
# shellcheck disable=SC2317 # try calls them
. "$(dirname "$0")/road_lib.sh"

# Each connection has closed, its session too, which is after the client.
at_rest() {
	! pgrep -f '^sshd: [^/]'
}

# watch NAME BYTES CALLS: sshd and all that it starts, until `unwatch`.
watch() {
	rm -f "$WORK/strace"
	strace -f -s "$2" -o "$WORK/$1" -p "$(cat /run/sshd.pid)" \
	    -e trace="$3" 2>"$WORK/strace" &
	STRACE=$!
	until_true 30 grep -q attached "$WORK/strace"
}

unwatch() {
	until_true 30 at_rest
	read -rt 0.5 <> <(:) || true
	kill $STRACE
	wait $STRACE 2>/dev/null
}

# A token that occurs nowhere else.
key k
mint --set marker="$(head -c 48 /dev/urandom | base64 -w 0)" \
    --pad 6000 >/dev/shm/token
if ! strace -o /dev/null true 2>"$OUT"; then
	skip 'all' "strace does not work here: $(head -n 1 "$OUT")"
	finish
fi

CALLS=read,write,readv,writev,pread64,pwrite64,sendto,recvfrom,sendmsg,recvmsg
watch issue 70000 process,%creds,$CALLS
(
	# In pieces, so that there is time to look.
	head -c 3000 /dev/shm/token
	sleep 2
	tail -c +3001 /dev/shm/token
) | nhi_ssh k nhi@127.0.0.1 web-deploy >"$WORK/k-cert.pub" 2>"$OUT" &
ISSUE=$!
until_true 10 pgrep -xu nhi nhi-issue
for p in /proc/[0-9]*; do
	cat "$p/cmdline" "$p/environ" 2>/dev/null
done | tr '\0' '\n' >/dev/shm/processes
wait $ISSUE
is 'it is issued' 0 $?
unwatch

/usr/bin/python3 "$E2E/trace.py" "$WORK/issue" /dev/shm/token \
    >"$WORK/readers" 2>&1
is 'no process of root read or wrote a byte of the token' 0 $?
sed 's/^/# /' "$WORK/readers"
for who in nhi _nhi; do
	try "one of $who did" 0 "^$(id -u $who) (read|recv|poll|recvfrom) " \
	    cat "$WORK/readers"
done
is 'and nobody else' "$(printf '%s\n' "$(id -u nhi)" "$(id -u _nhi)" | sort)" \
    "$(cut -d' ' -f1 "$WORK/readers" | sort -u)"
strace -f -s 70000 -o "$WORK/root" cat /dev/shm/token >/dev/null
try 'a root that does is seen' 1 '^0 read ' \
    /usr/bin/python3 "$E2E/trace.py" "$WORK/root" /dev/shm/token

# Pieces of it, wherever it might be kept.
/usr/bin/python3 -c 'import sys
t = open(sys.argv[1]).read()
print("\n".join(t[i:i + 40] for i in range(60, len(t) - 40, 200)))
print(t[-40:])' /dev/shm/token >/dev/shm/pieces
try 'not in a command line or environment' 1 '' \
    grep -Ff /dev/shm/pieces /dev/shm/processes
try 'not in a file' 1 '' grep -rlFf /dev/shm/pieces /var /run /tmp /etc \
    /root /home /usr/libexec/nhi --exclude-dir="$(basename "$WORK")"
drain
try 'not in the audit trail' 1 '' grep -Ff /dev/shm/pieces "$TRAIL"
try 'not in the system'"'"'s log' 1 '' grep -Ff /dev/shm/pieces \
    /var/log/lab.log
try 'the search finds it where it is' 0 '' \
    grep -rlFf /dev/shm/pieces "$WORK/issue"

# A refused one leaves no more.
mint --wrong-key --set marker="$(head -c 48 /dev/urandom | base64 -w 0)" \
    >/dev/shm/token
nhi_ssh k nhi@127.0.0.1 web-deploy </dev/shm/token >"$OUT" 2>&1
cut -c 60-99 /dev/shm/token >/dev/shm/pieces
tail -c 40 /dev/shm/token >>/dev/shm/pieces
until_true 30 at_rest
drain
try 'a refused token is nowhere' 1 '' grep -rlFf /dev/shm/pieces /var /run \
    /tmp --exclude-dir="$(basename "$WORK")"

# A person's login.
for who in alice anna-maria; do
	useradd -m $who
	install -d -m 0700 -o $who "/home/$who/.ssh"
	install -m 0600 -o $who "$WORK/k.pub" \
	    "/home/$who/.ssh/authorized_keys"
done
rm -f "$WORK/k-cert.pub"

# touched WHO: paths of NHI in any call, without its two modules; one a line,
# with the call.  The public key of the login is under none of them.
touched() {
	watch "$1" 300 file,process
	login k "$1" true
	unwatch
	sed -nE 's/^[0-9]+ +([a-z0-9_]+)\((AT_FDCWD, )?"([^"]*nhi[^"]*)".*/\1 \3/p' \
	    "$WORK/$1" | grep -vE '^open(at)? .*/(pam_nhi\.so|libnss_nhi\.so\.2)$'
}

# A name with '-' could be a template's: one look more.
for who in alice anna-maria; do
	touched $who | grep -vE \
	    '^readlink(at)? .*/published/current/templates/anna-$' \
	    >"$WORK/paths"
	LOOK="^readlink(at)? /var/lib/nhi/published/current/names/$who\$"
	is "$who: one look, and nothing else of NHI" '' \
	    "$(grep -vE "$LOOK" "$WORK/paths" | sort | uniq -c)"
	n=$(grep -cE "$LOOK" "$WORK/paths")
	try "$who: a look for each stage and name lookup ($n)" 0 '' \
	    test "$n" -ge 5 -a "$n" -le 24
done
trail_valid
finish
