#!/bin/bash
# SPDX-License-Identifier: BSD-2-Clause
# libFuzzer on the targets, one after the other, MINUTES each.  What it learns
# stays in $BUILD/fuzz/corpus; what crashes is printed and kept beside it, to
# become a seed with its mend.
#
#	fuzz.sh [MINUTES] [TARGET...]
set -eu

DIR=$BUILD/fuzz
LIST=$(sed -n 's,^	X(\([a-z0-9_]*\)).*,\1,p' "$TOP/tests/fuzz/fuzz.h")

build() {
	local -a programs=("${@/#/tests/fuzz/fuzz_}")

	mkdir -p "$DIR"
	[ -e "$DIR/Makefile" ] || (cd "$DIR" && "$TOP/configure" -q \
	    CC=clang CFLAGS='-g -O1' --enable-fuzzers) >"$DIR/build.log" 2>&1 ||
		{ tail -n 20 "$DIR/build.log" >&2; return 2; }
	make -C "$DIR" -s -j"$(nproc)" lib/base/paths.h &&
	    make -C "$DIR" -s -j"$(nproc)" "${programs[@]}" \
	    >"$DIR/build.log" 2>&1 ||
		{ tail -n 20 "$DIR/build.log" >&2; return 2; }
}

dictionary() {
	case $1 in
	json | jws | jwks | claims | ladder | discovery | expect | trail)
		echo "-dict=$TOP/tests/fuzz/json.dict" ;;
	policy)
		echo "-dict=$TOP/tests/fuzz/policy.dict" ;;
	*)
		echo -verbosity=1 ;;
	esac
}

# one TARGET SECONDS: 0 when nothing was found.
one() {
	local target=$1 seconds=$2 status=0 log=$DIR/$1.log runs

	mkdir -p "$DIR/corpus/$target" "$DIR/found"
	(cd "$DIR" && "./tests/fuzz/fuzz_$target" -max_total_time="$seconds" \
	    -timeout=10 -rss_limit_mb=2048 -max_len=8192 -close_fd_mask=1 \
	    -print_final_stats=1 "$(dictionary "$target")" \
	    -artifact_prefix="$DIR/found/$target-" "$DIR/corpus/$target" \
	    "$TOP/tests/fuzz/seeds/$target") >"$log" 2>&1 </dev/null ||
		status=$?
	runs=$(sed -n 's/^stat::number_of_executed_units: *//p' "$log")
	if [ $status -eq 0 ]; then
		printf '%-14s %12s runs, %4s of corpus, nothing found\n' \
		    "$target" "$runs" \
		    "$(find "$DIR/corpus/$target" -type f | wc -l)"
	else
		printf '%-14s FOUND: ' "$target"
		sed -n 's/.*Test unit written to //p' "$log" | tail -n 1
		grep -m 1 -E '^(==[0-9]+==ERROR|.*runtime error)' "$log" || true
		echo "               the log: $log"
	fi
	return $status
}

main() {
	local minutes=1 found=0 target
	local -a targets

	if [[ ${1:-} =~ ^[0-9]+$ ]]; then
		minutes=$1
		shift
	fi
	read -ra targets <<<"${*:-${LIST//$'\n'/ }}"
	for target in "${targets[@]}"; do
		grep -qx -- "$target" <<<"$LIST" || {
			echo "fuzz: no target $target; there are:" $LIST >&2
			exit 64
		}
	done
	build "${targets[@]}" || exit 2
	echo "${#targets[@]} targets, $minutes minutes each"
	for target in "${targets[@]}"; do
		one "$target" $((minutes * 60)) || found=1
	done
	exit $found
}

main "$@"
