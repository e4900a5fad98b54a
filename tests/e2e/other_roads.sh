#!/bin/bash
# SPDX-License-Identifier: BSD-2-Clause
# The ways into an account that are not ssh: sudo -u, su and runuser by root
# and by a person, systemd-user, any other service, and sudo by the account
# itself.  (cron: cron.sh.)
. "$(dirname "$0")/attack_lib.sh"

ENTER=$BUILD/tests/e2e/pam_enter
useradd -m alice
useradd -m bob
cat >/etc/sudoers.d/people <<-END
alice ALL=(ALL) NOPASSWD: ALL
web-deploy ALL=(root) NOPASSWD: /usr/bin/id
web-deploy ALL=(pr-74-1) NOPASSWD: /usr/bin/tee
END
key k

# sudo calls some refusals a warning: what counts is whether the command ran.
not_run() {
	is "$1: nothing runs" '' "$(cat /tmp/ran 2>/dev/null)"
	rm -f /tmp/ran
}

# by NAME RUSER CMD...: a person's way in: allowed, recorded, no lease.
by() {
	local name=$1 who=$2
	shift 2
	mark_trail
	try "$name" 0 '^web-deploy$' "$@"
	recorded "$name" 1 event=session.open reason=by-person \
	    account=web-deploy detail="$who"
	recorded "$name, and no grant" 0 outcome=grant
	is "$name: no lease" '' "$(ls /run/nhi/leases)"
}

by 'sudo -u by root' root sudo -u web-deploy id -un
by 'sudo -i -u by root' root sudo -i -u web-deploy id -un
by 'su by root' root su web-deploy -c 'id -un'
by 'su - by root' root su - web-deploy -c 'id -un'
# Debian's runuser has a stack without the common files: not recorded.
try 'runuser -l by root' 0 '^web-deploy$' runuser -l web-deploy -c 'id -un'
by 'sudo -u by a person' alice su alice -c 'sudo -n -u web-deploy id -un'
by 'sudo su by a person' root su alice -c 'sudo -n su web-deploy -c "id -un"'
try 'a person without rights: no sudo -u' 1 '' \
    su bob -c 'sudo -n -u web-deploy id -un'
try 'a person without rights: no su' 1 'Authentication failure' \
    su bob -c 'echo | su web-deploy -c "id -un"'

# A template's name resolves for root before anybody logged in as it; a person
# is no first login.
mark_trail
try 'sudo -u for a name that never logged in' 1 'nhi: refused: policy' \
    sudo -u pr-74-1 sh -c 'echo ran >/tmp/ran'
not_run 'sudo -u for a name that never logged in'
recorded 'a name that never logged in' 1 reason=account-unknown
is 'a name that never logged in: no UID is claimed' '' \
    "$(find /var/lib/nhi/uids/name -name 'pr-*')"
try 'root and alice are not touched' 0 '^alice$' sudo -u alice id -un

# systemd-user, as Debian's libpam-systemd has it.
cat >/etc/pam.d/systemd-user <<-END
@include common-account
session required pam_loginuid.so
@include common-session-noninteractive
END
mark_trail
try 'systemd-user without a lease' 1 '^account [^0]' \
    "$ENTER" systemd-user web-deploy
recorded 'systemd-user without a lease' 1 reason=no-evidence \
    service=systemd-user
issue k web-deploy 2>"$OUT" || not_ok 'a certificate'
nhi_ssh k web-deploy@127.0.0.1 'echo $$ >pid; exec sleep 250' \
    >/dev/null 2>&1 </dev/null &
session=$!
until_true 30 test -L /run/nhi/leases/web-deploy || not_ok 'a lease'
mark_trail
try 'systemd-user with a lease' 0 '^session 0' \
    "$ENTER" systemd-user web-deploy
recorded 'systemd-user with a lease' 1 event=session.open \
    service=systemd-user account=web-deploy
try 'systemd-user for alice' 0 '^session 0' "$ENTER" systemd-user alice

# The session is there, but it is not the caller's: no sudo by its UID.
mark_trail
try 'sudo by the UID alone, a session is live' 1 '' \
    setpriv --reuid web-deploy --regid web-deploy --clear-groups \
    sudo -n /usr/bin/id -u
recorded 'sudo by the UID alone' 1 event=sudo.deny reason=no-evidence
try 'sudo in a shell that root opened' 1 '' \
    su web-deploy -c 'sudo -n /usr/bin/id -u'
stop "$session"
until_true 30 test ! -L /run/nhi/leases/web-deploy || not_ok 'lease ends'
try 'systemd-user after the lease' 1 '^account [^0]' \
    "$ENTER" systemd-user web-deploy

