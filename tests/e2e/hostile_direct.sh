#!/bin/bash
# SPDX-License-Identifier: BSD-2-Clause
# An nhi-verify in an attacker's hands (liar.c) on the direct road, where it is
# asked twice: by sshd's helper before the key is proved, and by the session
# stage.  It may choose among the identities that have this road, and nothing
# else; and what is no answer lets nobody in.
. "$(dirname "$0")/liar_lib.sh"

DROPIN=/etc/ssh/sshd_config.d/00-nhi.conf
DAY=$(date -ud '+2 days' +%a | tr '[:upper:]' '[:lower:]')
YEARS=+315360000
# What is refused here is more than sshd of 9.8 lets one address have.
if /usr/sbin/sshd -T 2>/dev/null | grep -qi '^persourcepenalties'; then
	echo 'PerSourcePenalties no' >>/etc/ssh/sshd_config.d/zz-lab.conf
	reload_sshd
fi
make_keys lab es256
apply 'the policy' <<-END
	version = 1;
	host = { id = "web-1.example.com"; };
	issuers = ( $(issuer lab 'binding = "key"; grace = "1m";') );
	identities = (
	  $(identity slow lab web-deploy role slow),
	  $(identity stage lab web-deploy role stage \
	    'direct = true; certificate = { ttl = "10m"; };'),
	  $(identity web lab web-deploy role web \
	    'direct = true; certificate = { ttl = "10m"; };'),
	  $(identity far lab far-away role far \
	    'direct = true; certificate = { source = [ "10.0.0.0/8" ]; };'),
	  $(identity shut lab shut-now role shut \
	    "direct = true; window = [ \"$DAY 10:00-11:00\" ];"),
	  $(identity old lab too-old role old 'direct = true;' |
	    sed 's/2099-12-31/2020-01-01/'),
	  $(identity plain lab plain-deploy role plain)
	);
END
useradd -m alice
key k
key thief
key person
install -d -o alice -m 0700 ~alice/.ssh
install -o alice -m 0600 "$WORK/person.pub" ~alice/.ssh/authorized_keys
web=$(id -u web-deploy)

# carry KEY ACCOUNT: what brings a token that nobody honest would take.
carry() {
	rm -f "$WORK/$1-cert.pub"
	ssh-keygen -q -s "$WORK/$1" -I x -n "$2" -O extension:token@nhi=x.y.z \
	    "$WORK/$1.pub"
}

# keys ACCOUNT [KEY]: as sshd asks its helper, from an address of its own.
ASKED=0
keys() {
	ASKED=$((ASKED + 1))
	FROM=10.3.$((ASKED / 250)).$((ASKED % 250 + 1))
	# shellcheck disable=SC2046
	setpriv --reuid _nhi --regid _nhi --init-groups \
	    $LIBEXEC/nhi-sshd-helper keys "$1" \
	    $(cut -d' ' -f1,2 "$WORK/${2:-k}-cert.pub") \
	    "$FROM 50000 127.0.0.1 22" >"$WORK/line" 2>&1
}

# unheard NAME REASON ACCOUNT: the helper has no answer for sshd; its record is
# for sources_agree.
: >"$WORK/sources"
unheard() {
	keys "$3"
	is "helper: $1: no answer" '' "$(cat "$WORK/line")"
	echo "$FROM $2 $1" >>"$WORK/sources"
}

# heard NAME PATTERN ACCOUNT
heard() {
	keys "$3"
	try "helper: $1" 0 "$2" cat "$WORK/line"
}

# sources_agree NAME: one record of each, with its reason and no other.
sources_agree() {
	drain
	/usr/bin/python3 - "$TRAIL" "$WORK/sources" >"$OUT" <<-'END'
	import json, sys
	found = {}
	for line in open(sys.argv[1], encoding="ascii"):
	    r = json.loads(line)
	    if r["component"] == "nhi-sshd-helper":
	        found.setdefault(r.get("source"), []).append(
	            (r["event"], r["reason"]))
	for line in open(sys.argv[2]):
	    source, reason, name = line.rstrip("\n").split(" ", 2)
	    if found.get(source) != [("login.deny", reason)]:
	        print(name, "wanted", reason, "found", found.get(source))
	END
	if [ -s "$WORK/sources" ] && [ ! -s "$OUT" ]; then
		ok "$1: $(wc -l <"$WORK/sources") records, each with its reason"
	else
		not_ok "$1: each has its record"
	fi
	: >"$WORK/sources"
}

enter() {
	nhi_ssh k -n "$1@127.0.0.1" id -u
}

# says [WORD...]: the verifier, from now on, of what comes this road; what it
# said before is not recalled.
says() {
	rm -f /run/nhi/direct/verdict.*
	lie direct "line=key=$(ssh-keygen -l -f "$WORK/k.pub" |
	    cut -d' ' -f2)" "$@"
}

