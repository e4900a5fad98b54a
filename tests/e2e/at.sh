#!/bin/bash
# SPDX-License-Identifier: BSD-2-Clause
# Jobs of at(1): where policy says so, each a session that ends as any other.
. "$(dirname "$0")/attack_lib.sh"

if ! command -v atd >/dev/null; then
	skip 'all of it' 'no atd here'
	finish
fi
chmod 1777 "$WORK"
/usr/sbin/atd -f -l 100 -b 1 >"$WORK/atd" 2>&1 &
atd=$!

# ask: the account's session leaves a job for atd.
ask() {
	rm -f "$WORK/ran"
	issue k web-deploy 2>"$OUT" || not_ok 'a certificate'
	mark_trail
	# shellcheck disable=SC2029
	echo "echo \$(id -u) >$WORK/ran; $1" | nhi_ssh k web-deploy@127.0.0.1 \
	    'cat >job; at -f job now' 2>"$OUT"
	until_true 30 no_lease
}
no_lease() {
	[ -z "$(ls /run/nhi/leases)" ]
}

key k
ask :
recorded 'no cron = true' 1 event=login.deny reason=service service=atd \
    account=web-deploy
is 'nothing ran' '' "$(cat "$WORK/ran" 2>/dev/null)"

policy_edit 's/^( *)account = "web-deploy"; \}/\1account = "web-deploy"; cron = true; }/'
ask 'setsid sleep 7171 >/dev/null 2>&1 </dev/null &'
recorded 'cron = true: begins' 1 event=session.open service=atd
recorded 'cron = true: ends' 1 event=session.close service=atd
is 'it ran' "$(id -u web-deploy)" "$(cat "$WORK/ran" 2>/dev/null)"
is 'it leaves nothing' '' "$(pgrep -r D,R,S,T,t -xf 'sleep 7171')"
try 'it is no session any more' 0 '^no sessions$' nhictl sessions

ask 'sleep 7272'
until_true 30 pgrep -xf 'sleep 7272' || not_ok 'a job that lasts'
try 'it is listed' 0 ' web-deploy  -  *atd  *-  .*  -  ' nhictl sessions
try 'a hold ends it' 0 '1 jobs ended' nhictl hold add --account web-deploy \
    --reason test
is 'at once' '' "$(pgrep -r D,R,S,T,t -xf 'sleep 7272')"
recorded 'a hold' 1 event=session.end service=atd outcome=info
recorded 'closed by atd itself' 1 event=session.close service=atd
nhictl hold lift --account web-deploy >"$OUT"

# One that outlives its account's place in the policy: its number still has a
# name then, by which atd asks.
stop $atd
ask :
sed -e '/name = "web-deploy"/,/account = "web-deploy"; },/d' \
    /src/tests/lab/nhi.conf | policy
/usr/sbin/atd -f -l 100 -b 1 >"$WORK/atd" 2>&1 &
atd=$!
taken() {
	[ -z "$(find /var/spool/cron/atjobs -name 'a*' -type f)" ]
}
until_true 30 taken || not_ok 'atd takes it'
stop $atd
done_with() {
	! pgrep -x atd
}
until_true 30 done_with || not_ok 'atd is done with it'
is 'a job of no account any more does not run' '' \
    "$(cat "$WORK/ran" 2>/dev/null)"
finish
