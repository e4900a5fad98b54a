#!/bin/bash
# SPDX-License-Identifier: BSD-2-Clause
# Key sets that are fetched: from a real HTTPS provider, from a bad one, and
# from none at all.
. "$(dirname "$0")/road_lib.sh"

IDP=$WORK/idp
CACHE=/var/cache/nhi
CA=/etc/nhi/idp-ca.pem
URL=https://idp.example.com:8443
DISCOVERY=/.well-known/openid-configuration

# make_ca NAME: $WORK/NAME.key and $WORK/NAME.pem
make_ca() {
	openssl req -x509 -newkey ec -pkeyopt ec_paramgen_curve:P-256 -nodes \
	    -days 2 -keyout "$WORK/$1.key" -out "$WORK/$1.pem" \
	    -subj "/CN=$1" 2>/dev/null
}

# make_cert NAME CA DAYS-FROM DAYS-TO
make_cert() {
	openssl req -newkey ec -pkeyopt ec_paramgen_curve:P-256 -nodes \
	    -keyout "$WORK/$1.key" -out "$WORK/$1.csr" -subj "/CN=$1" \
	    2>/dev/null
	/usr/bin/python3 - "$WORK/$1" "$WORK/$2" "$3" "$4" <<-'END'
	import datetime, sys
	from cryptography import x509
	from cryptography.hazmat.primitives import hashes, serialization
	out, ca, since, until = sys.argv[1:]
	def load(path, what):
	    with open(path, "rb") as f:
	        return what(f.read())
	csr = load(out + ".csr", x509.load_pem_x509_csr)
	issuer = load(ca + ".pem", x509.load_pem_x509_certificate)
	key = load(ca + ".key", lambda p:
	           serialization.load_pem_private_key(p, None))
	now = datetime.datetime.utcnow()
	names = ["idp.example.com", "third.example.com"]
	cert = (x509.CertificateBuilder().subject_name(csr.subject)
	    .issuer_name(issuer.subject).public_key(csr.public_key())
	    .serial_number(x509.random_serial_number())
	    .not_valid_before(now + datetime.timedelta(int(since)))
	    .not_valid_after(now + datetime.timedelta(int(until)))
	    .add_extension(x509.SubjectAlternativeName(
	        [x509.DNSName(n) for n in names]), False)
	    .sign(key, hashes.SHA256()))
	with open(out + ".pem", "wb") as f:
	    f.write(cert.public_bytes(serialization.Encoding.PEM))
	END
}

# listens PORT
listens() {
	{ : >"/dev/tcp/127.0.0.1/$1"; } 2>/dev/null
}

# start PORT CERT [NAME]
start() {
	/usr/bin/python3 "$E2E/provider.py" --dir "$IDP" --port "$1" \
	    --cert "$WORK/$2.pem" --key "$WORK/$2.key" \
	    --name "${3:-idp.example.com}" &
	PROVIDER=$!
	until_true 60 listens "$1"
}

stop() {
	kill "$PROVIDER" && wait "$PROVIDER" 2>/dev/null
}

behave() {
	echo "$*" >"$IDP/mode"
}

# policy [MORE] [URL]: of the one issuer.
policy() {
	local more=${1:-"ca_file = \"$CA\";"}

	cat >"$POLICY" <<-END
	version = 1;
	host = { id = "web-1.example.com"; };
	issuers = ( { name = "idp"; preset = "custom"; url = "${2:-$URL}";
	  audience = [ "ssh://web-1.example.com" ]; $more } );
	identities = ( $(identity bot idp bot repository_id 74) );
	END
	nhictl apply >"$OUT" 2>&1 || { not_ok 'the policy'; finish; }
}

bot_token() {
	mint --dir /root/idp --kind es256 --set iss="$URL" "$@"
}

# get KEY [MINT-ARGUMENT...]: a certificate for bot.
get() {
	local key=$1
	shift
	bot_token "$@" | trade "$key" bot
}

# The next login may ask again: as if the last attempt were longer ago.
later() {
	touch -d '-30 seconds' "$CACHE/idp.lock"
}

