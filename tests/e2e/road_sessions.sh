#!/bin/bash
# SPDX-License-Identifier: BSD-2-Clause
# Sessions: their records and leases, two at once, several over one
# connection, file transfer, and what remains when they end.
# shellcheck disable=SC2317 # try calls them
. "$(dirname "$0")/road_lib.sh"

make_keys corp rs256
apply 'the policy is applied' <<-END
version = 1;
host = { id = "web-1.example.com"; };
issuers = ( $(issuer corp) );
identities = (
$(identity web corp web-deploy sub job-1),
$(identity pr corp 'pr-{repo}-{run}' sub job-pr) );
END

SESSIONS=/run/nhi/sessions
LEASE=/run/nhi/leases/web-deploy

# records: the session records of web-deploy; leased N: the lease counts N.
records() {
	grep -ls '^account=web-deploy$' "$SESSIONS"/* | wc -l
}

leased() {
	[ "$(records)" -eq "$1" ] && if [ "$1" -eq 0 ]; then
		[ ! -L "$LEASE" ]
	else
		readlink "$LEASE" | grep -q ":$1\$"
	fi
}

# stay NAME: a session that lasts until `leave NAME`.
stay() {
	rm -f "$WORK/$1.out"
	login k web-deploy "echo in; until [ -e /tmp/leave-$1 ]; do
	    sleep 0.1; done" >"$WORK/$1.out" 2>&1 &
	eval "pid_$1=$!"
	until_true 30 grep -q in "$WORK/$1.out"
}

leave() {
	: >"/tmp/leave-$1"
	eval "wait \$pid_$1"
}

key k
token corp rs256 sub=job-1 | trade k web-deploy 2>/dev/null

try 'nothing is left of a lab without logins' 0 '' leased 0
stay one
try 'a session has a record and a lease' 0 '' until_true 30 leased 1
RECORD=$(grep -ls '^account=web-deploy$' "$SESSIONS"/*)
mode_is "$RECORD" 'root:root 644'
mode_is $SESSIONS 'root:root 755'
mode_is /run/nhi/leases 'root:root 755'
for line in identity=web service=sshd source=127.0.0.1 issuer=corp \
    "uid=$(id -u web-deploy)"; do
	try "its record says $line" 0 "^$line\$" cat "$RECORD"
done
try 'its id is audit session, process and start' 0 '^[0-9]+-[0-9]+-[0-9]+$' \
    basename "$RECORD"
try 'nhictl sessions shows it' 0 '^web-deploy |web-deploy' nhictl sessions
stay two
try 'two at once have two records' 0 '' until_true 30 leased 2
leave one
try 'the first ends, the lease stays' 0 '' until_true 30 leased 1
is 'the other one still has its lease' web-deploy "$(setpriv --reuid 65534 \
    --clear-groups getent passwd web-deploy | cut -d: -f1)"
leave two
try 'the last ends, and nothing is left' 0 '' until_true 30 leased 0

# The end of a session is the end of what it started, and of nothing else.
stay three
nhi_ssh k web-deploy@127.0.0.1 \
    'setsid sleep 4711 >/dev/null 2>&1 </dev/null & echo started' \
    >"$OUT" 2>&1 </dev/null
ended() {
	! pgrep -r D,R,S,T,t -xf 'sleep 4711'
}
try 'what a session left behind is ended' 0 '' until_true 30 ended
try 'the other session goes on' 0 '' until_true 30 leased 1
leave three
setpriv --reuid "$(id -u web-deploy)" --clear-groups sleep 4712 &
BYSTANDER=$!
login k web-deploy true
until_true 30 leased 0
try 'a process of the account from elsewhere is not ended' 0 '' \
    kill -0 $BYSTANDER
kill $BYSTANDER

# One connection, several sessions.
nhi_ssh k -o ControlMaster=yes -o ControlPath="$WORK/mux" -N \
    web-deploy@127.0.0.1 </dev/null >"$OUT" 2>&1 &
MASTER=$!
until_true 30 test -S "$WORK/mux"
try 'a command over a master connection' 0 '^web-deploy$' \
    nhi_ssh k -o ControlPath="$WORK/mux" web-deploy@127.0.0.1 id -un
try 'a second one after it' 0 '^web-deploy$' \
    nhi_ssh k -o ControlPath="$WORK/mux" web-deploy@127.0.0.1 id -un
try 'one record for all of them' 0 '' until_true 30 leased 1
nhi_ssh k -o ControlPath="$WORK/mux" web-deploy@127.0.0.1 'echo in
    until [ -e /tmp/leave-mux ]; do sleep 0.1; done' </dev/null \
    >"$WORK/hold.out" 2>&1 &
HELD=$!
until_true 30 grep -q in "$WORK/hold.out"
try 'two at once over it: the client makes a connection of its own' 0 \
    'Session open refused by peer' \
    nhi_ssh k -o ControlPath="$WORK/mux" web-deploy@127.0.0.1 true
: >/tmp/leave-mux
wait $HELD
nhi_ssh k -o ControlPath="$WORK/mux" -O exit web-deploy@127.0.0.1 \
    2>/dev/null
wait $MASTER
try 'the master ends, and nothing is left' 0 '' until_true 30 leased 0

# An idle master is ended by sshd, where it knows how.
if /usr/sbin/sshd -T -C user=web-deploy 2>/dev/null |
    grep -q '^unusedconnectiontimeout 10'; then
	start=$SECONDS
	nhi_ssh k -N web-deploy@127.0.0.1 </dev/null >"$OUT" 2>&1
	try "an idle connection ends ($((SECONDS - start)) s)" 0 '' \
	    test $((SECONDS - start)) -le 20
	try 'and leaves nothing' 0 '' until_true 30 leased 0
fi

# Files.
head -c 100000 /dev/urandom >"$WORK/file"
same() {
	login k web-deploy "cat $1" | cmp - "$WORK/file"
}
O='-F /dev/null -o BatchMode=yes -o IdentitiesOnly=yes'
# shellcheck disable=SC2086
{
	try 'scp' 0 '' scp $O -i "$WORK/k" "$WORK/file" \
	    web-deploy@127.0.0.1:by-scp
	try 'what it brought' 0 '' same by-scp
	try 'scp by the old protocol' 0 '' scp -O $O -i "$WORK/k" \
	    "$WORK/file" web-deploy@127.0.0.1:by-rcp
	try 'what it brought' 0 '' same by-rcp
	echo "put $WORK/file by-sftp" >"$WORK/batch"
	try 'sftp' 0 '' sftp $O -i "$WORK/k" -b "$WORK/batch" \
	    web-deploy@127.0.0.1
	try 'what it brought' 0 '' same by-sftp
	try 'rsync' 0 '' rsync -e "ssh $O -i $WORK/k" "$WORK/file" \
	    web-deploy@127.0.0.1:by-rsync
	try 'what it brought' 0 '' same by-rsync
}
is 'exit statuses come back' 42 "$(login k web-deploy exit 42; echo $?)"
is 'a big output is whole' "$(sha256sum <"$WORK/file")" \
    "$(login k web-deploy cat by-scp | sha256sum)"

# What the trail says of one session.
# closed [FIELD=VALUE...]: of the sessions that were opened each is closed.
closed() {
	local n

	n=$(trail event=session.open "$@" | wc -l)
	[ "$n" -gt 0 ] && [ "$n" = "$(trail event=session.close "$@" | wc -l)" ]
}
until_true 30 closed || not_ok 'those before have ended'
: >"$TRAIL"
login k web-deploy true
S=$(trail event=session.open | field session)
try 'its end is recorded' 0 '' until_true 30 closed session="$S"
KEY=$(ssh-keygen -lf "$WORK/k.pub" | cut -d' ' -f2)
for event in login.grant session.open session.close; do
	is "$event is recorded once, with the session" 1 \
	    "$(trail event=$event session="$S" account=web-deploy \
	    identity=web source=127.0.0.1 | wc -l)"
	is "$event says whose it is, and by which key" 1 \
	    "$(trail event=$event owner=alice@example.com key="$KEY" | wc -l)"
done
is 'grant and certificate have one mark and serial' \
    "$(ssh-keygen -L -f "$WORK/k-cert.pub" | sed -n 's/.*Serial: //p')" \
    "$(trail event=login.grant | field serial)"

# A session whose sshd was killed: the record stays until tick.
stay four
until_true 30 leased 1
RECORD=$(grep -ls '^account=web-deploy$' "$SESSIONS"/*)
PID=$(sed -n 's/^pid=//p' "$RECORD")
kill -9 "$PID"
leave four 2>/dev/null
until_true 30 test ! -e "/proc/$PID" || not_ok 'sshd is gone'
nhictl tick >"$OUT" 2>&1
try 'tick takes away what a killed sshd left' 0 '' leased 0
is 'and says whose it was' 1 "$(trail event=session.end identity=web \
    owner=alice@example.com key="$KEY" | wc -l)"
trail_valid
finish
