#!/bin/bash
# SPDX-License-Identifier: BSD-2-Clause
# The PAM road, watched from outside: what root's processes do with a token,
# where it is afterwards, and what a person's login pays.  (The road of the
# certificate: strace.sh.)
. "$(dirname "$0")/road_lib.sh"

TALK=$BUILD/tests/e2e/pam_talk
CALLS=read,write,readv,writev,pread64,pwrite64,sendto,recvfrom,sendmsg,recvmsg

if ! strace -o /dev/null true 2>"$OUT"; then
	skip 'all' "strace does not work here: $(head -n 1 "$OUT")"
	finish
fi
sed -i 's/^issuers = (/sshd = { keyboard_interactive = true; };\n&/' "$POLICY"
nhictl apply >"$OUT" 2>&1 || not_ok 'the policy'

# What the client has of the token is in /dev/shm, where nobody looks.
by_token() {
	SSH_ASKPASS=/usr/bin/nhi-askpass SSH_ASKPASS_REQUIRE=force \
	    NHI_TOKEN_FILE=/dev/shm/token ssh -n -F /dev/null \
	    -o PreferredAuthentications=keyboard-interactive \
	    -o PubkeyAuthentication=no -o NumberOfPasswordPrompts=1 \
	    web-deploy@127.0.0.1 "$@"
}

# new_token [MINT-ARGUMENT...]: and pieces of it that occur nowhere else.
new_token() {
	mint --set marker="$(head -c 48 /dev/urandom | base64 -w 0)" \
	    --pad 6000 "$@" >/dev/shm/token
	/usr/bin/python3 -c 'import sys
t = open(sys.argv[1]).read()
print("\n".join(t[i:i + 40] for i in range(60, len(t) - 40, 200)))
print(t[-40:])' /dev/shm/token >/dev/shm/pieces
}

# nowhere NAME: not in a file, a log, or of any process what others may see.
nowhere() {
	local p

	find /etc /home /root /run /tmp /usr/libexec/nhi /var \
	    -newer /dev/shm/token -type f -not -path "$WORK/*" -print0 \
	    >/dev/shm/files
	try "$1: not in a file" 123 '' \
	    xargs -0a /dev/shm/files grep -lFf /dev/shm/pieces
	for p in /proc/[0-9]*; do
		cat "$p/cmdline" "$p/environ" 2>/dev/null
	done | tr '\0' '\n' >/dev/shm/processes
	try "$1: not in an environment or command line" 1 '' \
	    grep -Ff /dev/shm/pieces /dev/shm/processes
}

# memory PID...: where in what it may write to pieces of the token are.
cat >"$WORK/memory" <<-'END'
	import re, sys
	pieces = open("/dev/shm/pieces", "rb").read().split()
	for pid in sys.argv[1:]:
	    with open("/proc/%s/maps" % pid) as maps, \
	         open("/proc/%s/mem" % pid, "rb", 0) as mem:
	        for line in maps:
	            m = re.match(r"(\w+)-(\w+) rw.. \S+ \S+ \S+ *(.*)", line)
	            if not m:
	                continue
	            start, end = int(m.group(1), 16), int(m.group(2), 16)
	            mem.seek(start)
	            data = mem.read(end - start)
	            n = sum(piece in data for piece in pieces)
	            if n:
	                print(pid, m.group(3), n)
END

memory() {
	/usr/bin/python3 "$WORK/memory" "$@" 2>&1
}

new_token
strace -f -y -s 70000 -o "$WORK/trace" -p "$(cat /run/sshd.pid)" \
    -e trace=process,%creds,$CALLS 2>"$WORK/strace" &
STRACE=$!
until_true 30 grep -q attached "$WORK/strace" || not_ok 'sshd is watched'
by_token 'touch /tmp/in; while [ -e /tmp/in ]; do sleep 0.1; done' \
    >"$WORK/said" 2>&1 &
