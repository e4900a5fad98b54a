#!/bin/bash
# SPDX-License-Identifier: BSD-2-Clause
# What was issued is listed; what is revoked is refused at the next login, by
# each road, at the next sudo, and by ssh-keygen's reading of the KRL.
. "$(dirname "$0")/road_lib.sh"

HELPER=/usr/libexec/nhi/nhi-sshd-helper
make_keys corp es256
apply 'the policy is applied' <<-END
version = 1;
host = { id = "web-1.example.com"; };
issuers = ( $(issuer corp),
  { name = "github"; preset = "github";
    audience = [ "ssh://web-1.example.com" ];
    jwks_file = "/etc/nhi/jwks/lab.json"; } );
identities = (
$(identity web corp web-deploy sub job-1 'sudo = [ "/usr/bin/id -u" ];'),
$(identity db corp db-deploy sub job-1),
  { name = "gh"; owner = "alice@example.com"; purpose = "a test";
    expires = "2099-12-31"; issuer = "github"; account = "gh-deploy";
    match = ( { claim = "repository_id"; is = "74"; },
              { claim = "repository_owner_id"; is = "65"; },
              { claim = "ref"; is = "refs/heads/main"; },
              { claim = "environment"; is = "production"; } ); } );
END

# get KEY ACCOUNT CLAIM...: a new key and its certificate.
get() {
	local key=$1 account=$2
	shift 2

	key "$key"
	token corp es256 sub=job-1 "$@" | trade "$key" "$account" 2>"$OUT" ||
		not_ok "$key is issued"
}

serial() {
	details "$1" | sed -n 's/.*Serial: //p'
}

finger() {
	ssh-keygen -l -f "$WORK/$1.pub" | cut -d' ' -f2
}

# listed FIELD=VALUE: how many certificates are listed so.
listed() {
	nhictl certs --json | /usr/bin/python3 -c 'import json, sys
name, value = sys.argv[1].split("=", 1)
print(sum(str(json.loads(l).get(name)) == value for l in sys.stdin))' "$1"
}

get serial web-deploy
get again web-deploy jti=token-1
get mark web-deploy jti=token-2
for k in run run2 more; do
	key $k
	issue $k gh-deploy --set run_id="$([ $k = more ] && echo 47 ||
	    echo 4711)" --set jti=j-$k 2>"$OUT" || not_ok "$k is issued"
done
get key web-deploy
get stays web-deploy
get identity db-deploy
is 'each certificate is listed' 9 "$(nhictl certs --json | wc -l)"
is 'with its serial' 1 "$(listed serial="$(serial serial)")"
is 'with its key' 1 "$(listed key="$(finger key)")"
is 'with its source' 9 "$(listed source=127.0.0.1)"
is 'with its identity' 1 "$(listed identity=db)"
is 'none of them revoked' 9 "$(listed revoked=False)"
try 'as a table' 0 "$(serial key) +web +web-deploy +SHA256:.* 127.0.0.1 +-" \
    nhictl certs
is 'of one identity' 1 "$(nhictl certs --identity db --json | wc -l)"
is 'of one account' 5 "$(nhictl certs --account web-deploy --json | wc -l)"
# One of them as large as an entry may be.
entry=/var/lib/nhi/issued/$(serial again)
cp -p "$entry" "$WORK/entry"
/usr/bin/python3 -c 'import sys
t = open(sys.argv[1]).read().split("\n")
t = ["claims=" + "\"" * 66000 if l.startswith("claims=") else l for l in t]
open(sys.argv[1], "w").write("\n".join(t))' "$entry"
is 'and after one that is huge, too' 9 "$(nhictl certs --json | wc -l)"
is 'which is whole' 1 "$(listed serial="$(serial again)")"
cp -p "$WORK/entry" "$entry"
try 'not for everybody' 2 '' setpriv --reuid 65534 --clear-groups nhictl certs

# A session that has begun before.
login key web-deploy 'echo in; until [ -e /tmp/ask ]; do sleep 0.1; done
    sudo -n /usr/bin/id -u; echo "sudo said $?"' >"$WORK/asked" 2>&1 &
PID=$!
until_true 30 grep -q '^in' "$WORK/asked"

r() {
	nhictl revoke "$@" --reason test >"$OUT" 2>&1 || not_ok "revoke $*"
}
r --serial "$(serial serial)"
r --run token-1
r --mark "$(nhictl certs --json | grep "\"serial\":\"$(serial mark)\"" |
    field mark)"
# Two tokens; that the first one's record cannot be written spares neither.
mv /var/log/nhi /var/log/nhi.away
touch /var/log/nhi
try 'a run, and no record of it' 2 'nhictl: ' \
    nhictl revoke --run 4711 --reason test
rm /var/log/nhi
mv /var/log/nhi.away /var/log/nhi
r --key "$(finger key)"
r --identity db
try 'a key is listed as --key takes it' 0 "^key +$(finger key | sed \
    's/[+]/[+]/g') " nhictl revoke --list
is 'they are listed as revoked' 7 "$(listed revoked=True)"
try 'a run that had nothing' 1 'nothing that is valid' \
    nhictl revoke --run 9 --reason test