mark_trail
try 'sudo with the lease of its session' 0 '^0$' \
    nhi_ssh k web-deploy@127.0.0.1 'sudo -n /usr/bin/id -u'
recorded 'sudo with a lease' 1 event=sudo.grant outcome=grant \
    account=web-deploy identity=web-deploy
try 'sudo of what sudoers does not name' 1 '' \
    nhi_ssh k web-deploy@127.0.0.1 'sudo -n /usr/bin/whoami'
mark_trail
try 'sudo -u from account to account' 1 'nhi: refused: policy' nhi_ssh k \
    web-deploy@127.0.0.1 'echo ran | sudo -n -u pr-74-1 /usr/bin/tee /tmp/ran'
not_run 'sudo -u from account to account'
recorded 'from account to account' 1 reason=service account=pr-74-1

# A session goes on when its identity is held or revoked; its sudo does not.
# later NAME REASON CMD...: sudo in a session that began before CMD.
later() {
	local name=$1 reason=$2 pid
	shift 2

	rm -f /tmp/go "$WORK/later"
	until_true 30 test ! -L /run/nhi/leases/web-deploy ||
		not_ok "$name: the lease before ends"
	nhi_ssh k web-deploy@127.0.0.1 'echo in; until [ -e /tmp/go ]; do
	    sleep 0.1; done; sudo -n /usr/bin/id -u' </dev/null \
	    >"$WORK/later" 2>&1 &
	pid=$!
	# A lease alone is a login that may still be refused.
	until_true 30 grep -qx in "$WORK/later" || not_ok "$name: a session"
	"$@"
	mark_trail
	touch /tmp/go
	wait $pid
	try "sudo after $name" 1 '' grep -qx 0 "$WORK/later"
	recorded "sudo after $name" 1 event=sudo.deny reason="$reason" \
	    account=web-deploy
}

later 'a hold of the account' hold hold account web-deploy
lift account web-deploy
later 'a hold of the identity' hold hold identity web-deploy
lift identity web-deploy
later 'a hold of the issuer' hold hold issuer github
lift issuer github
later 'a hold of everything' hold hold all
lift all
serial=$(ssh-keygen -L -f "$WORK/k-cert.pub" | sed -n 's/ *Serial: //p')
later 'a revocation' cert-revoked ln -s 'r-1 1 root test' \
    "/var/lib/nhi/revoked/serial/$serial"
rm "/var/lib/nhi/revoked/serial/$serial"
later 'a revocation of the identity, made a moment later' cert-revoked \
    nhictl revoke --identity web-deploy --reason test
rm /var/lib/nhi/revoked/identity/web-deploy
later 'a revocation of the key' cert-revoked nhictl revoke --key \
    "$(ssh-keygen -lf "$WORK/k.pub" | cut -d' ' -f2)" --reason test
rm /var/lib/nhi/revoked/key/*
try 'sudo when nothing is held' 0 '^0$' \
    nhi_ssh k web-deploy@127.0.0.1 'sudo -n /usr/bin/id -u'

# sudoers may ask for another's password: then PAM is asked for that one.
for word in targetpw rootpw runaspw; do
	echo "Defaults $word" >/etc/sudoers.d/zz-$word
	mark_trail
	try "sudo without a lease, Defaults $word" 1 '' \
	    su web-deploy -c 'sudo -n /usr/bin/id -u'
	recorded "sudo without a lease, Defaults $word" 1 event=sudo.deny \
	    reason=no-evidence account=web-deploy
	try "sudo with a lease, Defaults $word" 0 '^0$' \
	    nhi_ssh k web-deploy@127.0.0.1 'sudo -n /usr/bin/id -u'
	try "sudo by a person, Defaults $word" 0 '^0$' \
	    su alice -c 'sudo -n /usr/bin/id -u'
	rm -f /etc/sudoers.d/zz-$word
done

# What was decided of one account counts for no other.
try 'PAM_USER changes after the account stage' 1 '^account [^0]' \
    "$ENTER" su web-deploy root pr-74-9

# Any other service, with a file of its own or with "other".
cp /etc/pam.d/login /etc/pam.d/vsftpd
for service in login vsftpd nosuchfile polkit-1; do
	mark_trail
	try "$service" 1 '^account [^0]' "$ENTER" $service web-deploy root
	recorded "$service" 1 reason=service service=$service
	try "$service by a person's name" 1 '^account [^0]' \
	    "$ENTER" $service web-deploy alice
done
try 'login for alice' 0 '^account 0' "$ENTER" login alice
finish
