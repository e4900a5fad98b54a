#!/bin/bash
# SPDX-License-Identifier: BSD-2-Clause
# libFuzzer on the targets, one after the other, MINUTES each.  What it learns
# stays in $BUILD/fuzz/corpus, what it did in $BUILD/fuzz/ledger; what falls is
# printed and kept in $BUILD/fuzz/found, to become a seed with its mend.
#
#	fuzz.sh [MINUTES] [TARGET...]	0: only what the corpus has
#	fuzz.sh merge [TARGET...]	the smallest of the corpus that reach
#					what the seeds do not, as new seeds
#	fuzz.sh differ			what another implementation makes of
#					the corpus (differ.py)
#	fuzz.sh table			what was done so far, in Markdown
set -eu

DIR=$BUILD/fuzz
HERE=$TOP/tests/fuzz
LIST=$(sed -n 's,^	X(\([a-z0-9_]*\)).*,\1,p' "$HERE/fuzz.h")
# Of one target; and the longest of them.
SEEDS_MAX=24
SEED_SIZE=1024
export ASAN_OPTIONS=quarantine_size_mb=64:detect_leaks=1
export UBSAN_OPTIONS=print_stacktrace=1

# build PROGRAM...
build() {
	local -a programs=("${@/#/tests/fuzz/}")

	mkdir -p "$DIR"
	[ -e "$DIR/Makefile" ] || (cd "$DIR" && "$TOP/configure" -q \
	    CC=clang CFLAGS='-g -O1' --enable-fuzzers) >"$DIR/build.log" 2>&1 ||
		{ tail -n 20 "$DIR/build.log" >&2; return 2; }
	# The one header that is made comes first.
	if ! { make -C "$DIR" -s lib/base/paths.h &&
	    make -C "$DIR" -s -j"${NHI_JOBS:-$(nproc)}" "${programs[@]}"
	    } >"$DIR/build.log" 2>&1; then
		tail -n 20 "$DIR/build.log" >&2
		return 2
	fi
}

dictionary() {
	case $1 in
	json | jws | jwks | claims | ladder | discovery | trail)
		echo json ;;
	policy | expect)
		echo policy ;;
	rules | published | cache | session | spool | entry)
		echo lines ;;
	ssh_* | krl | keyid)
		echo ssh ;;
	http)
		echo http ;;
	esac
}

# What other tests have, and a fuzzer may begin with.
borrowed() {
	case $1 in
	json | claims)
		echo "$TOP/tests/presets" ;;
	policy)
		echo "$TOP/tests/unit/policy" ;;
	esac
}

# run TARGET ARGUMENT...: into its log.
run() {
	local target=$1
	shift

	(cd "$DIR" && "./tests/fuzz/fuzz_$target" -timeout=60 \
	    -rss_limit_mb=2048 -max_len=8192 -close_fd_mask=1 \
	    -artifact_prefix="$DIR/found/$target-" "$@") \
	    >"$DIR/$target.log" 2>&1 </dev/null
}

# A machine that stood still looks like a target that did: what is found is
# asked once more.
stands() {
	local target=$1 file

	file=$(sed -n 's/.*Test unit written to //p' "$DIR/$target.log" |
	    tail -n 1)
	case $file in
	*-timeout-*) ;;
	*) return 0 ;;
	esac
	cp "$DIR/$target.log" "$DIR/$target.found"
	! run "$target" "$file" || { rm -f "$file"; return 1; }
	mv "$DIR/$target.found" "$DIR/$target.log"
}

# The ledger: target, seconds of processor, executions, edges, features, corpus.
note() {
	local target=$1 seconds runs

	runs=$(sed -n 's/^stat::number_of_executed_units: *//p' \
	    "$DIR/$target.log")
	seconds=$(awk '{ printf "%.0f", $1 + $2 }' "$DIR/$target.time")
	sed -n 's/^#[0-9].* cov: \([0-9]*\) ft: \([0-9]*\) .*/\1 \2/p' \
	    "$DIR/$target.log" | tail -n 1 |
	while read -r edges features; do
		echo "$target $seconds ${runs:-0} $edges $features" \
		    "$(find "$DIR/corpus/$target" -type f | wc -l)"
	done >>"$DIR/ledger"
}

