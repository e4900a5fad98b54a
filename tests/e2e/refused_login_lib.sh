# SPDX-License-Identifier: BSD-2-Clause
# shellcheck shell=bash
# For refused.sh: certificates that sshd accepts and NHI does not, and the
# other ways into an account.

key good
fresh
trade_file good web "$WORK/token" 2>/dev/null
try 'a good certificate enters' 0 '^web$' login good web id -un
refused_login() {
	local name=$1 code=$2 public=$3 key=$4 account=$5

	refused "$name" "$code" "$public" "${6:-254}" \
	    cert_only "$key" "$account@127.0.0.1" true
}

# Without a certificate.
key bare
for who in web pr-1 root alice nobody; do
	try "a plain key does not open $who" 255 'Permission denied' \
	    login bare $who id
done

# Signed by whoever has the CA key, but not as policy would.
key s
sign s web,one
silently 'two principals' cert-principal cert_only s web@127.0.0.1 true
sign s web -I alice
silently 'a key id that is not ours' cert-keyid cert_only s web@127.0.0.1 true
sign s web -V -1m:+2h
refused_login 'longer than ttl' cert-expired policy s web
sign s web -V -10m:-1m
try 'expired: sshd refuses' 255 'Permission denied' \
    cert_only s web@127.0.0.1 true
sign s web -O force-command=/bin/sh
refused_login 'a forced command that is not policy'"'"'s' cert-options policy \
    s web
sign s forced
refused_login 'no forced command where policy has one' cert-options policy s \
    forced
sign s web -O permit-pty
refused_login 'a terminal that policy does not give' cert-options policy s web
sign s web -I nhi1:web-2.example.com:web:0123456789abcdef
refused_login 'of another host' cert-host policy s web
sign s web -I nhi1:web-1.example.com:nobody:0123456789abcdef
refused_login 'of an identity that is not there' no-match policy s web

# Taken back.
SERIAL=$(details good | sed -n 's/.*Serial: //p')
nhictl revoke --serial "$SERIAL" --reason 'a test' >"$OUT" 2>&1 ||
    not_ok 'it is revoked'
refused_login 'a revoked certificate' cert-revoked policy good web
fresh
trade_file good web "$WORK/token" 2>/dev/null
nhictl hold add --all --for 1h --reason 'a test' >/dev/null 2>&1
refused_login 'everything is held' hold policy good web
refused 'and the issuer too' hold policy 77 \
    trade_file k web "$WORK/token"
fresh
nhictl hold lift --all >/dev/null 2>&1
key cmd
trade_file cmd forced "$WORK/token" 2>/dev/null
try 'one with a forced command enters' 0 '^forced$' login cmd forced
nhictl hold add --identity forced --for 1h --reason 'a test' >/dev/null 2>&1
refused_login 'and is told of a hold as others are' hold policy cmd forced
is 'with its identity in the record' forced \
    "$(audit_last login.deny | field identity)"
nhictl hold lift --identity forced >/dev/null 2>&1
fresh
trade_file good web "$WORK/token" 2>/dev/null
try 'a lifted hold is none' 0 '' login good web true

# Too many at once.
key one
fresh
trade_file one one "$WORK/token" 2>/dev/null
login one one 'echo in; until [ -e /tmp/one ]; do sleep 0.1; done' \
    >"$WORK/one.out" 2>&1 &
until_true 30 grep -q in "$WORK/one.out"
refused_login 'a second session of max_sessions = 1' cap busy one one
: >/tmp/one
wait
# Its session ends somewhat after its ssh.
for i in 1 2 3 4 5 6 7 8 9 10 11 12; do
	login one one true 2>&1
done >"$WORK/one.out"
is 'but one after the other, without a pause' '' "$(cat "$WORK/one.out")"

# Without a certificate of NHI: an sshd of the host's own without our drop-in.
cat "$WORK/s.pub" >/etc/ssh/test_keys
cat >"$WORK/sshd_config" <<-END
	Port 2222
	PidFile /run/sshd-test.pid
	HostKey $(ls /etc/ssh/ssh_host_ed25519_key)
	UsePAM yes
	PasswordAuthentication no
	KbdInteractiveAuthentication no
	AuthorizedKeysFile /etc/ssh/test_keys
	TrustedUserCAKeys /etc/nhi/ca/trusted.pub
END
/usr/sbin/sshd -f "$WORK/sshd_config" || not_ok 'the other sshd starts'
until_true 30 test -s /run/sshd-test.pid
rm -f "$WORK/s-cert.pub"
other_sshd() {
	nhi_ssh "$1" -p 2222 -o StrictHostKeyChecking=no \
	    -o UserKnownHostsFile=/dev/null -o LogLevel=ERROR \
	    "$2@127.0.0.1" true
}
refused 'a plain key that sshd accepts' no-evidence policy 254 \
    other_sshd s web
cp /etc/pam.d/sshd "$WORK/pam"
# The type, and then nothing that fits it.
echo "SSH_AUTH_INFO_0=publickey ssh-ed25519-cert-v01@openssh.com $(printf \
    '\0\0\0 ssh-ed25519-cert-v01@openssh.com\0\0\0\1x' | base64 -w 0)" \
    >"$WORK/forged"
