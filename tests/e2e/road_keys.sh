#!/bin/bash
# SPDX-License-Identifier: BSD-2-Clause
# The three lines with each algorithm of an issuer, each kind of client key
# and each kind of CA key.
. "$(dirname "$0")/road_lib.sh"

KINDS='rs256 rs384 rs512 ps256 ps384 ps512 es256 es384 es512 eddsa'

# shellcheck disable=SC2086
make_keys corp $KINDS
apply 'the policy is applied' <<-END
version = 1;
host = { id = "web-1.example.com"; };
issuers = ( $(issuer corp) );
identities = ( $(identity web corp web-deploy sub job-1) );
END

# three NAME KEY <token: issue and log in; exactly one line of certificate and
# one line of words.
three() {
	local name=$1 key=$2

	if nhi_ssh "$key" nhi@127.0.0.1 web-deploy >"$WORK/$key-cert.pub" \
	    2>"$OUT" && [ "$(wc -l <"$WORK/$key-cert.pub")" -eq 1 ] &&
	    [ "$(grep -c '^nhi: issued: ' "$OUT")" -eq 1 ] &&
	    [ "$(wc -l <"$OUT")" -eq 1 ]; then
		ok "$name: issued, one line each"
	else
		not_ok "$name: issued, one line each"
	fi
	try "$name: logs in" 0 '^web-deploy$' login "$key" web-deploy id -un
}

# kind ALGORITHM: what the token was signed with is in the record.
kind() {
	three "$1" k < <(token corp "$1" sub=job-1)
	is "$1: recorded" "$2 $1-1" "$(audit_last cert.issue |
	    /usr/bin/python3 -c 'import json, sys
r = json.load(sys.stdin)
print(r["alg"], r["kid"])')"
}

key k
for k in $KINDS; do
	case $k in
	eddsa) kind "$k" EdDSA ;;
	*) kind "$k" "${k^^}" ;;
	esac
done

# client NAME TYPE BITS
client() {
	rm -f "$WORK/$1" "$WORK/$1.pub"
	if ! ssh-keygen -q -t "$2" -b "$3" -N '' -f "$WORK/$1" 2>"$OUT"; then
		skip "client key $1" "$(head -n 1 "$OUT")"
		return
	fi
	three "client key $1" "$1" < <(token corp es256 sub=job-1)
}

client ecdsa-256 ecdsa 256
client ecdsa-384 ecdsa 384
client ecdsa-521 ecdsa 521
client rsa-2048 rsa 2048
client rsa-4096 rsa 4096

# A key that is too weak for a CA's signature to mean anything.
if ssh-keygen -q -t rsa -b 1024 -N '' -f "$WORK/weak" 2>"$OUT"; then
	token corp es256 sub=job-1 >"$WORK/token"
	try 'client key rsa-1024 gets nothing' 255 'Permission denied' \
	    nhi_ssh weak nhi@127.0.0.1 web-deploy
fi

# ca TYPE PATTERN: the host has another CA key.
ca() {
	rm -f /etc/nhi/ca/ca /etc/nhi/ca/ca.pub /etc/nhi/ca/trusted.pub
	try "CA key $1: made" 0 '^CA key SHA256:' nhictl ca init --type "$1"
	mode_is /etc/nhi/ca/ca 'nhi:nhi 400'
	nhictl apply >"$OUT" 2>&1 || not_ok "CA key $1: applied"
	three "CA key $1" k < <(token corp rs256 sub=job-1)
	three "CA key $1, client key RSA" rsa-2048 \
	    < <(token corp rs256 sub=job-1)
	try "CA key $1: signed by it" 0 "Signing CA: $2 " details k
}

cp "$WORK/k-cert.pub" "$WORK/former-cert.pub"
cp "$WORK/k" "$WORK/former"
ca rsa RSA
ca ecdsa ECDSA
try 'a certificate of the former CA opens nothing' 255 'Permission denied' \
    login former web-deploy true
try 'a second CA is refused' 1 'there already' nhictl ca init
try 'an unknown type is refused' 64 '^usage' nhictl ca init --type dsa
trail_valid
finish
