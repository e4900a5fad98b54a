#!/bin/bash
# SPDX-License-Identifier: BSD-2-Clause
# Whose certificates open an account: this host's own, and those of a host
# that policy trusts, each CA under its own host's name only.
. "$(dirname "$0")/attack_lib.sh"

OWN=/etc/nhi/ca/ca
key k
for name in web2 web3; do
	ssh-keygen -q -t ed25519 -N '' -C '' -f "$WORK/$name"
done
cp $OWN.pub "$WORK/own.pub"

# trusting LINES: the lab's policy with these in trust.
trusting() {
	sed "s|^identities|trust = ( $1 );\n&|" /src/tests/lab/nhi.conf |
		policy
}

line() {
	echo "{ host = \"$1\"; ca = \"$(cut -d' ' -f1,2 "$2")\"; }"
}

# id HOST [IDENTITY]
id_of() {
	echo "nhi1:$1:${2:-web-deploy}:0123456789abcdef"
}

# with CA ID [SIGN-ARGUMENT...]: a certificate for web-deploy.
with() {
	local ca=$1 id=$2
	shift 2
	CA=$ca sign k web-deploy -I "$id" "$@"
}

opens() {
	mark_trail
	try "$1: opens the account" 0 '^web-deploy$' \
	    cert_ssh k web-deploy@127.0.0.1 id -un
	recorded "$1" 1 event=login.grant identity=web-deploy
}

# sshd's own refusal: not our CA, nothing to record.
closed() {
	mark_trail
	try "$1: sshd refuses" 255 'Permission denied' \
	    cert_ssh k web-deploy@127.0.0.1 id -un
	recorded "$1: nothing" 0 account=web-deploy
}

# refused NAME REASON
refused() {
	mark_trail
	try "$1: refused" 254 '^nhi: refused: ' \
	    cert_ssh k web-deploy@127.0.0.1 id -un
	recorded "$1" 1 event=login.deny reason="$2" account=web-deploy
	recorded "$1: no grant" 0 outcome=grant
}

with $OWN "$(id_of web-1.example.com)"
opens 'our own CA'
with $OWN "$(id_of web-2.example.com)"
refused "our own CA in another host's name" cert-host
with "$WORK/web2" "$(id_of web-2.example.com)"
closed "another host's CA"
with "$WORK/web2" "$(id_of web-1.example.com)"
closed "another host's CA in our name"

# Trusted, without a word to sshd.
trusting "$(line web-2.example.com "$WORK/web2.pub")"
with "$WORK/web2" "$(id_of web-2.example.com)"
opens 'a trusted CA'
with "$WORK/web2" "$(id_of web-1.example.com)"
refused 'a trusted CA in our name' cert-host
with "$WORK/web2" "$(id_of web-3.example.com)"
refused "a trusted CA in a third host's name" cert-host
with "$WORK/web3" "$(id_of web-2.example.com)"
closed 'a third CA in the name of the trusted'
with "$WORK/web2" "$(id_of web-2.example.com pr-preview)"
refused 'an identity of another account' no-match
with "$WORK/web2" "$(id_of web-2.example.com nobody-knows)"
refused 'an identity that nobody knows' no-match
with "$WORK/web2" "$(id_of web-2.example.com)" -V -1m:+10h
refused 'a certificate for longer than policy says' cert-expired
for option in permit-pty permit-port-forwarding force-command=/bin/true \
    source-address=127.0.0.0/8; do
	with "$WORK/web2" "$(id_of web-2.example.com)" -O "$option"
	refused "a certificate with $option" cert-options
done
with $OWN "$(id_of web-1.example.com)"
opens 'our own CA beside a trusted one'

# Two, and then none.
trusting "$(line web-2.example.com "$WORK/web2.pub"), \
$(line web-3.example.com "$WORK/web3.pub")"
with "$WORK/web3" "$(id_of web-3.example.com)"
opens 'the second trusted CA'
with "$WORK/web3" "$(id_of web-2.example.com)"
refused 'the second in the name of the first' cert-host
policy </src/tests/lab/nhi.conf
with "$WORK/web2" "$(id_of web-2.example.com)"
closed 'a CA that was trusted'

# What is no certificate of ours at all.
with $OWN "$(id_of web-1.example.com)"
for bad in 'nhi1' 'nhi2:web-1.example.com:web-deploy:0123456789abcdef' \
    'nhi1:WEB-1.example.com:web-deploy:0123456789abcdef' \
    'nhi1:web-1.example.com.:web-deploy:0123456789abcdef' \
    'nhi1:web-1.example.com:web-deploy:0123456789ABCDEF' \
    'nhi1:web-1.example.com:web-deploy:0123456789abcdef:x' \
    'nhi1:web-1.example.com:web-deploy' 'web-deploy' \
    'nhi1::web-deploy:0123456789abcdef' \
    ' nhi1:web-1.example.com:web-deploy:0123456789abcdef'; do
	with $OWN "$bad"
	mark_trail
	cert_ssh k web-deploy@127.0.0.1 id -un </dev/null >"$OUT" 2>&1
	case $? in
	254 | 255) ok "key id '$bad' opens nothing" ;;
	*) not_ok "key id '$bad' opens nothing" ;;
	esac
	recorded "key id '$bad': no grant" 0 outcome=grant
done
CA=$OWN sign k web-deploy,root
try 'two principals: refused' 255 'Permission denied' \
    cert_ssh k web-deploy@127.0.0.1 id -un
CA=$OWN sign k root
try "root's principal for web-deploy: refused" 255 'Permission denied' \
    cert_ssh k web-deploy@127.0.0.1 id -un
try "and not for root" 255 'Permission denied' cert_ssh k root@127.0.0.1 id
rm -f "$WORK/k-cert.pub"
ssh-keygen -q -s $OWN -h -I "$(id_of web-1.example.com)" -n web-deploy \
    -V -1m:+5m "$WORK/k.pub"
try 'a host certificate: refused' 255 'Permission denied' \
    cert_ssh k web-deploy@127.0.0.1 id -un

# One key cannot have two names.
sed "s|^identities|trust = ( $(line web-9.example.com "$WORK/own.pub") );\n&|" \
    /src/tests/lab/nhi.conf >"$POLICY"
try "our own key under another host's name is not put in force" 1 \
    "own CA key" nhictl apply
policy </src/tests/lab/nhi.conf
with $OWN "$(id_of web-1.example.com)"
opens 'and the former policy goes on'
sed "s|^identities|trust = ( $(line web-1.example.com "$WORK/web2.pub") );\n&|" \
    /src/tests/lab/nhi.conf >"$WORK/policy"
try "another key under our own name is refused" 1 '' \
    nhictl check "$WORK/policy"
sed "s|^identities|trust = ( $(line web-2.example.com "$WORK/web2.pub"), \
$(line web-3.example.com "$WORK/web2.pub") );\n&|" /src/tests/lab/nhi.conf \
    >"$WORK/policy"
try 'one key under two names is refused' 1 '' nhictl check "$WORK/policy"
finish
