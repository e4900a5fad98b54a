#!/bin/bash
# SPDX-License-Identifier: BSD-2-Clause
# ~/.pam_environment is the account's, and pam_env (user_readenv=1 on Debian)
# lets it set any variable, SSH_AUTH_INFO_0 and NHI_* too.  Where our session
# line stands, it comes too late; where somebody moved the line behind pam_env,
# what it says is no evidence.
. "$(dirname "$0")/attack_lib.sh"

HOME_OF=/var/lib/nhi/homes/web-deploy
STACK=/etc/pam.d/sshd

# Two identities share the account.
{
	sed '$d' /src/tests/lab/nhi.conf
	cat <<-'END'
	  , { name = "web-stage"; owner = "alice@example.com";
	    purpose = "deploys the test tier"; expires = "2099-12-31";
	    issuer = "github";
	    match = ( { claim = "repository_id"; is = "74"; },
	              { claim = "repository_owner_id"; is = "65"; },
	              { claim = "ref"; is = "refs/heads/main"; },
	              { claim = "environment"; is = "staging"; } );
	    account = "web-deploy"; }
	);
	END
} | policy

key deploy
key stage
issue deploy web-deploy 2>"$OUT" || not_ok 'a certificate of web-deploy'
issue stage web-deploy --set environment='"staging"' 2>"$OUT" ||
	not_ok 'a certificate of web-stage'
try 'the account logs in' 0 '' nhi_ssh deploy web-deploy@127.0.0.1 true

# all_ended: no session, and each that was opened since mark_trail is closed.
# (Its record is the last that is written of it.)
all_ended() {
	[ -z "$(find /run/nhi/sessions /run/nhi/leases ! -type d \
	    ! -name .lock)" ] &&
	    [ "$(records event=session.open)" = \
	    "$(records event=session.close)" ]
}
# next: of what came before, nothing comes into the trail any more.
next() {
	until_true 30 all_ended || not_ok 'the one before has gone'
	mark_trail
}

# forge TEXT: as the account would, from its own session earlier.
forge() {
	printf '%s\n' "$1" >$HOME_OF/.pam_environment
	chown --reference=$HOME_OF $HOME_OF/.pam_environment
}

whole="publickey $(cut -d' ' -f1,2 "$WORK/stage-cert.pub")"
plain="publickey $(cut -d' ' -f1,2 "$WORK/stage.pub")"
wrong=$(cut -d' ' -f2 "$WORK/stage-cert.pub")
# Its type as it was, what follows spoilt.
wrong="publickey $(cut -d' ' -f1 "$WORK/stage-cert.pub") ${wrong::100}$(
    printf %s "${wrong:100}" | tr a-y b-z)"
