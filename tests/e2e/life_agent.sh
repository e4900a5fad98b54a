#!/bin/bash
# SPDX-License-Identifier: BSD-2-Clause
# The CA's key is with an ssh-agent, and in a PKCS#11 token: no key file is on
# disk, and what signs may change while both keys are trusted.
. "$(dirname "$0")/road_lib.sh"

CA=/etc/nhi/ca
DIR=/run/nhi-agent
SOCKET=$DIR/socket
make_keys corp es256
apply 'the policy is applied' <<-END
version = 1;
host = { id = "web-1.example.com"; };
issuers = ( $(issuer corp) );
identities = ( $(identity web corp web-deploy sub job-1) );
END
key k
token corp es256 sub=job-1 >"$WORK/token"

as_issuer() {
	setpriv --reuid nhi --regid nhi --clear-groups env -i \
	    PATH=/usr/bin:/bin "$@"
}

# with NAME: the keys of $WORK/NAME are the CA.
with() {
	try "$1: the CA is made" 0 '^CA key SHA256:.* with an agent' \
	    nhictl ca init --agent $SOCKET --key "$WORK/$1.pub"
	try "$1: issued" 0 '^nhi: issued' trade_file k web-deploy "$WORK/token"
	is "$1: signed by it" "$(ssh-keygen -l -f "$WORK/$1.pub" |
	    cut -d' ' -f2)" "$(details k | sed -n \
	    's/.*Signing CA: [^ ]* \([^ ]*\).*/\1/p')"
	try "$1: logs in" 0 '^web-deploy$' login k web-deploy id -un
}

install -d -m 0700 -o nhi -g nhi $DIR
as_issuer ssh-agent -D -a $SOCKET >"$WORK/agent" 2>&1 &
until_true 10 test -S $SOCKET
for kind in ed25519 ecdsa rsa; do
	key ca-$kind $kind
done
try 'not while there is a key in a file' 1 'there already' \
    nhictl ca init --agent $SOCKET --key "$WORK/ca-ed25519.pub"
rm -f $CA/ca $CA/ca.pub $CA/trusted.pub
nhictl apply >"$OUT" 2>&1
try 'not with a key that the agent does not have' 2 \
    'does not sign with the CA' \
    nhictl ca init --agent $SOCKET --key "$WORK/ca-ed25519.pub"
try 'not where there is no agent' 2 'No such file' \
    nhictl ca init --agent /nonexistent --key "$WORK/ca-ed25519.pub"
try 'not half of it' 64 '^usage' nhictl ca init --agent $SOCKET
is 'and nothing is trusted' 0 "$(grep -cE '^(ssh|ecdsa)-' $CA/trusted.pub)"

for kind in ed25519 ecdsa rsa; do
	install -m 0600 -o nhi "$WORK/ca-$kind" $DIR/key
	as_issuer SSH_AUTH_SOCK=$SOCKET ssh-add -q $DIR/key 2>"$OUT" ||
		not_ok "the agent takes $kind"
	rm $DIR/key "$WORK/ca-$kind"
	with ca-$kind
	[ $kind = ed25519 ] || try "$kind: the one before is retired" 0 \
	    'no longer trusted' nhictl ca retire --force
done
is 'no private key is on disk' '' \
    "$(grep -rlE 'BEGIN [A-Z ]*PRIVATE KEY' /etc/nhi /var/lib/nhi $DIR \
    2>/dev/null)"
try 'ca init makes no key beside it' 1 'there already' nhictl ca init
try 'nor does ca rotate' 1 'init --agent' nhictl ca rotate

# A token by its driver.
MODULE=$(find /usr/lib -name libsofthsm2.so 2>/dev/null | head -n 1)
if [ -z "$MODULE" ] || ! command -v softhsm2-util >/dev/null; then
	skip 'a key in a PKCS#11 token' 'softhsm2 is not installed'
else
	install -d -m 0700 -o nhi $DIR/tokens
	echo "directories.tokendir = $DIR/tokens" >/etc/softhsm/softhsm2.conf
	chmod 755 /etc/softhsm
	chmod 644 /etc/softhsm/softhsm2.conf
	openssl ecparam -name prime256v1 -genkey -noout |
	    openssl pkcs8 -topk8 -nocrypt -out $DIR/pkcs8
	chown nhi $DIR/pkcs8
	as_issuer softhsm2-util --init-token --free --label nhi \
	    --so-pin 1234 --pin 1234 >"$OUT" 2>&1 &&
	    as_issuer softhsm2-util --import $DIR/pkcs8 --token nhi \
	    --label ca --id 01 --pin 1234 >>"$OUT" 2>&1 ||
		not_ok 'the token has a key'
	rm $DIR/pkcs8
	printf '#!/bin/sh\necho 1234\n' >$DIR/pin
	chmod 755 $DIR/pin
	as_issuer SSH_AUTH_SOCK=$SOCKET SSH_ASKPASS=$DIR/pin DISPLAY=: \
	    SSH_ASKPASS_REQUIRE=force ssh-add -s "$MODULE" >"$OUT" 2>&1 ||
		not_ok 'the agent takes the token'
	as_issuer SSH_AUTH_SOCK=$SOCKET ssh-add -L 2>/dev/null |
	    grep ' ca$' >"$WORK/token-key.pub"
	with token-key
fi

# Who has the socket has no say: what comes is verified.
kill %1
rm -f $SOCKET
/usr/bin/python3 - $SOCKET <<'END' &
import os, socket, struct, sys
s = socket.socket(socket.AF_UNIX)
s.bind(sys.argv[1])
os.chmod(sys.argv[1], 0o777)
s.listen(5)
answers = [b"\x05", b"\x0e" + struct.pack(">I", 9) + b"x" * 9, b"",
           b"\x0e" + struct.pack(">I", 83) + struct.pack(">I", 11) +
           b"ssh-ed25519" + struct.pack(">I", 64) + b"y" * 64]
for a in answers:
    c, _ = s.accept()
    c.recv(65536)
    c.sendall(struct.pack(">I", len(a)) + a)
    c.close()
END
until_true 10 test -S $SOCKET
for what in refuses lies 'says nothing' 'signs with nothing'; do
	try "an agent that $what: no certificate" 70 'refused: fault' \
	    trade_file k web-deploy "$WORK/token"
	is "nothing at all" 0 "$(wc -c <"$WORK/k-cert.pub")"
done
drain
is 'it is recorded' ca-key "$(audit_last cert.deny | field reason)"
trail_valid
finish
