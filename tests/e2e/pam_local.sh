#!/bin/bash
# SPDX-License-Identifier: BSD-2-Clause
# A token through PAM in services of the host: by conversation, as the
# password of an earlier module, from a file; login itself on a terminal; and
# sudo where the kernel has no audit sessions.
. "$(dirname "$0")/road_lib.sh"

TALK=$BUILD/tests/e2e/pam_talk
CLAIMS=$WORK/claims.json
cat >"$CLAIMS" <<-END
{ "aud": "ssh://web-1.example.com", "repository_id": "74", "iat": 0,
  "exp": 300 }
END

# service NAME LINE...: a file of /etc/pam.d that is NHI's alone.
service() {
	local name=$1
	shift
	printf '%s\n' "$@" 'account required pam_nhi.so' \
	    'session required pam_nhi.so' >"/etc/pam.d/$name"
}

# pieces SIZE: the token on standard input as one answer a line; where its last
# piece is a whole one, an empty answer follows.
pieces() {
	/usr/bin/python3 -c 'import sys
text, n = sys.stdin.read(), int(sys.argv[1])
for i in range(0, len(text) + 1, n):
    print(text[i:i + n])' "$1"
}

# talk NAME STATUS PATTERN SERVICE STAGE...: answers are in $WORK/answers.
talk() {
	local name=$1 status=$2 pattern=$3 got=0
	shift 3

	"$TALK" "$1" web-deploy "${@:2}" <"$WORK/answers" >"$OUT" 2>&1 ||
		got=$?
	if [ $got -eq "$status" ] && grep -Eq "$pattern" "$OUT"; then
		ok "$name"
	else
		echo "status $got, wanted $status and /$pattern/" >>"$OUT"
		not_ok "$name"
	fi
}

# short [MINT-ARGUMENT...]: a token as small as they get.
short() {
	token lab es256 -- --claims "$CLAIMS" "$@"
}

# policy [MORE]
policy() {
	apply 'the policy' <<-END
	version = 1;
	host = { id = "web-1.example.com"; };
	issuers = ( $(issuer lab) );
	identities = ( $(identity bot lab web-deploy repository_id 74 "${1:-}"),
	$(identity pr lab 'pr-{run}' sub job-pr) );
	END
}

denied() {
	is "$1: its reason" "$2" "$(audit_last token.deny | field reason)"
}

service nhi-plain 'auth required pam_nhi.so'
service nhi-try 'auth optional pam_unix.so nodelay' \
    'auth required pam_nhi.so try_first_pass'
service nhi-try-alone 'auth required pam_nhi.so try_first_pass'
service nhi-use 'auth optional pam_unix.so nodelay' \
    'auth required pam_nhi.so use_first_pass'
service nhi-use-alone 'auth required pam_nhi.so use_first_pass'
service nhi-file 'auth required pam_nhi.so token_file=/root/token'
service nhi-typo 'auth required pam_nhi.so token_fil=/root/token'

make_keys lab es256
policy

# By conversation: with clients that cut, and one that does not.
for piece in 511 1000 1023 40000; do
	short --pad 6000 | pieces $piece >"$WORK/answers"
	talk "answers of $piece bytes" 0 '^close 0$' nhi-plain auth account \
	    setcred session '!nhictl sessions --json >'"$WORK/open" close
	is "answers of $piece bytes: as many questions" \
	    "$((piece < 6000 ? 6000 / piece + 1 : 1))" \
	    "$(grep -c '^asked NHI token' "$OUT")"
	is "answers of $piece bytes: a session of this service" nhi-plain \
	    "$(field service <"$WORK/open")"
done
is 'the sessions are closed' '' "$(ls /run/nhi/leases)"
is 'no hand-over is left' '' "$(ls /run/nhi/pending)"
talk 'the same token again' 1 '^auth 7$' nhi-plain auth
denied 'the same token again' replay
: >"$WORK/answers"
talk 'no answer' 1 '^said nhi: refused: input ' nhi-plain auth
denied 'no answer' input
echo >"$WORK/answers"
talk 'an empty answer' 1 '^said nhi: refused: input ' nhi-plain auth
denied 'an empty answer' empty
yes "$(head -c 1000 /dev/zero | tr '\0' a)" | head -n 200 >"$WORK/answers"
talk 'answers without end' 1 '^said nhi: refused: input ' nhi-plain auth
denied 'answers without end' too-large
is 'answers without end: it stops asking' yes \
    "$([ "$(grep -c ^asked "$OUT")" -le 70 ] && echo yes)"
