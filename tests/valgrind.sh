#!/bin/bash
# SPDX-License-Identifier: BSD-2-Clause
# ./run valgrind [TEST...]: the unit tests of the libraries and of the two
# modules under valgrind's memcheck; any error or definite leak fails.  What
# is started by exec, and what the kernel's filter confines, is not followed:
# NHI_VALGRIND tells a test to leave out what cannot be as it is without.
set -u

: "${TOP:?}" "${BUILD:?}"
LOGS=$BUILD/logs/valgrind
# The sandbox kills valgrind's own calls; it needs the memory that they forbid.
LEFT_OUT=' test_confine test_confine_steps test_fetch_confine test_memory '

tests() {
	(cd "$BUILD" && find tests/unit -maxdepth 1 -type f -executable \
	    -name 'test_*' ! -name '*.*' | sort)
}

one() {
	local name=${1##*/} log

	log=$LOGS/$name.log
	case $LEFT_OUT in
	*" $name "*)
		echo "skip $name"
		return
		;;
	esac
	if (cd "$BUILD" && srcdir=$TOP timeout -k 5 1200 ./libtool --quiet \
	    --mode=execute valgrind -q --error-exitcode=99 \
	    --leak-check=full --errors-for-leak-kinds=definite \
	    --suppressions="$TOP/tests/valgrind.supp" \
	    "$1") >"$log" 2>&1 </dev/null; then
		echo "ok $name"
	else
		echo "not ok $name: ended with status $?"
		grep -E '^==|FAILED' "$log" | head -n 12 | sed 's/^/    | /'
		return 1
	fi
}

bad=0 n=0
mkdir -p "$LOGS"
export NHI_VALGRIND=1
make -C "$BUILD" -s -j"$(nproc)" check TESTS= >"$LOGS/build.log" 2>&1 ||
	{ tail -n 20 "$LOGS/build.log"; exit 2; }
if [ $# -eq 0 ]; then
	mapfile -t all < <(tests)
	set -- "${all[@]}"
else
	set -- "${@/#/tests/unit/test_}"
fi
for t; do
	n=$((n + 1))
	one "$t" || bad=$((bad + 1))
done
echo "$((n - bad)) passed, $bad failed"
[ $bad -eq 0 ] && [ $n -gt 0 ]
