#!/bin/bash
# SPDX-License-Identifier: BSD-2-Clause
# The direct road: a token that is bound to the key, in a certificate that this
# key has signed.  Off by default; never for bearer tokens; every limit is
# root's; and the session stage believes nothing that sshd's helper said.
. "$(dirname "$0")/attack_lib.sh"

HELPER=/usr/libexec/nhi/nhi-sshd-helper
DROPIN=/etc/ssh/sshd_config.d/00-nhi.conf
HOST=ssh://web-1.example.com
# What is refused here is more than sshd of 9.8 lets one address have.
if /usr/sbin/sshd -T 2>/dev/null | grep -qi '^persourcepenalties'; then
	echo 'PerSourcePenalties no' >>/etc/ssh/sshd_config.d/zz-lab.conf
	reload_sshd
fi
useradd -m -s /bin/sh person
key k
key other
key person
install -D -m 600 -o person "$WORK/person.pub" ~person/.ssh/authorized_keys
chown person ~person/.ssh

finger() {
	ssh-keygen -l -f "$WORK/$1.pub" | cut -d' ' -f2
}

# Tokens are minted in bulk.  On standard input, a line each: a name, a key to
# bind it to or "-", and arguments of mint.py.  They are put into $WORK/t.NAME.
mint_all() {
	local name key rest
	while read -r name key rest; do
		[ "$key" = - ] || rest="--set aud=$HOST#$(finger "$key") $rest"
		printf '%s %s\n' "$name" "$rest"
	done >"$WORK/list"
	/usr/bin/python3 - "$E2E" "$WORK" <<-'END' 3<"$WORK/list"
	import contextlib, os, shlex, sys
	tests, work = sys.argv[1:]
	sys.path.insert(0, tests)
	sys.dont_write_bytecode = True
	import mint
	for line in os.fdopen(3):
	    name, *rest = shlex.split(line)
	    sys.argv = ["mint.py", "token", *rest]
	    with open(f"{work}/t.{name}", "w") as f, \
	            contextlib.redirect_stdout(f):
	        mint.main()
	END
}

# carry KEY ACCOUNT TOKEN [SSH-KEYGEN-OPTION...]: the certificate that brings
# it.  (The -O is seen by local users, as in any other script: they get a token
# that is worth nothing without the key.)
carry() {
	local key=$1 account=$2 token=$3
	shift 3
	rm -f "$WORK/$key-cert.pub"
	ssh-keygen -q -s "${SIGNER:-$WORK/$key}" -I 'its own words' -z 4711 \
	    ${account:+-n "$account"} \
	    -O "extension:token@nhi=$(cat "$WORK/t.$token")" "$@" \
	    "$WORK/$key.pub"
}

enter() {
	local key=$1 account=$2
	shift 2
	nhi_ssh "$key" -n -o KexAlgorithms=curve25519-sha256 "$@" \
	    "$account@127.0.0.1" id -un
}

# A captured certificate, without its key: shown COUNT times in one connection.
# replay KEY COUNT ACCOUNT
replay() {
	local i agent
	/usr/bin/python3 - "$WORK" "$1" "$2" <<-'END' &
	import base64, os, socket, struct, sys
	work, key, count = sys.argv[1], sys.argv[2], int(sys.argv[3])
	def text(b):
	    return struct.pack(">I", len(b)) + b
	with open(f"{work}/{key}-cert.pub") as f:
	    blob = base64.b64decode(f.read().split()[1])
	keys = b"\x0c" + struct.pack(">I", count) + (text(blob) + text(b"x")) * count
	s = socket.socket(socket.AF_UNIX)
	s.bind(f"{work}/agent.new")
	s.listen()
	os.rename(f"{work}/agent.new", f"{work}/agent")
	while True:
	    c, _ = s.accept()
	    while (head := c.recv(4, socket.MSG_WAITALL)):
	        n, = struct.unpack(">I", head)
	        asked = c.recv(n, socket.MSG_WAITALL)
	        c.sendall(text(keys if asked[0] == 11 else b"\x05"))
	END
	# What waits below sets $!, too.
	agent=$!
	for ((i = 0; i < 1500; i++)); do
		[ ! -S "$WORK/agent" ] || break
		read -rt 0.02 <> <(:) || true
	done
	ssh -F /dev/null -n -o BatchMode=yes -o IdentityAgent="$WORK/agent" \
	    -o IdentityFile=none -o KexAlgorithms=curve25519-sha256 -v \
	    "$3@127.0.0.1" true >"$OUT" 2>&1
	kill $agent 2>/dev/null
	wait $agent 2>/dev/null
	rm -f "$WORK/agent"
}

