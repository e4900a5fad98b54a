#!/bin/bash
# SPDX-License-Identifier: BSD-2-Clause
# What nhi-login is used for, and what it refuses: hosts that may be anybody,
# tokens for somebody else, faults that pass and faults that do not, renewal by
# ssh_config, programs that run ssh themselves, and an end at any moment.
. "$(dirname "$0")/nhi_lib.sh"

make_runner
start_platforms --bind
GITHUB=("ACTIONS_ID_TOKEN_REQUEST_TOKEN=$HELD"
    ACTIONS_ID_TOKEN_REQUEST_URL="$STANDIN/github")
SSH=$RUNNER/.ssh

# job STATUS PATTERN NAME OPTION...: nhi-login on GitHub.
job() {
	local status=$1 pattern=$2 name=$3
	shift 3
	try "$name" "$status" "$pattern" \
	    as_runner "${GITHUB[@]}" nhi-login "$@"
}

# A platform that never comes to an end.
endless() {
	exec /usr/bin/python3 -c 'import http.server
class Handler(http.server.BaseHTTPRequestHandler):
    def do_GET(self):
        self.send_response(200)
        self.end_headers()
        while self.path != "/end":
            self.wfile.write(b"x" * 65536)
http.server.HTTPServer(("127.0.0.1", 8001), Handler).serve_forever()' 2>/dev/null
}

issued() {
	drain
	trail event=cert.issue | wc -l
}

asked() {
	wc -l <"$BOX/log"
}

left() {
	find $RUNNER/run -type f ! -path '*/nhi-login/key'
}

# ssh_config CONTENT
ssh_config() {
	install -d -o runner -g runner -m 0700 $SSH
	printf '%s\n' "$1" >$SSH/config
	chown runner: $SSH/config
}

# The command: input, output, exit status; nobody's variables.
echo data >"$WORK/data"
is 'input and output are those of the command' 'data web-deploy' \
    "$(as_runner "${GITHUB[@]}" nhi-login web-1 web-deploy -- \
    'cat; id -un' <"$WORK/data" | xargs)"
job 7 '' 'its exit status, too' web-1 web-deploy -- exit 7
job 64 'usage:' 'wrong usage' web-1
job 64 'not the name of an account' 'not an account' web-1 'a b'
job 64 'not a host' 'not a host' -- '-oProxyCommand=x' web-deploy
job 64 'odd character' 'nothing to be quoted' --audience 'a b' web-1 web-deploy
job 77 '^nhi-login: web-1: refused: policy [0-9a-z]{26}$' \
    'another account is refused' web-1 alice
is 'in one line' 1 "$(wc -l <"$OUT")"
try 'no platform' 77 '^nhi-login: no token here' \
    as_runner nhi-login web-1 web-deploy
try 'GitLab without id_tokens is told' 77 'id_tokens' \
    as_runner GITLAB_CI=true nhi-login web-1 web-deploy
try 'where a token would come from' 0 \
    '^\{"platform":"github","audience":"chosen"\}$' \
    as_runner "${GITHUB[@]}" nhi-login --json platform

# Hosts that may be anybody.
before=$(asked)
for bad in 'StrictHostKeyChecking no' 'StrictHostKeyChecking accept-new' \
    'UserKnownHostsFile /dev/null' 'StrictHostKeyChecking off'; do
	ssh_config "$bad"
	job 77 "ssh is set to ${bad%% *} .*--known-hosts" "refused: $bad" \
	    web-1 web-deploy
done
rm -r $SSH
mv /etc/ssh/ssh_known_hosts "$WORK/known"
chmod 0644 "$WORK/known"
is 'no token was asked for' "$before" "$(asked)"
n=$(issued)
job 77 'host key' 'a host that is not known' web-1 web-deploy
job 0 '^web-deploy$' 'a file of host keys' --known-hosts "$WORK/known" \
    web-1 web-deploy -- id -un