LINE="session required pam_env.so conffile=/dev/null envfile=$WORK/forged"
sed "0,/^session.*pam_nhi/s||$LINE\n&|" "$WORK/pam" >/etc/pam.d/sshd
refused 'evidence of somebody else'"'"'s making' evidence-forged policy 254 \
    other_sshd s web
cp "$WORK/pam" /etc/pam.d/sshd
kill "$(cat /run/sshd-test.pid)"

# Other services.
refused_service() {
	drain
	: >"$WORK/before"
	try "$1" "$2" "$3" "${@:5}"
	drain
	trail reason="$4" account=web >"$WORK/service"
	told "$1" "$4" "$(tail -n 1 "$WORK/service" | field id)"
}
refused_service 'login(1) into an account' 1 'nhi: refused: policy' service \
    script -qec 'login -f web' /dev/null
refused_service 'su by root' 0 '^web$' by-person su web -c 'id -un'

# What is broken here.
mv /var/lib/nhi/holds /var/lib/nhi/away
refused_login 'no holds can be read' state fault good web
mv /var/lib/nhi/away /var/lib/nhi/holds
cp /usr/bin/true "$VERIFY"
refused_login 'the verifier lies' verifier fault good web
cp -p "$WORK/verify" "$VERIFY"
mv "$TRAIL" "$TRAIL.away"
mkdir "$TRAIL"
try 'no trail: no session' 254 'nhi: refused: fault' \
    cert_only good web@127.0.0.1 true
rmdir "$TRAIL"
mv "$TRAIL.away" "$TRAIL"
in_syslog 'no trail' audit-unavailable
no_lease() {
	[ -z "$(ls /run/nhi/leases)" ]
}
try 'and no lease' 0 '' until_true 30 no_lease
cp "$GENERATION/rules/web" "$WORK/rules"
echo rubbish >>"$GENERATION/rules/web"
refused_login 'broken rules' policy-invalid fault good web
cp "$WORK/rules" "$GENERATION/rules/web"
mv "$PUBLISHED/current" "$PUBLISHED/away"
try 'no published policy: the name is nobody'"'"'s' 255 'Permission denied' \
    cert_only good web@127.0.0.1 true
mv "$PUBLISHED/away" "$PUBLISHED/current"
for i in lost broken; do
	install -m 0644 "$STORE/$i.json" "/etc/nhi/jwks/$i.json"
done

# UIDs: changed while a login is on its way, and none left.
stalled() {
	SSH_ASKPASS=$WORK/askpass SSH_ASKPASS_REQUIRE=force ssh -F /dev/null \
	    -o IdentitiesOnly=yes -o NumberOfPasswordPrompts=1 \
	    -i "$WORK/locked" web@127.0.0.1 true
}
cp "$WORK/good" "$WORK/locked"
cp "$WORK/good-cert.pub" "$WORK/locked-cert.pub"
chmod 0600 "$WORK/locked"
ssh-keygen -q -p -P '' -N secret -f "$WORK/locked" >/dev/null
cat >"$WORK/askpass" <<-END
	#!/bin/sh
	nhictl apply >/dev/null 2>&1
	echo secret
END
chmod 0755 "$WORK/askpass"
base_policy | sed 's/^\(.*name = "web";.*\)$/\1 uid = 2000400000;/' >"$POLICY"
refused 'a UID that changed on the way' uid-moved policy 255 stalled
printf '#!/bin/sh\necho secret\n' >"$WORK/askpass"
is 'a retry passes, with the new UID' 2000400000 \
    "$(login good web id -u)"
{
	echo 'uid_range = [ 2000500000, 2000501023 ];'
	base_policy
} | apply 'a range of 1024 UIDs'
/usr/bin/python3 -c 'import os
for uid in range(2000500000, 2000501024):
    path = "/var/lib/nhi/uids/uid/%d" % uid
    if not os.path.lexists(path):
        os.symlink("other-%d" % uid, path)'
/usr/bin/python3 "$E2E/refused.py" keys "$STORE"
install -m 0644 "$STORE/corp.json" /etc/nhi/jwks/corp.json
fresh corp jti=1
trade_file one pr-1 "$WORK/token" 2>/dev/null
refused_login 'no UID is left' uid-exhausted policy one pr-1 255

# A host that does not issue any more, while its sshd still has the old words.
DROPIN=/etc/ssh/sshd_config.d/00-nhi.conf
cp $DROPIN "$WORK/dropin"
base_policy | sed 's/^issuers = /issuer = { enabled = false; };\n&/' >"$POLICY"
pid_file() {
	stat -c '%i %z' /run/sshd.pid
}
before=$(pid_file)
read_anew() {
	[ -s /run/sshd.pid ] && [ "$(pid_file)" != "$before" ]
}
try 'the issuer is switched off' 0 '' nhictl apply
until_true 30 read_anew || not_ok 'sshd is told'
fresh
try 'nobody is let in as nhi' 255 'Permission denied' \
    trade_file k web "$WORK/token"
cp "$WORK/dropin" $DROPIN
reload_sshd || not_ok 'sshd is reloaded'
refused 'a host that does not issue' host policy 77 \
    trade_file k web "$WORK/token"