# What has sshd read its files anew is over before it has: until it has heard,
# and listens.
sshd_rests() {
	local pid

	pid=$(cat /run/sshd.pid) && [ -n "$pid" ] &&
	    cat "/proc/$pid/status" >"$WORK/sshd" &&
	    grep -q '^State:.S' "$WORK/sshd" &&
	    grep -q '^ShdPnd:.*[02468ace]$' "$WORK/sshd" &&
	    [ -s /run/sshd.pid ]
}

in_force() {
	policy
	until_true 30 sshd_rests || not_ok 'sshd has read its files anew'
}

# what sshd would do for people
people() {
	local who
	for who in root person nobody; do
		/usr/sbin/sshd -T -C \
		    "user=$who,addr=127.0.0.1,host=localhost,laddr=127.0.0.1,lport=22"
	done
}

# ask KEY ACCOUNT: as sshd does, before the key is proved.
ask() {
	# shellcheck disable=SC2046
	cd / && setpriv --reuid _nhi --regid _nhi --init-groups $HELPER keys \
	    "$2" $(cut -d' ' -f1,2 "$WORK/$1-cert.pub")
}

# trail COMPONENT REASON ACCOUNT: how many records say so, and how many are not
# such denials.  (Fields have a fixed order; the session before may end late.)
trail() {
	local want="\"event\":\"login.deny\".*\"reason\":\"$2\",.*\"component\":\"$1\",.*\"account\":\"$3\","
	echo "$(grep -c "$want" "$AUDIT") $(grep -v -e "$want" \
	    -e '"event":"session.close"' "$AUDIT" | grep -c '')$(grep -v \
	    -e "$want" -e '"event":"session.close"' "$AUDIT" | sed 's/^/ /')"
}

# What is in the spool comes with the next session's end.
fresh() {
	nhictl audit >/dev/null
	mark_trail
}

# denied NAME REASON KEY ACCOUNT: by sshd, and recorded by its helper.
denied() {
	fresh
	try "$1: refused" 255 'Permission denied' enter "$3" "$4"
	nhictl audit >/dev/null
	is "$1: recorded, and nothing else is" '1 0' \
	    "$(trail nhi-sshd-helper "$2" "$4")"
}

# told NAME PUBLIC REASON KEY ACCOUNT: let in to be told, by the session stage.
told() {
	fresh
	try "$1: refused" 254 "nhi: refused: $2 " enter "$4" "$5"
	is "$1: recorded, and nothing else is" '1 0' \
	    "$(trail pam_nhi "$3" "$5")"
}

# ---- off by default

key any rsa
key road
key l
mint_all <<-'END'
	k	k
	first	k	--set exp=120 --set jti=direct-1
	long	k	--pad 12000
	any	any
	road	road
	bearer	-
	expired	k	--set exp=-120 --set iat=-400 --set nbf=-400
	nobody	k	--wrong-key
	run	k	--set run_id='"4711"' --set jti=direct-run
	test	k	--set environment='"test"'
	staging	k	--set environment='"staging"'
	once	k	--set iss=https://once.example.com
	once2	k	--set iss=https://once.example.com --set jti=once2
END
printf 'array - --set aud=["%s","%s"]\n' $HOST "$(finger k)" |
	sed "s/aud=.*/'&'/" | mint_all

carry k web-deploy k
people >"$WORK/before"
try 'off by default' 255 'Permission denied' enter k web-deploy
is 'the helper has no answer' '' "$(ask k web-deploy)"
is 'sshd is not told of it' 1 \
    "$(sed -n '/^Match Group/,$p' $DROPIN | grep -c 'KeysCommand none')"