set_is() {
	stat -c '%Y %i' "$CACHE/idp.json"
}

# fails NAME REASON: a fetch that is refused for this reason, which is in the
# trail, and the key set stays as it was.
fails() {
	local name=$1 reason=$2 before n

	before=$(set_is)
	drain
	n=$(grep -c '"event":"fetch.fail"' "$TRAIL")
	try "$name: $reason" 1 "^idp: $reason " nhictl fetch idp
	is "$name: it is in the trail, once" "$((n + 1)) $reason" \
	    "$(nhictl audit --json --event fetch.fail >"$WORK/fails"
	    wc -l <"$WORK/fails") $(tail -n 1 "$WORK/fails" | field reason)"
	is "$name: the key set stays" "$before" "$(set_is)"
}

count() {
	grep -c "$1" "$IDP/log"
}

mkdir -p "$IDP"
echo '127.0.0.1 idp.example.com other.example.com third.example.com' \
    >>/etc/hosts
make_ca ca
make_ca rogue
install -m 0644 "$WORK/ca.pem" "$CA"
make_cert good ca -1 2
make_cert expired ca -5 -2
make_cert rogue_server rogue -1 2
make_keys idp es256 eddsa >/dev/null
/usr/bin/python3 -c '
import json, sys
keys = json.load(open("/root/idp/jwks.json"))["keys"]
for name, some in ("old", keys[:1]), ("new", keys):
    json.dump({"keys": some}, open(sys.argv[1] + "/" + name, "w"))' "$IDP"
cp "$IDP/old" "$IDP/jwks.json"
behave good
key k

# The good days.
start 8443 good
policy
is 'a new issuer has no keys' missing "$(nhictl issuers --json | field keys)"
try 'the first login has them fetched' 0 '^nhi: issued: ' get k
try 'and its certificate logs in' 0 '^bot$' login k bot id -un
is 'once' 1 "$(count "^$DISCOVERY")"
is 'as NHI' 2 "$(count ' nhi/[0-9.]* - 200$')"
is 'fetch.ok is in the trail' idp "$(audit_last fetch.ok | field issuer)"
is 'issuers tells that they are there' cached \
    "$(nhictl issuers --json | field keys)"
mode_is "$CACHE/idp.json" '_nhi-fetch:_nhi 644'
mode_is "$CACHE/idp.lock" '_nhi-fetch:_nhi 600'
try 'a timer finds nothing due' 0 '^idp: fresh ' nhictl fetch
touch -d '-1 hour' "$CACHE/idp.json"
try 'what has not changed is not sent again' 0 '^idp: same ' nhictl fetch idp
is 'but is fresh again' yes "$([ $(($(date +%s) - $(stat -c %Y \
    "$CACHE/idp.json"))) -lt 60 ] && echo yes)"
try 'what is not an issuer is not fetched' 1 'no issuer' \
    nhictl fetch ../../etc/passwd
try 'only root fetches' 2 'only root' setpriv --reuid 65534 --clear-groups \
    nhictl fetch

# Rotation: a loop of logins, of which none fails.
later
for i in 1 2 3 4 5 6; do
	kind=es256
	[ "$i" -lt 4 ] || kind=eddsa
	[ "$i" -ne 3 ] || cp "$IDP/new" "$IDP/jwks.json"
	get k --kind "$kind" 2>>"$WORK/loop" || echo failed >>"$WORK/loop"
done
is 'keys rotate, and no login fails' 6 "$(grep -c issued "$WORK/loop")"

