#!/bin/bash
# SPDX-License-Identifier: BSD-2-Clause
# nhictl doctor: its command line, and what it finds of sshd.
. "$(dirname "$0")/doctor_lib.sh"

DROPIN=/etc/ssh/sshd_config.d/00-nhi.conf
CONF=/etc/ssh/sshd_config
keep $DROPIN $CONF

# The command line.
try 'other words are wrong usage' 64 '^usage: nhictl doctor' \
    nhictl doctor --force
try '--list takes no look' 64 '^usage: nhictl doctor' \
    nhictl doctor --list --state
try '--list tells what may be found' 0 '^error +sshd-usepam-off' \
    nhictl doctor --list
is 'each id is there once' "$(nhictl doctor --list --json | wc -l)" \
    "$(nhictl doctor --list --json | field_of_each id | sort -u | wc -l)"
# Each has a test that plants it, and stands in the manual as it is.
missing() {
	local id severity

	nhictl doctor --list --json | sed 's/","/ /g; s/":"/ /g' |
	    while read -r _ id _ severity _; do
		grep -Eqw -- "$id" /src/tests/e2e/doctor*.sh \
		    /src/tests/unit/test_doctor.c || echo "$id: no test"
		grep -Fqx ".It Cm $id Pq $severity" /src/nhictl/nhi-doctor.7 ||
			echo "$id: not in the manual"
	done
}
is 'each has a test and stands in nhi-doctor(7)' '' "$(missing)"
try 'who is not root is told what was not looked at' 2 \
    'not looked at: sshd: needs root' setpriv --reuid 65534 --regid 65534 \
    --clear-groups nhictl doctor
snapshot() {
	find /etc /var/lib /var/spool /var/cache /var/log/nhi /run /usr/libexec \
	    -xdev -printf '%p %u %m %T@ %C@ %i\n' | grep -v /run/sudo | sort
}
snapshot >"$WORK/before"
nhictl doctor --state >/dev/null
snapshot >"$WORK/after"
try 'it changes nothing' 0 '' cmp "$WORK/before" "$WORK/after"

# One fault is an object with all that is said of it, and exit 1.
conf 'UsePAM no'
try 'a finding is an error' 1 \
    '^error +sshd-usepam-off: .*UsePAM is "no", meant is "yes"' nhictl doctor
try 'as JSON' 1 '^\{"id":"sshd-usepam-off","severity":"error","fact":"[^"]+.*"explanation":"without PAM.*"remedy":"UsePAM yes' \
    nhictl doctor --json
unconf
nhictl hold add --account web-deploy --reason 'a note only' >/dev/null
try 'notes alone end with 0' 0 '^note +hold-endless' nhictl doctor
nhictl hold lift --account web-deploy >/dev/null

# sshd
finds sshd-config-invalid 'a word that sshd does not know' \
    'conf NoSuchWord' unconf
finds sshd-dropin-missing 'no drop-in' "rm $DROPIN" "put_back $DROPIN"
finds sshd-dropin-edited 'a line more in the drop-in' \
    "echo '# mine' >>$DROPIN; touch -d '1 hour ago' $DROPIN" \
    "put_back $DROPIN"
finds sshd-dropin-edited 'somebody else'\''s drop-in' \
    "echo 'Match User nhi' >$DROPIN; touch -d '1 hour ago' $DROPIN" \
    "put_back $DROPIN"
finds 'sshd-dropin-edited sshd-shadowed' 'a line less in the drop-in' \
    "sed -i '/MaxSessions/d' $DROPIN; touch -d '1 hour ago' $DROPIN" \
    "put_back $DROPIN"
finds 'sshd-dropin-edited sshd-dropin-outdated sshd-shadowed' \
    'options of another policy' \
    "sed -i s/tty=no/tty=yes/ $DROPIN; touch -d '1 hour ago' $DROPIN" \
    "put_back $DROPIN"
finds sshd-not-included 'no Include' \
    "sed -i '/^Include/d' $CONF; touch -d '1 hour ago' $CONF" "put_back $CONF"
finds sshd-usepam-off 'UsePAM no' "conf 'UsePAM no'" unconf
finds sshd-ca-elsewhere 'another CA for the accounts' \
    "conf 'Match Group nhi-accounts' 'TrustedUserCAKeys /etc/other.pub'" \
    unconf
finds sshd-ca-people 'the CA of machines for everybody' \
    "conf 'TrustedUserCAKeys /etc/nhi/ca/ca.pub'" unconf
