#!/bin/bash
# SPDX-License-Identifier: BSD-2-Clause
# nhictl as a script of somebody else calls it: exit codes, help, the files
# that it is given; and nothing is signed that every login would refuse.
. "$(dirname "$0")/road_lib.sh"

nobody() {
	setpriv --reuid nobody --regid nogroup --clear-groups "$@"
}

make_keys corp rs256
make_keys once rs256
make_keys bound rs256
apply 'the policy is applied' <<-END
version = 1;
host = { id = "web-1.example.com"; };
issuers = ( $(issuer corp), $(issuer once 'reuse = "never";'),
    $(issuer bound 'binding = "key";') );
identities = ( $(identity web corp web-deploy sub job-1),
    $(identity web-bound bound web-bound sub job-1),
    $(identity web-once once web-once sub job-1) );
END
chmod 755 "$WORK"
token corp rs256 sub=job-1 >"$WORK/token"
chmod 644 "$WORK/token"

# check JWKS: token check, with the token.
check() {
	nhictl token check --issuer https://corp.example.com \
	    --audience ssh://web-1.example.com --jwks "$1" <"$WORK/token"
}

for verb in hold token ca policy; do
	try "$verb --help tells its verbs" 0 "^usage: nhictl $verb " \
	    nhictl "$verb" --help
	try "$verb alone is wrong usage" 64 "^usage: nhictl $verb " \
	    nhictl "$verb"
done

try 'help behind options' 0 '^usage: nhictl audit ' \
    nhictl audit --json --since 1h --help
try 'sessions --help tells of end, too' 0 '^usage: nhictl sessions end ' \
    nhictl sessions --help
for word in --version -V; do
	try "$word" 0 '^nhi [0-9]+\.[0-9]+' nobody nhictl $word
done

# twice OPTION VALUE VERB...: which of the two was meant, nobody knows.
twice() {
	local option=$1 value=$2
	shift 2

	try "$* $option twice" 64 "$option is given twice" \
	    nhictl "$@" "$option" "$value" "$option" "$value"
}
for option in --since --until; do
	twice $option 1h audit
done
twice --event revoke audit
twice --outcome deny audit
twice --id x audit
for option in --account --identity; do
	twice $option x audit
	twice $option x certs
	twice $option x hold add --reason x
	twice $option x hold lift
done
twice --reason x hold add --all
twice --for 1h hold add --all --reason x
twice --reason x revoke --serial 1
twice --serial 1 revoke --reason x
twice --reason x sessions end 1-1-1
twice --jwks x token check
twice --alg RS256 token check --jwks x
for option in --issuer --at --skew --max-lifetime --max-age; do
	twice $option 60 token check --jwks x
done
try 'hold add: an end, not two' 64 '--for and --until exclude each other' \
    nhictl hold add --all --reason x --for 1h --until 2099-01-01
for verb in 'ca show' 'preset list' sessions 'hold list' issuers check; do
	# shellcheck disable=SC2086
	nhictl $verb >"$WORK/want" 2>&1
	# shellcheck disable=SC2086
	nhictl $verb -- >"$WORK/got" 2>&1
	try "$verb -- is $verb" 0 '' cmp "$WORK/want" "$WORK/got"
done
try 'the time of a table' 0 '' \
    nhictl audit --since '2026-01-01 00:00:00' --until 2026-01-01T00:00:01
try 'an endless hold' 0 '^account web-deploy is held until it is lifted$' \
    nhictl hold add --account web-deploy --reason x
try 'is listed as one' 0 ' no end ' nhictl hold list
try 'a shorter one is refused' 1 'held already, by root, until it is lifted' \
    nhictl hold add --account web-deploy --reason x --for 1h
try 'it is lifted' 0 '' nhictl hold lift --account web-deploy

