#!/bin/bash
# SPDX-License-Identifier: BSD-2-Clause
# lab: LAB_BARE=1
# nhictl setup is killed at its steps: people log in at once, and the host is
# soon as it was, by the watcher or, where that was killed as well, by tick.
. "$(dirname "$0")/setup_lib.sh"

if ! command -v strace >/dev/null; then
	skip 'setup killed' 'no strace here'
	exit 0
fi
make_people
install_files
snapshot >"$WORK/before"

# die CALL WHEN CMD...: it is killed at that call.
die() {
	local call=$1 when=$2
	shift 2

	(strace -o "$WORK/trace" -e trace="$call" -e \
	    inject="$call":signal=KILL:when="$when" "$@" >"$OUT" 2>&1
	true) 2>/dev/null
}

# killed NAME CALL WHEN: setup dies at that call; rolled back by the watcher.
killed() {
	local name="killed at $2 $3${1:+ ($1)}"

	die "$2" "$3" nhictl setup
	try "$name" 0 'killed by SIGKILL' tail -n 1 "$WORK/trace"
	try "$name: alice comes in" 0 '^alice$' person_by_key
	until_true 60 no_trial || not_ok "$name: rolled back"
	as_before "$name: the host is as it was"
}

# What is NHI's own stays from the first time on.  Then one whole run tells where its calls are.
nhictl setup >/dev/null 2>&1 && nhictl setup --rollback >/dev/null 2>&1 ||
	not_ok 'setup and rollback'
strace -o "$WORK/whole" -e trace=rename,renameat,kill \
    nhictl setup >/dev/null 2>&1 || not_ok 'setup under strace'
try 'it is rolled back when asked' 0 '^setup: rolled back' \
    nhictl setup --rollback
as_before 'and the host is as it was'
until_true 30 eval '! watcher' || not_ok 'the watcher has gone'

# before CALL PATTERN: how many such calls there are up to a call on a path.
before() {
	sed "/$2/q" "$WORK/whole" | grep -c "^$1("
}

renames=$(grep -c '^rename(' "$WORK/whole")
for ((i = 2; i < renames; i += renames / 3)); do
	killed '' rename $i
done
killed 'nsswitch.conf' rename "$(before rename '"\/etc\/nsswitch.conf")')"
killed 'when it has run' rename \
    "$(before rename 'made\/etc\/pam.d\/common-auth.nhi-new')"
killed 'the drop-in' renameat \
    "$(before renameat '"\/etc\/ssh\/sshd_config.d\/00-nhi.conf")')"
killed 'the reload' kill 1
killed 'the last' rename "$renames"
people 'after all that'

# A program of the system's that setup called outlives it: nobody rolls back
# before that has ended.
tool=/usr/sbin/pam-auth-update
mv $tool $tool.real
cat >$tool <<END
#!/bin/sh
: >$WORK/runs
sleep 1.5
$tool.real "\$@"
: >$WORK/ended
END
chmod 755 $tool
nhictl setup >/dev/null 2>&1 &
pid=$!
until_true 60 test -e "$WORK/runs" || not_ok 'pam-auth-update runs'
kill -KILL $pid
wait $pid 2>/dev/null
until_true 60 no_trial || not_ok 'killed in pam-auth-update: rolled back'
is 'killed in pam-auth-update: not before that had ended' yes \
    "$([ -e "$WORK/ended" ] && echo yes)"
as_before 'killed in pam-auth-update: the host is as it was'
mv $tool.real $tool

# The watcher is killed as well, before it can do anything.
strace -o "$WORK/trace" -e trace=rename -e inject=rename:delay_enter=50000 \
    -e inject=rename:signal=KILL:when="$((renames - 5))" nhictl setup \
    >/dev/null 2>&1 2>/dev/null &
pid=$!
until_true 60 watcher || not_ok 'the watcher is there'
watcher | xargs -r kill -KILL
wait $pid 2>/dev/null
: >"$OUT"
try 'both killed: the trial is open' 0 '' test -e $SETUP/pending/journal
try 'both killed: alice comes in' 0 '^alice$' person_by_key
nhictl tick >/dev/null 2>&1
as_before 'both killed: tick gives the host back'
people 'and then'

# The rollback itself is killed: the next one finishes it.
nhictl setup >/dev/null 2>&1
watcher | xargs -r kill -KILL
for i in 2 6 10; do
	die rename $i nhictl setup --rollback
	try "rollback killed at $i: alice comes in" 0 '^alice$' person_by_key
done
try 'rollback killed: the trial is open' 0 '' test -e $SETUP/pending
nhictl tick >/dev/null 2>&1
as_before 'rollback killed: tick finishes it'

# Unsetup, too.
nhictl setup --no-rollback >/dev/null 2>&1
die rename 5 nhictl unsetup
nhictl tick >/dev/null 2>&1
as_before 'unsetup killed: tick finishes it'
finish
