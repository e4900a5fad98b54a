#!/bin/bash
# SPDX-License-Identifier: BSD-2-Clause
# All tests, by stages.  What each found goes to $BUILD/logs; failures are
# printed with the end of their log.  The last line is the sum.
#
#	check.sh [unit | style | e2e [NAME...] | clang | sanitize | coverage |
#	    dist | packages [SUITE | rpm]]
set -u

TOP=${TOP:-$(cd "$(dirname "$(readlink -f "$0")")/.." && pwd)}
BUILD=${BUILD:-${NHI_BUILD:-$TOP/build}}
LOGS=$BUILD/logs
RESULTS=$LOGS/results
JOBS=${NHI_JOBS:-2}
export TOP BUILD

# result ok|not_ok|skip STAGE NAME [LOG]
result() {
	local what=$1 name="$2: $3" log=${4:-}

	echo "$what $name" >>"$RESULTS"
	case $what in
	ok)
		;;
	skip)
		echo "skip $name"
		;;
	not_ok)
		echo "FAILED $name"
		if [ -n "$log" ] && [ -s "$log" ]; then
			tail -n 25 "$log" | sed 's/^/    | /'
			echo "    the whole log: $log"
		fi
		;;
	esac
}

# step STAGE NAME LOG CMD...: one result.
step() {
	local stage=$1 name=$2 log=$3
	shift 3

	if "$@" >"$log" 2>&1 </dev/null; then
		result ok "$stage" "$name"
	else
		result not_ok "$stage" "$name" "$log"
		return 1
	fi
}

# lines STAGE PREFIX LOG STATUS: take the results out of the lines "ok NAME",
# "not ok NAME" and "skip NAME" of a log.  A script that failed without saying
# so, or said nothing, is a failure.
lines() {
	local stage=$1 prefix=$2 log=$3 status=$4 line n=0 failed=
	local -a all

	mapfile -t all <"$log"
	for line in ${all[@]+"${all[@]}"}; do
		case $line in
		'ok '*) result ok "$stage" "$prefix${line#ok }" ;;
		'skip '*) result skip "$stage" "$prefix${line#skip }" ;;
		'not ok '*) result not_ok "$stage" "$prefix${line#not ok }" ;;
		'#'*)
			# What belongs to a "not ok" follows it.
			[ -z "$failed" ] || [ "$failed" = over ] ||
				echo "    |${line#\#}"
			continue
			;;
		*) continue ;;
		esac
		n=$((n + 1))
		case $line in
		'not ok '*) failed=now ;;
		*) failed=${failed:+over} ;;
		esac
	done
	if [ "$n" -eq 0 ] || { [ "$status" -ne 0 ] && [ -z "$failed" ]; }; then
		result not_ok "$stage" "${prefix}ended with status $status" \
		    "$log"
	fi
}

# Cases of the unit tests of one build directory, from automake's logs.
cases() {
	local stage=$1 dir=$2 trs log name

	find "$dir" -maxdepth 3 -name '*.trs' | sort >"$LOGS/trs"
	while IFS= read -r trs; do
		log=${trs%.trs}.log
		name=$(basename "${trs%.trs}")
		cases_of "$stage" "$name" "$log" \
		    "$(sed -n 's/^:test-result: //p' "$trs")"
	done <"$LOGS/trs"
}

# cmocka's own lines, or one result for a program that writes none.
cases_of() {
	local stage=$1 name=$2 log=$3 verdict=$4 case bad=0 n=0

	while IFS= read -r case; do
		n=$((n + 1))
		case $case in
		*'OK ]'*) result ok "$stage" "$name: ${case##*] }" ;;
		*SKIPPED*) result skip "$stage" "$name: ${case##*] }" ;;
		*)
			bad=$((bad + 1))
			result not_ok "$stage" "$name: ${case##*] }"
			grep -B 4 -F -- "$case" "$log" | sed 's/^/    | /'
			;;
		esac
	done < <(grep -aE '^\[ +(OK|FAILED|SKIPPED) +\] ' "$log" |
	    grep -avE '[0-9]+ test\(s\)' | sort -u)
	case $verdict in
	PASS) [ "$n" -gt 0 ] || result ok "$stage" "$name" ;;
	SKIP) [ "$n" -gt 0 ] || result skip "$stage" "$name" ;;
	*) [ "$bad" -gt 0 ] || result not_ok "$stage" "$name" "$log" ;;
	esac
}

