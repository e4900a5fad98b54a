#!/bin/bash
# SPDX-License-Identifier: BSD-2-Clause
# An nhi-verify in an attacker's hands says yes to everything (liar.c).  It may
# choose among the identities of an account, and nothing else: names, UIDs,
# lifetimes, holds, sources and revocations are root's and the issuer's own.
. "$(dirname "$0")/liar_lib.sh"

TALK=$BUILD/tests/e2e/pam_talk
SERVICE=nhi-hostile
DAY=$(date -ud '+2 days' +%a | tr '[:upper:]' '[:lower:]')
YEARS=+315360000
printf '%s required pam_nhi.so\n' auth account session >/etc/pam.d/$SERVICE
useradd -m alice
make_keys lab es256
apply 'the policy' <<-END
	version = 1;
	host = { id = "web-1.example.com"; };
	issuers = ( $(issuer lab) );
	identities = (
	  $(identity web lab web-deploy role web \
	    'certificate = { ttl = "10m"; };'),
	  $(identity stage lab web-deploy role stage \
	    'certificate = { ttl = "10m"; };'),
	  $(identity far lab far-away role far \
	    'certificate = { source = [ "10.0.0.0/8" ]; };'),
	  $(identity shut lab shut-now role shut \
	    "window = [ \"$DAY 10:00-11:00\" ];"),
	  $(identity old lab too-old role old | sed 's/2099-12-31/2020-01-01/')
	);
END
key k
key thief
printf 'x.y.z' >"$WORK/token"
web=$(id -u web-deploy)

ask web-deploy
is 'an honest verifier refuses' '77 input' "$STATUS $PUBLIC"
install_liar
# By their names: 0 is stage, 1 is web.
lie any identity=1
ask web-deploy
is 'the liar is believed' '0 cert' "$STATUS $PUBLIC"

# Whose account: the client's word, and the policy's.
for name in root alice nobody sshd nhi; do
	refused "for $name" 77 policy account-unknown "$name"
	case $name in
	alice) ;;
	*) sed -i '$s/account-unknown/account-reserved/' "$WANTED" ;;
	esac
done
for name in _nhi _nhi-fetch ../web-deploy; do
	refused "for $name" 77 input input "$name"
done
for index in 2 5 1000 4294967295; do
	lie web-deploy identity=$index
	refused "identity $index of two" 70 fault verifier web-deploy
done
rm /run/liar/web-deploy
lie any identity=1
hold() {
	nhictl hold add "$@" --for 1h --reason 'a test' >"$OUT" 2>&1 ||
		not_ok "held: $*"
}
lift() {
	nhictl hold lift "$@" >"$OUT" 2>&1 || not_ok "lifted: $*"
}
for what in '--account web-deploy' '--identity web' '--issuer lab' --all; do
	# shellcheck disable=SC2086
	hold $what
	refused "held $what" 77 policy hold web-deploy
	# shellcheck disable=SC2086
	lift $what
done
lie any
refused 'from elsewhere' 77 policy source far-away
refused 'outside of its window' 77 policy window shut-now
refused 'after its end' 77 policy identity-expired too-old
for reason in by-person uid-moved cert-ca internal; do
	lie any reason=$reason
	case $reason in
	by-person | internal) refused "it says $reason" 70 fault \
	    "$([ $reason = internal ] && echo internal || echo verifier)" \
	    web-deploy ;;
	*) refused "it says $reason" 77 policy $reason web-deploy ;;
	esac
done
records_agree 'the issuer'

# What is in the certificate.
lasts() {
	ssh-keygen -L -f "$WORK/cert" |
	    sed -n 's/.*Valid: from \(.*\) to \(.*\)/\1 \2/p' |
	    { read -r from to; echo $(($(date -d "$to" +%s) -
		$(date -d "$from" +%s))); }
}
for exp in $YEARS 4611686018427387903; do
	lie any exp=$exp iat=0 identity=1
	ask web-deploy
	is "exp=$exp: ten minutes and the back-date" '0 cert 660' \
	    "$STATUS $PUBLIC $(lasts)"
done
lie any exp=4611686018427387904
refused 'a time that cannot be' 70 fault verifier web-deploy
lie any exp=-86400
refused 'a token of yesterday' 77 token expired web-deploy
lie any identity=1 line=issuer=evil line=subject=root line=identity=root \
    'line=claim.x="},{"account":"root"' line=principals=root line=uid=0 \
    line=detail=by-root line=jti=../../x line=keyid=nhi1:x:root:0
ask web-deploy
is 'lines of its own: one principal' web-deploy "$(ssh-keygen -L \
    -f "$WORK/cert" | sed -n '/Principals:/{n;s/ *//p}')"
is 'lines of its own: the key id' nhi1:web-1.example.com:web "$(ssh-keygen \
    -L -f "$WORK/cert" | sed -n 's/.*Key ID: "\(.*\):[0-9a-f]*"/\1/p')"
