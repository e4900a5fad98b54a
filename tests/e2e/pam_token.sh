#!/bin/bash
# SPDX-License-Identifier: BSD-2-Clause
# A token by keyboard-interactive, from a stock client with nhi-askpass.
. "$(dirname "$0")/lib.sh"

SMALL=$E2E/claims/small.json
AUTHLOG=/var/log/lab.log

# by_token TOKEN-FILE [SSH-ARGUMENT...]
by_token() {
	local file=$1
	shift
	SSH_ASKPASS=/usr/bin/nhi-askpass SSH_ASKPASS_REQUIRE=force \
	    NHI_TOKEN_FILE=$file ssh -n -F /dev/null \
	    -o PreferredAuthentications=keyboard-interactive \
	    -o PubkeyAuthentication=no -o NumberOfPasswordPrompts=1 \
	    "$@"
}

mint --claims "$SMALL" >"$WORK/token"
try 'keyboard-interactive is closed until the policy opens it' 255 '' \
    by_token "$WORK/token" web-deploy@127.0.0.1 id
sed -i 's/^issuers = (/sshd = { keyboard_interactive = true; };\n&/' \
    /etc/nhi/nhi.conf
try 'the policy opens it' 0 '' nhictl apply

for size in 900 1023 1024 6000 30000; do
	# base64url has no text of every length: the header helps.
	for filler in '' a aa aaa; do
		mint --claims "$SMALL" --header x="\"$filler\"" --pad $size \
		    >"$WORK/token"
		[ "$(stat -c %s "$WORK/token")" -ne $size ] || break
	done
	is "a token of $size bytes is made" $size "$(stat -c %s "$WORK/token")"
	try "a token of $size bytes logs in" 0 '\(web-deploy\)' \
	    by_token "$WORK/token" web-deploy@127.0.0.1 id
done

try 'the same token again is refused' 255 '^nhi: refused: policy ' \
    by_token "$WORK/token" web-deploy@127.0.0.1 id
is 'as a replay' replay "$(audit_last token.deny | field reason)"
mint --claims "$SMALL" --set repository_id='"75"' >"$WORK/token"
try 'a token that no rule matches is refused' 255 '^nhi: refused: policy ' \
    by_token "$WORK/token" web-deploy@127.0.0.1 id
is 'with its reason' no-match "$(audit_last token.deny | field reason)"
try 'and whose it was' 0 "'repository_id': '75'" \
    eval 'audit_last token.deny | field claims'
mint --claims "$SMALL" --wrong-key >"$WORK/token"
try 'a forged token is refused' 255 '^nhi: refused: token ' \
    by_token "$WORK/token" web-deploy@127.0.0.1 id
is 'for its signature' signature "$(audit_last token.deny | field reason)"
: >"$WORK/token"
try 'no token is refused' 255 '^nhi: refused: input ' \
    by_token "$WORK/token" web-deploy@127.0.0.1 id
head -c 90000 /dev/zero | tr '\0' a >"$WORK/token"
try 'too much is refused' 255 '^nhi: refused: input ' \
    by_token "$WORK/token" web-deploy@127.0.0.1 id
is 'as too large' too-large "$(audit_last token.deny | field reason)"

# Within the skew of the clocks its end is not believed; there is no grace.
sed 's/preset = "github";/& grace = "0s";/' /etc/nhi/nhi.conf >"$WORK/conf"
cp /etc/nhi/nhi.conf "$WORK/saved"
cp "$WORK/conf" /etc/nhi/nhi.conf
nhictl apply >"$OUT" 2>&1 || not_ok 'a policy without grace'
mint --claims "$SMALL" --set iat=-300 --set nbf=-300 --set exp=-20 \
    >"$WORK/token"
marks=$(ls -A /var/lib/nhi/marks | wc -l)
accepted=$(nhictl audit --event token.accept | wc -l)
try 'a token that grants nothing any more is refused' 255 \
    '^nhi: refused: token ' \
    by_token "$WORK/token" web-deploy@127.0.0.1 id
is 'as expired' expired "$(audit_last token.deny | field reason)"
is 'it is not recorded as accepted' "$accepted" \
    "$(nhictl audit --event token.accept | wc -l)"
is 'nor spent' "$marks" "$(ls -A /var/lib/nhi/marks | wc -l)"
# And one that is over before the session begins.
cp /etc/pam.d/sshd "$WORK/stack"
sed -i '0,/^session/s//session required pam_exec.so \/usr\/bin\/sleep 6\n&/' \
    /etc/pam.d/sshd
mint --claims "$SMALL" --set exp=5 >"$WORK/token"
try 'what it granted is over before the session: refused' 254 \
    '^nhi: refused: token ' by_token "$WORK/token" web-deploy@127.0.0.1 id
is 'it was accepted' "$((accepted + 1))" \
    "$(nhictl audit --event token.accept | wc -l)"
is 'and is recorded as expired' expired \
    "$(audit_last login.deny | field reason)"
cp "$WORK/stack" /etc/pam.d/sshd
cp "$WORK/saved" /etc/nhi/nhi.conf
nhictl apply >"$OUT" 2>&1 || not_ok 'the policy again'

nhictl hold add --account web-deploy --reason test >"$OUT"
mint --claims "$SMALL" >"$WORK/token"
try 'a hold closes this road, too' 255 '^nhi: refused: policy ' \
    by_token "$WORK/token" web-deploy@127.0.0.1 id
nhictl hold lift --account web-deploy >"$OUT"
# What a revocation strikes is what there was by then.
mint --claims "$SMALL" >"$WORK/old"
sleep 1.1
nhictl revoke --identity web-deploy --reason test >"$OUT"
try 'an older token of a revoked identity is refused' 255 \
    '^nhi: refused: policy ' \
    by_token "$WORK/old" web-deploy@127.0.0.1 id
is 'as revoked' cert-revoked "$(audit_last token.deny | field reason)"
sleep 1.1
mint --claims "$SMALL" >"$WORK/token"
try 'a newer one is not' 0 '\(web-deploy\)' \
    by_token "$WORK/token" web-deploy@127.0.0.1 id
is 'no hand-over is left behind' '' "$(ls /run/nhi/pending)"
is 'a certificate still logs in' 'yes' "$(key k && issue k web-deploy \
    2>/dev/null && nhi_ssh k -n web-deploy@127.0.0.1 echo yes)"

# Other accounts of the host ask and are asked as before.
useradd -m bob
echo bob:secret | chpasswd
: >"$AUTHLOG"
cat >"$WORK/ask" <<-'END'
	#!/bin/sh
	echo "$1" >>"$0.asked"
	echo secret
END
chmod 755 "$WORK/ask"
SSH_ASKPASS=$WORK/ask SSH_ASKPASS_REQUIRE=force ssh -n -F /dev/null \
    -o PubkeyAuthentication=no bob@127.0.0.1 id >"$OUT" 2>&1
is "a person's password logs in" 1 "$(grep -c '(bob)' "$OUT")"
is 'after one question' 1 "$(wc -l <"$WORK/ask.asked")"
is 'which is not ours' 0 "$(grep -c NHI "$WORK/ask.asked")"
is 'and no failure is logged' 0 "$(grep -ci 'failure' "$AUTHLOG")"

# A client that has no answer is one that PAM calls a success.
key silent
issue silent web-deploy 2>/dev/null
nhi_ssh silent web-deploy@127.0.0.1 'chsh -s /bin/bash </dev/null' \
    >"$OUT" 2>&1 </dev/null
is 'an answer that is missing is told as that' \
    'the client does not answer: its answer is missing' \
    "$(audit_last token.deny | field detail)"
finish
