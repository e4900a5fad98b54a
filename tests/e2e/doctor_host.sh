#!/bin/bash
# SPDX-License-Identifier: BSD-2-Clause
# nhictl doctor: what it finds of files, programs, disks, the clock, the audit
# trail and, with --state, of each thing that NHI keeps.
. "$(dirname "$0")/doctor_lib.sh"

LIB=/usr/libexec/nhi
STATE=/var/lib/nhi
ago() {
	touch -h -d "$1" "${@:2}"
}

# Owners and modes
finds state-directory 'a spool that anybody may read' \
    'chmod 1777 /var/spool/nhi' 'chmod 1730 /var/spool/nhi'
finds state-directory 'a directory that is gone' \
    'rmdir /run/nhi/pending' 'mkdir -m 0700 /run/nhi/pending'
finds state-directory 'an owner of another program' \
    "chown nhi $STATE/users/verify" "chown _nhi $STATE/users/verify"
mkdir -p $STATE/setup
finds setup-unconfirmed 'a setup that nobody confirmed' \
    "mkdir $STATE/setup/pending; echo x >$STATE/setup/pending/state" \
    "rm -r $STATE/setup/pending"
finds uid-salt 'a salt that others may read' "chmod 0644 $STATE/uids/salt" \
    "chmod 0600 $STATE/uids/salt"
finds uid-salt 'half a salt' \
    "cp -a $STATE/uids/salt $WORK/salt; truncate -s 8 $STATE/uids/salt" \
    "cp -a $WORK/salt $STATE/uids/salt"
finds program-mode 'an issuer that others may write' \
    "chmod 0777 $LIB/nhi-issue" "chmod 0711 $LIB/nhi-issue"
finds program-mode 'a verifier of its own user' \
    "chown _nhi $LIB/nhi-verify" "chown root $LIB/nhi-verify"
finds program-mode 'a directory of programs that others may write' \
    "chmod 0777 $LIB" "chmod 0755 $LIB"
finds program-mode 'no nhi-verify' "mv $LIB/nhi-verify $WORK/" \
    "mv $WORK/nhi-verify $LIB/"
finds program-mode 'nhi-drop for everybody' "chmod 4755 $LIB/nhi-drop" \
    "chmod 4710 $LIB/nhi-drop"
finds drop-setuid 'nhi-drop without its bit' "chmod 0710 $LIB/nhi-drop" \
    "chmod 4710 $LIB/nhi-drop"
finds drop-nosuid 'a file system mounted nosuid' \
    "mount --bind $LIB $LIB; mount -o remount,bind,nosuid $LIB" \
    "umount $LIB"
finds policy-mode 'a policy that others may write' \
    "chmod o+w $POLICY" "chmod o-w $POLICY"
finds 'keys-pinned policy-mode' 'a key set of somebody' \
    'chown nobody /etc/nhi/jwks/lab.json' 'chown root /etc/nhi/jwks/lab.json'

# SELinux, as it looks to who reads its files.
mount -t tmpfs -o mode=0755 x /sys/fs && mkdir /sys/fs/selinux
echo 0 >/sys/fs/selinux/enforce
is 'SELinux that permits' '' "$(ids)"
modules=/var/lib/selinux/targeted/active/modules/400
mkdir -p $modules/nhi
echo 1 >/sys/fs/selinux/enforce
is 'SELinux that enforces, with our module' '' "$(ids)"
finds selinux-module 'and without it' "rmdir $modules/nhi" 'umount /sys/fs'

# Disks
finds disk-full 'a small disk' \
    'mount -t tmpfs -o size=1m,mode=0755,uid=_nhi-fetch,gid=_nhi x \
    /var/cache/nhi' 'umount /var/cache/nhi'
for dir in /var/lib/nhi/marks /run/nhi /var/spool/nhi; do
	finds disk-read-only "$dir that nobody can write" \
	    "mount --bind $dir $dir; mount -o remount,bind,ro $dir" \
	    "umount $dir"
