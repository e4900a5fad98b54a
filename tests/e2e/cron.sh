#!/bin/bash
# SPDX-License-Identifier: BSD-2-Clause
# cron runs jobs of an account where its policy says so, and of people always.
. "$(dirname "$0")/attack_lib.sh"

if ! command -v cron >/dev/null; then
	skip 'all of it' 'no cron here'
	finish
fi
key k
useradd -m alice
chmod 1777 "$WORK"
echo 'web-deploy ALL=(root) NOPASSWD: /usr/bin/id' >/etc/sudoers.d/bot
rm -f /etc/cron.d/*
find /var/spool/cron -type f -delete
echo "@reboot id -un >$WORK/alice" | crontab -u alice -
echo "@reboot id -u >$WORK/bot; sudo -n /usr/bin/id -u >$WORK/sudo" |
	crontab -u web-deploy -
echo "@reboot web-deploy id -u >$WORK/system" >/etc/cron.d/bot

# boot: cron's @reboot jobs, until alice's is through, and the others too.
boot() {
	rm -f "$WORK"/{alice,bot,sudo,system} /run/crond.reboot
	mark_trail
	/usr/sbin/cron -f &
	cron=$!
	until_true 30 test -s "$WORK/alice"
	until_true 30 seen_both
	stop $cron
}

# Two jobs of the account: two decisions, of which each is made before its job
# begins; cron waits for the end of all.
seen_both() {
	[ "$(grep -c '"service":"cron"' "$AUDIT")" -ge 2 ] &&
	    ! pgrep -P $cron && ! pgrep -u web-deploy
}

# refused NAME REASON
refused() {
	boot
	is "$1: nothing ran" '' \
	    "$(cat "$WORK"/bot "$WORK"/system 2>/dev/null)"
	recorded "$1" 2 event=login.deny reason="$2" service=cron \
	    account=web-deploy
	is "$1: alice's job ran" alice "$(cat "$WORK/alice")"
}

cron_policy() {
	policy_edit "s/^( *)account = \"web-deploy\"; \}/\1account = \
\"web-deploy\"; cron = true; }/; $1"
}

refused 'no cron = true' service
cron_policy ''
boot
is 'cron = true: the account' "$(id -u web-deploy)" "$(cat "$WORK/bot")"
is 'cron = true: in /etc/cron.d' "$(id -u web-deploy)" \
    "$(cat "$WORK/system")"
recorded 'cron = true' 2 event=session.open service=cron account=web-deploy
recorded 'their ends' 2 event=session.close service=cron account=web-deploy
is 'each session has one id' 2 "$(nhictl audit --json --account web-deploy |
    grep -E '"session.(open|close)"' | grep -o '"session":"[0-9-]*"' |
    sort | uniq -c | grep -c '^ *2 ')"
mode_is /var/lib/nhi/homes/web-deploy 'web-deploy:web-deploy 700'
recorded 'cron = true: no grant' 0 outcome=grant
is 'cron = true: no lease' '' "$(ls /run/nhi/leases)"
is 'no sudo in a job' '' "$(cat "$WORK/sudo")"
recorded 'no sudo in a job' 1 event=sudo.deny reason=no-evidence

hold account web-deploy
refused 'account held' hold
lift account web-deploy
hold identity web-deploy
refused 'identity held' hold
lift identity web-deploy
hold issuer github
refused 'issuer held' hold
lift issuer github
hold all
refused 'everything held' hold
lift all
cron_policy 's/2099-12-31/2020-12-31/'
refused 'identity expired' service

# What has begun before a hold.
policy </src/tests/lab/nhi.conf
cron_policy ''
# jobs: one that lasts, of each.
jobs() {
	rm -f "$WORK"/{alice,bot} /run/crond.reboot
	echo "@reboot sleep 8181; :" | crontab -u alice -
	echo "@reboot while :; do sleep 0.2; (sleep 8282 & sleep 8383) & done" |
		crontab -u web-deploy -
	/usr/sbin/cron -f &
	cron=$!
	until_true 30 pgrep -xf 'sleep 8383' >/dev/null
	until_true 30 pgrep -xf 'sleep 8181' >/dev/null
}
# held NAME STATUS: with alice's job alive, and so many of the account's.
held() {
	is "$1" "$2" "$(pgrep -u alice -xf 'sleep 8181' | wc -l) $(pgrep -r \
	    D,R,S,T,t -u web-deploy | wc -l)"
}
rm -f /etc/cron.d/bot
jobs
mark_trail
try 'a hold over another account' 0 '' nhictl hold add --account pr-74-1 \
    --reason test
nhictl hold lift --account pr-74-1 >"$OUT"
is 'ends no job of this one' yes "$(pgrep -xf 'sleep 8383' >/dev/null &&
    echo yes)"
recorded 'another account' 0 event=session.end
try 'a hold that keeps sessions' 0 '' nhictl hold add --account web-deploy \
    --keep-sessions --reason test
is 'keeps jobs' yes "$(pgrep -xf 'sleep 8383' >/dev/null && echo yes)"
nhictl hold lift --account web-deploy >"$OUT"
try 'a hold over the account ends its job' 0 '1 jobs ended' \
    nhictl hold add --account web-deploy --reason test
held 'and no other: account' '1 0'
recorded 'account' 1 event=session.end account=web-deploy outcome=info
nhictl hold lift --account web-deploy >"$OUT"
stop $cron
pkill -xf 'sleep 8181'
# Each is a session.
no_evidence() {
	[ -z "$(ls /run/nhi/leases)" ]
}
# job FIELD: of the only one.
job() {
	nhictl sessions --json | field "$1"
}
cron_policy 's/cron = true;/& remove_home = true;/'
jobs
try 'a job is listed' 0 ' web-deploy  -  *cron  *-  .*  -  ' nhictl sessions
is 'with the account alone' ' web-deploy' "$(job identity) $(job account)"
is 'and no lease' '' "$(ls /run/nhi/leases)"
id=$(job session)
issue k web-deploy
try 'a session beside it' 0 '' nhi_ssh k web-deploy@127.0.0.1 touch mine
until_true 30 no_evidence
is 'has its lease taken back' '' "$(ls /run/nhi/leases)"
is 'but not the home' yes "$(test -e /var/lib/nhi/homes/web-deploy/mine &&
    echo yes)"
try 'a dry run of unsetup tells it' 0 'would be ended a job of: web-deploy' \
    nhictl unsetup --dry-run
mark_trail
try 'it can be ended' 0 "^ended: $id" nhictl sessions end "$id" --reason test
held 'and no other: by its id' '1 0'
recorded 'by its id' 1 event=session.end session="$id" outcome=info
recorded 'closed by cron itself' 1 event=session.close session="$id"
try 'the home goes with it' 0 '' until_true 30 \
    test ! -e /var/lib/nhi/homes/web-deploy
stop $cron
pkill -xf 'sleep 8181'

# Without a process, until what opened it has closed it.
jobs
worker=$(job pid)
kill -STOP "$worker"
none() {
	pkill -9 -u web-deploy
	[ -z "$(pgrep -r D,R,S,T,t -u web-deploy)" ]
}
until_true 30 none
try 'tick' 0 '' nhictl tick
is 'a home stays as long as the session' yes \
    "$(test -e /var/lib/nhi/homes/web-deploy && echo yes)"
kill -CONT "$worker"
try 'and goes with it' 0 '' until_true 30 \
    test ! -e /var/lib/nhi/homes/web-deploy
stop $cron
pkill -xf 'sleep 8181'
cron_policy ''

# What it leaves behind, and one that nobody closes.
echo "@reboot setsid sleep 8585 >/dev/null 2>&1 </dev/null &" |
	crontab -u web-deploy -
rm -f /run/crond.reboot
mark_trail
/usr/sbin/cron -f &
cron=$!
recorded 'a job that leaves something' 1 event=session.close service=cron
is 'leaves nothing' '' "$(pgrep -r D,R,S,T,t -xf 'sleep 8585')"
stop $cron
pkill -xf 'sleep 8181'
jobs
kill -9 "$(job pid)"
stop $cron
mark_trail
try 'one that nobody closes ends by tick' 0 '^sessions +1 ' nhictl tick -v
held 'and no other: by tick' '1 0'
recorded 'by tick' 1 event=session.end service=cron account=web-deploy
try 'and is not listed' 0 '^no sessions$' nhictl sessions
pkill -xf 'sleep 8181'

# ends WHAT ARGUMENT...: a hold over it ends the job, and nobody else's.
ends() {
	local what=$1

	shift
	jobs
	mark_trail
	try "a hold over $what ends its job" 0 '1 jobs ended' \
	    nhictl hold add "$@" --reason test
	held "and no other: $what" '1 0'
	recorded "$what" 1 event=session.end account=web-deploy outcome=info \
	    service=cron
	recorded "$what: closed" 1 event=session.close service=cron
	nhictl hold lift "$@" >"$OUT"
	stop $cron
	pkill -xf 'sleep 8181'
}
# keeps WHAT ARGUMENT...: a hold over it does not.
keeps() {
	local what=$1

	shift
	try "a hold over $what" 0 '' nhictl hold add "$@" --reason test
	is "ends no job: $what" yes "$(pgrep -xf 'sleep 8383' >/dev/null &&
	    echo yes)"
	nhictl hold lift "$@" >"$OUT"
}
ends everything --all
ends 'its identity' --identity web-deploy
ends 'its issuer' --issuer github

# Another identity of the account may have jobs, or is there.
two() {
	policy_edit "s/^( *)account = \"web-deploy\"; \}/\1account = \
\"web-deploy\"; cron = true; }/
/^  \{ name = \"pr-preview/i { name = \"other\"; owner = \"o\"; purpose = \"p\"; \
expires = \"2099-12-31\"; issuer = \"github\"; account = \"web-deploy\"; $1 \
match = ( { claim = \"repository_id\"; is = \"74\"; }, \
{ claim = \"environment\"; is = \"other\"; } ); },"
}
two 'cron = true;'
jobs
keeps 'another identity' --identity pr-preview
keeps 'one of two' --identity web-deploy
two ''
issue k web-deploy --set environment='"other"'
nhi_ssh k web-deploy@127.0.0.1 'exec sleep 8484' &
session=$!
until_true 30 pgrep -xf 'sleep 8484' >/dev/null
keeps 'one, beside the session of another' --identity web-deploy
stop $session
until_true 30 no_evidence
try 'without cron and session of another' 0 '1 jobs ended' \
    nhictl hold add --identity web-deploy --reason test
nhictl hold lift --identity web-deploy >"$OUT"
stop $cron
pkill -xf 'sleep 8181'

# A job that has passed pam_nhi and has no process yet.
cat >/usr/local/sbin/slow <<END
#!/bin/sh
[ "\$PAM_USER \$PAM_TYPE" = 'web-deploy open_session' ] || exit 0
: >$WORK/begun
sleep 5
: >$WORK/late
END
chmod 755 /usr/local/sbin/slow
echo 'session optional pam_exec.so quiet /usr/local/sbin/slow' >>/etc/pam.d/cron
rm -f /etc/cron.d/*
crontab -u alice -r
echo "@reboot id -u >$WORK/bot" | crontab -u web-deploy -
rm -f "$WORK"/{bot,begun,late} /run/crond.reboot
/usr/sbin/cron -f &
cron=$!
until_true 30 test -e "$WORK/begun"
try 'a hold ends a job that has not begun' 0 '1 jobs ended' \
    nhictl hold add --account web-deploy --reason test
until_true 30 test -e "$WORK/late"
until_true 30 eval '! pgrep -r D,R,S -P $cron' || not_ok 'cron has done with it'
is 'and it never does' '' "$(cat "$WORK/bot" 2>/dev/null)"
stop $cron
nhictl hold lift --account web-deploy >"$OUT"

# What cannot be recorded does not begin.
sed -i '/slow/d' /etc/pam.d/cron
rm -f /run/crond.reboot /run/nhi/sessions/*
mv "$AUDIT" "$AUDIT.away"
mkdir "$AUDIT"
/usr/sbin/cron -f &
cron=$!
try 'no trail: no job' 0 '' until_true 30 \
    grep -q '"reason":"audit-unavailable"' \
    /var/log/lab.log
until_true 30 eval '! pgrep -r D,R,S -P $cron' || not_ok 'cron has done with it'
is 'and nothing ran' '' "$(cat "$WORK/bot" 2>/dev/null)"
is 'and no session is left' '' "$(ls /run/nhi/sessions)"
stop $cron
rmdir "$AUDIT"
mv "$AUDIT.away" "$AUDIT"
finish