# told NAME STATUS PUBLIC REASON ACCOUNT: in the login; its record is for
# records_agree, where the session stage wrote one (status 254).
told() {
	local id

	try "login: $1" "$2" "^nhi: refused: $3 [0-9a-z]{26}" enter "$5"
	id=$(sed -n "s/^nhi: refused: $3 \\([0-9a-z]*\\).*/\\1/p" "$OUT")
	echo "${id%%$'\n'*} $4 $1" >>"$WANTED"
}

hold() {
	nhictl hold add "$@" --for 1h --reason 'a test' >"$OUT" 2>&1 ||
		not_ok "held: $*"
}
lift() {
	nhictl hold lift "$@" >"$OUT" 2>&1 || not_ok "lifted: $*"
}

carry k web-deploy
keys web-deploy
is 'an honest verifier refuses' '' "$(cat "$WORK/line")"
install_liar
# What sshd accepted is no certificate of a CA of ours: asked so first.
lie certificate reason=cert-ca
# By their names: 0 is slow, which has not this road, 1 stage, 2 web.
says identity=2
heard 'the liar is believed' \
    '^restrict,cert-authority,principals="web-deploy" ssh-' web-deploy
try 'login: the liar is believed' 0 "^$web\$" enter web-deploy

# ---- whose account: the client's word, and the policy's

for name in root alice nobody sshd nhi _nhi; do
	carry k "$name"
	keys "$name"
	is "helper: not for $name" '' "$(cat "$WORK/line")"
	try "login: not $name" "$([ $name = nhi ] && echo 77 || echo 255)" '' \
	    enter "$name"
done
for name in far-away plain-deploy; do
	carry k web-deploy
	keys $name
	is "helper: a token for another account than $name" '' \
	    "$(cat "$WORK/line")"
done
carry k plain-deploy
unheard 'an account without the road' no-match plain-deploy
carry k web-deploy
for index in 3 1000 4294967295; do
	says identity=$index
	unheard "identity $index of three" verifier web-deploy
done
says identity=0
unheard 'an identity without the road' verifier web-deploy
for reason in uid-moved cert-ca cert-type internal signature; do
	says reason=$reason
	unheard "it says $reason" $reason web-deploy
done
says reason=by-person
unheard 'it says by-person' verifier web-deploy

# ---- what is root's own to say

says identity=2
refuse='^restrict,command="[^"]* refuse policy",cert-authority,'
for what in '--account web-deploy' '--identity web' '--issuer lab' --all; do
	# shellcheck disable=SC2086
	hold $what
	heard "held $what" "$refuse" web-deploy
	told "held $what" 254 policy hold web-deploy
	# shellcheck disable=SC2086
	lift $what
done
says
for what in far-away:source shut-now:window too-old:identity-expired; do
	carry k "${what%:*}"
	told "not ${what%:*}" 254 policy "${what#*:}" "${what%:*}"
done
carry k web-deploy
says identity=2 line=issuer=evil line=subject=root line=identity=root \
    'line=claim.x="},{"account":"root"' line=principals=root line=uid=0 \
    line=account=root line=keyid=nhi1:x:root:0 line=key=SHA256:x
heard 'lines of its own: this key, for this account' \
    "^restrict,cert-authority,principals=\"web-deploy\" $(cut -d' ' -f1,2 \
	"$WORK/k.pub" | sed 's/[+]/[+]/g')\$" web-deploy
try 'login: lines of its own' 0 "^$web\$" enter web-deploy
is 'whose it is, is ours to say' "web-deploy web lab $web" \
    "$(trail event=login.grant | tail -n 1 | { IFS= read -r r
    for f in account identity issuer uid; do field $f <<<"$r"; done; } | xargs)"

# ---- the session stage alone: the helper lets in whoever comes

cat >$LIBEXEC/liar <<-'END'
	#!/bin/sh
	echo "cert-authority,principals=\"$1\" $(cat /run/liar.pub)"
END
chmod 755 $LIBEXEC/liar
cut -d' ' -f1,2 "$WORK/k.pub" >/run/liar.pub
cp $DROPIN "$WORK/dropin"
sed -i '/^Match Group/,$s,nhi-sshd-helper keys,liar,' $DROPIN
reload_sshd
for name in root alice nobody; do
	carry k "$name"
	try "session: not $name" 255 'Permission denied' enter "$name"
done
carry k web-deploy
for index in 0 3 4294967295; do
	says identity=$index
	told "session: identity $index of 1 and 2" 254 fault verifier web-deploy
done
for reason in by-person:fault:verifier internal:fault:internal \
    cert-ca:policy:evidence-forged cert-type:policy:evidence-forged \
    input:policy:evidence-forged uid-moved:policy:uid-moved; do
	IFS=: read -r says public code <<<"$reason"
	[ "$says" != input ] || says=empty code=empty public=input
	says "reason=$says"
	told "session: it says $says" 254 "$public" "$code" web-deploy
done
says identity=2
for what in '--account web-deploy' '--identity web' --all; do
	# shellcheck disable=SC2086
	hold $what
	told "session: held $what" 254 policy hold web-deploy
	# shellcheck disable=SC2086
	lift $what
