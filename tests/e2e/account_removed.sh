#!/bin/bash
# SPDX-License-Identifier: BSD-2-Clause
# An account that policy no longer names, while it has a session and after:
# no way in is left open behind it, and its UID is nobody else's.
. "$(dirname "$0")/attack_lib.sh"

key k
key plain
issue k web-deploy 2>"$OUT" || not_ok 'a certificate'
echo 'web-deploy ALL=(root) NOPASSWD: /usr/bin/id' >/etc/sudoers.d/bot
uid=$(id -u web-deploy)

# lab_policy [SED-SCRIPT]: without web-deploy, and then edited.
lab_policy() {
	sed -e '/name = "web-deploy"/,/account = "web-deploy"; },/d' \
	    ${1:+-e "$1"} /src/tests/lab/nhi.conf
}

# A session that prepares for the time after.
# shellcheck disable=SC2016 # the account's shell expands it
nhi_ssh k web-deploy@127.0.0.1 "mkdir -m 700 .ssh
	echo '$(cat "$WORK/plain.pub")' >.ssh/authorized_keys
	echo '* * * * * id' >crontab; crontab crontab
	setsid sleep 7401 >/dev/null 2>&1 &
	until [ -e /tmp/go ]; do sleep 0.1; done
	sudo -n /usr/bin/id -u; id -u" </dev/null >"$WORK/session" 2>/dev/null &
session=$!
until_true 30 pgrep -u web-deploy -xf 'sleep 7401' || not_ok 'the session'

lab_policy | policy
try 'the name is gone' 2 '' getent passwd web-deploy
try 'the number still has an owner' 0 '^web-deploy:.*/nologin$' \
    getent passwd "$uid"

# closed WHEN
closed() {
	try "$1: no login with the certificate" 255 'Permission denied' \
	    cert_ssh k web-deploy@127.0.0.1 id
	try "$1: no login with a key from its home" 255 'Permission denied' \
	    nhi_ssh plain web-deploy@127.0.0.1 id
	try "$1: no su" 1 '' su web-deploy -c id
	mint >"$WORK/token"
	nhi_ssh k nhi@127.0.0.1 web-deploy <"$WORK/token" >"$WORK/cert" \
	    2>"$OUT"
	is "$1: no certificate" '77 0' "$? $(wc -c <"$WORK/cert")"
}

closed 'while it has a session'
touch /tmp/go
wait $session
is 'its session goes on without sudo' "$uid" \
    "$(grep -xE '[0-9]+' "$WORK/session")"
until_true 30 test ! -L /run/nhi/leases/web-deploy
is 'its session ends as any other' '' "$(pgrep -r D,R,S,T,t -au "$uid")$(find \
    /run/nhi/leases /run/nhi/sessions ! -type d ! -name .lock)"
closed 'after its session'

# Its number.
lab_policy "s/^identities = (/&\n  { name = \"other\"; owner = \"a@example.com\";\
 purpose = \"x\"; expires = \"2099-12-31\"; issuer = \"github\"; match = ( \
{ claim = \"repository_id\"; is = \"75\"; }, { claim = \
\"repository_owner_id\"; is = \"65\"; } ); account = \"other-bot\"; uid = \
$uid; },/" >"$POLICY"
try 'another account does not get its number' 1 "$uid" nhictl apply
try 'and the policy is not in force' 2 '' getent passwd other-bot
policy </src/tests/lab/nhi.conf
is 'back in policy: its own number' "$uid" "$(id -u web-deploy)"
mark_trail
try 'back in policy: its certificate' 0 "^$uid$" \
    cert_ssh k web-deploy@127.0.0.1 id -u
recorded 'back in policy' 1 event=login.grant

# In the middle of a login: a line of the host's session stack takes it away.
cp /etc/pam.d/sshd "$WORK/stack"
cat >/root/lose <<-END
	#!/bin/sh
	[ "\$PAM_USER" = web-deploy ] && [ -e /root/losing ] || exit 0
	exec >/root/lost 2>&1 </dev/null
	cp /root/without $POLICY && nhictl apply
END
chmod 755 /root/lose
# lose NAME RECORDS STATUS PATTERN CMD...: a login that loses its account.
lose() {
	local name=$1 count=$2 status=$3 pattern=$4
	shift 4

	cat "$WORK/with" | policy
	lab_policy "$KBDINT" >/root/without
	touch /root/losing
	mark_trail
	try "lost in the middle: $name" "$status" "$pattern" "$@"
	rm /root/losing
	is "lost in the middle: $name: it was lost" 2 \
	    "$(getent passwd web-deploy >/dev/null; echo $?)"
	recorded "lost in the middle: $name" "$count" event=login.deny \
	    reason=account-unknown account=web-deploy component=pam_nhi
	is "lost in the middle: $name: and nothing is given" '0 0' \
	    "$(records event=login.grant) $(records event=session.open)"
}
KBDINT='s/^issuers = (/sshd = { keyboard_interactive = true; };\n&/'
sed "$KBDINT" /src/tests/lab/nhi.conf >"$WORK/with"
sed -i '0,/^session/s//session required pam_exec.so seteuid \/root\/lose\n&/' \
    /etc/pam.d/sshd
lose 'a certificate' 1 254 '^nhi: refused: policy [0-9a-z]{26}' \
    cert_ssh k web-deploy@127.0.0.1 'id; echo shell'
mint --claims "$E2E/claims/small.json" >"$WORK/token"
lose 'a token' 1 254 '^nhi: refused: policy [0-9a-z]{26}' env \
    SSH_ASKPASS=/usr/bin/nhi-askpass SSH_ASKPASS_REQUIRE=force \
    NHI_TOKEN_FILE="$WORK/token" ssh -n -F /dev/null \
    -o PreferredAuthentications=keyboard-interactive \
    -o NumberOfPasswordPrompts=1 web-deploy@127.0.0.1 'id; echo shell'
policy <"$WORK/with"
# What was told at the account stage has its record, and is executed.
hold account web-deploy
cat "$WORK/with" >"$POLICY"
touch /root/losing
mark_trail
try 'lost in the middle: a held one' 254 '^nhi: refused: policy ' \
    cert_ssh k web-deploy@127.0.0.1 'id; echo shell'
rm /root/losing
recorded 'lost in the middle: a held one' 1 event=login.deny reason=hold
is 'lost in the middle: a held one: once' 1 "$(records event=login.deny)"
lift account web-deploy
cp "$WORK/stack" /etc/pam.d/sshd

# And a person may have had the name in between.
lab_policy | policy
useradd -m web-deploy
install -d -m 700 -o web-deploy /home/web-deploy/.ssh
install -m 600 -o web-deploy "$WORK/plain.pub" \
    /home/web-deploy/.ssh/authorized_keys
try 'a person of that name logs in' 0 '^web-deploy$' \
    nhi_ssh plain web-deploy@127.0.0.1 id -un
is 'with a number of his own' no \
    "$([ "$(id -u web-deploy)" = "$uid" ] && echo yes || echo no)"
try "not with the account's certificate" 255 'Permission denied' \
    cert_ssh k web-deploy@127.0.0.1 id
cp /src/tests/lab/nhi.conf "$POLICY"
try "and is not made an account of" 1 'web-deploy' nhictl apply
finish