client=$!
until_true 60 test -e /tmp/in || not_ok 'the token logs in'
nowhere 'in the session'
# sshd itself keeps what it was answered, as it keeps passwords.
all=()
# Between fork and exec there are two.
one_shell() {
	mapfile -t all < <(ps -o pid= -o comm= -u web-deploy |
	    sed -nE 's/^ *([0-9]+) .*sh$/\1/p')
	[ ${#all[@]} -eq 1 ]
}
until_true 20 one_shell
is 'in the session: a shell of the account runs' 1 ${#all[@]}
is 'in the session: it has nothing of it' '' "$(memory "${all[@]}")"
rm /tmp/in
wait $client
kill $STRACE
wait $STRACE 2>/dev/null
nowhere 'afterwards'
/usr/bin/python3 "$E2E/trace.py" "$WORK/trace" /dev/shm/token >"$WORK/who"
sed 's/^/# /' "$WORK/who"
is 'root hands it on from socket to socket, in sshd, and no more' '' \
    "$(grep -E '^0 ' "$WORK/who" |
    grep -vE '^0 (read|write|recv[a-z]*|send[a-z]*) sshd (socket|pipe)$')"
is 'the verifier reads it' "$(id -u _nhi) read nhi-verify socket" \
    "$(grep verify "$WORK/who")"
is 'and nobody else but sshd' '' "$(grep -vE ' (sshd|nhi-verify) ' "$WORK/who")"
try 'root does so' 0 '' grep -E '^0 (write|send[a-z]*) sshd socket' "$WORK/who"

# A refused one leaves no more.
new_token --wrong-key
by_token true >"$OUT" 2>&1
nowhere 'refused'

# Where nothing but the module handles it, the process keeps nothing.
printf '%s\n' 'auth required pam_nhi.so token_file=/dev/shm/token' \
    >/etc/pam.d/nhi-file
new_token
chmod 600 /dev/shm/token
# shellcheck disable=SC2016
"$TALK" nhi-file web-deploy auth '!touch /tmp/in; while [ -e /tmp/in ]; do
    sleep 0.1; done' >"$WORK/said" 2>&1 &
talk=$!
until_true 30 test -e /tmp/in || not_ok 'the module takes the token'
is 'the process of the module keeps nothing of it' '' "$(memory $talk)"
/usr/bin/python3 -c 'import time
token = open("/dev/shm/token").read()
open("/tmp/has", "w").close()
time.sleep(60)' &
holder=$!
until_true 30 test -e /tmp/has
try 'one that keeps it is seen' 0 '' eval "memory $holder | grep -q ."
kill $holder
rm /tmp/in
wait $talk
is 'its stage went well' 'auth 0' "$(head -n 1 "$WORK/said")"

# What a person pays, in each stage: one readlink and no other call.
printf '%s pam_permit.so\n' 'auth required' 'account required' \
    'session required' >/etc/pam.d/person-without
printf '%s pam_nhi.so\n' 'auth [success=done ignore=ignore default=die]' \
    'account required' 'session required' >/etc/pam.d/person-with
cat /etc/pam.d/person-without >>/etc/pam.d/person-with

# cost SERVICE WHO STAGE: system calls of ten times the stage, without those
# of the first time, as "CALL +N".
cost() {
	strace -o "$WORK/once" "$TALK" "$1" "$2" "$3" >"$WORK/told" 2>&1
	strace -o "$WORK/eleven" "$TALK" "$1" "$2" "$3" "$3" "$3" "$3" "$3" \
	    "$3" "$3" "$3" "$3" "$3" "$3" >>"$WORK/told" 2>&1
	/usr/bin/python3 - "$WORK/once" "$WORK/eleven" <<-'END'
	import collections, re, sys
	def count(path):
	    names = (re.match(r"(\w+)\(", line) for line in open(path))
	    return collections.Counter(m.group(1) for m in names if m)
	once, eleven = map(count, sys.argv[1:])
	eleven.subtract(once)
	print(",".join("%s +%d" % c for c in sorted(eleven.items())
	      if c[1] and c[0] not in ("brk", "mmap", "munmap")))
	END
}

# paid N: $without and so many readlinks.
paid() {
	tr , '\n' <<<"$without,readlinkat +$1" | sort | paste -sd,
}

# A name with '-' could be a template's: one look more.
useradd -m anna-maria
for stage in auth account setcred session close; do
	without=$(cost person-without root $stage)
	is "$stage: root pays one readlink" "$(paid 10)" \
	    "$(cost person-with root $stage)"
	is "$stage: ten times, and well" "$stage 0" "$(sort -u "$WORK/told")"
done
is 'close: anna-maria pays two' "$(paid 20)" \
    "$(cost person-with anna-maria close)"
finish