# Invented kids: 300 tokens, few requests, and a rotation is still seen.
SSH_KEY=$(cut -d' ' -f1,2 "$WORK/k.pub")
as_issuer() {
	setpriv --reuid nhi --regid nhi --init-groups env -i \
	    SSH_ORIGINAL_COMMAND=bot SSH_CONNECTION='192.0.2.1 1 127.0.0.1 22' \
	    /usr/libexec/nhi/nhi-sshd-helper -c \
	    "/usr/libexec/nhi/nhi-sshd-helper issue $SSH_KEY"
}
invent() {
	local tail i

	tail=$(bot_token)
	tail=${tail#*.}
	for ((i = 0; i < $1; i++)); do
		printf '{"alg":"ES256","typ":"JWT","kid":"k%d"}' "$i" |
		    base64 -w 0 | tr '+/' '-_' | tr -d '=' |
		    { cat; printf '.%s' "$tail"; } | as_issuer 2>&1
	done
}
later
before=$(count "^$DISCOVERY")
start=$SECONDS
invent 300 >"$WORK/invented"
took=$((SECONDS - start))
is 'invented kids are refused' 300 \
    "$(grep -c '^nhi: refused: token ' "$WORK/invented")"
fetched=$(($(count "^$DISCOVERY") - before))
is 'and cost a request in ten seconds' yes \
    "$([ $fetched -ge 1 ] && [ $fetched -le $((took / 10 + 1)) ] &&
    echo yes || echo "$fetched in $took s")"
cp "$IDP/old" "$IDP/jwks.json"
nhictl fetch idp >/dev/null
cp "$IDP/new" "$IDP/jwks.json"
(while [ ! -e "$WORK/over" ]; do invent 5 >/dev/null; done) &
inventor=$!
late=no
until_true 60 get k --kind eddsa && late=yes
touch "$WORK/over"
wait $inventor
is 'a new key is found among them' yes $late

# The provider is away.
stop
fails 'no provider' fetch-connect
try 'logins go on' 0 '^nhi: issued: ' get k
is 'and the trail says on what' yes "$(audit_last cert.issue | field detail |
    grep -q 'idp: last fetched .* fetch-connect' && echo yes)"
is 'issuers tells the fault' fetch-connect \
    "$(nhictl issuers --json | field fault)"
touch -d '-2 days' "$CACHE/idp.json"
try 'not for ever' 70 '^nhi: refused: fault ' get k
is 'the reason is in the trail' jwks-stale \
    "$(audit_last cert.deny | field reason)"
is 'issuers tells that, too' stale "$(nhictl issuers --json | field keys)"
start 8443 good
later
try 'when it is back, a login brings it back' 0 '^nhi: issued: ' get k

# The road through PAM asks, too.
pam_auth() {
	/usr/bin/python3 - <<-'END'
	import ctypes, sys
	pam = ctypes.CDLL("libpam.so.0")
	talk = ctypes.CFUNCTYPE(ctypes.c_int, ctypes.c_int, ctypes.c_void_p,
	                        ctypes.c_void_p, ctypes.c_void_p)
	class Conv(ctypes.Structure):
	    _fields_ = [("conv", talk), ("data", ctypes.c_void_p)]
	conv = Conv(talk(lambda *_: 19), None)
	handle = ctypes.c_void_p()
	pam.pam_start(b"nhi-fetch-test", b"bot", ctypes.byref(conv),
	              ctypes.byref(handle))
	status = pam.pam_authenticate(handle, 0)
	pam.pam_end(handle, status)
	sys.exit(status)
	END
}
printf '%s\n' 'auth required pam_nhi.so token_file=/root/token' \
    'account required pam_nhi.so' >/etc/pam.d/nhi-fetch-test
bot_token >/root/token
rm -f "$CACHE/idp.json"
later
try 'a login through PAM has keys fetched' 0 '' pam_auth
is 'and is in the trail' idp "$(audit_last token.accept | field issuer)"
try 'its token is good once' 7 '' pam_auth

# Somebody else fetches.
behave sleep 7
rm -f "$CACHE/idp.json"
later
# Seconds are given: nothing that can be made before is made meanwhile.
key second
bot_token >"$WORK/meanwhile"
bot_token >"$WORK/token"
trade_file k bot "$WORK/token" 2>"$WORK/first" &
first=$!
confined() {
	pid=$(pgrep -x nhi-fetch | head -n 1)
	grep '^Uid:\|^NoNewPrivs:\|^Seccomp:' "/proc/$pid/status" \
	    >"$WORK/confined" && grep -q '^Seccomp:.*2' "$WORK/confined"
}
until_true 30 confined
try 'a login meanwhile is told to come again' 75 '^nhi: refused: busy ' \
    trade_file second bot "$WORK/meanwhile"