# unit_run STAGE DIR [MAKE-ARGUMENT...]: make check there and count.
unit_run() {
	local stage=$1 dir=$2
	shift 2

	find "$dir" -maxdepth 3 -name '*.trs' -delete
	make -C "$dir" -s -k -j"$JOBS" check "$@" >"$LOGS/$stage.log" 2>&1
	cases "$stage" "$dir"
	if [ ! -s "$LOGS/trs" ]; then
		result not_ok "$stage" 'make check' "$LOGS/$stage.log"
	fi
}

stage_build() {
	step build 'compiles and links' "$LOGS/check-build.log" \
	    "$TOP/run" build
}

stage_unit() {
	stage_build || return
	unit_run unit "$BUILD"
}

stage_style() {
	local log=$LOGS/style.log status=0

	stage_build || return
	"$TOP/tests/style/style.py" --self >"$log" 2>&1 || status=$?
	lines style '' "$log" $status
	status=0
	"$TOP/tests/style/style.py" >"$log" 2>&1 || status=$?
	lines style '' "$log" $status
}

# e2e_run SCRIPT: in a lab of its own; its line "# lab:" may set variables.
# What needs a network is done before by NAME.prepare, and may fail: the test
# then tells why it is skipped.
e2e_run() {
	local script=$1 name log status=0
	local -a vars

	name=$(basename "$script" .sh)
	log=$LOGS/e2e-$name.log
	[ ! -x "${script%.sh}.prepare" ] ||
		"${script%.sh}.prepare" >"$LOGS/prepare-$name.log" 2>&1 \
		    </dev/null || true
	read -ra vars < <(sed -n 's/^# lab: //p' "$script" | head -n 1)
	if [ "${vars[*]:-}" = none ]; then
		timeout -k 5 300 "$script" >"$log" 2>&1 </dev/null || status=$?
	else
		env "${vars[@]}" timeout -k 5 300 "$TOP/tests/lab/enter.sh" \
		    "/src/tests/e2e/$name.sh" >"$log" 2>&1 </dev/null ||
			status=$?
	fi
	echo $status >"$LOGS/e2e-$name.ended"
	mv "$LOGS/e2e-$name.ended" "$LOGS/e2e-$name.status"
}

# e2e_tell SCRIPT...: the results of those at the head of the list that have
# ended; TOLD counts them.
e2e_tell() {
	local name

	while [ "$TOLD" -lt $# ]; do
		name=$(basename "${@:TOLD+1:1}" .sh)
		[ -e "$LOGS/e2e-$name.status" ] || return 0
		lines e2e "$name: " "$LOGS/e2e-$name.log" \
		    "$(cat "$LOGS/e2e-$name.status")"
		TOLD=$((TOLD + 1))
	done
}

# e2e_all SCRIPT...: as many at a time as there are jobs, since most of what
# they do is to wait; told in order.
e2e_all() {
	local script name running=0 TOLD=0

	for script; do
		rm -f "$LOGS/e2e-$(basename "$script" .sh).status"
	done
	for script; do
		if [ $running -ge "$JOBS" ]; then
			wait -n || true
			running=$((running - 1))
			e2e_tell "$@"
		fi
		e2e_run "$script" &
		running=$((running + 1))
	done
	wait
	# One that was killed has not said how it ended.
	for script; do
		name=$(basename "$script" .sh)
		[ -e "$LOGS/e2e-$name.status" ] || {
			: >>"$LOGS/e2e-$name.log"
			echo 137 >"$LOGS/e2e-$name.status"
		}
	done
	e2e_tell "$@"
}

stage_e2e() {
	local script
	local -a scripts=()

	stage_build || return
	# The programs that the scripts call, but no unit test.
	step e2e 'helper programs' "$LOGS/e2e-build.log" \
	    make -C "$BUILD" -s -j"$JOBS" check TESTS= || return
	if ! "$TOP/tests/lab/enter.sh" --can 2>"$LOGS/lab.log"; then
		# The main road is never skipped.
		result not_ok e2e 'a lab can be made' "$LOGS/lab.log"
		return
	fi
	if [ $# -gt 0 ]; then
		for script; do
			scripts+=("$TOP/tests/e2e/$(basename "$script" .sh).sh")
		done
	else
		for script in "$TOP"/tests/e2e/*.sh; do
			case $script in
			*/lib.sh | */*_lib.sh | */roots.sh) ;;
			*) scripts+=("$script") ;;
			esac
		done
	fi
	e2e_all "${scripts[@]}"
}