cp /root/corp/jwks.json "$WORK/jwks"
ln -s jwks "$WORK/jwks-link"
ln -s token "$WORK/token-link"
echo junk >"$WORK/junk"
head -c 2000000 /dev/zero >"$WORK/large"
chmod 644 "$WORK/jwks" "$WORK/junk" "$WORK/large"
try 'a key set by a symbolic link' 0 '^ok' check "$WORK/jwks-link"
try 'a key set from a pipe' 0 '^ok' check <(sleep 0.2; cat "$WORK/jwks")
try 'a key set that is none' 2 '^jwks' check "$WORK/junk"
try 'a key set that is too large' 2 '^jwks: ' check "$WORK/large"
try 'a key set that is not there' 2 '^jwks-missing: ' check "$WORK/none"
try 'a device' 2 '^jwks-missing: .*not a regular file' check /dev/zero
try 'somebody else: a key set that is too large' 2 '^jwks: ' \
    nobody nhictl token check --signature-only --jwks "$WORK/large"
try 'explain: a token by a symbolic link, as a pod has it' 0 'ok: identity' \
    nhictl explain --account web-deploy --token "$WORK/token-link"
try 'explain: the same by somebody else' 0 'ok: identity' \
    nobody nhictl explain --account web-deploy --token "$WORK/token-link"
try 'explain: what is too large for a token' 1 'result   too-large' \
    nhictl explain --account web-deploy --token "$WORK/large"
try 'explain: --at twice' 64 '^usage' nhictl explain \
    --account web-deploy --token "$WORK/token" --at 1 --at 2
mv /var/lib/nhi/marks /var/lib/nhi/marks.away
try 'explain: with no directory of marks, nothing was used' 0 'result   ok' \
    nhictl explain --account web-deploy --token "$WORK/token"
mv /var/lib/nhi/marks.away /var/lib/nhi/marks
try 'explain: no address' 64 '^usage' nhictl explain \
    --account web-deploy --token "$WORK/token" --source junk

for name in '--account ../x' '--issuer ..' '--identity A_B!'; do
	# shellcheck disable=SC2086
	try "hold add $name" 64 'not a name' nhictl hold add $name --reason x
done
try 'a list has no reason' 64 '^usage' nhictl revoke --list --reason x
for name in '--serial 0' '--serial x' '--mark zz' '--identity ../x'; do
	# shellcheck disable=SC2086
	try "revoke $name" 64 'not a' nhictl revoke $name --reason x
done

check_joined() {
	nhictl token check --issuer=https://corp.example.com \
	    --audience=ssh://web-1.example.com --jwks="$WORK/jwks" -- \
	    <"$WORK/token"
}
try 'token check: = and --' 0 '^ok' check_joined
try 'token check: a flag takes nothing' 64 "'--json' doesn't allow" nhictl \
    token check --issuer=x --audience=a --json=1 --jwks="$WORK/jwks"
try 'token check: no key set' 64 '^nhictl: --jwks FILE is missing' nhictl \
    token check --issuer x --audience a
try 'token check: behind the year 9999' 64 'not a time' nhictl token check \
    --issuer x --audience a --jwks "$WORK/jwks" --at 253402300800
show_directory() {
	"$@" nhictl token show <"$WORK"
}
for who in '' nobody; do
	# shellcheck disable=SC2086
	try "token show of a directory${who:+ by $who}" 2 'directory' \
	    show_directory $who
done

# Before the first record, and without a policy.
mv "$TRAIL" "$WORK/trail"
timeout 30 nhictl audit --follow --json >"$WORK/followed" 2>&1 &
follower=$!
until_true 10 grep -q 'no records yet' "$WORK/followed"
nhictl hold add --account nobody-1 --reason x >"$OUT" 2>&1
until_true 10 grep -q '"event":"hold.add"' "$WORK/followed"
try 'audit --follow waits for the first record' 0 '"event":"hold.add"' \
    cat "$WORK/followed"
nhictl hold lift --account nobody-1 >"$OUT" 2>&1
kill $follower
cat "$TRAIL" >>"$WORK/trail"
mv "$WORK/trail" "$TRAIL"
mv /var/lib/nhi/published "$WORK/published"
try 'explain without a policy has a reason' 2 \
    '"allowed":false,"reason":"policy-unreadable","detail":"no policy' \
    nhictl explain --account web-deploy --token "$WORK/token" --json
mv "$WORK/published" /var/lib/nhi/published

