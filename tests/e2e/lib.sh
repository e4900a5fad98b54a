# SPDX-License-Identifier: BSD-2-Clause
# shellcheck shell=bash
# For the scripts of tests/e2e.  Each runs as root in a lab of its own (see
# tests/lab/inside.sh), prints lines
#	ok NAME | not ok NAME | skip NAME # why
# and ends by `finish`.  A first line "# lab: VAR=value ..." sets variables of
# the lab; "# lab: none" runs the script outside of any lab.
set -u

E2E=$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)
BUILD=${BUILD:-$E2E/../../build}
FAILED=0
OUT=$(mktemp)
WORK=$(mktemp -d)
trap 'rm -rf "$OUT" "$WORK"' EXIT

ok() {
	echo "ok $*"
}

# not_ok NAME: with the output of the last command, if any.
not_ok() {
	FAILED=$((FAILED + 1))
	echo "not ok $*"
	[ ! -s "$OUT" ] || sed 's/^/# /' "$OUT" | tail -n 20
}

skip() {
	local name=$1
	shift
	echo "skip $name # $*"
}

# is NAME WANTED FOUND
is() {
	: >"$OUT"
	if [ "$2" = "$3" ]; then
		ok "$1"
	else
		printf 'wanted: %s\nfound:  %s\n' "$2" "$3" >"$OUT"
		not_ok "$1"
	fi
}

# try NAME STATUS PATTERN CMD...: exit status, and an extended regular
# expression ('' for none) in standard output or error.
try() {
	local name=$1 status=$2 pattern=$3 got=0
	shift 3

	"$@" >"$OUT" 2>&1 </dev/null || got=$?
	if [ "$got" -eq "$status" ] &&
	    { [ -z "$pattern" ] || grep -Eq -- "$pattern" "$OUT"; }; then
		ok "$name"
	else
		echo "status $got, wanted $status and /$pattern/: $*" >>"$OUT"
		not_ok "$name"
	fi
}

# mode_is PATH "OWNER:GROUP MODE"
mode_is() {
	is "$1 is $2" "$2" "$(stat -c '%U:%G %a' "$1" 2>&1)"
}

# A token of the lab's issuer; arguments as in mint.py token.
mint() {
	/usr/bin/python3 "$E2E/mint.py" token "$@"
}

# Fresh key pair: key NAME makes $WORK/NAME and $WORK/NAME.pub.
key() {
	rm -f "$WORK/$1" "$WORK/$1.pub" "$WORK/$1-cert.pub"
	ssh-keygen -q -t "${2:-ed25519}" -N '' -f "$WORK/$1"
}

# ssh as a CI job calls it: no terminal, no questions, one key.
# nhi_ssh KEY [OPTION...] USER@HOST [COMMAND...]
nhi_ssh() {
	local key=$1
	shift
	ssh -F /dev/null -o BatchMode=yes -o IdentitiesOnly=yes \
	    -o ConnectTimeout=10 -o LogLevel=INFO -i "$WORK/$key" "$@"
}

# issue KEY ACCOUNT [MINT-ARGUMENT...]: a certificate beside the key.
issue() {
	local key=$1 account=$2
	shift 2
	mint "$@" | nhi_ssh "$key" nhi@127.0.0.1 "$account" \
	    >"$WORK/$key-cert.pub"
}

# The last record of the audit trail that has this event, or all fields.
audit_last() {
	nhictl audit --json --event "$1" | tail -n 1
}

# field NAME: of the JSON object on standard input; empty when absent.
field() {
	/usr/bin/python3 -c 'import json, sys
print(json.load(sys.stdin).get(sys.argv[1], ""))' "$1"
}

# reload sshd and wait until it listens again.  It takes its pid file away when
# it is told, and makes it anew when it listens: that the port answers says
# nothing, for the one that has not heard yet answers, too.
reload_sshd() {
	local pid

	/usr/sbin/sshd -t && sshd_has_pid || return 1
	pid=$(cat /run/sshd.pid)
	rm -f /run/sshd.pid
	kill -HUP "$pid" && sshd_has_pid
}

# Who is told by nhictl at this moment has none.
sshd_has_pid() {
	local i

	for ((i = 0; i < 1500; i++)); do
		[ ! -s /run/sshd.pid ] || return 0
		read -rt 0.02 <> <(:) || true
	done
	return 1
}

# until_true SECONDS CMD...: poll; false when the time is over.
until_true() {
	local i n=$(($1 * 20))
	shift
	for ((i = 0; i < n; i++)); do
		"$@" >/dev/null 2>&1 && return 0
		read -rt 0.05 <> <(:) || true
	done
	return 1
}

finish() {
	[ "$FAILED" -eq 0 ]
	exit
}