# other STAGE CONFIGURE-ARGUMENT...: a second build directory, kept.
other() {
	local stage=$1 dir=$BUILD/$1
	shift

	mkdir -p "$dir"
	if [ ! -e "$dir/Makefile" ]; then
		(cd "$dir" && step "$stage" configure \
		    "$LOGS/$stage-configure.log" "$TOP/configure" -q "$@") ||
			return 1
	fi
	step "$stage" 'compiles and links' "$LOGS/$stage-build.log" \
	    make -C "$dir" -s -j"$JOBS" all
}

stage_clang() {
	[ -e "$TOP/configure" ] || stage_build || return
	other clang --enable-werror CC=clang || return
	step clang 'tests compile without a warning' \
	    "$LOGS/clang-tests.log" make -C "$BUILD/clang" -s -j"$JOBS" check \
	    TESTS=
}

stage_sanitize() {
	[ -e "$TOP/configure" ] || stage_build || return
	other sanitize --enable-sanitizers || return
	ASAN_OPTIONS=detect_leaks=1:abort_on_error=1 \
	UBSAN_OPTIONS=print_stacktrace=1:halt_on_error=1 \
	    unit_run sanitize "$BUILD/sanitize"
}

# Which line a statement of two belongs to is the compiler's to say.
stage_coverage() {
	[ -e "$TOP/configure" ] || stage_build || return
	if [ "$(gcc -dumpversion)" != 12 ]; then
		result skip coverage 'tests/coverage.md is for gcc 12'
		return
	fi
	step coverage 'each line that no test reaches is explained' \
	    "$LOGS/coverage-lines.log" "$TOP/tests/coverage.sh"
}

# What a packager gets builds, passes and cleans up after itself.
stage_dist() {
	stage_build || return
	step dist 'make distcheck' "$LOGS/dist.log" \
	    make -C "$BUILD" -s -j"$JOBS" distcheck || return
	git -C "$TOP" ls-files >/dev/null 2>&1 || return 0
	step dist 'every file is in the tarball' "$LOGS/dist-files.log" \
	    missing_files
}

missing_files() {
	local missing

	missing=$(comm -23 <(git -C "$TOP" ls-files | grep -vx .gitignore |
	    sort) <(tar -tJf "$BUILD"/nhi-*.tar.xz | sed 's,^[^/]*/,,' | sort))
	[ -z "$missing" ] || { echo "$missing"; return 1; }
}

# package_lab SCRIPT DIR [VAR=VALUE...]: in a lab without NHI.
package_lab() {
	local name=$1 dir=$2
	shift 2

	env LAB_BARE=1 "$@" timeout -k 5 300 "$TOP/tests/lab/enter.sh" \
	    "/src/tests/packages/$name.sh" "$dir" \
	    >"$LOGS/packages-$name.log" 2>&1 </dev/null
	echo $? >"$LOGS/packages-$name.status"
}