short >"$WORK/answers"
talk 'no account without a token' 1 '^account [^0]' nhi-plain account
talk 'no session without a token' 1 '^session [^0]' nhi-plain session
talk 'an unknown argument' 1 '^auth [^0]' nhi-typo auth
is 'an unknown argument: its reason' policy-invalid \
    "$(audit_last token.deny | field reason)"

# A set-uid program can be stopped by whoever started it, with a slot in its
# hand: those of root's services are others.
SLOTS=/run/nhi/pam-slots
install -m 4755 -o root "$TALK" /usr/local/bin/talk-suid
useradd -m alice

# held DIR CMD...: while all slots there are taken.
held() {
	local dir=$1 n
	local -a pids=()
	shift

	for ((n = 0; n < 16; n++)); do
		flock -x "$dir/$n" sleep 60 &
		pids+=($!)
	done
	until_true 10 all_held "$dir"
	"$@"
	kill "${pids[@]}"
	wait "${pids[@]}" 2>/dev/null
}

all_held() {
	local n

	for ((n = 0; n < 16; n++)); do
		! flock -n "$1/$n" true || return 1
	done
}

# suid ACCOUNT STAGE...
suid() {
	setpriv --reuid alice --regid alice --clear-groups \
	    /usr/local/bin/talk-suid nhi-plain "$@"
}
short >"$WORK/answers"
is 'a set-uid program takes a token' 'account 0' \
    "$(suid web-deploy auth account <"$WORK/answers" | tail -n 1)"

# Nor with a lock in its hand that all logins need: of a session, of a UID.
short >"$WORK/answers"
is 'but opens no session' 'session 6 service' "$(
    suid web-deploy auth account session <"$WORK/answers" | tail -n 1) $(
    audit_last login.deny | field reason)"
is 'none is recorded' '' "$(find /run/nhi/leases /run/nhi/sessions -name '*web*')"
template() {
	token lab es256 sub=job-pr run=7 -- --claims "$CLAIMS" \
	    >"$WORK/answers"
}
template
is 'nor gives a name its UID' 'account 6 account-unknown' "$(
    suid pr-7 auth account <"$WORK/answers" | tail -n 1) $(
    audit_last login.deny | field reason)"
try 'which has none then' 1 '' test -L /var/lib/nhi/uids/name/pr-7
template
talk_pr() {
	"$TALK" nhi-plain pr-7 auth account session close <"$WORK/answers"
}
is "and which a program of root's gets" 'close 0' "$(talk_pr | tail -n 1)"
short >"$WORK/answers"
held $SLOTS/set-uid talk "all set-uid slots are taken: root's service" 0 \
    '^auth 0$' nhi-plain auth
short >"$WORK/answers"
waits() {
	suid web-deploy auth <"$WORK/answers" >"$OUT"
}
held $SLOTS/set-uid waits
is 'all set-uid slots are taken: a set-uid one waits, and no longer' 1 \
    "$(grep -c '^said nhi: refused: busy ' "$OUT")"

# The password of an earlier module; pam_unix takes 512 bytes.
short >"$WORK/answers"
is 'a short token is made' yes \
    "$([ "$(stat -c %s "$WORK/answers")" -le 500 ] && echo yes)"
talk 'use_first_pass takes the password' 0 '^auth 0$' nhi-use auth
is 'use_first_pass takes the password: one question' '1 0' \
    "$(grep -c ^asked "$OUT") $(grep -c 'asked NHI' "$OUT")"
talk 'use_first_pass, the same again' 1 '^auth 7$' nhi-use auth
denied 'use_first_pass, the same again' replay
short >"$WORK/answers"
talk 'use_first_pass alone does not ask' 1 '^said nhi: refused: input ' \
    nhi-use-alone auth
denied 'use_first_pass alone' empty
is 'use_first_pass alone does not ask a thing' 0 "$(grep -c ^asked "$OUT")"
short >"$WORK/answers"
talk 'try_first_pass takes the password' 0 '^auth 0$' nhi-try auth
is 'try_first_pass takes the password: one question' '1 0' \
    "$(grep -c ^asked "$OUT") $(grep -c 'asked NHI' "$OUT")"
short >"$WORK/answers"
talk 'try_first_pass alone asks' 0 '^asked NHI token' nhi-try-alone auth
is 'neither took two' 1 "$(grep -c ^asked "$OUT")"