ssh_config 'StrictHostKeyChecking no'
try 'host keys in a variable' 0 '^web-deploy$' as_runner "${GITHUB[@]}" \
    NHI_KNOWN_HOSTS="$(cat "$WORK/known")" nhi-login web-1 web-deploy -- id -un
ssh-keygen -q -t ed25519 -N '' -f "$WORK/other"
echo "web-1 $(cut -d' ' -f1,2 "$WORK/other.pub")" >"$WORK/wrong"
chmod 0644 "$WORK/wrong"
job 77 'host key' 'a host with another key' --known-hosts "$WORK/wrong" \
    web-1 web-deploy
is 'two certificates of all that' $((n + 2)) "$(issued)"
mv "$WORK/known" /etc/ssh/ssh_known_hosts
rm -r $SSH

# Tokens for somebody else stay here.
# The end of a session before is no sight of a token.
seen() {
	drain
	grep -vc '"event":"session.close"' $TRAIL
}
n=$(seen)
got kubernetes sts.amazonaws.com >$RUNNER/token
chmod 0644 $RUNNER/token
try 'a token for another' 77 'made out for "sts.amazonaws.com", not for ssh' \
    as_runner AWS_WEB_IDENTITY_TOKEN_FILE=$RUNNER/token \
    nhi-login web-1 web-deploy
echo 'not a token' >$RUNNER/token
job 77 'is not a token' 'not a token' --token-file token web-1 web-deploy
is 'the host saw neither' "$n" "$(seen)"
rm $RUNNER/token
for give in '--token-file /dev/zero' '--token-command yes'; do
	# shellcheck disable=SC2086
	job 77 'what it gives has no end' "an end to $give" $give \
	    web-1 web-deploy
done
endless &
PID=$!
until_true 60 curl -sf http://127.0.0.1:8001/end
try 'an answer without end' 75 'the platform answers without end' \
    as_runner GCE_METADATA_HOST=127.0.0.1:8001 nhi-login --retries 0 \
    web-1 web-deploy
kill $PID

# Faults that pass, and those that do not.
echo 503 2 >"$BOX/mode"
job 0 '^web-deploy$' 'a platform that is busy twice' \
    web-1 web-deploy -- id -un
cp "$OUT" "$WORK/said"
try 'it was tried again' 0 'trying again in .* \(2 of 5\)' cat "$WORK/said"
echo 503 9 >"$BOX/mode"
job 75 'the platform answers 503' 'and always' --retries 1 web-1 web-deploy
echo 403 9 >"$BOX/mode"
job 77 'no token, it answers 403' 'one that says no' web-1 web-deploy
rm "$BOX/mode"
job 75 'refused' 'no connection' --retries 0 -p 9 web-1 web-deploy

# Programs that run ssh themselves.
cat >$RUNNER/bin/ansible-playbook <<'END'
#!/bin/sh
# shellcheck disable=SC2086
ssh -o ControlMaster=auto $ANSIBLE_SSH_ARGS -o ConnectTimeout=10 web-1 id -un
END
chmod +x $RUNNER/bin/ansible-playbook
echo "$RANDOM" >$RUNNER/data
chmod 0644 $RUNNER/data
job 0 '' 'scp' run web-1 web-deploy -- scp -q data web-1:one
job 0 '' 'rsync' run web-1 web-deploy -- rsync data web-1:two
job 0 "^$(cat $RUNNER/data)\$" 'sftp' run web-1 web-deploy -- \
    sh -c 'echo "get one three" | sftp -q -F "$NHI_SSH_CONFIG" web-1
    cat three; rm three'
job 0 '^serveraliveinterval 15$' 'a host that is gone is noticed' \
    run web-1 web-deploy -- ssh -G web-1
job 0 '^web-deploy$' 'ansible' run web-1 web-deploy -- ansible-playbook x
is 'and they were the account of the policy' "$(cat $RUNNER/data) web-deploy" \
    "$(as_runner "${GITHUB[@]}" nhi-login web-1 web-deploy -- \
    'cat two; stat -c %U one' | xargs)"
