#!/bin/bash
# SPDX-License-Identifier: BSD-2-Clause
# lab: LAB_BARE=1
# A setup is on trial until a new login confirms it: the time, the watcher,
# tick in its place, the login that may say so, edits in between.
. "$(dirname "$0")/setup_lib.sh"

make_people
install_files
nhictl setup >/dev/null && nhictl setup --rollback >/dev/null ||
	not_ok 'setup and rollback'
until_true 30 eval '! watcher' || not_ok 'the first watcher has gone'
snapshot >"$WORK/before"

try 'nothing to confirm' 1 'nothing to confirm' nhictl setup --confirm
try 'nothing to roll back' 0 'nothing waits' nhictl setup --rollback
try 'a dry run is a plan' 0 '^\+account +required +pam_nhi.so defer' \
    nhictl setup --dry-run
try 'in JSON, too' 0 '"state":"would change".*"diff":"---' \
    nhictl setup --dry-run --json
as_before 'and changes nothing'

# From a login of root's, by a connection that stays.
shared() {
	ssh -F /dev/null -o BatchMode=yes -i "$WORK/k" -o ControlMaster=auto \
	    -o ControlPath="$WORK/shared" -o ControlPersist=60 \
	    root@127.0.0.1 "$@"
}

# Not by the shared one.
anew() {
	patiently nhi_ssh k root@127.0.0.1 "$@"
}

nhi=$(command -v nhictl)
mkfifo "$WORK/go"
nhi_ssh k root@127.0.0.1 "echo in; read -r _; $nhi setup --confirm" \
    <"$WORK/go" >"$WORK/early" 2>&1 &
early=$!
exec 5>"$WORK/go"
until_true 30 grep -qx in "$WORK/early" || not_ok 'a login from before'
try 'setup from a login' 0 'rolled back in 20 s unless confirmed' \
    shared "$nhi setup --confirm-within 20s"
began=$SECONDS
is 'a watcher waits, in a session of its own' 1 "$(watcher | wc -l)"
pid=$(watcher)
is 'whose parent is init' 1 "$(ps -o ppid= -p "$pid" | tr -d ' ')"
is 'and which is no terminal'"'"'s' '?' "$(ps -o tty= -p "$pid" | tr -d ' ')"
try 'setup says that it waits' 0 'rolled back in [0-9]+ s unless confirmed' \
    nhictl setup
try 'in JSON' 0 '"result":"pending","seconds_left":' nhictl setup --json
try 'the login that set it up cannot confirm' 1 'older than the setup' \
    shared "$nhi setup --confirm"
try 'nor what is in no login' 1 'not within a login' setsid -w \
    nhictl setup --confirm
echo >&5
exec 5>&-
wait $early
cp "$WORK/early" "$OUT"
try 'nor a login from before' 0 'older than the setup' cat "$WORK/early"
try 'it is still there' 0 'passwd:.* nhi' cat /etc/nsswitch.conf
until_true 60 no_trial || not_ok 'rolled back by itself'
is 'not confirmed: rolled back in its time' yes \
    "$([ $((SECONDS - began)) -ge 19 ] && echo yes)"
as_before 'not confirmed: the host is as it was'
try 'the log says so' 0 '' until_true 30 \
    grep -q 'not confirmed: rolled back' /var/log/lab.log
try 'too late to confirm' 1 'was rolled back' anew "$nhi setup --confirm"
people 'not confirmed'

# Whatever begins when setup has returned is younger than the setup.
old=0
for _ in 1 2 3 4 5 6; do
	nhictl setup >/dev/null
	began=$(sh -c 'cut -d" " -f22 "/proc/$$/stat"')
	[ "$began" -gt "$(sed 's/.*:\([0-9]*\) .*/\1/' \
	    $SETUP/pending/state)" ] || old=$((old + 1))
	nhictl setup --rollback >/dev/null