is 'nhi-fetch is not root' "$(id -u _nhi-fetch)" \
    "$(awk '/^Uid:/ { print $5 }' "$WORK/confined")"
is 'and confined' '1 2' "$(awk '/^NoNewPrivs:|^Seccomp:/ { print $2 }' \
    "$WORK/confined" | paste -sd' ')"
wait "$first"
is 'and so is the one that waited for it' 75 $?
behave good
later
try 'then it works' 0 '^nhi: issued: ' get k

# A provider that is not what it should be.
behave status 500
fails 'status 500' fetch-answer
behave garbage
fails 'garbage' fetch-answer
behave html
fails 'a page for people' fetch-answer
behave issuer https://idp.example.com:8443/
fails 'discovery of another issuer' fetch-issuer
behave uri http://idp.example.com:8080/keys
fails 'a key set without TLS' fetch-answer
behave keys '{"keys":[]}'
fails 'an empty set' jwks
behave keys '{"keys":[{"kty":"oct","k":"AAAA","kid":"es256-1"}]}'
fails 'a set without a key for signatures' jwks
behave keys '<html>'
fails 'a set that is none' jwks
behave big
fails '100 MB' fetch-answer
behave big declared
fails '100 MB, as announced' fetch-answer
behave redirect http://idp.example.com:8080/keys
fails 'a redirect to http' fetch-redirect
behave redirect https://third.example.com:8443/moved
fails 'a redirect to another host' fetch-redirect
behave loop
fails 'redirects without end' fetch-redirect
behave slow
fails 'a byte at a time' fetch-connect
behave redirect /moved
try 'a redirect on the same host' 0 '^idp: (ok|same) ' nhictl fetch idp
behave redirect https://third.example.com:8443/moved
policy "ca_file = \"$CA\"; redirect_hosts = [ \"third.example.com\" ];"
try 'a redirect that the policy knows' 0 '^idp: (ok|same) ' nhictl fetch idp

# Its token goes to its own host alone.
printf 'secret\n' >/etc/nhi/bearer
chmod 0644 /etc/nhi/bearer
: >"$IDP/log"
policy "ca_file = \"$CA\"; bearer_file = \"/etc/nhi/bearer\";"
behave good
nhictl fetch idp >/dev/null
is 'a bearer token is sent' 2 "$(count ' Bearer_secret ')"
: >"$IDP/log"
behave uri https://third.example.com:8443/keys
nhictl fetch idp >/dev/null
is 'not to another host' '/keys -' "$(sed -n \
    's|^\(/keys\) [^ ]* \([^ ]*\) .*|\1 \2|p' "$IDP/log")"
behave good

# Certificates.
policy
nhictl fetch idp >/dev/null
stop
start 8443 expired
fails 'an expired certificate' fetch-tls
stop
start 8443 rogue_server
fails 'a certificate of another CA' fetch-tls
cat "$WORK/rogue.pem" >>/etc/ssl/certs/ca-certificates.crt
cp "$WORK/rogue.pem" "/etc/ssl/certs/$(openssl x509 -hash -noout \
    -in "$WORK/rogue.pem").0"
fails 'even one that the host trusts' fetch-tls
policy 'max_lifetime = "1h";'
try 'which is good without a CA file' 0 '^idp: (ok|same) ' nhictl fetch idp
stop
start 8443 good
policy

# The policy moves the issuer: keys of the old url are good for nothing.
nhictl fetch idp >/dev/null
OTHER=https://other.example.com:8443
policy "ca_file = \"$CA\";" $OTHER
later
try 'the keys of the old url do not open the new one' 70 \
    '^nhi: refused: fault ' get k --set iss=$OTHER
is 'since they are not its own' jwks-missing \
    "$(audit_last cert.deny | field reason)"
is 'and a certificate for another name is refused' fetch-tls \
    "$(audit_last fetch.fail | field reason)"

is 'the fetcher leaves nothing else behind' 'idp.lock idp.meta' \
    "$(cd $CACHE && printf '%s\n' * | paste -sd' ')"
stop
trail_valid
finish
