#!/bin/bash
# SPDX-License-Identifier: BSD-2-Clause
# ./run tsan [ROUNDS]: the name service under ThreadSanitizer: threads that
# look up, children forked between them, and a process that publishes.  In a
# build of its own, whatever the compiler of the other is.
set -u

: "${TOP:?}" "${BUILD:?}"
DIR=$BUILD/tsan
LOG=$BUILD/logs/tsan.log
ROUNDS=${1:-5}
FLAGS='-g -O1 -fsanitize=thread'
# A forked child has its parent's threads in the books, and not in life.  That
# two threads use files puts no order between them.
OPTIONS='halt_on_error=1 exitcode=66 report_thread_leaks=0 io_sync=0'
# The kernel's random layout may leave no room for its shadow memory.
FIXED=(setarch "$(uname -m)" -R)

compiler() {
	local cc

	for cc in clang gcc; do
		if command -v $cc >/dev/null && echo 'int main(void) { return 0; }' |
		    $cc -fsanitize=thread -x c -o "$DIR/can" - 2>/dev/null &&
		    "${FIXED[@]}" "$DIR/can"; then
			echo $cc
			return
		fi
	done
	return 1
}

build() {
	[ -e "$DIR/Makefile" ] || (cd "$DIR" && "$TOP/configure" -q \
	    CC="$cc" CFLAGS="$FLAGS" LDFLAGS=-fsanitize=thread) || return
	make -C "$DIR" -s lib/base/paths.h &&
	    make -C "$DIR" -s -j"$(nproc)" tests/unit/test_nss_race
}

mkdir -p "$DIR" "${LOG%/*}"
if ! cc=$(compiler); then
	echo 'tsan: no compiler here has -fsanitize=thread'
	exit 2
fi
build >"$LOG" 2>&1 || { tail -n 20 "$LOG"; exit 2; }
passed=0
for ((i = 0; i < ROUNDS; i++)); do
	if (cd "$DIR" && TSAN_OPTIONS=$OPTIONS timeout -k 5 600 \
	    "${FIXED[@]}" tests/unit/test_nss_race) >>"$LOG" 2>&1 </dev/null; then
		passed=$((passed + 1))
	fi
done
grep -E '^WARNING|SUMMARY|FAILED' "$LOG" | sort | uniq -c | head -n 12
echo "== tsan ($cc): $passed of $ROUNDS rounds without a data race, $LOG"
[ "$passed" -eq "$ROUNDS" ] && [ "$ROUNDS" -gt 0 ]