done
finds disk-inodes 'few inodes' \
    'mount -t tmpfs -o size=64m,nr_inodes=99,mode=0755,uid=_nhi-fetch,gid=_nhi \
    x /var/cache/nhi' 'umount /var/cache/nhi'

# Times
finds tick-not-running 'no tick for half an hour' \
    "ago '30 minutes ago' /run/nhi/tick" 'nhictl tick'
finds tick-not-running 'no tick at all' 'rm /run/nhi/tick' 'nhictl tick'
finds clock-went-back 'a policy of tomorrow' \
    "ago tomorrow $STATE/published/current" \
    "ago '1 minute ago' $STATE/published/current"

# The audit trail
finds audit-unwritable 'a link in its place' \
    "mv $AUDIT $AUDIT.1; ln -s $AUDIT.1 $AUDIT" \
    "mv $AUDIT.1 $AUDIT"
finds audit-mode 'a trail that anybody may read' "chmod 0644 $AUDIT" \
    "chmod 0640 $AUDIT"
finds audit-damaged 'half a record' "cp -a $AUDIT $WORK/
    printf '{\"v\":1,' >>$AUDIT" "cp -a $WORK/audit.jsonl $AUDIT"
finds audit-damaged 'a line that is no record' "cp -a $AUDIT $WORK/
    echo hello >>$AUDIT" "cp -a $WORK/audit.jsonl $AUDIT"
# Sparse, and a good record at its end.
grow() {
	cp -a $AUDIT "$WORK/"
	truncate -s "$1" $AUDIT
	{ echo; tail -n 1 "$WORK/audit.jsonl"; } >>$AUDIT
}
finds audit-large 'a trail of two gigabytes' 'grow 2G' \
    "cp -a $WORK/audit.jsonl $AUDIT"
rm -f /etc/logrotate.d/nhi
finds audit-not-rotated 'nothing rotates it' 'grow 100M' \
    "cp -a $WORK/audit.jsonl $AUDIT"
grow 100M
echo "$AUDIT { weekly }" >/etc/logrotate.d/nhi
is 'a trail that is rotated' '' "$(ids)"
cp -a "$WORK/audit.jsonl" $AUDIT
finds spool-backlog 'a record of an hour ago' \
    "touch /var/spool/nhi/x; ago '1 hour ago' /var/spool/nhi/x" \
    'rm /var/spool/nhi/x'
finds '' 'a refusal that was taken in, and counts once an hour' \
    "touch /var/spool/nhi/p.1.7.principal
    ago '1 hour ago' /var/spool/nhi/p.1.7.principal" \
    'rm /var/spool/nhi/p.1.7.principal'

# State, entry by entry.  None of it is looked at without being asked.
names=$STATE/uids/name
entry=$(readlink $names/web-deploy)
marks=$STATE/marks
mark=$(printf '%064d' 7)
rm -f $names/zoe
ln -s "$entry" $names/zoe
is 'without --state nothing of it' '' "$(ids)"
rm $names/zoe
with --state
finds uid-shared 'two names of one number' "ln -s '$entry' $names/zoe" \
    "rm $names/zoe"
finds uid-broken 'a text that is no entry' "ln -s nonsense $names/zoe" \
    "rm $names/zoe"
finds uid-broken 'a number that names nobody' \
    "ln -s '2000300009${entry#*[0-9]:}' $names/zoe
    ln -sfn '2000300009:${entry#*:}' $names/zoe" "rm $names/zoe"
finds state-temporary 'what a killed writer left' \
    "touch $names/zoe.tmp-1-2-3; ago '1 hour ago' $names/zoe.tmp-1-2-3" \
    "rm $names/zoe.tmp-1-2-3"
finds state-temporary 'what a killed doctor left' \
    "mkdir /run/nhi-doctor.x; ago '1 hour ago' /run/nhi-doctor.x" \
    'rmdir /run/nhi-doctor.x'