done
is 'who comes next is no login from before' 0 $old

# Confirmed.
try 'setup again' 0 'unless confirmed' shared "$nhi setup"
try 'a new login confirms' 0 'confirmed' anew "$nhi setup --confirm"
try 'twice is no fault' 0 'nothing waits' anew "$nhi setup --confirm"
until_true 30 eval '! watcher' || not_ok 'the watcher has gone'
nhictl tick >"$OUT" 2>&1
try 'it stays' 0 '^setup: 0 changed' nhictl setup
people 'confirmed'
snapshot >"$WORK/after"

# A later change is a trial of its own, and goes back to what was confirmed.
sed -i '/# NHI begin/,/# NHI end/d' /etc/pam.d/sshd
rm /etc/ssh/sshd_config.d/00-nhi.conf
snapshot >"$WORK/damaged"
try 'a second setup' 0 '^setup: 2 changed' nhictl setup
try 'can be rolled back alone' 0 '^setup: rolled back' nhictl setup --rollback
snapshot >"$WORK/now"
try 'to what was there before it' 0 '' diff "$WORK/damaged" "$WORK/now"
nhictl setup >/dev/null
# script(1) does not see the end of a session whose input is at its end.
if command -v login >/dev/null; then
	# login forgets what was typed before there was a shell.
	at_console() {
		pgrep -x bash -P "$(pgrep -xo login)"
	}
	(
		until_true 30 at_console
		echo "$nhi setup --confirm >$WORK/console 2>&1"
		echo exit
	) | timeout 60 script -qec 'login -f root' /dev/null >/dev/null
	try 'or be confirmed, from a new login on the console' 0 'confirmed' \
	    cat "$WORK/console"
else
	skip 'a new login on the console' 'no login here'
	nhictl setup --confirm --force >/dev/null
fi
snapshot >"$WORK/now"
try 'which mends it' 0 '' diff "$WORK/after" "$WORK/now"
try 'unsetup goes back to the beginning' 0 '^unsetup' nhictl unsetup
as_before 'of all'

# What another put in between two setups outlives them both.
nhictl setup --no-rollback >/dev/null
sed -i 's/^hosts:.*/& myhostname/; /^passwd:/s/ nhi//' /etc/nsswitch.conf
sed -i '1i # a comment of the host' /etc/pam.d/sshd
nhictl setup --no-rollback >"$OUT" 2>&1
try 'unsetup, with an edit between two setups' 0 '^unsetup' nhictl unsetup
try 'keeps that of nsswitch.conf' 0 '^hosts:.* myhostname$' \
    cat /etc/nsswitch.conf
sed -i '/^hosts:/s/ myhostname$//' /etc/nsswitch.conf
try 'and of the PAM file' 0 '^# a comment of the host' \
    sed -i '1w /dev/stdout
1d' /etc/pam.d/sshd
as_before 'and nothing of NHI'

# What is not confirmed can be set up again, and is one trial.
nhictl setup >/dev/null
rm /etc/ssh/sshd_config.d/00-nhi.conf
try 'set up while it waits' 0 '^setup: 1 changed' nhictl setup
try 'both are rolled back' 0 '^setup: rolled back' nhictl setup --rollback
as_before 'to the beginning'