# one TARGET SECONDS: 0 when nothing was found.
one() {
	local target=$1 seconds=$2 status=0 log=$DIR/$1.log
	local TIMEFORMAT='%0U %0S'
	local -a args=(-print_final_stats=1)

	mkdir -p "$DIR/corpus/$target" "$DIR/found"
	if [ "$seconds" -gt 0 ]; then
		args+=("-max_total_time=$seconds")
	else
		args+=(-runs=0)
	fi
	[ -z "$(dictionary "$target")" ] ||
		args+=("-dict=$HERE/$(dictionary "$target").dict")
	# shellcheck disable=SC2046
	{ time run "$target" "${args[@]}" "$DIR/corpus/$target" \
	    "$HERE/seeds/$target" $(borrowed "$target")
	} 2>"$DIR/$target.time" || status=$?
	note "$target"
	[ $status -eq 0 ] || stands "$target" || status=0
	if [ $status -eq 0 ]; then
		tail -n 1 "$DIR/ledger" | {
			read -r _ _ runs edges _ corpus
			printf '%-12s %10s runs, %5s edges, %4s of corpus\n' \
			    "$target" "$runs" "$edges" "$corpus"
		}
		return 0
	fi
	printf '%-12s FOUND: ' "$target"
	sed -n 's/.*Test unit written to //p' "$log" | tail -n 1
	grep -m 1 -E '^==[0-9]+==.*ERROR|runtime error' "$log" || true
	echo "             the log: $log"
	return $status
}

# merge TARGET: what reaches an edge that no seed reaches, the fewest first.
merge() {
	local target=$1 seeds=$HERE/seeds/$1 small=$DIR/small/$1 n=0 file

	rm -rf "$DIR/small/$target" "$DIR/new/$target"
	mkdir -p "$small" "$DIR/new/$target"
	find "$DIR/corpus/$target" -type f -size "-$((SEED_SIZE + 1))c" \
	    -exec cp -t "$small" {} +
	cp "$seeds"/* "$DIR/new/$target"
	run "$target" -set_cover_merge=1 -use_counters=0 "$DIR/new/$target" \
	    "$small" || { cat "$DIR/$target.log" >&2; return 1; }
	n=$(find "$seeds" -type f | wc -l)
	for file in "$DIR/new/$target"/*; do
		[ ! -e "$seeds/${file##*/}" ] || continue
		[ "$n" -lt $SEEDS_MAX ] || break
		cp "$file" "$seeds/$(sha256sum <"$file" | head -c 12)"
		n=$((n + 1))
	done
	printf '%-12s %3d seeds\n' "$target" "$n"
}

# What a target feeds is its first comment; what was found stands in its seeds.
table() {
	local target feeds

	echo '| target | feeds | minutes | executions | a second |' \
	    'edges | features | found |'
	echo '|---|---|--:|--:|--:|--:|--:|--:|'
	for target in $LIST; do
		feeds=$(tr '\n' ' ' <"$HERE/fuzz_$target.c" |
		    sed 's,^/\*[^/]*\*/ /\*[ *]*\([^.:]*\).*,\1,; s/ [ *]*/ /g')
		awk -v target="$target" -v feeds="$feeds" -v found="$(find \
		    "$HERE/seeds/$target" -name 'found-*' | wc -l)" '
		$1 == target { s += $2; n += $3; e = $4; f = $5 }
		END { if (s) printf "| %s | %s | %.0f | %d | %d | %d | %d |" \
		    " %d |\n", target, feeds, s / 60, n, n / s, e, f, found }
		' "$DIR/ledger"
	done
}

differ() {
	build view || return 2
	(cd "$DIR" && srcdir=$TOP "$HERE/differ.sh" "$DIR/corpus")
}

# targets [TARGET...]: the list, or those named, each of which there must be.
targets() {
	local target

	[ $# -gt 0 ] || { echo "${LIST//$'\n'/ }"; return; }
	for target; do
		grep -qx -- "$target" <<<"$LIST" && continue
		echo "fuzz: no target $target; there are:" \
		    "${LIST//$'\n'/ }" >&2
		return 64
	done
	echo "$*"
}

main() {
	local minutes=1 found=0 target verb=one names
	local -a all

	case ${1:-} in
	table) table; return ;;
	differ) differ; return ;;
	merge) verb=merge; shift ;;
	*[!0-9]* | '') ;;
	*) minutes=$1; shift ;;
	esac
	names=$(targets "$@") || exit
	read -ra all <<<"$names"
	build "${all[@]/#/fuzz_}" || exit 2
	[ $verb = merge ] || echo "${#all[@]} targets, $minutes minutes each"
	for target in "${all[@]}"; do
		$verb "$target" $((minutes * 60)) || found=1
	done
	exit $found
}

main "$@"