# Policies that are not in force are anybody's, as any tool finds them.
cp /etc/nhi/nhi.conf "$WORK/mine.conf"
chmod 0664 "$WORK/mine.conf"
chown 65534 "$WORK/mine.conf"
ln -s mine.conf "$WORK/link.conf"
piped() {
	nhictl check /dev/stdin < <(cat /etc/nhi/nhi.conf)
}
for what in "check $WORK/mine.conf" "check $WORK/link.conf" \
    "policy diff $WORK/mine.conf $WORK/link.conf"; do
	# shellcheck disable=SC2086
	try "root: $what" 0 '' nhictl $what
done
try 'check of a pipe' 0 digest piped
try 'check of a directory' 2 'not a regular' nhictl check "$WORK"
try 'sessions end: what is no id' 64 'not an id' nhictl sessions end nosuch

# A variable that is not set is no wildcard.
try 'token check: an empty issuer' 64 '--issuer is empty' nhictl token check \
    --issuer '' --audience a --jwks "$WORK/jwks"
try 'token check: an empty audience' 64 '--audience is empty' nhictl \
    token check --issuer x --audience '' --jwks "$WORK/jwks"
try 'token check: the word that is wrong' 64 '"XX": unknown algorithm' nhictl \
    token check --issuer x --audience a --alg RS256,XX --jwks "$WORK/jwks"

# full VERB...: standard output takes nothing.
full() {
	nhictl "$@" <"$WORK/token" >/dev/full
}
for json in '' --json; do
	try "explain $json to a full disk" 2 'not all could be written' \
	    full explain --account web-deploy --token "$WORK/token" $json
	try "doctor --list $json to a full disk" 2 \
	    'not all could be written' full doctor --list $json
	try "token check $json to a full disk" 2 'not all could be written' \
	    full token check --issuer https://corp.example.com --audience \
	    ssh://web-1.example.com --jwks "$WORK/jwks" $json
done
try 'token show to a full disk' 2 'not all could be written' full token show
closed() {
	nhictl "$@" >&-
}
for verb in 'audit --json' 'doctor --list' --version 'hold list' \
    'hold add --identity web-once --reason x' 'hold lift --identity web-once' \
    'revoke --identity web-once --reason x'; do
	# shellcheck disable=SC2086
	try "$verb to nobody" 2 'not all could be written' closed $verb
done
try 'somebody else: token check to a full disk' 2 'not all could be written' \
    nobody sh -c "nhictl token check --signature-only --jwks $WORK/jwks \
    <$WORK/token >/dev/full"

key k
key k2
try 'a token gives a certificate' 0 '' trade_file k web-deploy "$WORK/token"
try 'explain tells which key may come again' 0 \
    "good for that key alone" \
    nhictl explain --account web-deploy --token "$WORK/token"
is 'and its fingerprint' "$(ssh-keygen -lf "$WORK/k.pub" | awk '{ print $2 }')" \
    "$(nhictl explain --account web-deploy --token "$WORK/token" --json |
    field used_by)"
for name in k k2; do
	print=$(ssh-keygen -lf "$WORK/$name.pub" | awk '{ print $2 }')
	try "explain with $name" "$([ $name = k ]; echo $?)" \
	    "$([ $name = k ] && echo used before || echo 'result   replay')" \
	    nhictl explain --account=web-deploy --token="$WORK/token" \
	    --key="$print" --
done
try 'explain says which value is wrong' 64 '^nhictl: --key: not a finger' \
    nhictl explain --account a --token "$WORK/token" --key 'x'
try 'explain: no option of ours' 64 '^nhictl explain: unrecognized' \
    nhictl explain --account a --token "$WORK/token" --kay x
try 'explain: a second account' 64 'account is given twice' \
    nhictl explain --account a --account b --token "$WORK/token"
try 'explain: an account is no text of a terminal' 1 '^account  a.x1b' \
    nhictl explain --account $'a\e[1m' --token "$WORK/token"
nhictl revoke --key "$print" --reason x >"$OUT"
echo '{"iss":"https://corp.example.com","sub":"job-1"}' >"$WORK/claims"
try 'explain with a revoked key' 1 'result   cert-revoked: key' \
    nhictl explain --account web-deploy --claims "$WORK/claims" --key "$print"
try 'explain: what is no name' 1 'result   input' \
    nhictl explain --account Web_Deploy --token "$WORK/token"
