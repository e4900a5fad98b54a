#!/bin/sh
# SPDX-License-Identifier: BSD-2-Clause
# System calls of a lookup for somebody else, counted by strace: a name costs
# one readlink, and one more for each '-'; what cannot be ours costs nothing.
set -eu
PATH=$PATH:/usr/sbin
library=$PWD/nss_nhi/.libs
state=$(sed -n 's/^#define NHI_STATE_DIR	*"\(.*\)"/\1/p' lib/base/paths.h)
trace=$(mktemp)
trap 'rm -f "$trace"' EXIT

strace -o /dev/null true 2>/dev/null || {
	echo "calls.sh: strace does not work here"
	exit 77
}
[ ! -e "$state" ] || [ ! -e "$state/published/current" ] || {
	echo "calls.sh: there is state on this machine"
	exit 77
}

# $1 calls that name our directories, when this database is asked for $3.
expect() {
	LD_LIBRARY_PATH=$library strace -o "$trace" \
		getent -s "$2:nhi" "$2" "$3" >/dev/null || true
	grep -q 'openat.*libnss_nhi.so.2.* = [0-9]' "$trace" || {
		echo "calls.sh: the module was not loaded"
		exit 1
	}
	n=$(grep -c "\"$state" "$trace" || true)
	[ "$n" -eq "$1" ] || {
		echo "calls.sh: $2 $3: $n calls, not $1"
		grep "\"$state" "$trace"
		exit 1
	}
	n=$(grep "\"$state" "$trace" | grep -cvE '^readlink(at)?\(' || true)
	[ "$n" -eq 0 ] || {
		echo "calls.sh: $2 $3: something else than readlink"
		exit 1
	}
}

long=$(printf '%0300d' 0 | tr 0 a)
expect 1 passwd alice
expect 1 group alice
expect 2 passwd web-deploy
expect 3 passwd web-deploy-x
expect 1 passwd a-
expect 0 passwd Alice
expect 0 passwd alice.b
expect 0 passwd alice:b
expect 0 passwd alice/b
expect 0 passwd ../../etc/passwd
expect 0 passwd 'alice$'
expect 0 passwd "$(printf 'al\303\244ce')"
expect 0 passwd "$long"
expect 1 passwd "$(printf %.31s "$long")"
expect 0 passwd "$(printf %.32s "$long")"
expect 0 group Alice
expect 0 passwd 0
expect 0 passwd 1000
expect 0 passwd 65535
expect 1 passwd 65536
expect 0 group 1000
expect 0 passwd 2147483647
expect 1 initgroups alice
expect 0 initgroups Alice
