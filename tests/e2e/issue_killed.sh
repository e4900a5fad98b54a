#!/bin/bash
# SPDX-License-Identifier: BSD-2-Clause
# The issuer dies, or its disk fails, between the mark of a token and the
# certificate: the same key may try again, another may not, and no certificate
# is given that is not on disk and on record.
. "$(dirname "$0")/attack_lib.sh"

MARKS=/var/lib/nhi/marks
ISSUED=/var/lib/nhi/issued
key one
key two

# ask KEY [TOKEN]: a certificate for a token that is kept.
ask() {
	nhi_ssh "$1" nhi@127.0.0.1 web-deploy <"$WORK/token" \
	    >"$WORK/$1-cert.pub" 2>"$WORK/said"
}

# asked NAME KEY STATUS [PATTERN]: with a certificate exactly where it is 0.
asked() {
	local status=0 lines

	ask "$2" || status=$?
	cp "$WORK/said" "$OUT"
	lines=$(wc -l <"$WORK/$2-cert.pub")
	echo "status $status, $lines lines, wanted $3 and /${4:-}/" >>"$OUT"
	if [ "$status" = "$3" ] && grep -Eq -- "${4:-}" "$WORK/said" &&
	    [ "$lines" = "$([ "$3" = 0 ] && echo 1 || echo 0)" ]; then
		ok "$1"
	else
		not_ok "$1"
	fi
}

count() {
	find "$1" -mindepth 1 -maxdepth 1 ! -name '.*' | wc -l
}

# killed PATH CALL: the issuer is killed when it makes that call on that path.
killed() {
	local status=0

	rm -f "$WORK/pipe"
	mkfifo "$WORK/pipe"
	until_true 30 nobody_issues || not_ok 'the issuer before has gone'
	nhi_ssh one nhi@127.0.0.1 web-deploy <"$WORK/pipe" \
	    >"$WORK/one-cert.pub" 2>"$WORK/said" &
	client=$!
	exec 5>"$WORK/pipe"
	until_true 30 pgrep -x nhi-issue || not_ok 'the issuer runs'
	rm -f "$WORK/strace"
	strace -p "$(pgrep -x nhi-issue)" -o "$WORK/trace" \
	    ${1:+-P "$1"} -e trace="$2" -e inject="$2":signal=KILL:when=1 \
	    2>"$WORK/strace" 5>&- &
	tracer=$!
	# Said when it has been stopped; that it has a tracer is true before.
	until_true 10 grep -q attached "$WORK/strace" ||
		{ cp "$WORK/strace" "$OUT"; not_ok 'the issuer is traced'; }
	cat "$WORK/token" >&5
	exec 5>&-
	wait $client || status=$?
	is "killed at $2 $1: no certificate" 'no 0' \
	    "$([ $status = 0 ] && echo yes || echo no) $(wc -c \
	    <"$WORK/one-cert.pub")"
	wait $tracer
	is "killed at $2 $1: killed it was" 1 \
	    "$(grep -c 'killed by SIGKILL' "$WORK/trace")"
}

nobody_issues() {
	! pgrep -x nhi-issue
}

if command -v strace >/dev/null; then
	# The CA key is opened when the mark is on disk.
	mint >"$WORK/token"
	killed /etc/nhi/ca/ca openat
	is 'the mark is spent' 1 "$(count $MARKS)"
	is 'nothing is issued' 0 "$(count $ISSUED)"
	mark_trail
	asked 'another key is refused' two 77 '^nhi: refused: policy '
	recorded 'another key' 1 event=cert.deny reason=replay
	asked 'the same key may try again' one 0 '^nhi: issued: '
	asked 'and again' one 0 '^nhi: issued: '
	asked 'another key is still refused' two 77 '^nhi: refused: policy '
	try 'the certificate opens the account' 0 '^web-deploy$' \
	    nhi_ssh one web-deploy@127.0.0.1 id -un

	# Before the mark: the token is as new.
	mint >"$WORK/token"
	killed '' symlinkat
	# A call that was cut short by the signal may have been made.
	if [ "$(count $MARKS)" = 1 ]; then
		asked 'killed before the mark: any key' two 0
	else
		asked 'killed at the mark: the same key' one 0
	fi

	# After the signature, before it is on disk.
	mint >"$WORK/token"
	issued=$(count $ISSUED)
	killed '' renameat
	asked 'killed at the ledger: another key' two 77
	asked 'killed at the ledger: the same key' one 0
	is 'killed at the ledger: one more on disk, or two' yes \
	    "$([ $(($(count $ISSUED) - issued)) -le 2 ] && echo yes)"
