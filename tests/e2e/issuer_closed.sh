#!/bin/bash
# SPDX-License-Identifier: BSD-2-Clause
# The issuing account and the helpers' accounts open to no certificate,
# whoever got the CA to sign it; not even where the host itself trusts the CA
# for its people, or has put nhi into the accounts' group.
. "$(dirname "$0")/attack_lib.sh"

PWNED=/tmp/pwned
key k
useradd -m alice

# closed WHERE USER: no shell, no command, no subsystem, no forwarding.
closed() {
	local where=$1 user=$2
	local denied='Permission denied \(publickey'

	try "$where: no command as $user" 255 "$denied" \
	    cert_ssh k "$user@127.0.0.1" "touch $PWNED"
	try "$where: no shell as $user" 255 "$denied" \
	    cert_ssh k "$user@127.0.0.1"
	try "$where: no sftp as $user" 255 "$denied" \
	    cert_ssh k -s "$user@127.0.0.1" sftp
	try "$where: no forwarding as $user" 255 "$denied" \
	    cert_ssh k -N -o ExitOnForwardFailure=yes \
	    -R 127.0.0.1:2222:127.0.0.1:22 "$user@127.0.0.1"
}

everyone() {
	local where=$1 user

	for user in nhi _nhi _nhi-fetch; do
		sign k "$user" || not_ok 'a certificate is made'
		closed "$where, principal $user" "$user"
	done
	sign k web-deploy,nhi
	try "$where: no command for a list with nhi" 255 'Permission denied' \
	    cert_ssh k nhi@127.0.0.1 "touch $PWNED"
	rm -f "$WORK/k-cert.pub"
	ssh-keygen -q -s "$CA" -I "$KEYID" -V -1m:+5m "$WORK/k.pub"
	try "$where: no command without any principal" 255 'Permission denied' \
	    cert_ssh k nhi@127.0.0.1 "touch $PWNED"
	sign k nhi -O "force-command=touch $PWNED"
	try "$where: no forced command of the certificate's" 255 \
	    'Permission denied' cert_ssh k nhi@127.0.0.1
	# The plain key of the same pair opens the issuer, and only it.
	sign k nhi
	try "$where: the plain key gets the issuer" 77 \
	    '^nhi: refused: input ' nhi_ssh k nhi@127.0.0.1 "touch $PWNED"
	try "$where: nothing but the issuer for a shell" 77 \
	    '^nhi: refused: input ' nhi_ssh k nhi@127.0.0.1
	# sshd drops what a subsystem writes to standard error.
	try "$where: nothing but the issuer for sftp" 77 '' \
	    nhi_ssh k -s nhi@127.0.0.1 sftp
}

everyone 'stock host'

# A host that trusts the CA for its people as well, with the widest files.
cp /etc/ssh/sshd_config "$WORK/sshd_config"
echo nhi >/etc/ssh/principals
cat >>/etc/ssh/sshd_config <<-END
TrustedUserCAKeys /etc/nhi/ca/trusted.pub
AuthorizedPrincipalsFile /etc/ssh/principals
AcceptEnv *
END
reload_sshd || not_ok 'sshd takes the hostile configuration'
sign k nhi
try 'the hostile host does let alice in' 0 '^alice$' \
    cert_ssh k alice@127.0.0.1 id -un
everyone 'host that trusts the CA'

# nhi in the accounts' group: Match User nhi stands first.
gpasswd -a nhi nhi-accounts >/dev/null
cp "$WORK/sshd_config" /etc/ssh/sshd_config
reload_sshd || not_ok 'sshd goes on'
everyone 'nhi in the group'
issue k web-deploy 2>"$OUT" || not_ok 'issuing still works'
gpasswd -d nhi nhi-accounts >/dev/null

is 'nothing ran' 'no' "$([ -e $PWNED ] && echo yes || echo no)"

# No token and no rule makes a certificate for those names.
for name in nhi _nhi _nhi-fetch root alice nhi-accounts; do
	mint >"$WORK/token"
	nhi_ssh k nhi@127.0.0.1 "$name" <"$WORK/token" >"$WORK/cert" \
	    2>"$OUT" && not_ok "no certificate for $name"
	is "no certificate for $name" '' "$(cat "$WORK/cert")"
done
finish
