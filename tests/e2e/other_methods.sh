#!/bin/bash
# SPDX-License-Identifier: BSD-2-Clause
# An account and the issuer are opened by no password, no prompt, no plain key
# and no other CA, on a host that allows all of it to its people.
. "$(dirname "$0")/attack_lib.sh"

SSH=/var/lib/nhi/homes/web-deploy/.ssh
useradd -m alice
echo 'alice:secret' | chpasswd
key k
key plain
ssh-keygen -q -t ed25519 -N '' -f "$WORK/people"
install -m 644 "$WORK/plain.pub" /etc/ssh/keys-of-all
install -m 644 "$WORK/people.pub" /etc/ssh/people.pub
printf '#!/bin/sh\ncat /etc/ssh/keys-of-all\n' >/usr/local/bin/all-keys
chmod 755 /usr/local/bin/all-keys
# shellcheck disable=SC2016
printf '#!/bin/sh\necho "$1"; echo any\n' >/usr/local/bin/all-principals
chmod 755 /usr/local/bin/all-principals
echo any >/etc/ssh/any-principals
cat >/etc/ssh/sshd_config.d/zz-host.conf <<-END
PasswordAuthentication yes
KbdInteractiveAuthentication yes
HostbasedAuthentication yes
IgnoreRhosts no
IgnoreUserKnownHosts no
PermitRootLogin yes
AuthorizedKeysFile .ssh/authorized_keys /etc/ssh/keys-of-all
TrustedUserCAKeys /etc/ssh/people.pub
# After the keys' command sshd 9.2 would ignore it.
AuthorizedPrincipalsCommand /usr/local/bin/all-principals %u
AuthorizedPrincipalsCommandUser nobody
AuthorizedKeysCommand /usr/local/bin/all-keys
AuthorizedKeysCommandUser nobody
PermitUserRC yes
PermitUserEnvironment yes
StrictModes no
END
reload_sshd || not_ok 'sshd takes what the host allows'
issue k web-deploy 2>"$OUT" || not_ok 'a certificate'
try 'its own certificate opens the account' 0 '^web-deploy$' \
    nhi_ssh k web-deploy@127.0.0.1 id -un
install -d -m 700 -o web-deploy $SSH
install -m 600 -o web-deploy "$WORK/plain.pub" $SSH/authorized_keys
echo any >$SSH/authorized_principals
echo 'LD_PRELOAD=/tmp/x.so' >$SSH/environment
printf 'touch /tmp/rc-ran\n' >$SSH/rc
chmod 755 $SSH/rc
echo '127.0.0.1 alice' >${SSH%/*}/.shosts
printf '#!/bin/sh\necho secret\n' >"$WORK/ask"
chmod 755 "$WORK/ask"
# The administrator may even have set a password, in a file of his own.
cp -p /etc/shadow "$WORK/shadow"
echo "web-deploy:$(openssl passwd -6 secret):19000:0:99999:7:::" >>/etc/shadow

# with METHODS USER [OPTION...]: at most these methods, answering "secret".
with() {
	local methods=$1 user=$2
	shift 2
	SSH_ASKPASS=$WORK/ask SSH_ASKPASS_REQUIRE=force ssh -F /dev/null \
	    -o PreferredAuthentications="$methods" -o ConnectTimeout=10 \
	    -o NumberOfPasswordPrompts=1 -o IdentitiesOnly=yes "$@" \
	    "$user@127.0.0.1" 'echo in; id -un'
}

open_to() {
	try "alice: $1" 0 '^in' with "${@:2}"
}

closed_to() {
	mark_trail
	try "$1: refused" 255 'Permission denied \(publickey\)' with "${@:2}"
	recorded "$1: no grant" 0 outcome=grant
	is "$1: no session" '' "$(ls /run/nhi/leases)"
}

open_to password password alice -o PubkeyAuthentication=no
open_to prompts keyboard-interactive alice -o PubkeyAuthentication=no
open_to 'a plain key' publickey alice -i "$WORK/plain"
CA=$WORK/people sign plain any
open_to 'a certificate of their CA' publickey alice -i "$WORK/plain" \
    -o PubkeyAcceptedAlgorithms='*-cert-v01@openssh.com'

# With this, prompts fail on a stock host, too: after the test of them.
echo 'PermitEmptyPasswords yes' >>/etc/ssh/sshd_config.d/zz-host.conf
reload_sshd || not_ok 'sshd takes empty passwords'
for user in web-deploy nhi pr-74-1; do
	closed_to "$user: password" password $user -o PubkeyAuthentication=no
	closed_to "$user: prompts" keyboard-interactive $user \
	    -o PubkeyAuthentication=no
	closed_to "$user: nothing at all" none $user
	closed_to "$user: hostbased" hostbased $user \
	    -o HostbasedAuthentication=yes -o EnableSSHKeysign=yes
	[ $user = nhi ] || closed_to "$user: a plain key" publickey $user \
	    -i "$WORK/plain" -o CertificateFile=none
	for principal in any $user; do
		CA=$WORK/people sign plain "$principal"
		closed_to "$user: a certificate of the host's CA for $principal" \
		    publickey $user -i "$WORK/plain" \
		    -o PubkeyAcceptedAlgorithms='*-cert-v01@openssh.com'
	done
	rm -f "$WORK/plain-cert.pub"
done
# The plain key of the issuer's client is a plain key for the account.
closed_to 'web-deploy: the plain key of its certificate' publickey \
    web-deploy -i "$WORK/k" \
    -o PubkeyAcceptedAlgorithms=ssh-ed25519
mark_trail
try 'su to the account by a person, whatever the password' 1 \
    'Authentication failure' su alice -c 'echo secret | su web-deploy -c id'
mv "$WORK/shadow" /etc/shadow
try 'and without one' 1 'Authentication failure' \
    su alice -c 'echo | su web-deploy -c id'
recorded 'su' 0 outcome=grant

# Its own certificate still opens the account; ~/.ssh does nothing.
rm -f /tmp/rc-ran
try 'its certificate goes on' 0 '^web-deploy$' \
    nhi_ssh k web-deploy@127.0.0.1 id -un
is 'rc of its home is not run' no "$([ -e /tmp/rc-ran ] && echo yes || echo no)"
try 'no forwarding' 255 'prohibited|forwarding failed|refused' \
    nhi_ssh k -N -o ExitOnForwardFailure=yes \
    -R 127.0.0.1:7033:127.0.0.1:22 web-deploy@127.0.0.1
try 'no terminal' 255 'PTY allocation request failed' nhi_ssh k -tt web-deploy@127.0.0.1 'tty -s'
finish