is 'lines of its own: no right' '' "$(ssh-keygen -L -f "$WORK/cert" |
    sed -n '/Extensions:/,$p' | grep permit-)"
drain
is 'lines of its own: whose it is, is ours to say' 'web-deploy web lab' \
    "$(trail id="$ID" | { IFS= read -r r; for f in account identity issuer
    do field $f <<<"$r"; done; } | xargs)"

# The login: a certificate of web's, and one by whoever has the CA key.
lie any identity=1
trade k web-deploy <"$WORK/token" 2>"$OUT"
serial=$(details k | sed -n 's/.*Serial: //p')
# in_as NAME PATTERN STATUS KEY ACCOUNT
in_as() {
	try "login: $1" "$3" "$2" cert_only "$4" "$5@127.0.0.1" id -u
}
steal() {
	rm -f "$WORK/thief-cert.pub"
	ssh-keygen -q -s /etc/nhi/ca/ca -V -1m:+5m -z 77 -O clear \
	    -I "nhi1:web-1.example.com:$1:0123456789abcdef" -n "$2" \
	    "$WORK/thief.pub"
}
in_as 'it is web-deploy, whatever it says' "^$web\$" 0 k web-deploy
for name in root alice far-away nobody; do
	in_as "not $name" 'Permission denied' 255 k $name
done
for account in far-away:far shut-now:shut too-old:old; do
	steal "${account#*:}" "${account%:*}"
	lie "${account%:*}"
	in_as "not ${account%:*}" '^nhi: refused: policy ' 254 thief \
	    "${account%:*}"
done
for lie in before=$YEARS "before=$YEARS after=+315359500" \
    "before=$YEARS after=$YEARS" 'before=4611686018427387903 after=0' \
    before=0 'before=+300 after=+200'; do
	lie any "$lie"
	in_as "not for longer than policy's: $lie" '^nhi: refused: policy ' \
	    254 k web-deploy
done
lie any
in_as 'as another identity of the account' "^$web\$" 0 k web-deploy
hold --identity web
in_as 'a held identity is not by another one' '^nhi: refused: policy ' 77 k \
    web-deploy
lift --identity web
for what in '--account web-deploy' --all; do
	# shellcheck disable=SC2086
	hold $what
	in_as "held $what" '^nhi: refused: policy ' 254 k web-deploy
	# shellcheck disable=SC2086
	lift $what
done
lie any serial=1
nhictl revoke --serial "$serial" --reason 'a test' >"$OUT" 2>&1 ||
	not_ok 'a certificate is revoked'
in_as 'a revoked serial is not another one' '^nhi: refused: policy ' 77 k \
    web-deploy

# What it says to an administrator.
esc=$(printf '\033')
plain() {
	if LC_ALL=C grep -q '[^ -~]' "$OUT"; then
		not_ok "$1: nothing but text reaches the terminal"
	else
		ok "$1: nothing but text reaches the terminal"
	fi
}
printf 'ok\n1\nwhy\nissuer   lab%s]0;title\a\r\233\200 text\n' "$esc" \
    >/run/liar/text
try 'token show' 0 'lab\?\]0;title' sh -c \
    "nhictl token show <'$WORK/token'"
plain 'token show'
try 'token check' 0 'lab\?\]0;title' sh -c "nhictl token check \
    --issuer https://lab.example.com --audience a \
    --jwks /etc/nhi/jwks/lab.json <'$WORK/token'"
plain 'token check'
try 'explain' 2 'the verifier' nhictl explain --account web-deploy \
    --token "$WORK/token"
plain 'explain'
head -c 3000000 /dev/zero | tr '\\0' x >/run/liar/text
try 'a flood is not shown' 2 '^nhictl: ' sh -c \
    "nhictl token show <'$WORK/token'"

# A token through PAM.
# talk NAME STATUS PATTERN USER STAGE...
talk() {
	local name=$1 status=$2 pattern=$3 got=0
	shift 3

	"$TALK" $SERVICE "$@" <"$WORK/token" >"$OUT" 2>&1 || got=$?
	if [ $got -eq "$status" ] && grep -Eq "$pattern" "$OUT"; then
		ok "PAM: $name"
	else
		not_ok "PAM: $name"
	fi
}
lie any
talk 'the liar is believed' 0 '^close 0' web-deploy auth account session close
for name in root alice nobody; do
	talk "not $name" 1 '^auth [1-9]' $name auth
done
lie any exp=$YEARS
talk 'no session for longer than policy lets it' 0 '^close 0' web-deploy auth \
    account session "!cat /run/nhi/sessions/* >$WORK/session" close
is 'PAM: which ends after the ttl' 600 "$(($(sed -n \
    's/^expires=//p' "$WORK/session") - $(sed -n 's/^opened=//p' \
    "$WORK/session")))"
finish
