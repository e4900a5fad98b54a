#!/bin/bash
# SPDX-License-Identifier: BSD-2-Clause
# Which lines the unit tests, the vectors and the seeds reach: a build of its
# own in $BUILD/coverage with gcc --coverage, never the product's.
set -eu

DIR=$BUILD/coverage
LOG=$BUILD/logs/coverage.log

# What fails only because of what --coverage puts into every object: the list
# of functions that the NSS module may call.
KNOWN=tests/nss/symbols.sh

build() {
	[ -e "$DIR/Makefile" ] || (cd "$DIR" && "$TOP/configure" -q CC=gcc \
	    CFLAGS='-O0 -g --coverage -U_FORTIFY_SOURCE' LDFLAGS=--coverage)
	make -C "$DIR" -s -j"${NHI_JOBS:-2}" all
	# Counts of an earlier run, or of objects that are no more.
	find "$DIR" -name '*.gcda' -delete
}

# What fails besides is a failure; the lines that it reached count.
tests() {
	make -C "$DIR" -s -k -j"${NHI_JOBS:-2}" check || true
	! grep -l '^:test-result: \(FAIL\|ERROR\)' -r --include='*.trs' "$DIR" |
	    grep -v "/${KNOWN%.sh}"
}

mkdir -p "$DIR" "${LOG%/*}"
if ! { build && tests; } >"$LOG" 2>&1 </dev/null; then
	grep -E '^(FAIL|ERROR):|error:' "$LOG" >&2 || tail -n 20 "$LOG" >&2
	echo "coverage: the build or a test failed: $LOG" >&2
	exit 2
fi
"$TOP/tests/coverage.py" "$TOP" "$DIR"
