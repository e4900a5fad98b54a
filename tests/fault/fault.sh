#!/bin/bash
# SPDX-License-Identifier: BSD-2-Clause
# ./run fault [NAME]: everything fails once.  Each script of this directory in
# a lab of its own; its log is kept, its failures are printed.
#	calls	each allocation and each system call of each program: one of
#		each kind, then the others, for 40 minutes (FAULT_MINUTES=N; 0:
#		however long that takes)
#	helper	the same for the static program, nhi-drop and nhi-verify
#	killed	SIGKILL before each call that changes the disk
#	places	directories that are full, missing, somebody else's; no DNS, no
#		syslog, no processes, no descriptors
#	clock	an hour and a year off, both ways
set -u

TOP=${TOP:-$(cd "$(dirname "$(readlink -f "$0")")/../.." && pwd)}
BUILD=${BUILD:-${NHI_BUILD:-$TOP/build}}
LOGS=$BUILD/logs
export TOP BUILD

# one NAME
one() {
	local name=$1 log=$LOGS/fault-$1.log script start=$SECONDS

	shift
	script=$(cd "$TOP/tests/fault" && ls "$name.py" "$name.sh" 2>/dev/null)
	case $name:$script in
	calls:* | helper:* | killed:* | places:* | clock:*) ;;
	*)
		echo "fault: no such script: $name" >&2
		exit 64
		;;
	esac
	[ "$name" != calls ] || set -- --minutes "${FAULT_MINUTES:-40}"
	timeout -k 5 14400 "$TOP/tests/lab/enter.sh" \
	    "/src/tests/fault/$script" "$@" 2>&1 </dev/null | tee "$log" |
	    grep --line-buffered -vE '^(ok|#) '
	echo "${PIPESTATUS[0]}" >"$log.status"
	echo "== $name: $(grep -c '^ok ' "$log") ok," \
	    "$(grep -c '^not ok ' "$log") failed, status" \
	    "$(cat "$log.status"), $((SECONDS - start)) s, $log"
	[ "$(cat "$log.status")" -eq 0 ] && grep -q '^ok ' "$log"
}

mkdir -p "$LOGS"
make -C "$BUILD" -s check TESTS= >"$LOGS/fault-build.log" 2>&1 ||
	{ tail -n 25 "$LOGS/fault-build.log"; exit 1; }
[ $# -gt 0 ] || set -- killed helper places clock calls
failed=0
for name; do
	one "$name" || failed=1
done
exit $failed