finds state-foreign 'a lease of somebody' \
    "ln -s x /run/nhi/leases/.x; chown -h nobody /run/nhi/leases/.x" \
    'rm /run/nhi/leases/.x'
finds state-foreign 'a file among the links' "touch $marks/$mark" \
    "rm $marks/$mark"
finds lease-dangling 'a lease of another boot' \
    "ln -s 00000000-0000-0000-0000-000000000000:2000300009:1 \
    /run/nhi/leases/web-deploy; ago '1 hour ago' /run/nhi/leases/web-deploy" \
    'rm /run/nhi/leases/web-deploy'
finds lease-dangling 'a lease without session' \
    "ln -s \$(cat /proc/sys/kernel/random/boot_id):2000300009:1 \
    /run/nhi/leases/web-deploy; ago '1 hour ago' /run/nhi/leases/web-deploy" \
    'rm /run/nhi/leases/web-deploy'
finds session-broken 'a session that cannot be read' \
    'echo x >/run/nhi/sessions/1-2-3; ago yesterday /run/nhi/sessions/1-2-3' \
    'rm /run/nhi/sessions/1-2-3'
session() {
	local boot

	boot=$(cat /proc/sys/kernel/random/boot_id)
	printf '%s\n' id=1-999999-5 account=web-deploy uid=2000300009 \
	    identity=web-deploy issuer=github service=sshd source=127.0.0.1 \
	    serial=7 keyid=nhi1:h:web-deploy:0 mark= audit_session=1 \
	    pid=999999 "boot=$boot" start=5 opened=5 expires=0 \
	    >/run/nhi/sessions/1-999999-5
	ago yesterday /run/nhi/sessions/1-999999-5
}
finds session-dead 'a session whose process is gone' session \
    'rm /run/nhi/sessions/1-999999-5'
finds issuer-dead 'a connection that is gone' \
    'ln -s 127.0.0.1 /run/nhi/issuer/999999-5
    ago yesterday /run/nhi/issuer/999999-5' 'rm /run/nhi/issuer/999999-5'
finds pending-old 'a hand-over of yesterday' \
    'touch /run/nhi/pending/x; ago yesterday /run/nhi/pending/x' \
    'rm /run/nhi/pending/x'
finds mark-broken 'a mark without expiry' "ln -s nonsense $marks/$mark" \
    "rm $marks/$mark"
finds mark-expired 'a mark of 1970' "ln -s -- -:1000 $marks/$mark" \
    "rm $marks/$mark"
# As after a month in which the host was off.
old=01234567-89ab-cdef-0123-456789abcdef
finds '' 'nor by a clock that is not believed yet' \
    "ln -sfn '$(date -d '30 days ago' +%s) 0 0 0 $old:1' $STATE/clock
    ln -s -- -:$(date -d '3 days ago' +%s) $marks/$mark" \
    "rm $marks/$mark $STATE/clock"
finds ledger-broken 'a certificate that nobody can read' \
    "echo x >$STATE/issued/77" "rm $STATE/issued/77"
# The issuer writes there: its names are shown, and do nothing to a terminal.
hostile=$STATE/issued/$'a\nb\e[1m'
echo x >"$hostile"
mkfifo $STATE/issued/78
try 'a hostile name is told' 1 'issued/a\\x0ab\\x1b\[1m$' \
    nhictl doctor --state
is 'as what it is' '' \
    "$(nhictl doctor --state | LC_ALL=C grep -v '^[[:print:]]*$')"
is 'and is one object of JSON' ok "$(nhictl doctor --state --json |
    /usr/bin/python3 -c 'import json, sys
[json.loads(line) for line in sys.stdin]
print("ok")')"
rm "$hostile" $STATE/issued/78
finds revocation-broken 'a revocation without words' \
    "ln -s nonsense $STATE/revoked/serial/7" "rm $STATE/revoked/serial/7"
finds generation-left 'old generations' \
    "mkdir $STATE/published/{97,98,99}" "rmdir $STATE/published/{97,98,99}"

all_well