others=$(printf 'NHI_SESSION OVERRIDE=%s\nNHI_IDENTITY OVERRIDE=%s\n%s\n' \
    1-1-1 root-deploy 'NHI_HANDLE OVERRIDE=00000000000000000000000000000000
NHI_VERDICT OVERRIDE=ok:root-deploy')

# The attack works against what stands behind pam_env: the test would be empty
# on a system whose pam_env does not read the file.
cat >/usr/local/bin/seen <<-'END'
#!/bin/sh
[ "$PAM_TYPE" = close_session ] || env >>/tmp/seen
END
chmod 755 /usr/local/bin/seen
cp $STACK "$WORK/stack"
echo 'session optional pam_exec.so /usr/local/bin/seen' >>$STACK
forge "SSH_AUTH_INFO_0 OVERRIDE=FORGED
$others"
next
try 'stock stack: the login is what it was' 0 '^web-deploy$' \
    nhi_ssh deploy web-deploy@127.0.0.1 id -un
is 'pam_env of this system reads the file' 1 \
    "$(grep -c '^SSH_AUTH_INFO_0=FORGED' /tmp/seen)"
recorded 'stock stack: the true identity' 1 event=login.grant \
    identity=web-deploy account=web-deploy
recorded 'stock stack: no other' 0 identity=root-deploy
cp "$WORK/stack" $STACK

forge "SSH_AUTH_INFO_0 OVERRIDE=\"$whole\""
next
try "stock stack: another identity's certificate changes nothing" 0 '' \
    nhi_ssh deploy web-deploy@127.0.0.1 true
until_true 30 all_ended || not_ok 'stock stack: it ends'
recorded 'stock stack: the identity that logged in' 2 identity=web-deploy \
    outcome=info
recorded 'stock stack: not the forged identity' 0 identity=web-stage

# Our line behind pam_env, and none in common-session.
sed -i '/pam_nhi/d' /etc/pam.d/common-session
sed -i '/^session.*pam_nhi/d' $STACK
echo 'session requisite pam_nhi.so' >>$STACK

# moved WHAT PATTERN-OF-REASONS TEXT
moved() {
	local what=$1 reasons=$2 text=$3 reason

	forge "$text"
	next
	try "line behind pam_env: $what: refused" 254 '' \
	    nhi_ssh deploy web-deploy@127.0.0.1 id -un
	reason=$(tail -n 1 "$AUDIT" | field reason)
	: >"$OUT"
	if [[ $reason =~ ^($reasons)$ ]] &&
	    [ "$(records event=login.deny)" = 1 ] &&
	    [ "$(records event=login.grant)" = 0 ]; then
		ok "line behind pam_env: $what: recorded"
	else
		cp "$AUDIT" "$OUT"
		not_ok "line behind pam_env: $what: recorded"
	fi
	is "line behind pam_env: $what: no session" '' \
	    "$(find /run/nhi/sessions /run/nhi/leases ! -type d ! -name .lock)"
}

rm -f $HOME_OF/.pam_environment
next
try 'line behind pam_env: nothing forged' 0 '' \
    nhi_ssh deploy web-deploy@127.0.0.1 true
moved 'words' 'no-evidence|evidence-forged' \
    "SSH_AUTH_INFO_0 OVERRIDE=FORGED
$others"
moved 'nothing' 'no-evidence' 'SSH_AUTH_INFO_0 OVERRIDE=""'
moved 'a plain key' 'no-evidence|evidence-forged|cert-type' \
    "SSH_AUTH_INFO_0 OVERRIDE=\"$plain\""
moved 'a spoilt certificate' 'evidence-forged' \
    "SSH_AUTH_INFO_0 OVERRIDE=\"$wrong\""
moved 'a password' 'no-evidence' 'SSH_AUTH_INFO_0 OVERRIDE=password'
# A certificate by a CA of the account's own.
ssh-keygen -q -t ed25519 -N '' -f "$WORK/ca"
cp "$WORK/stage-cert.pub" "$WORK/stage-cert.true"
CA=$WORK/ca sign stage web-deploy
other="publickey $(cut -d' ' -f1,2 "$WORK/stage-cert.pub")"
moved 'a certificate of another CA' 'cert-ca|evidence-forged' \
    "SSH_AUTH_INFO_0 OVERRIDE=\"$other\""

# A person says that he has a token's hand-over.
useradd -m carol
install -d -m 700 -o carol /home/carol/.ssh
install -m 600 -o carol "$WORK/stage.pub" /home/carol/.ssh/authorized_keys
install -m 644 -o carol /dev/stdin /home/carol/.pam_environment <<-'END'
	NHI_PENDING OVERRIDE=00000000000000000000000000000000
	NHI_SESSION OVERRIDE=1-1-1
END
rm -f /tmp/seen
cp $STACK "$WORK/moved"
echo 'session optional pam_exec.so /usr/local/bin/seen' >>$STACK
next
try 'line behind pam_env: a person logs in whatever he says' 0 '^carol$' \
    nhi_ssh stage carol@127.0.0.1 id -un
recorded 'line behind pam_env: and is none of ours' 0 account=carol
is 'line behind pam_env: he did say it' 1 "$(grep -c NHI_SESSION /tmp/seen)"
is 'line behind pam_env: the hand-over is gone' 0 \
    "$(grep -c NHI_PENDING /tmp/seen)"

# Where somebody made our line optional, too, the job has the names of no
# session that was refused.
sed -i 's/^session requisite pam_nhi/session optional pam_nhi/' $STACK
rm -f $HOME_OF/.pam_environment
next
rm -f /tmp/seen
try 'optional line: a session' 0 '' nhi_ssh deploy web-deploy@127.0.0.1 true
is 'optional line: has its names' 2 \
    "$(grep -Ec '^NHI_(SESSION|IDENTITY)=' /tmp/seen)"
next
rm -f /tmp/seen
mv /run/nhi/leases /run/nhi/away
touch /run/nhi/leases
nhi_ssh deploy web-deploy@127.0.0.1 true >"$OUT" 2>&1
rm /run/nhi/leases
mv /run/nhi/away /run/nhi/leases
recorded 'optional line: a refused one' 1 event=login.deny reason=state
is 'optional line: a refused one has none' '1 0' \
    "$(grep -c '^PAM_USER=web-deploy' /tmp/seen) $(grep -Ec \
    '^NHI_(SESSION|IDENTITY)=' /tmp/seen)"
finish