# Packages of this machine's release, or of another one that is built in a
# clean root and installed into a root without NHI.
stage_packages() {
	local suite=${1:-} root there='' dir=$BUILD/packages name status=0
	local -a vars=()

	stage_build || return
	if [ "$suite" = rpm ]; then
		stage_packages_rpm
		return
	fi
	step packages 'the Debian packages build' "$LOGS/packages-build.log" \
	    env DEB_BUILD_OPTIONS='nocheck noautodbgsym' \
	    "$TOP/packaging/build.sh" deb ${suite:+"$suite"} || return
	if [ -n "$suite" ]; then
		dir=$dir/$suite
		root=$(ROOT_BARE=1 "$TOP/tests/e2e/roots.sh" "$suite" \
		    "$BUILD/roots/$suite") || return
		rm -rf "$root/usr/src/nhi-packages"
		cp -r "$dir" "$root/usr/src/nhi-packages"
		there=/usr/src/nhi-packages vars=("LAB_ROOT=$root")
	fi
	for name in debian removal; do
		package_lab $name "${there:-$dir}" ${vars[@]+"${vars[@]}"} &
	done
	step packages 'lintian has nothing to say' "$LOGS/lintian.log" \
	    quiet lintian --fail-on none --allow-root "$dir"/*.changes
	"$TOP/tests/packages/files.sh" >"$LOGS/packages-files.log" 2>&1 \
	    </dev/null || status=$?
	lines packages 'files: ' "$LOGS/packages-files.log" $status
	wait
	for name in debian removal; do
		lines packages "$name: " "$LOGS/packages-$name.log" \
		    "$(cat "$LOGS/packages-$name.status")"
	done
}

stage_packages_rpm() {
	local status=0

	step packages 'the RPMs build' "$LOGS/packages-build.log" \
	    "$TOP/packaging/build.sh" rpm || return
	if command -v rpmlint >/dev/null; then
		step packages 'rpmlint finds no error' "$LOGS/rpmlint.log" \
		    rpmlint -r "$TOP/packaging/rpm/nhi.rpmlintrc" \
		    "$BUILD/packages/rpm" "$TOP/packaging/rpm/nhi.spec"
	else
		result skip packages 'rpmlint finds no error: no rpmlint'
	fi
	package_lab rpm "$BUILD/packages/rpm"
	lines packages 'rpm: ' "$LOGS/packages-rpm.log" \
	    "$(cat "$LOGS/packages-rpm.status")"
}

# quiet CMD...: fails when it says anything.
quiet() {
	local said

	said=$("$@" 2>&1) && [ -z "$said" ] || { echo "$said"; return 1; }
}

sum() {
	local ok bad skipped

	ok=$(grep -c '^ok ' "$RESULTS")
	bad=$(grep -c '^not_ok ' "$RESULTS")
	skipped=$(grep -c '^skip ' "$RESULTS")
	[ "$bad" -eq 0 ] || { echo; echo 'failed:'; sed -n \
	    's/^not_ok /  /p' "$RESULTS"; }
	if [ "$skipped" -gt 0 ]; then
		echo "$ok passed, $bad failed, $skipped skipped"
	else
		echo "$ok passed, $bad failed"
	fi
	[ "$bad" -eq 0 ] && [ "$ok" -gt 0 ]
}

main() {
	local stage start
	local -a stages=(unit style e2e clang sanitize coverage dist packages)
	local -a names=()

	mkdir -p "$LOGS"
	: >"$RESULTS"
	if [ $# -gt 0 ]; then
		stages=("$1")
		shift
		names=("$@")
	fi
	for stage in "${stages[@]}"; do
		case $stage in
		unit|style|e2e|clang|sanitize|coverage|dist|packages) ;;
		*)
			echo "check: no stage $stage" >&2
			exit 64
			;;
		esac
		start=$SECONDS
		"stage_$stage" ${names[@]+"${names[@]}"}
		echo "== $stage: $(grep -c " $stage: " "$RESULTS") results in" \
		    "$((SECONDS - start)) s"
	done
	sum
}

main "$@"
