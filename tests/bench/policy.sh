#!/bin/bash
# SPDX-License-Identifier: BSD-2-Clause
# What the size of a policy costs: ./run lab /src/tests/bench/policy.sh [N
# [ROUNDS]].  A policy of ten identities beside one of N (10,000): the time of
# apply, and of issues and logins, which take turns between the two so that
# what the machine does besides hits both alike.
. "$(dirname "$0")/../e2e/road_lib.sh"

N=${1:-10000}
ROUNDS=${2:-30}
PUBLISHED=/var/lib/nhi/published
# No TCP and one key exchange: see the stalls and delays that would hide it
# otherwise.  setsid: a session leader of its own, as the listener gives it.
SSH=(ssh -F /dev/null -o BatchMode=yes -o IdentitiesOnly=yes
    -o KexAlgorithms=curve25519-sha256 -o StrictHostKeyChecking=no
    -o UserKnownHostsFile=/dev/null -o LogLevel=ERROR
    -o "ProxyCommand=setsid -w /usr/sbin/sshd -i")

policy() {
	cat <<-END
	version = 1;
	host = { id = "web-1.example.com"; };
	issuers = ( $(issuer corp) );
	identities = (
	END
	/usr/bin/python3 -c 'import sys
print(",\n".join("""{ name = "bot-%d"; owner = "alice@example.com";
  purpose = "a test"; expires = "2099-12-31"; issuer = "corp";
  account = "bot-%d"; match = ( { claim = "sub"; is = "job-%d"; },
  { claim = "repo"; in = [ "a-%d", "b-%d" ]; } ); }""" % (i, i, i, i, i)
                 for i in range(int(sys.argv[1]))))' "$1"
	echo ');'
}

ms() {
	echo $(($(date +%s%N) / 1000000))
}

# took CMD...: milliseconds in $TOOK.
took() {
	local start
	start=$(ms)
	"$@" >"$OUT" 2>&1 || {
		cat "$OUT" >&2
		exit 1
	}
	TOOK=$(($(ms) - start))
}

median() {
	sort -n "$1" | awk '{ v[NR] = $1 }
	    END { print (v[int((NR + 1) / 2)] + v[int(NR / 2) + 1]) / 2 }'
}

line() {
	printf '%-44s %10s %10s %7s\n' "$@"
}

issue_one() {
	"${SSH[@]}" -i "$WORK/bot" nhi@127.0.0.1 "bot-$1" <"$WORK/token-$1" \
	    >"$WORK/bot-cert.pub"
}

login_one() {
	"${SSH[@]}" -i "$WORK/bot" "bot-$1@127.0.0.1" true </dev/null
}

make_keys corp es256
key bot
for size in 10 "$N"; do
	policy "$size" >"$POLICY"
	took nhictl check
	CHECK[size]=$TOOK
	took nhictl apply
	APPLY[size]=$TOOK
	GENERATION[size]=$(readlink "$PUBLISHED/current")
	BYTES[size]=$(du -sk "$PUBLISHED/${GENERATION[size]}" | cut -f1)
	# Kept from the sweep of the next apply.
	cp -a "$PUBLISHED/${GENERATION[size]}" "$WORK/$size"
done
took nhictl apply
AGAIN=$TOOK
[ -e "$PUBLISHED/${GENERATION[10]}" ] ||
    cp -a "$WORK/10" "$PUBLISHED/${GENERATION[10]}"

for ((r = 0; r < ROUNDS + 2; r++)); do
	who=$((r % 10))
	for size in 10 "$N"; do
		ln -sfn "${GENERATION[size]}" "$PUBLISHED/current"
		token corp es256 sub=job-$who repo=a-$who >"$WORK/token-$who"
		took issue_one $who
		[ $r -lt 2 ] || echo "$TOOK" >>"$WORK/issue-$size"
		took login_one $who
		[ $r -lt 2 ] || echo "$TOOK" >>"$WORK/login-$size"
	done
done

echo "machine: $(nproc) cores, Linux $(uname -r), load" \
    "$(cut -d' ' -f1 /proc/loadavg); $(ssh -V 2>&1)"
echo "medians of $ROUNDS each, taking turns"
line '' '10' "$N" ratio
for what in issue login; do
	small=$(median "$WORK/$what-10")
	large=$(median "$WORK/$what-$N")
	line "$what (ms)" "$small" "$large" \
	    "$(awk "BEGIN { printf \"%.2f\", $large / $small }")"
done
line 'nhictl check (ms)' "${CHECK[10]}" "${CHECK[N]}" ''
line 'nhictl apply, new (ms)' "${APPLY[10]}" "${APPLY[N]}" ''
line 'nhictl apply, again (ms)' '' "$AGAIN" ''
line 'published (KiB)' "${BYTES[10]}" "${BYTES[N]}" ''