ssh_config "SendEnv *
ForwardAgent yes"
is 'no variable is sent, no agent is forwarded' 'forwardagent no' \
    "$(as_runner "${GITHUB[@]}" nhi-login run web-1 web-deploy -- \
    sh -c 'ssh -G -F "$NHI_SSH_CONFIG" web-1' |
    grep -iE '^(sendenv|forwardagent)')"
rm -r $SSH
is 'a program has its variables and its umask' "$HELD 0022" \
    "$(as_runner "${GITHUB[@]}" sh -c 'umask 022; exec nhi-login run web-1 \
    web-deploy -- sh -c "echo \$ACTIONS_ID_TOKEN_REQUEST_TOKEN; umask"' |
    xargs)"

# By ssh_config: one certificate for many, renewed in time.
ssh_config "$(as_runner nhi-login --ssh-config web-1 web-deploy)"
n=$(issued)
bot_ssh() {
	as_runner "${GITHUB[@]}" ssh web-deploy@web-1 "$@" </dev/null
}
for i in 1 2 3 4; do
	bot_ssh id -un >"$WORK/out$i" 2>&1 &
	PIDS[i]=$!
done
wait "${PIDS[@]}"
is 'four at once log in' 4 "$(cat "$WORK"/out[1-4] | grep -c '^web-deploy$')"
is 'with one certificate' $((n + 1)) "$(issued)"
DIR=$RUNNER/run/nhi-login/web-deploy@web-1
is 'which is for this user alone' '700 600 600' \
    "$(stat -c %a "$DIR" "$DIR/key" "$DIR/key-cert.pub" | xargs)"
# certify FROM TO: as if it had been issued then.
certify() {
	ssh-keygen -q -s "$WORK/other" -I x -n web-deploy -V "$1:$2" \
	    "$DIR/key.pub" || not_ok "a certificate from $1 to $2"
	chown runner: "$DIR/key-cert.pub"
}
certify -11m +9m
try 'with nine minutes of twenty left it is kept' 0 '"renewed":false' \
    as_runner "${GITHUB[@]}" nhi-login --json cert web-1 web-deploy
certify -14m +6m
cp "$DIR/key" "$WORK/key"
try 'with six it is renewed' 0 '"renewed":true' \
    as_runner "${GITHUB[@]}" nhi-login --json cert web-1 web-deploy
try 'for the same key' 0 '' cmp "$WORK/key" "$DIR/key"
VERIFY=$(find /usr/lib* -name nhi-verify -type f | head -n 1)
certify -14m +6m
before=$(asked)
echo 503 9 >"$BOX/mode"
try 'until its end it is good, where it cannot be renewed' 0 \
    '"renewed":false' as_runner "${GITHUB[@]}" \
    nhi-login --json cert web-1 web-deploy
is 'and nobody is kept waiting' $((before + 1)) "$(asked)"
rm "$BOX/mode"
mv "$VERIFY" "$VERIFY.away"
try 'nor where the host has a fault' 0 '"renewed":false' \
    as_runner "${GITHUB[@]}" nhi-login --json cert web-1 web-deploy
is 'which is said' yes "$(grep -q 'refused: fault' "$OUT" &&
    grep -q 'good still' "$OUT" && echo yes)"
mv "$VERIFY.away" "$VERIFY"
as_runner sleep 7502 &
until_true 10 pgrep -u runner -xf 'sleep 7502'
mkdir "$DIR/lock"
pgrep -u runner -xf 'sleep 7502' >"$DIR/lock/pid"
chown -R runner: "$DIR/lock"
try 'nor while another one renews, and is slow' 0 '"renewed":false' \
    as_runner "${GITHUB[@]}" timeout 30 nhi-login --json cert web-1 web-deploy