try 'not to somebody else' 0 'told to root alone' \
    nobody nhictl explain --account web-deploy --token "$WORK/token"
mark=$(audit_last cert.issue | field mark)
try 'its mark is revoked' 0 '' nhictl revoke --mark "$mark" --reason x
try 'nothing is signed for a revoked mark' 77 '^nhi: refused: policy ' \
    trade_file k web-deploy "$WORK/token"
for who in '' nobody; do
	try "explain says so${who:+ to $who}, too" 1 'result   cert-revoked' \
	    $who nhictl explain --account web-deploy --token "$WORK/token"
done
is 'recorded as such' cert-revoked "$(audit_last cert.deny | field reason)"
try 'a key is revoked' 0 '' nhictl revoke --reason x \
    --key "$(ssh-keygen -lf "$WORK/k2.pub" | awk '{ print $2 }')"
token corp rs256 sub=job-1 >"$WORK/token"
try 'nothing is signed for a revoked key' 77 '^nhi: refused: policy ' \
    trade_file k2 web-deploy "$WORK/token"
key k
try 'another key is none of its business' 0 '' \
    trade_file k web-deploy "$WORK/token"
# A token for one key, asked about with it, without, and with another.
print=$(ssh-keygen -lf "$WORK/k.pub" | awk '{ print $2 }')
token bound rs256 sub=job-1 \
    aud="\"ssh://web-1.example.com#$print\"" >"$WORK/token"
for who in '' nobody; do
	chmod 644 "$WORK/token"
	try "explain: with its key${who:+, by $who}" 0 'result   ok' \
	    $who nhictl explain --account web-bound --token "$WORK/token" \
	    --key "$print"
	try "explain: without${who:+, by $who}" 1 'result   binding' \
	    $who nhictl explain --account web-bound --token "$WORK/token"
done
try 'explain: with another' 1 'result   binding: .*another SSH key' \
    nhictl explain --account web-bound --token "$WORK/token" --key \
    "$(ssh-keygen -lf "$WORK/k2.pub" | awk '{ print $2 }')"
try 'explain: with no fingerprint' 64 '^usage' \
    nhictl explain --account web-bound --token "$WORK/token" --key k.pub
sed 's/$/\r/' "$WORK/token" >"$WORK/crlf"
try 'explain: with the newline of another system, as the issuer takes it' 0 \
    'result   ok' nhictl explain --account web-bound --token "$WORK/crlf" \
    --key "$print"
# What a refusal's record says of the token.
token corp rs256 sub=job-7 iat=-900 nbf=-900 exp=-600 >"$WORK/token"
try 'an expired token' 77 'refused: token' \
    trade_file k web-deploy "$WORK/token"
audit_last cert.deny >"$WORK/record"
is 'whose it was is recorded, for its issuer signed it' 'expired corp job-7' \
    "$(for f in reason issuer subject; do field $f <"$WORK/record"; done |
    xargs)"
is 'with its mark' 1 "$(field mark <"$WORK/record" | grep -c '[1-9a-f]')"
token corp rs256 sub=job-7 | sed 's/.....$/AAAAA/' >"$WORK/token"
try 'a forged one' 77 'refused: token' trade_file k web-deploy "$WORK/token"
audit_last cert.deny >"$WORK/record"
is 'of which nothing is known' 'signature' \
    "$(for f in reason issuer subject mark; do field $f <"$WORK/record"; done |
    xargs)"
token once rs256 sub=job-1 >"$WORK/token"
try 'explain: one that is good once' 0 'result   ok' \
    nhictl explain --account web-once --token "$WORK/token"
try 'it is used' 0 '' trade_file k web-once "$WORK/token"
try 'explain: it was good once' 1 'result   replay' \
    nhictl explain --account web-once --token "$WORK/token"
# What a policy's writer is told.
mv /etc/nhi/nhi.conf /etc/nhi/elsewhere
ln -s elsewhere /etc/nhi/nhi.conf
try 'a policy that is a symbolic link' 2 'nhi.conf: a symbolic link' \
    nhictl check
rm /etc/nhi/nhi.conf
mv /etc/nhi/elsewhere /etc/nhi/nhi.conf
trail_valid
finish
