#!/bin/bash
# SPDX-License-Identifier: BSD-2-Clause
# nhi-login --direct: the token itself logs in, and no program is started with
# it among its arguments or in its environment; a token that would be good
# without the key does not leave.
. "$(dirname "$0")/attack_lib.sh"

HOST=ssh://web-1.example.com
JWS='eyJ[A-Za-z0-9_-]{20,}\.'
sed -e 's,jwks_file.*lab.json"; ,&binding = "key"; ,' \
    -e 's/account = "web-deploy"; /&direct = true; /' \
    /src/tests/lab/nhi.conf | policy
sed 's/^/127.0.0.1 /' /etc/ssh/ssh_host_ed25519_key.pub >"$WORK/known"
useradd -m -d /home/runner runner
chmod 755 "$WORK" && chmod 644 "$WORK/known"
# As a platform's own program: what it says is the job's business.
cat >/usr/local/bin/platform <<-END
#!/bin/sh
exec /usr/bin/python3 -B /tmp/mint.py token --dir /tmp/issuer \\
    --claims /tmp/github.json --set "aud=\${AUD:-\$NHI_AUDIENCE}" "\$@"
END
chmod 755 /usr/local/bin/platform
cp "$E2E/mint.py" "$E2E/claims/github.json" /tmp
cp -r /root/issuer /tmp/issuer && chown -R runner /tmp/issuer

# login SHELL [OPTION...] ACTION...
login() {
	local shell=$1
	shift
	# shellcheck disable=SC2086
	setpriv --reuid runner --regid runner --clear-groups env -i \
	    HOME=/home/runner PATH=/usr/local/bin:/usr/bin:/bin ${AUD:+AUD="$AUD"} \
	    NHI_AUDIENCE=$HOST NHI_TOKEN_COMMAND="${COMMAND:-platform}" token=x \
	    body=x sealed=x $shell /usr/bin/nhi-login --known-hosts \
	    "$WORK/known" ${PLAIN---direct} "$@"
}

mark_trail
SHELLS=(dash bash)
! command -v busybox >/dev/null || SHELLS+=('busybox sh')
for shell in "${SHELLS[@]}"; do
	try "it logs in ($shell)" 0 '^web-deploy$' \
	    login "$shell" 127.0.0.1 web-deploy -- id -un
done
recorded 'no certificate of this host' 0 event=cert.issue
recorded 'the token is what came' ${#SHELLS[@]} event=login.grant \
    identity=web-deploy alg=RS256
COMMAND='platform --pad 9000' try 'a long token' 0 '^web-deploy$' \
    login dash 127.0.0.1 web-deploy -- id -un

if command -v strace >/dev/null; then
	strace -f --seccomp-bpf -qq -e trace=execve -e signal=none -v -s 100000 \
	    -o "$WORK/trace" setpriv --reuid runner --regid runner --clear-groups \
	    env -i HOME=/home/runner PATH=/usr/local/bin:/usr/bin:/bin \
	    NHI_AUDIENCE=$HOST NHI_TOKEN_COMMAND=platform /usr/bin/nhi-login \
	    --known-hosts "$WORK/known" --direct 127.0.0.1 web-deploy -- true \
	    >"$OUT" 2>&1 </dev/null
	try 'openssl is seen' 0 '' grep -q 'execve.*openssl.*-sign' "$WORK/trace"
	try 'no argument and no environment holds a token' 1 '' \
	    grep -E "$JWS|7b22[0-9a-f]{40}|65794a[0-9a-f]{40}|ZXlK[A-Za-z0-9+/]{40}" \
	    "$WORK/trace"
else
	skip 'no argument and no environment holds a token' 'no strace here'
fi

PLAIN='' try 'a certificate of the host' 0 'key-cert.pub$' login dash \
    --dir /home/runner/kept cert 127.0.0.1 web-deploy
try 'a certificate that is kept' 0 'direct/key-cert.pub$' login dash \
    --dir /home/runner/kept cert 127.0.0.1 web-deploy
KEPT=/home/runner/kept/web-deploy@127.0.0.1
try 'it leaves the other one' 0 '^web-deploy$' ssh -F /dev/null -n \
    -o BatchMode=yes -o IdentitiesOnly=yes -i "$KEPT/key" \
    web-deploy@127.0.0.1 id -un
KEPT=$KEPT+direct/key
try 'it lasts as long as the token' 0 'Valid: from' \
    ssh-keygen -Lf "$KEPT-cert.pub"
try 'ssh takes it' 0 '^web-deploy$' ssh -F /dev/null -n -o BatchMode=yes \
    -o IdentitiesOnly=yes -i "$KEPT" web-deploy@127.0.0.1 id -un
try 'programs are run with it' 0 '^web-deploy$' login dash run 127.0.0.1 \
    web-deploy -- ssh -n 127.0.0.1 id -un

PLAIN='' try 'both are forgotten' 0 '' login dash --dir /home/runner/kept \
    forget 127.0.0.1 web-deploy
is 'and nothing is left of them' '' "$(find /home/runner/kept -mindepth 2 -type f)"

AUD=$HOST try 'a bearer token does not leave' 77 'needs ssh://.*SHA256' \
    login dash 127.0.0.1 web-deploy -- id -un
AUD="[\"$HOST\",\"$HOST#x\"]" try 'nor one with two audiences' 77 \
    'needs ssh://.*SHA256' login dash 127.0.0.1 web-deploy -- id -un
try 'no binding, no direct' 77 'bound to the key' login dash --no-bind \
    127.0.0.1 web-deploy -- id -un
try 'nor with a token that is there already' 77 'bound to the key' login \
    dash --token-file /etc/hostname 127.0.0.1 web-deploy -- id -un
try 'it has no issuer' 64 'no issuer' login dash --issuer 127.0.0.1 \
    127.0.0.1 web-deploy -- id -un
finish