else
	skip 'killed' 'no strace here'
fi

# What ends it otherwise leaves a record: its time is over, or somebody says
# so, or the client has gone.
ended() {
	local status=0

	rm -f "$WORK/pipe"
	mkfifo "$WORK/pipe"
	until_true 30 nobody_issues || not_ok 'the issuer before has gone'
	nhi_ssh one nhi@127.0.0.1 web-deploy <"$WORK/pipe" \
	    >"$WORK/one-cert.pub" 2>"$WORK/said" &
	client=$!
	exec 5>"$WORK/pipe"
	until_true 30 watched || not_ok 'the issuer runs'
	mark_trail
	kill "-$1" "$(pgrep -x nhi-issue)"
	wait $client || status=$?
	exec 5>&-
	is "$1: refused" '70 1' \
	    "$status $(grep -c '^nhi: refused: fault ' "$WORK/said")"
	recorded "$1" 1 event=cert.deny reason=internal account=web-deploy \
	    source=127.0.0.1
	try "$1: why" 0 "$2" cat "$AUDIT"
}

# It waits for its token, and its signals are the watch's.
watched() {
	grep -q '^Threads:.2' "/proc/$(pgrep -x nhi-issue)/status"
}
ended ALRM 'not done after [0-9]+ s'
ended TERM 'ended by signal 15'

mint >"$WORK/token"
mkfifo "$WORK/gone"
(: <"$WORK/gone") &
mark_trail
try 'nobody takes the certificate' 70 '' sh -c "exec setpriv --reuid nhi \
    --regid nhi --groups _nhi /usr/libexec/nhi/nhi-issue web-deploy 127.0.0.1 \
    '$(cut -d' ' -f1,2 "$WORK/one.pub")' <$WORK/token >$WORK/gone"
nhictl tick >"$OUT" 2>&1
recorded 'nobody takes the certificate: it was given' 1 event=cert.issue
recorded 'nobody takes the certificate: and not taken' 1 event=cert.deny \
    reason=state

# One token, many keys at once: one certificate.
mint >"$WORK/token"
for n in 1 2 3 4 5 6; do
	key "k$n"
done
mark_trail
for n in 1 2 3 4 5 6; do
	nhi_ssh "k$n" nhi@127.0.0.1 web-deploy <"$WORK/token" \
	    >"$WORK/k$n-cert.pub" 2>/dev/null &
done
wait
is 'six keys at once: one certificate' 1 \
    "$(cat "$WORK"/k[1-6]-cert.pub | wc -l)"
recorded 'six keys at once: the others' 5 event=cert.deny reason=replay
mint >"$WORK/token"
for n in 1 2 3; do
	nhi_ssh k1 nhi@127.0.0.1 web-deploy <"$WORK/token" \
	    >"$WORK/same$n" 2>/dev/null &
done
wait
is 'one key three times at once: three certificates' 3 \
    "$(cat "$WORK"/same? | wc -l)"

# Disks that cannot be written: nothing leaves, and later it works.  (The end of
# the connection may still look into the spool when the client has gone.)
read_only() {
	mount --bind "$1" "$1" && mount -o remount,bind,ro "$1"
}

full() {
	mount -t tmpfs -o size=4k,nr_inodes=1,mode="$(stat -c %a "$1")" \
	    tmpfs "$1" && chown root:"$2" "$1"
}

for how in read_only full; do
	mint >"$WORK/token"
	$how $ISSUED nhi
	asked "ledger of certificates $how" one 70 '^nhi: refused: fault '
	umount -l $ISSUED
	asked "ledger of certificates $how: the same key later" one 0
	asked "ledger of certificates $how: another key" two 77

	mint >"$WORK/token"
	$how $MARKS nhi
	asked "marks $how" one 70 '^nhi: refused: fault '
	umount -l $MARKS
	asked "marks $how: any key later" two 0

	mint >"$WORK/token"
	$how /var/spool/nhi _nhi
	asked "spool $how" one 70 '^nhi: refused: fault '
	umount -l /var/spool/nhi
	asked "spool $how: the same key later" one 0
done

# reuse = "never": what was spent is spent.
sed 's/preset = "github";/& reuse = "never";/' /src/tests/lab/nhi.conf |
	policy
mint >"$WORK/token"
asked 'never: once' one 0
asked 'never: not twice' one 77 '^nhi: refused: policy '
finish