try 'an identity that the policy has not' 0 'no identity nosuch' \
    nhictl revoke --identity nosuch --reason test

# refused KEY ACCOUNT: and helped by nhi-sshd-helper alone, too.
refused() {
	try "$1: the next login is refused" 254 'nhi: refused: policy' \
	    cert_only "$1" -n "$2@127.0.0.1" true
	try "$1: sshd's own question is answered with a refusal" 0 \
	    '^restrict,command="[^"]* refuse policy" ' setpriv --reuid _nhi \
	    --regid _nhi --clear-groups $HELPER principals "$2" x x x \
	    "$(cut -d' ' -f2 "$WORK/$1-cert.pub")"
}
for k in serial again mark key; do
	refused $k web-deploy
done
refused run gh-deploy
refused run2 gh-deploy
try 'another run logs in' 0 '' login more gh-deploy true
refused identity db-deploy
try 'what is not revoked logs in' 0 '' login stays web-deploy true
try 'and is admitted' 0 '^restrict web-deploy' setpriv --reuid _nhi \
    --regid _nhi --clear-groups $HELPER principals web-deploy x x x \
    "$(cut -d' ' -f2 "$WORK/stays-cert.pub")"
cp "$WORK/key-cert.pub" "$WORK/kept-cert.pub"
token corp es256 sub=job-1 >"$WORK/token"
try 'nothing is issued to a key that is revoked' 77 'refused: policy' \
    trade_file key web-deploy "$WORK/token"
try 'an identity gets new ones' 0 '' trade_file identity db-deploy \
    "$WORK/token"
: >/tmp/ask
wait $PID
is 'nor sudo in a session that goes on' 'sudo said 1' \
    "$(grep '^sudo said' "$WORK/asked")"
drain
is 'and it is recorded' cert-revoked "$(trail event=sudo.deny | tail -n 1 |
    field reason)"

# For hosts without NHI.
try 'a KRL is written' 0 ' 6 serials of 1 CA keys, 1 keys' \
    nhictl krl "$WORK/krl"
is 'by rename, for everybody to read' 644 "$(stat -c %a "$WORK/krl")"
for k in serial again mark run run2 kept; do
	try "KRL: $k" 1 'REVOKED' ssh-keygen -Q -f "$WORK/krl" \
	    "$WORK/$k-cert.pub"
done
try 'KRL: what is not revoked' 0 ': ok' ssh-keygen -Q -f "$WORK/krl" \
    "$WORK/stays-cert.pub"
try 'KRL: a new one of a revoked identity' 0 ': ok' \
    ssh-keygen -Q -f "$WORK/krl" "$WORK/identity-cert.pub"
cp "$WORK/krl" "$WORK/krl.before"
mv /etc/nhi/ca/trusted.pub "$WORK/trusted.pub"
try 'KRL: none that revokes nothing' 2 'trusted.pub: no CA' \
    nhictl krl "$WORK/krl"
try 'KRL: and the one before stays' 0 '' cmp "$WORK/krl" "$WORK/krl.before"
mv "$WORK/trusted.pub" /etc/nhi/ca/trusted.pub
r --identity web
nhictl krl "$WORK/krl" >"$OUT"
try 'KRL: of an identity' 1 'REVOKED' ssh-keygen -Q -f "$WORK/krl" \
    "$WORK/stays-cert.pub"
rm -rf /var/lib/nhi/revoked/*/*
try 'KRL: nothing revoked is no empty file' 0 ' 0 serials' \
    nhictl krl "$WORK/krl"
try 'KRL: and refuses nobody' 0 ': ok' ssh-keygen -Q -f "$WORK/krl" \
    "$WORK/kept-cert.pub"
try 'KRL: a file that cannot be written' 2 '' nhictl krl /nonexistent/krl

# One that waits strikes what is made meanwhile, and a later one stays later.
# at NAME: the time of the identity's revocation.
at() {
	readlink "/var/lib/nhi/revoked/identity/$1" | cut -d' ' -f2
}
flock /var/lib/nhi/revoked/.lock sh -c 'touch /tmp/locked; sleep 3;
    date +%s >/tmp/made' &
PID=$!
until_true 30 test -e /tmp/locked
r --identity db
wait $PID
is 'a revocation has the time of the lock' 0 \
    "$(($(at db) < $(cat /tmp/made)))"
later=$(($(date +%s) + 600))
ln -sfn "i $later alice test" /var/lib/nhi/revoked/identity/db
r --identity db
is 'a second one does not set it back' $later "$(at db)"
rm /var/lib/nhi/revoked/identity/db

# Certificates have whole seconds: nobody is struck who asked afterwards.
bad=
for i in 1 2 3 4; do
	token corp es256 sub=job-1 jti=at-once-$i >"$WORK/token"
	r --identity db
	trade_file identity db-deploy "$WORK/token" >"$OUT" 2>&1 &&
	    login identity db-deploy true >>"$OUT" 2>&1 || bad="$bad $i"
done
is 'an identity gets good ones as soon as revoke has returned' '' "$bad"
trail_valid
finish