# What an administrator wrote between two setups of a trial outlives it, and
# unsetup, too.
cp -a /etc/nsswitch.conf "$WORK/nsswitch.conf"
cp -a /etc/pam.d/sshd "$WORK/sshd"
for end in '--rollback' '--confirm --force'; do
	nhictl setup >/dev/null || not_ok "set up for $end"
	sed -i -E '/^(passwd|group|initgroups)/s/ nhi//
	    s/^hosts:.*/hosts: files myhostname/' /etc/nsswitch.conf
	sed -i '/NHI begin/,/NHI end/d; 1i # a comment of the host' \
	    /etc/pam.d/sshd
	printf '%s\n' 'Name: Mine' 'Default: no' 'Priority: 0' \
	    'Session-Type: Additional' 'Session:' \
	    '	optional pam_permit.so mine' >/usr/share/pam-configs/mine
	pam-auth-update --disable nhi
	pam-auth-update --enable mine
	nhictl setup >"$OUT" 2>&1 || not_ok "set up, edited: $end"
	sed -i '/^passwd/s/ nhi//' /etc/nsswitch.conf
	nhictl setup >"$OUT" 2>&1 || not_ok "set up, edited twice: $end"
	# shellcheck disable=SC2086
	try "set up, edited, set up: $end" 0 '^setup: ' nhictl setup $end
	[ "$end" = --rollback ] || nhictl unsetup >"$OUT" 2>&1 ||
		not_ok "$end: unsetup"
	try "$end: nsswitch.conf keeps the edit" 0 '^hosts: files myhostname' \
	    cat /etc/nsswitch.conf
	try "$end: the PAM file, too" 0 '^# a comment of the host' \
	    head -n 1 /etc/pam.d/sshd
	try "$end: and what pam-auth-update wrote" 0 'pam_permit.so mine' \
	    cat /etc/pam.d/common-session
	is "$end: ours are gone" '' "$(grep -lw -e nhi -e pam_nhi.so \
	    /etc/nsswitch.conf /etc/pam.d/*)"
	pam-auth-update --package --remove mine
	rm /usr/share/pam-configs/mine
	cp -a "$WORK/nsswitch.conf" /etc/nsswitch.conf
	cp -a "$WORK/sshd" /etc/pam.d/sshd
done
snapshot >"$WORK/before"

# The watcher is gone, the host was started anew: tick knows the time.
nhictl setup >/dev/null
watcher | xargs -r kill -KILL
nhictl tick >"$OUT" 2>&1
try 'tick leaves it its time' 0 '' test -e $SETUP/pending/state
# another_boot SECONDS: as it looks when it began that long before the boot.
another_boot() {
	sed -i -E "s/^applied [0-9]+ ([0-9]+) .{8}/applied $(($(date +%s) - \
	    $1)) \1 00000000/" $SETUP/pending/state
}
another_boot 300
nhictl tick >"$OUT" 2>&1
try 'after a boot, too' 0 '' test -e $SETUP/pending/state
another_boot 601
nhictl tick >"$OUT" 2>&1
as_before 'after a boot, late: tick rolls back'
nhictl setup >/dev/null
watcher | xargs -r kill -KILL
another_boot -3600
nhictl tick >"$OUT" 2>&1
as_before 'a clock that went back is no excuse'
try 'tick is called by cron' 0 '@reboot root /usr/sbin/nhictl tick' sh -c \
    'nhictl setup >/dev/null; cat /etc/cron.d/nhi'

# Edits in between are kept, and told.
sed -i 's/^hosts:.*/& myhostname/' /etc/nsswitch.conf
sed -i '1i # a comment of the host' /etc/pam.d/sshd
echo '# mine' >>/etc/ssh/sshd_config.d/00-nhi.conf
try 'the rollback tells of edits' 0 '/etc/nsswitch.conf \(edited since\)' \
    nhictl setup --rollback
try 'that of nsswitch.conf is kept' 0 '^hosts:.* myhostname$' \
    cat /etc/nsswitch.conf
try 'that of the PAM file, too' 0 '^# a comment of the host' \
    head -n 1 /etc/pam.d/sshd
try 'that of the drop-in elsewhere' 0 '^# mine$' \
    cat $SETUP/edited/etc/ssh/sshd_config.d/00-nhi.conf
is 'ours are gone' 0 "$(grep -l 'nhi' /etc/nsswitch.conf /etc/pam.d/sshd \
    /etc/ssh/sshd_config.d/00-nhi.conf 2>/dev/null | wc -l)"
people 'with edits'
finish
