#!/bin/bash
# SPDX-License-Identifier: BSD-2-Clause
# apply tells sshd of a new drop-in and waits until it listens again: who
# connects at once is served.  Where it cannot be seen, apply ends all the same;
# and no other program is told anything.
. "$(dirname "$0")/attack_lib.sh"

CONF=/etc/ssh/sshd_config.d/60-test.conf
DROPIN=/etc/ssh/sshd_config.d/00-nhi.conf

# changed N: another policy, by which the drop-in is another one.
changed() {
	{
		cat /src/tests/lab/nhi.conf
		echo "issue_from = [ \"127.0.0.0/8\", \"10.0.$1.0/24\" ];"
	} >"$POLICY"
}

# apply: how many milliseconds it takes, and how it ends.
apply() {
	local begin=${EPOCHREALTIME/./} status=0

	nhictl apply >"$OUT" 2>&1 </dev/null || status=$?
	TOOK=$(((${EPOCHREALTIME/./} - begin) / 1000))
	return $status
}

# took NAME FROM TO: seconds.
took() {
	is "$1" "from $2 to $3 s" "$(if [ "$TOOK" -ge $(($2 * 1000)) ] &&
	    [ "$TOOK" -lt $(($3 * 1000)) ]; then
		echo "from $2 to $3 s"
	else
		echo "$TOOK ms"
	fi)"
}

key k
issue k web-deploy 2>"$OUT" || not_ok 'a certificate'
for ((n = 1; n <= 10; n++)); do
	changed $n
	sum=$(sha256sum <$DROPIN)
	apply || not_ok "apply $n"
	[ "$sum" != "$(sha256sum <$DROPIN)" ] || not_ok "another drop-in: $n"
	try "who connects at once after apply is served: $n" 0 '^web-deploy$' \
	    nhi_ssh k web-deploy@127.0.0.1 id -un
done

# What sshd would not do is found before anything is written.
written() {
	find /etc/ssh /etc/nhi /run/nhi/published /etc/sudoers.d ! -type d \
	    -printf '%p %T@ %l\n' | sort
}
changed 11
written >"$WORK/written"
try 'check-only: good' 0 '^good: ' nhictl apply --check-only
cp /etc/ssh/sshd_config "$WORK/sshd_config"
sed -i 's/^UsePAM .*/UsePAM no/' /etc/ssh/sshd_config
try 'check-only: an sshd that asks no PAM' 1 'UsePAM' \
    nhictl apply --check-only
echo Nonsense >>/etc/ssh/sshd_config
try 'check-only: a broken sshd_config' 1 'Nonsense' nhictl apply --check-only
cat "$WORK/sshd_config" >/etc/ssh/sshd_config
mv /usr/sbin/sshd "$WORK/real"
cat >/usr/sbin/sshd <<-END
	#!/bin/sh
	if [ "\$2" = -f ] && [ "\$1" = -t ]; then
		echo no such network >&2
		exit 1
	fi
	exec $WORK/real "\$@"
END
chmod 755 /usr/sbin/sshd
try 'check-only: a drop-in that sshd does not take' 1 'no such network' \
    nhictl apply --check-only
mv "$WORK/real" /usr/sbin/sshd
sed 's/web-deploy/web-next/' /src/tests/lab/nhi.conf >"$POLICY"
try 'check-only: an account that is not there yet' 0 '^good: ' \
    nhictl apply --check-only
is 'check-only writes nothing' '' \
    "$(written | grep -v "$POLICY\|/etc/ssh/sshd_config " |
    diff - <(grep -v "$POLICY\|/etc/ssh/sshd_config " "$WORK/written"))"
{
	cat /src/tests/lab/nhi.conf
	echo "issue_from = [ $(printf '"10.0.%s.0/24", ' {1..99}) \"::1\" ];"
} >"$POLICY"
try 'check-only: more networks than sshd takes' 1 'issue_from is too long' \
    nhictl apply --check-only
changed 11
cp -p $DROPIN "$WORK/dropin"
sed -i '/UnusedConnectionTimeout/d; /PermitUserRC/d' $DROPIN
try 'check-only: a drop-in that apply will write anew' 0 '^good: ' \
    nhictl apply --check-only
cp -p "$WORK/dropin" $DROPIN
sed -i 's/^UsePAM .*/UsePAM no/' /etc/ssh/sshd_config
try 'apply says the same' 1 'UsePAM' nhictl apply
cat "$WORK/sshd_config" >/etc/ssh/sshd_config

# One that hears nothing, and by whose file nothing can be told.
install -m 755 /usr/bin/sleep "$WORK/sshd"
echo "PidFile $WORK/pid" >$CONF
(trap '' HUP && exec "$WORK/sshd" 100) &
standin=$!
until_true 10 grep -qx sshd /proc/$standin/comm
echo $standin >"$WORK/pid"
changed 20
try 'one that never listens again: apply ends well' 0 'in force' apply
took 'after three seconds' 3 10
kill $standin
wait $standin 2>/dev/null

# It hears: it is told, once the drop-in is there.
cat >"$WORK/hears" <<-END
	import os, signal
	open("/proc/self/comm", "w").write("sshd")
	def hear(*_):
	    text = open("$DROPIN").read()
	    open("$WORK/new", "w").write(text)
	    os.rename("$WORK/new", "$WORK/heard")
	    open("$WORK/pid", "w").write("%d\n" % os.getpid())
	signal.signal(signal.SIGHUP, hear)
	open("$WORK/pid", "w").write("%d\n" % os.getpid())
	while True:
	    signal.pause()
END
rm "$WORK/pid"
/usr/bin/python3 "$WORK/hears" &
standin=$!
until_true 10 test -s "$WORK/pid"
changed 21
try 'one that makes its file anew: apply' 0 'in force' apply
took 'is not kept waiting' 0 3
try 'it was told of the new drop-in' 0 '' cmp $DROPIN "$WORK/heard"
kill $standin
wait $standin 2>/dev/null

# The number is another program's by now.
sleep 100 &
other=$!
echo $other >"$WORK/pid"
changed 22
try 'a number that is no sshd'"'"'s: apply' 0 'in force' apply
took 'does not wait' 0 3
try 'nor tell it' 0 '' kill -0 $other
kill $other
finish
