#!/bin/bash
# SPDX-License-Identifier: BSD-2-Clause
# ./run bench [NAME...]: measure, as ratios in one run.  Names: token sign
# load memory nss policy login.  doc/performance.md says what was found.
# Called by ./run when everything is built.
set -eu

TOP=$(cd "$(dirname "$(readlink -f "$0")")/../.." && pwd)
export BUILD=${BUILD:-$TOP/build}
[ $# -gt 0 ] || set -- token sign load memory nss policy login

machine() {
	echo "machine: $(nproc) cores, $(uname -r), load $(cut -d' ' -f1 /proc/loadavg)"
	echo "         $(ssh -V 2>&1)"
}

machine
for name in "$@"; do
	echo
	case $name in
	login)
		"$TOP/tests/lab/enter.sh" /usr/bin/python3 \
		    /src/tests/bench/login.py
		;;
	nss)
		"$TOP/tests/bench/comparators.sh" "$BUILD/bench"
		make -s -C "$BUILD" tests/bench/nss_bench
		(cd "$BUILD" && "$TOP/tests/bench/nss_bench.sh" \
		    "$BUILD/bench")
		;;
	memory)
		"$TOP/tests/lab/enter.sh" /src/tests/bench/memory.sh
		;;
	policy)
		"$TOP/tests/lab/enter.sh" /src/tests/bench/policy.sh
		;;
	sign)
		make -s -C "$BUILD" tests/bench/sign_nhi
		/usr/bin/python3 "$TOP/tests/bench/sign.py" \
		    "$BUILD/tests/bench/sign_nhi"
		;;
	load)
		"$TOP/tests/bench/load.sh"
		;;
	token)
		"$TOP/tests/bench/token.sh"
		;;
	*)
		echo "bench: unknown: $name" >&2
		exit 64
		;;
	esac
done
