# SPDX-License-Identifier: BSD-2-Clause
# shellcheck shell=bash
# More of road_lib.sh, for the scripts that put liar.c in the verifier's place:
# what it says, the issuer as sshd starts it, and what the trail says of both.
. "$(dirname "${BASH_SOURCE[0]}")/road_lib.sh"

LIBEXEC=/usr/libexec/nhi
VERIFY=$LIBEXEC/nhi-verify
WANTED=$WORK/wanted
ANSWER=170		# bytes, without lines
: >"$WANTED"

install_liar() {
	[ -e "$WORK/verify" ] || cp -p "$VERIFY" "$WORK/verify"
	# What libtool makes runs in the build tree only; this one needs libc.
	rm -f "$VERIFY"
	install -m 0711 "$BUILD/tests/e2e/liar" "$VERIFY"
	install -d -m 0755 /run/liar
}

honest() {
	rm -f "$VERIFY"
	cp -p "$WORK/verify" "$VERIFY"
}

# lie ACCOUNT|KIND|any [WORD...]: what it answers when asked for that account,
# or that kind of thing.
lie() {
	local account=$1
	shift
	echo "$*" >"/run/liar/$account"
}

# ask ACCOUNT [SOURCE]: the token in $WORK/token for a certificate in
# $WORK/cert.  Sets STATUS, PUBLIC ("cert" or the public reason) and ID.
ask() {
	STATUS=0
	setpriv --reuid nhi --regid nhi --init-groups "$LIBEXEC/nhi-issue" \
	    "$1" "${2:-127.0.0.1}" "$(cut -d' ' -f1,2 "$WORK/k.pub")" \
	    <"$WORK/token" >"$WORK/cert" 2>"$WORK/said" || STATUS=$?
	PUBLIC=$(sed -n 's/^nhi: refused: \([a-z]*\) .*/\1/p' "$WORK/said")
	ID=$(sed -n 's/^nhi: .* \([^ ]*\)$/\1/p' "$WORK/said")
	if [ -s "$WORK/cert" ]; then
		PUBLIC=cert
	fi
	cp "$WORK/said" "$OUT"
}

# refused NAME STATUS PUBLIC REASON ACCOUNT [SOURCE]: nothing is given; that
# the record says so is for records_agree.
refused() {
	local name=$1 status=$2 public=$3 reason=$4
	shift 4

	ask "$@"
	if [ "$STATUS $PUBLIC" = "$status $public" ] &&
	    [ "$(wc -l <"$WORK/said")" -eq 1 ]; then
		ok "$name: $status $public"
	else
		not_ok "$name: $status $public"
	fi
	echo "$ID $reason $name" >>"$WANTED"
}

# records_agree NAME: each refusal since the last time has one record, and it
# has the reason.
records_agree() {
	drain
	/usr/bin/python3 - "$TRAIL" "$WANTED" >"$OUT" <<-'END'
	import json, sys
	found = {}
	for line in open(sys.argv[1], encoding="ascii"):
	    r = json.loads(line)
	    found.setdefault(r["id"], []).append(r.get("reason"))
	for line in open(sys.argv[2]):
	    id, reason, name = line.rstrip("\n").split(" ", 2)
	    if found.get(id) != [reason]:
	        print(name, id, "wanted", reason, "found", found.get(id))
	END
	if [ -s "$WANTED" ] && [ ! -s "$OUT" ]; then
		ok "$1: $(wc -l <"$WANTED") records, each with its reason"
	else
		not_ok "$1: each has its record"
	fi
	: >"$WANTED"
}

# What is wrong with the answer, and then where it ends.
odd() {
	cat <<-END
	none
	deaf
	nonce
	digest
	magic
	version
	total
	twice
	garbage=1
	garbage=2
	garbage=3
	flood
	status=1
	status=70
	identity=1
	identity=4294967295
	reason=by-person
	reason=$(grep -c '^	X(' /src/lib/base/err.h)
	reason=65535
	exp=18446744073709551615
	iat=9223372036854775808
	raw=610062
	raw=61
	raw=000a
	raw=613d620a7f0a
	raw=613d620ac3a40a
	raw=$(head -c 1537 /dev/zero | tr '\0' a | od -An -v -tx1 | tr -d ' \n')
	raw=$(head -c 2100 /dev/zero | tr '\0' '\n' | od -An -v -tx1 | tr -d ' \n')
	END
}
bytes() {
	local word=$1 step=$2 n
	for ((n = 0; n < ANSWER; n += step)); do
		echo "$word=$n"
	done
}

# all_refused NAME PATTERN <lines of a driver: each is as the pattern.
all_refused() {
	local name=$1 pattern=$2

	grep -v "^[a-z]" "$WORK/done" >"$WORK/lines"
	grep -Ev "$pattern" "$WORK/lines" >"$OUT"
	if [ ! -s "$OUT" ] &&
	    [ "$(wc -l <"$WORK/lines")" -eq "$(wc -l <"$WORK/plans")" ]; then
		ok "$name: $(wc -l <"$WORK/lines") answers are none"
	else
		not_ok "$name: no answer of these is taken"
	fi
}