# token_file
: >"$WORK/answers"
short >/root/token
echo >>/root/token
chmod 600 /root/token
talk 'token_file' 0 '^session 0$' nhi-file auth account session close
is 'token_file: nothing is asked' 0 "$(grep -c ^asked "$OUT")"
talk 'token_file is good once, too' 1 '^auth 7$' nhi-file auth
denied 'token_file is good once, too' replay
file_refused() {
	talk "token_file: $1" 1 '^said nhi: refused: fault ' nhi-file auth
	denied "token_file: $1" state
}
short >/root/token
chmod 620 /root/token
file_refused "the group's to write"
chmod 600 /root/token
chown nobody /root/token
file_refused "somebody else's"
rm /root/token
file_refused 'none'
mkfifo /root/token
chmod 600 /root/token
file_refused 'a pipe'
rm /root/token
short >/root/other
ln -s other /root/token
file_refused 'a link'
rm /root/token
head -c 70000 /dev/zero | tr '\0' a >/root/token
talk 'token_file: too large' 1 '^said nhi: refused: input ' nhi-file auth

# login on a terminal.
cat >"$WORK/terminal" <<-'END'
	import os, pty, re, select, sys, time
	size, token = int(sys.argv[1]), sys.stdin.read()
	pid, fd = pty.fork()
	if pid == 0:
	    os.execvp("login", ["login", "web-deploy"])
	seen, done, sent, end = b"", 0, False, time.time() + 20
	while time.time() < end:
	    if select.select([fd], [], [], 0.1)[0]:
	        try:
	            seen += os.read(fd, 4096)
	        except OSError:
	            break
	    if b"incorrect" in seen:
	        os.kill(pid, 9)
	        break
	    asked = len(re.findall(rb"(?:token|part \d+): ", seen))
	    if asked > done:
	        os.write(fd, token[done * size:(done + 1) * size].encode() +
	                 b"\n")
	        done = asked
	    elif done and not sent and re.search(rb"[$%#] $", seen):
	        os.write(fd, b"echo as $(id -un), $NHI_IDENTITY; exit\n")
	        sent = True
	sys.stdout.write(seen.decode(errors="replace"))
END
for size in 480 511 900; do
	short --pad $size >"$WORK/token"
	/usr/bin/python3 "$WORK/terminal" 511 <"$WORK/token" >"$OUT" 2>&1
	is "login takes a token of $size bytes" 1 \
	    "$(grep -c '^as web-deploy, bot' "$OUT")"
	is "login: the token is not echoed ($size)" 0 \
	    "$(grep -c "$(head -c 40 "$WORK/token")" "$OUT")"
done
is 'login has its session in the trail' login \
    "$(audit_last session.open | field service)"
short --wrong-key |
    /usr/bin/python3 "$WORK/terminal" 511 >"$OUT" 2>&1
is 'login refuses a forged one' 1 "$(grep -c '^nhi: refused: token' "$OUT")"
denied 'login refuses a forged one' signature

# sudo where there is no audit session: as in a container, whose kernel keeps
# loginuid to itself.
policy 'sudo = [ "/usr/bin/id -u" ];'
key k
short | trade k web-deploy 2>"$OUT" || not_ok 'a certificate'
is 'sudo, with audit sessions' 0 \
    "$(login k web-deploy sudo -n /usr/bin/id -u 2>"$OUT")"
strace -f -o /dev/null -P /proc/self/loginuid -P /proc/self/sessionid \
    -e trace=openat,open -e inject=openat,open:error=ENOENT \
    -p "$(cat /run/sshd.pid)" 2>"$WORK/strace" &
STRACE=$!
if until_true 10 grep -q attached "$WORK/strace"; then
	: >"$TRAIL"
	is 'without audit sessions: the login works' web-deploy \
	    "$(login k web-deploy id -un 2>"$OUT")"
	try 'without audit sessions: no sudo' 1 '' \
	    login k web-deploy sudo -n /usr/bin/id -u
	is 'without audit sessions: no grant' '' "$(trail event=sudo.grant)"
	is 'without audit sessions: why' 'no-evidence yes' \
	    "$(audit_last sudo.deny | tee "$WORK/record" | field reason) $(
	    field detail <"$WORK/record" | grep -q 'no audit session' &&
	    echo yes)"
	is 'without audit sessions: none is in the record of one' '' \
	    "$(audit_last session.open | field auid_session)"
	kill $STRACE
	wait $STRACE 2>/dev/null
else
	skip 'without audit sessions' \
	    "strace does not work here: $(head -n 1 "$WORK/strace")"
fi
finish