rm -r "$DIR/lock"
pkill -xf 'sleep 7502'
echo 503 9 >"$BOX/mode"
certify -14m -1m
try 'not after it' 75 '' as_runner "${GITHUB[@]}" \
    nhi-login --retries 0 cert web-1 web-deploy
rm "$BOX/mode"
is 'a failure leaves nothing' 'key key-cert.pub key.pub' \
    "$(find "$DIR" -mindepth 1 -printf '%f\n' | sort | xargs)"
try 'an old one is renewed by ssh' 0 '^web-deploy$' bot_ssh id -un
try 'for a new key' 1 '' cmp "$WORK/key" "$DIR/key"
mkdir "$DIR/lock"
echo 999999 >"$DIR/lock/pid"
chown -R runner: "$DIR/lock"
certify -14m -1m
try 'the lock of one that died is no obstacle' 0 '^web-deploy$' bot_ssh id -un
# Two find it at once: the second is about to remove it when the first has it.
cat >$RUNNER/bin/rm <<'END'
#!/bin/sh
i=0 n=0
if [ "$1" = -rf ] && grep -qx 999999 "$2/pid" 2>/dev/null; then
	echo >>"$HOME/run/removed"
	n=$(wc -l <"$HOME/run/removed")
fi
while [ $((i += 1)) -le 10 ]; do
	case $n in
	0) break ;;
	1) [ "$(wc -l <"$HOME/run/removed")" -lt 2 ] || break ;;
	*) ! grep -qvx 999999 "$2/pid" 2>/dev/null || break ;;
	esac
	sleep 0.1
done
exec /usr/bin/rm "$@"
END
chmod 0755 $RUNNER/bin/rm
mkdir "$DIR/lock"
echo 999999 >"$DIR/lock/pid"
chown -R runner: "$DIR/lock"
certify -14m -1m
n=$(issued)
for i in 1 2; do
	bot_ssh id -un >"$WORK/out$i" 2>&1 &
	PIDS[i]=$!
done
wait "${PIDS[1]}" "${PIDS[2]}"
/usr/bin/rm $RUNNER/bin/rm $RUNNER/run/removed
is 'nor for two at once' 'web-deploy web-deploy' "$(cat "$WORK"/out[12] | xargs)"
is 'of whom one has the next' $((n + 1)) "$(issued)"
mkdir "$DIR/lock"
touch -d '-3 min' "$DIR/lock"
chown runner: "$DIR/lock"
certify -14m -1m
before=$SECONDS
try 'nor that of one that died at once' 0 '^web-deploy$' bot_ssh id -un
[ $((SECONDS - before)) -lt 30 ] || not_ok 'and it is not waited for'
as_runner sleep 7501 &
until_true 10 pgrep -u runner -xf 'sleep 7501'
mkdir "$DIR/lock"
pgrep -u runner -xf 'sleep 7501' >"$DIR/lock/pid"
chown -R runner: "$DIR/lock"
touch -d '-20 min' "$DIR/lock"
certify -14m -1m
try 'nor an old one whose number is another'"'"'s by now' 0 '^web-deploy$' \
    bot_ssh id -un
pkill -xf 'sleep 7501'
chown nobody "$DIR"
job 70 'not a directory of ours' 'a directory that somebody else made' \
    cert web-1 web-deploy
chown runner: "$DIR"
# Without "user" the leg that renews would renew first, and so on.
ssh_config "Match originalhost web-1 exec \"nhi-login renew web-1 web-deploy\"
	IdentityFile $DIR/key"
certify -14m -1m
try 'renewal that calls itself ends' 0 '"renewed":true' \
    as_runner "${GITHUB[@]}" nhi-login --json cert web-1 web-deploy
# Host keys of a variable are written while others read them.
known_hosts() {
	as_runner "${GITHUB[@]}" NHI_KNOWN_HOSTS="$(cat /etc/ssh/ssh_known_hosts)" \
	    nhi-login renew web-1 web-deploy
}
rm -f "$DIR/known_hosts"
known_hosts || not_ok 'host keys of a variable are taken'
try 'host keys of a variable' 0 '' \
    cmp /etc/ssh/ssh_known_hosts "$DIR/known_hosts"