done
says
for what in far-away:source shut-now:window too-old:identity-expired; do
	carry k "${what%:*}"
	told "session: not ${what%:*}" 254 policy "${what#*:}" "${what%:*}"
done
carry k web-deploy
for exp in $YEARS 4611686018427387903; do
	says identity=2 exp=$exp iat=0
	try "session: exp=$exp" 0 '^600$' nhi_ssh k -n web-deploy@127.0.0.1 \
	    'echo $(($(sed -n "s/^expires=//p" /run/nhi/sessions/$NHI_SESSION) -
	    $(sed -n "s/^opened=//p" /run/nhi/sessions/$NHI_SESSION)))'
done
lie direct identity=2
told 'session: no key' 254 fault state web-deploy
says identity=2 exp=4611686018427387904
told 'session: a time that cannot be' 254 fault verifier web-deploy
says identity=2 exp=-86400
told 'session: a token of yesterday' 254 token expired web-deploy
cp "$WORK/dropin" $DROPIN
reload_sshd

# ---- what is no answer, or none that ends

# The session stage as sshd calls it: its caller leads a session, which began
# after the account was made.  There is nothing else in the stack.
asked_session() {
	setsid -w "$BUILD/tests/e2e/pam_lied" sshd web-deploy "publickey $(cut \
	    -d' ' -f1,2 "$WORK/k-cert.pub")" /run/liar/direct
}

# through_helper NAME, through_session NAME: each of the plans.
through_helper() {
	local line

	: >"$WORK/answered"
	while read -r line; do
		rm -f /run/nhi/direct/verdict.*
		echo "$line" >/run/liar/direct
		keys web-deploy
		echo "$FROM verifier ${line:0:40}" >>"$WORK/sources"
		[ ! -s "$WORK/line" ] || echo "$line" >>"$WORK/answered"
	done <"$WORK/plans"
	is "helper: $1: no answer" '' "$(cat "$WORK/answered")"
	sources_agree "helper: $1"
}
through_session() {
	local before after

	before=$(trail component=pam_nhi reason=verifier | wc -l)
	asked_session <"$WORK/plans" >"$WORK/done" 2>&1
	# PAM_PERM_DENIED
	all_refused "session: $1" '^6 '
	after=$(trail component=pam_nhi reason=verifier outcome=fault | wc -l)
	is "session: $1: a record each" "$(wc -l <"$WORK/plans")" \
	    $((after - before))
	is "session: $1: nothing is left in the service" \
	    'descriptors 0 children 0 signals 0' \
	    "$(grep '^[a-z]' "$WORK/done" | xargs)"
}
sources_agree 'helper'
odd | sed 's/^identity=1$/identity=0/' >"$WORK/plans"
bytes cut 5 >>"$WORK/plans"
bytes kill 7 >>"$WORK/plans"
echo "kill=$ANSWER" >>"$WORK/plans"
through_helper 'odd answers, cut ones and deaths'
cp /etc/pam.d/sshd "$WORK/sshd"
printf '%s required pam_nhi.so\n' account session >/etc/pam.d/sshd
says identity=2
cat /run/liar/direct >"$WORK/good"
asked_session <"$WORK/good" >"$WORK/done" 2>&1
try 'session: the liar is believed, this way too' 0 '^0 ' cat "$WORK/done"
through_session 'odd answers, cut ones and deaths'
cp "$WORK/sshd" /etc/pam.d/sshd
says hang=85
enter web-deploy >"$WORK/waited" 2>&1 &
hanging=$!
until_true 10 pgrep -cx nhi-verify || not_ok 'the verifier hangs'
try 'meanwhile a person logs in' 0 '^alice$' \
    nhi_ssh person -n alice@127.0.0.1 id -un
wait $hanging
try 'and who waited for it is refused' 0 'Permission denied' cat "$WORK/waited"
try 'nothing of it stays' 1 '^0$' pgrep -cx nhi-verify
drain
is 'it is a fault that the trail tells' verifier "$(trail \
    component=nhi-sshd-helper source= | tail -n 1 | field reason)"
for what in missing other; do
	mv $VERIFY "$WORK/away"
	[ $what = missing ] || install -m 0700 "$WORK/away" $VERIFY
	rm -f /run/nhi/direct/verdict.*
	unheard "the verifier is $what" verifier web-deploy
	rm -f $VERIFY
	mv "$WORK/away" $VERIFY
done
says identity=2
try 'and it is well again' 0 "^$web\$" enter web-deploy

# ---- a key that is revoked is the helper's to know, not the verifier's

says identity=2 key="$(printf '%064d' 0)"
nhictl revoke --key "$(ssh-keygen -l -f "$WORK/k.pub" | cut -d' ' -f2)" \
    --reason 'a test' >"$OUT" 2>&1 || not_ok 'a key is revoked'
heard 'a revoked key is not another one' "$refuse" web-deploy
try 'login: a revoked key' 77 '^nhi: refused: policy ' enter web-deploy
key k
carry k web-deploy
records_agree 'sessions'
sources_agree 'helper'
finish