cat >"$WORK/policy" <<-END
version = 1;
host = { id = "web-1.example.com"; };
issuers = (
  { name = "github"; preset = "github"; audience = [ "$HOST" ];
    jwks_file = "/etc/nhi/jwks/lab.json"; binding = "key"; grace = "1m"; },
  { name = "once"; preset = "custom"; url = "https://once.example.com";
    audience = [ "$HOST" ]; jwks_file = "/etc/nhi/jwks/lab.json";
    binding = "key"; reuse = "never"; }
);
identities = (
END
# identity NAME ISSUER ACCOUNT ENVIRONMENT MORE
identity() {
	cat <<-END
	{ name = "$1"; owner = "alice@example.com"; purpose = "a test";
	  expires = "2099-12-31"; issuer = "$2"; account = "$3";
	  match = ( { claim = "repository_id"; is = "74"; },
	            { claim = "repository_owner_id"; is = "65"; },
	            { claim = "environment"; is = "$4"; } ); $5 }
	END
}
{
	cat "$WORK/policy"
	identity web github web-deploy production 'direct = true;
	    sudo = [ "/usr/bin/id -u" ];'
	echo ,
	identity slow github web-deploy staging 'sudo = [ "/usr/bin/id -u" ];'
	echo ,
	identity far github far-deploy production 'direct = true;
	    certificate = { source = [ "10.0.0.0/8", "192.0.2.0/24" ];
	    force_command = "echo \"forced\""; pty = true; };'
	echo ,
	identity once once once-deploy production 'direct = true;'
	echo ,
	identity forced github forced-deploy production 'direct = true;
	    certificate = { force_command = "echo \"forced\""; };'
	echo ,
	identity plain github plain-deploy production ''
	echo ,
	identity pr github 'pr-{run_id}' production 'direct = true;'
	echo ');'
} | sed 's/sshd = .*//; s/^version = 1;/&\nsshd = { permit_tty = true; };/' \
    >"$WORK/inforce"
in_force <"$WORK/inforce"
try 'sshd is told of it' 0 '' grep -q 'keys %u %t %k' <(sed -n \
    '/^Match Group/,$p' $DROPIN)
is 'and to tell where it comes from, if it can' \
    "$(/usr/sbin/sshd -T 2>/dev/null | grep -c '^refuseconnection ')" \
    "$(grep -c %C $DROPIN)"
people >"$WORK/after"
try 'for people nothing has changed' 0 '' cmp "$WORK/before" "$WORK/after"
try 'people log in' 0 '^person$' enter person person

# ---- what works

carry k web-deploy first
mark_trail
try 'a token logs in' 0 '^web-deploy$' enter k web-deploy
recorded 'the grant is recorded' 1 event=login.grant identity=web \
    account=web-deploy issuer=github alg=RS256 kid=rs256-1 jti=direct-1 \
    key="$(finger k)" source=127.0.0.1 owner=alice@example.com \
    subject=repo:example-org/web:environment:production
is 'it has its provenance, and none of the client'"'"'s words' \
    'example-org/web None None' "$(grep login.grant "$AUDIT" | tail -n 1 |
	/usr/bin/python3 -c 'import json, sys
r = json.load(sys.stdin)
print(r["claims"]["repository"], r.get("serial"), r.get("keyid"))')"
life=$(grep login.grant "$AUDIT" | tail -n 1 | /usr/bin/python3 -c '
import json, sys, datetime
r = json.load(sys.stdin)
t = [datetime.datetime.strptime(r[k][:19], "%Y-%m-%dT%H:%M:%S")
     for k in ("expires", "time")]
print(160 < (t[0] - t[1]).total_seconds() <= 180)')
is 'the lease ends with the token and its grace' True "$life"
try 'again with the same key' 0 '^web-deploy$' enter k web-deploy
try 'no token in the session' 1 '' nhi_ssh k -n web-deploy@127.0.0.1 \
    'env | grep -E "ZXlK|eyJ|SSH_AUTH_INFO|SSH_USER_AUTH"'
is 'the helper answers with this key for this account alone' \
    "restrict,cert-authority,principals=\"web-deploy\" $(cut -d' ' -f1,2 \
	"$WORK/k.pub")" "$(ask k web-deploy)"
try 'no terminal for the asking' 255 'PTY allocation request failed' \
    nhi_ssh k -n -tt web-deploy@127.0.0.1 tty
try 'no forwarding for the asking' 255 'administratively prohibited|failed' \
    nhi_ssh k -n -W 127.0.0.1:22 web-deploy@127.0.0.1
carry k forced-deploy k
try 'the command is the policy'"'"'s' 0 '^forced$' enter k forced-deploy
carry k web-deploy long
try 'a token of 12,000 bytes' 0 '^web-deploy$' enter k web-deploy
carry k pr-17905461215 k
try 'a template account' 0 '^pr-17905461215$' enter k pr-17905461215
carry any web-deploy any
try 'a key of RSA' 0 '^web-deploy$' enter any web-deploy
nhi_ssh road nhi@127.0.0.1 web-deploy <"$WORK/t.road" \
    >"$WORK/road-cert.pub" 2>"$OUT"
try 'a certificate of this host is as good as ever' 0 '^web-deploy$' \
    enter road web-deploy

# ---- what does not

carry k web-deploy bearer
denied 'a bearer token' binding k web-deploy
is 'its source is told where sshd tells it' \
    "$(! grep -q %C $DROPIN || echo 127.0.0.1)" \
    "$(grep login.deny "$AUDIT" | tail -n 1 | field source)"
carry k web-deploy array
denied 'a token that is a bearer token elsewhere' binding k web-deploy
carry other web-deploy k
denied 'a token that was read in /proc' binding other web-deploy
carry k web-deploy expired
denied 'an expired token' expired k web-deploy
carry k web-deploy nobody
denied 'a token of nobody' signature k web-deploy
carry k web-deploy test
denied 'another job' no-match k web-deploy
carry k web-deploy staging
denied 'an identity without the road' no-match k web-deploy
carry k plain-deploy k
denied 'an account without the road' no-match k plain-deploy
carry k pr-1 k
denied "another job's template account" no-match k pr-1
is 'it has no UID by that, as others have' 'pr-17905461215' "$(find \
    /var/lib/nhi/uids/name -name 'pr-*' -printf '%f\n')"
carry k far-deploy k
told 'from elsewhere' policy source k far-deploy
is 'by the options of the policy' \
    'restrict,pty,command="echo \"forced\"",cert-authority,principals="far-deploy"' \
    "$(ask k far-deploy | cut -d' ' -f1-2 | sed 's/ ssh-.*//')"
carry k person k
denied_people() {
	try "$1" 255 'Permission denied' enter k "$2"
}
denied_people 'it does not open a person' person
carry k root k
denied_people 'it does not open root' root
carry k web-deploy,root k
denied_people 'two principals: root' root
denied 'two principals' cert-principal k web-deploy
carry k '' k&& denied_people 'no principal: root' root &&
    denied_people 'no principal' web-deploy
carry k other-deploy k
denied 'another principal' cert-principal k web-deploy
SIGNER=$WORK/other carry k web-deploy k
denied_people 'signed by another key' web-deploy
is 'signed by another key: no answer' '' "$(ask k web-deploy)"
carry k web-deploy k -O force-command=id
denied 'a forced command of its own' cert-options k web-deploy
carry k web-deploy k -O source-address=127.0.0.0/8
denied 'a source of its own' cert-options k web-deploy
carry k web-deploy k -V 20200101000000:20200101010000
denied 'a certificate that is over' cert-expired k web-deploy
ssh-keygen -q -s "$WORK/k" -I x -n web-deploy "$WORK/k.pub"
denied_people 'no token' web-deploy
rm "$WORK/k-cert.pub"
denied_people 'the key alone' web-deploy
carry k nhi k
try 'it does not open the issuer' 77 '' enter k nhi

# ---- asked before the key is proved

VERIFY=/usr/libexec/nhi/nhi-verify
ASKED=/run/asked
mv $VERIFY $VERIFY.real
printf '#!/bin/sh\necho "$*" >>%s\nexec %s.real "$@"\n' $ASKED $VERIFY \
    >$VERIFY
chmod 755 $VERIFY
started() {
	: >$ASKED
	chmod 666 $ASKED
	FROM=$SECONDS
}
# seldom NAME COUNT: the verifier was started as often, and once more every ten
# seconds, by who had time for it.
seldom() {
	local n
	n=$(grep -c ^direct $ASKED)
	if [ "$n" -ge "$2" ] && [ "$n" -le $(($2 + (SECONDS - FROM) / 10 + 1)) ] &&
	    { [ "$n" -eq "$2" ] || [ $((SECONDS - FROM)) -ge 9 ]; }; then
		ok "$1"
	else
		echo "$n times in $((SECONDS - FROM)) s" >"$OUT"
		not_ok "$1"
	fi
}
carry k web-deploy k
started
try 'a login' 0 '^web-deploy$' enter k web-deploy
seldom 'is verified for sshd once, and once for the session' 2
carry k web-deploy k
started
replay k 100 web-deploy
is 'a stranger has sshd ask a hundred times' 100 \
    "$(grep -c 'Server accepts key' "$OUT")"
seldom 'and it is verified once' 1

# shares FROM COUNT: held as long as standard input is open.
shares() {
	/usr/bin/python3 -c 'import fcntl, struct, sys
f = open("/run/nhi/direct/shares", "r+b")
for n in range(int(sys.argv[1])):
    fcntl.fcntl(f, 37, struct.pack("hhqqi4x", fcntl.F_WRLCK, 0, n, 1, 0))
print("held", flush=True)
sys.stdin.read()' "$1"
}
carry k web-deploy k
started
coproc shares 16
read -r -u "${COPROC[0]}" _
ask k web-deploy >"$WORK/answer" &
asks=$!
for ((i = 0; i < 25; i++)); do
	[ ! -s $ASKED ] || break
	read -rt 0.02 <> <(:) || true
done
is 'nobody is verified who finds no room' '' "$(cat $ASKED "$WORK/answer")"
eval "exec ${COPROC[1]}>&-"
wait "$asks"
try 'but as soon as there is' 0 '^restrict,cert-authority,' \
    cat "$WORK/answer"
mv $VERIFY.real $VERIFY

# ---- many who are refused

# What nobody signed may fill its own room: the job that is refused is recorded.
carry k web-deploy nobody
fresh
for ((i = 0; i < 34; i++)); do
	ask k web-deploy
done
carry k web-deploy test
is 'the job has no answer' '' "$(ask k web-deploy)"
nhictl audit >/dev/null
try 'the others had their room' 0 '^3[234]$' \
    records event=login.deny reason=signature account=web-deploy
recorded 'the job had another' 1 event=login.deny reason=no-match

# ---- stopped

carry k once-deploy once
try 'good once: once' 0 '^once-deploy$' enter k once-deploy
told 'good once: twice' policy replay k once-deploy
trade() {
	rm -f "$WORK/k-cert.pub"
	nhi_ssh k nhi@127.0.0.1 once-deploy <"$WORK/t.$1"
}
trade once >"$OUT" 2>&1
is 'good once: nor for a certificate' 77 $?
trade once2 >"$WORK/none" 2>"$OUT" || not_ok 'a certificate for another'
carry k once-deploy once2
told 'good once: nor after one' policy replay k once-deploy

# ---- a run: while its session goes on, and for as long as its token is good

carry k web-deploy run
# Before 1.9.10 sudo -n asks nobody, not even the lease.
printf '1.9.10\n%s\n' "$(sudo -V | sed -n '1s/.* //p')" | sort -CV &&
	SUDO='sudo -n' || SUDO=sudo
SUDO="$SUDO "'/usr/bin/id -u || echo "sudo said $?"'
coproc nhi_ssh k web-deploy@127.0.0.1 "$SUDO; read -r _; $SUDO" 2>"$WORK/said"
# What it says is there when it has ended, too.
session=$COPROC_PID
exec 7<&"${COPROC[0]}"
read -r -u 7 line
is 'it may sudo' 0 "$line"
try 'it is listed with what is valid here' 0 \
    '^- +web +web-deploy +SHA256:.* 127\.0\.0\.1 +- *$' \
    nhictl certs --account web-deploy
try 'and for programs' 0 \
    '"direct":true.*"jti":"direct-run".*run_id=4711.*"revoked":false' \
    nhictl certs --account web-deploy --json
try 'another run has nothing' 1 'nothing that is valid' \
    nhictl revoke --run 471 --reason test
try 'the run is revoked' 0 '^revoked on this host: mark' \
    nhictl revoke --run 4711 --reason test
echo >&"${COPROC[1]}"
read -r -u 7 line
is 'its next sudo is refused' 'sudo said 1' "$line"
exec 7<&-
wait "$session" 2>/dev/null
told 'its next login' policy cert-revoked k web-deploy
try 'it is listed as revoked' 0 '"jti":"direct-run".*"revoked":true' \
    nhictl certs --account web-deploy --json
try 'a key revocation list has no number for it' 0 ': 0 serials of' \
    nhictl krl "$WORK/krl"
is 'doctor knows what it is' '' \
    "$(nhictl doctor --state 2>&1 | grep -- direct-0)$(nhictl doctor \
	--state 2>&1 | grep -i -A1 'ledger.*direct')"

carry k web-deploy k
hold identity web
told 'a held identity' policy hold k web-deploy
try 'a held identity: sshd is told to refuse' 0 \
    '^restrict,command="[^"]* refuse policy",cert-authority,' ask k web-deploy
lift identity web
hold all
told 'everything is held' policy hold k web-deploy
lift all
try 'lifted' 0 '^web-deploy$' enter k web-deploy
nhictl revoke --identity web --reason test >/dev/null
told 'a token from before a revocation' policy cert-revoked k web-deploy
mint_all <<-'END'
	later	k	--set iat=5
	last	k	--set iat=5
	l	l	--set iat=5
	bearer2	-	--set iat=5
	staging2	l	--set iat=5 --set environment='"staging"'
END
carry k web-deploy later
try 'a token from after it' 0 '^web-deploy$' enter k web-deploy
mark=$(tail -n 1 "$AUDIT" | field mark)
nhictl revoke --mark "$mark" --reason test >/dev/null
told 'a token that is revoked' policy cert-revoked k web-deploy
carry k web-deploy last
nhictl revoke --key "$(finger k)" --reason test >/dev/null
told 'a key that is revoked' policy cert-revoked k web-deploy

# ---- a helper that lies: the session stage verifies all of it again

cat >/usr/libexec/nhi/liar <<-'END'
#!/bin/sh
echo "cert-authority,principals=\"$1\" $(cut -d' ' -f1,2 /run/liar.pub)"
END
chmod 755 /usr/libexec/nhi/liar
cp $DROPIN "$WORK/dropin"
sed -i '/^Match Group/,$s,nhi-sshd-helper keys,liar,' $DROPIN
reload_sshd
install -m 644 "$WORK/l.pub" /run/liar.pub
lied() {
	told "a lying helper: $1" "$2" "$3" l "$4"
}
carry l web-deploy l
try 'a lying helper: a good token' 0 '^web-deploy$' enter l web-deploy
carry l web-deploy bearer2
lied 'a bearer token' token binding web-deploy
carry l web-deploy later
lied 'a token of another key' token binding web-deploy
carry l web-deploy staging2
lied 'an identity without the road' policy no-match web-deploy
carry l plain-deploy l
lied 'an account without the road' policy evidence-forged plain-deploy
carry l far-deploy l
lied 'from elsewhere' policy source far-deploy
install -m 644 "$WORK/other.pub" /run/liar.pub
SIGNER=$WORK/other carry l web-deploy l
lied 'signed by another key' policy evidence-forged web-deploy
cp "$WORK/dropin" $DROPIN
reload_sshd

# ---- and off again

is 'nobody logged a token' '' "$(grep -rlE 'ZXlKMGVYQWlP|eyJ[A-Za-z0-9_-]{20}' \
    /var/log/lab.log /var/log/nhi /var/spool/nhi 2>/dev/null)"
in_force </src/tests/lab/nhi.conf
people >"$WORK/after"
try 'off again: for people nothing has changed' 0 '' \
    cmp "$WORK/before" "$WORK/after"
carry l web-deploy l
try 'off again' 255 'Permission denied' enter l web-deploy

# ---- a host that issues nothing, and has no CA

rm -rf /etc/nhi/ca/*
sed 's/^version = 1;/&\nissuer = { enabled = false; };/' "$WORK/inforce" |
	in_force
carry l web-deploy l
try 'without an issuer and without a CA' 0 '^web-deploy$' enter l web-deploy
finish