ln "$DIR/known_hosts" $RUNNER/read
known_hosts
is 'whoever reads them reads all' 1 "$(stat -c %h $RUNNER/read)"
rm $RUNNER/read
try 'forget' 0 '' as_runner nhi-login forget web-1 web-deploy
is 'nothing is left' '' "$(left)"
install -d -o nobody /tmp/nhi-login-"$(id -u runner)"
try 'the default directory may be made by another' 0 '/.cache/nhi-login/' \
    as_runner "${GITHUB[@]}" XDG_RUNTIME_DIR= nhi-login cert web-1 web-deploy
rm -r /tmp/nhi-login-"$(id -u runner)" $RUNNER/.cache
install -d -o nobody /tmp/theirs
job 70 'not a directory of ours' 'a directory of another user' \
    --dir /tmp/theirs cert web-1 web-deploy
rm -r $SSH

# A key that is kept in another file system than the temporary one.
install -d -o runner -m 0700 /dev/shm/nhi-login
try 'a key is kept in another file system' 0 '^web-deploy$' as_runner \
    NHI_TOKEN="$(got gitlab ssh://web-1.example.com)" \
    nhi-login --dir /dev/shm/nhi-login web-1 web-deploy -- id -un
is 'and nothing else' '/dev/shm/nhi-login/key' \
    "$(find /dev/shm/nhi-login -type f)"
rm -r /dev/shm/nhi-login

# What ssh and a shell would read otherwise.
job 0 "renew 'web-\\*' web-deploy\"\$" 'a pattern is quoted' \
    --ssh-config --issuer web-1 -- 'web-*' web-deploy
try 'a directory that ssh would expand' 64 'cannot be told' as_runner \
    "NHI_LOGIN_DIR=$RUNNER/100%d" nhi-login --ssh-config web-1 web-deploy
install -D -m 0755 "$(command -v nhi-login)" "/opt/a b/nhi-login"
try 'a name with a blank' 64 'cannot be told' as_runner \
    '/opt/a b/nhi-login' --ssh-config web-1 web-deploy
rm -r '/opt/a b'
install -D -o runner -m 0755 "$(command -v nhi-login)" $RUNNER/near/nhi-login
try 'nor does CDPATH hide where it is' 0 "\"$RUNNER/near/nhi-login " as_runner \
    CDPATH=$RUNNER near/nhi-login --ssh-config web-1 web-deploy
rm -r $RUNNER/near

# An image that does not know its user.
try 'a user without a name' 64 'No user exists' setpriv --reuid 54321 \
    --regid 54321 --clear-groups env -i "${GITHUB[@]}" HOME=/tmp \
    PATH=/usr/bin:/bin NHI_AUDIENCE=ssh://web-1.example.com \
    NHI_KNOWN_HOSTS="$(cat /etc/ssh/ssh_known_hosts)" \
    nhi-login web-1 web-deploy

# An end in the middle.
as_runner "${GITHUB[@]}" nhi-login web-1 web-deploy -- sleep 60 \
    </dev/null >"$WORK/out" 2>&1 &
PID=$!
until_true 60 pgrep -U web-deploy -x sleep
kill -TERM "$(pgrep -u runner -f '^/bin/sh .*nhi-login web-1 .* sleep 60$')"
wait $PID
is 'a signal ends it' 143 $?
is 'nothing is left of it' '' "$(left)"
is 'nor its connection' '' "$(pgrep -u runner -x ssh)"
try 'not even xtrace shows a token' 0 '^web-deploy$' as_runner "${GITHUB[@]}" \
    SHELLOPTS=xtrace bash -x -a "$(command -v nhi-login)" web-1 web-deploy -- \
    id -un
is 'nor what the job holds' 0 "$(grep -cE "$JWS|$HELD" "$OUT")"
kill "$PLATFORMS"
finish