other_ca() {
	rm -f "$WORK/people"*
	ssh-keygen -q -t ed25519 -N '' -f "$WORK/people"
	conf "TrustedUserCAKeys $WORK/people.pub"
}
finds '' 'a CA of people' other_ca unconf
finds sshd-keys-command 'another keys command' \
    "conf 'Match User nhi' 'AuthorizedKeysCommand /bin/true' \
    'AuthorizedKeysCommandUser nobody'; sed -i /CommandUser/d \
    /etc/ssh/sshd_config.d/00-aaa.conf; touch -d '1 hour ago' \
    /etc/ssh/sshd_config.d/00-aaa.conf" unconf
finds sshd-methods 'another method' \
    "conf 'Match all' 'AuthenticationMethods publickey,password'" unconf
finds sshd-shadowed 'a Match all before ours' \
    "conf 'Match all' 'PermitTTY yes'" unconf
finds sshd-shadowed 'a Match for one address only' \
    "conf 'Match Address 10.9.0.0/16' 'DisableForwarding no'" unconf
finds sshd-shadowed 'an AcceptEnv of a later Match' \
    "echo 'Match all
AcceptEnv LD_PRELOAD' >>$CONF; touch -d '1 hour ago' $CONF" "put_back $CONF"
finds sshd-refuses-accounts AllowGroups "conf 'AllowGroups root wheel'" unconf
finds sshd-refuses-accounts DenyUsers "conf 'DenyUsers web-*'" unconf
# (The name that OpenSSH 8.4 knows, too.)
finds sshd-no-certificates 'plain keys only' \
    "conf 'PubkeyAcceptedKeyTypes ssh-ed25519'" unconf
finds sshd-ca-algorithms 'signatures of other keys only' \
    "conf 'CASignatureAlgorithms ssh-ed25519,rsa-sha2-512'" unconf
is 'and all that a CA of ours may have' '' \
    "$(conf 'CASignatureAlgorithms ecdsa-sha2-nistp256,rsa-sha2-256'; ids; unconf)"
finds sshd-not-reloaded 'a pid file that is older than the drop-in' \
    "touch -d '2 minutes ago' $DROPIN; touch -d '1 hour ago' /run/sshd.pid" \
    "put_back $DROPIN; touch /run/sshd.pid"
finds sshd-revoked-keys 'a list that is missing' \
    "conf 'RevokedKeys /etc/ssh/revoked'" unconf
finds sshd-revoked-keys 'a list that is empty' \
    "conf 'RevokedKeys /etc/ssh/revoked'; : >/etc/ssh/revoked" \
    'unconf; rm /etc/ssh/revoked'
finds sshd-max-startups 'few connections' "conf 'MaxStartups 2:50:5'" unconf
finds lastlog-sparse 'terminals and a lastlog' \
    "changed 's/^version.*/& sshd = { permit_tty = true; };/' &&
    touch /var/log/lastlog /run/sshd.pid" \
    'rm /var/log/lastlog; unchanged; touch /run/sshd.pid'
# OpenSSH has penalties since 9.8, and then a failed token costs one.
penalized=$(/usr/sbin/sshd -T | grep -c '^persourcepenalties ')
finds "sshd-keyboard-off$([ "$penalized" -eq 0 ] || echo ' sshd-penalties')" \
    'no keyboard-interactive where policy has it' \
    "changed 's/^version.*/& sshd = { keyboard_interactive = true; };/' &&
    touch /run/sshd.pid &&
    conf 'Match all' 'KbdInteractiveAuthentication no'" \
    'unconf; unchanged; touch /run/sshd.pid'
# Where it has none, an sshd that says so is enough for doctor.
penalties() {
	if [ "$penalized" -gt 0 ]; then
		conf 'PerSourcePenalties authfail:5000s'
		return
	fi
	mv /usr/sbin/sshd /usr/sbin/sshd.real
	cat >/usr/sbin/sshd <<-'END'
	#!/bin/sh
	/usr/sbin/sshd.real "$@" || exit
	case $1 in
	-T) echo persourcepenalties crash:90s authfail:5000s noauth:1s max:600s
	    echo persourcepenaltyexemptlist none ;;
	esac
	END
	chmod 755 /usr/sbin/sshd
}
finds sshd-penalties 'long penalties, and nobody exempt' penalties \
    'unconf; [ ! -e /usr/sbin/sshd.real ] ||
    mv /usr/sbin/sshd.real /usr/sbin/sshd'
restart() {
	kill "$(cat /run/sshd.pid)"
	until_true 30 test ! -e /run/sshd.pid
	"$@" /usr/sbin/sshd
	until_true 30 test -s /run/sshd.pid
}
finds sshd-no-new-privs 'an sshd that can start no set-uid program' \
    'restart setpriv --no-new-privs' restart

all_well
