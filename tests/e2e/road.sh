#!/bin/bash
# SPDX-License-Identifier: BSD-2-Clause
# The certificate road through a real sshd, PAM and NSS: what a job does, and
# what it must not be able to do.
. "$(dirname "$0")/lib.sh"

key k
key other

try 'a token is traded for a certificate' 0 '' issue k web-deploy
try 'it is an ed25519 user certificate' 0 'user certificate' \
    ssh-keygen -L -f "$WORK/k-cert.pub"
is 'it has exactly one principal' web-deploy "$(ssh-keygen -L -f \
    "$WORK/k-cert.pub" | sed -n '/Principals:/{n;s/ //gp;}')"
try 'it logs in' 0 '^web-deploy$' nhi_ssh k web-deploy@127.0.0.1 id -un
is 'the account is in its group' nhi-accounts "$(nhi_ssh k \
    web-deploy@127.0.0.1 id -Gn 2>&1 | tr ' ' '\n' | grep nhi-accounts)"
try 'the exit status of a command comes back' 7 '' \
    nhi_ssh k web-deploy@127.0.0.1 exit 7
is 'standard input arrives' hello "$(echo hello |
    nhi_ssh k web-deploy@127.0.0.1 cat)"
try 'the session has no secrets in its environment' 1 '' \
    nhi_ssh k web-deploy@127.0.0.1 'env | grep -E "eyJ|SSH_AUTH_INFO|VERDICT"'
try 'a template account is opened' 0 '' issue other pr-74-17905461215 \
    --set event_name='"pull_request"' --delete environment
try 'and entered' 0 '^pr-74-17905461215$' \
    nhi_ssh other pr-74-17905461215@127.0.0.1 id -un

try 'its key alone opens nothing' 255 'Permission denied' \
    nhi_ssh k -o CertificateFile=none web-deploy@127.0.0.2 true
try 'it does not open root' 255 'Permission denied' \
    nhi_ssh k root@127.0.0.1 true
try 'it does not open the issuer' 77 '' nhi_ssh k nhi@127.0.0.1 web-deploy
try 'it does not open another machine account' 255 '' \
    nhi_ssh k pr-74-17905461215@127.0.0.1 true
try 'it gives no terminal' 255 'PTY allocation request failed' \
    nhi_ssh k -tt web-deploy@127.0.0.1 tty
try 'it forwards nothing' 255 'administratively prohibited|open failed' \
    nhi_ssh k -W 127.0.0.1:22 web-deploy@127.0.0.1
is 'the issuer prints nothing on a refusal' '' "$(mint --wrong-key |
    nhi_ssh k nhi@127.0.0.1 web-deploy 2>/dev/null)"

# deny NAME STATUS PUBLIC ACCOUNT MINT-ARGUMENT...
deny() {
	local name=$1 status=$2 public=$3 account=$4
	shift 4

	try "$name" "$status" "^nhi: refused: $public " \
	    issue other "$account" "$@"
}

deny 'a wrong key is refused' 77 token web-deploy --wrong-key
deny 'alg none is refused' 77 token web-deploy --alg none
deny 'a token without a signature is refused' 77 input web-deploy \
    --no-signature
deny 'an expired token is refused' 77 token web-deploy --set exp=-600 \
    --set iat=-900 --set nbf=-1200
deny 'a token for another host is refused' 77 token web-deploy \
    --set aud=ssh://db-1.example.com
deny 'another issuer is refused' 77 token web-deploy \
    --set iss=https://issuer.example.com
deny 'another repository is refused' 77 policy web-deploy \
    --set repository_id='"75"'
deny 'another branch is refused' 77 policy web-deploy \
    --set ref=refs/heads/evil
try 'its record says whose it was, and which branch' 0 \
    "'repository_id': '74'.*'ref': 'refs/heads/evil'" \
    eval 'audit_last cert.deny | field claims'
deny 'an unknown account is refused' 77 policy nosuch-account
deny 'a person is refused' 77 policy root
try 'what is no token is refused' 77 '^nhi: refused: input ' bash -c "
	echo hello | ssh -F /dev/null -o BatchMode=yes -i '$WORK/other' \
	    nhi@127.0.0.1 web-deploy"
try 'nothing is refused' 77 '^nhi: refused: input ' \
    nhi_ssh other nhi@127.0.0.1 web-deploy

mint --pad 12000 >"$WORK/long"
try 'a token of 12,000 bytes is taken' 0 '' \
    bash -c "ssh -F /dev/null -o BatchMode=yes -i '$WORK/k' \
    nhi@127.0.0.1 web-deploy <'$WORK/long' >/dev/null"

try 'grants are in the audit trail' 0 cert.issue nhictl audit --json
is 'the last grant names its account' pr-74-17905461215 \
    "$(nhictl audit --json --event cert.issue | grep pr-74 | tail -n 1 |
	field account)"
is 'no token is in the logs' '' \
    "$(grep -rlE 'eyJ[A-Za-z0-9_-]{20}' /var/log/lab.log /var/log/nhi \
	/var/spool/nhi 2>/dev/null)"
finish
