#!/bin/bash
# SPDX-License-Identifier: BSD-2-Clause
# Bad tokens by keyboard-interactive, as many as a client likes: what they
# leave in the trail is bounded, nothing is lost from the count, and nobody
# else pays for it.
. "$(dirname "$0")/attack_lib.sh"

N=300
BAD=127.0.0.2
SPOOL=/var/spool/nhi
SLOTS=/run/nhi/pam-slots
echo 'MaxStartups 1000' >/etc/ssh/sshd_config.d/zz-lab.conf
! /usr/sbin/sshd -T | grep -q '^persourcepenalties ' ||
	echo 'PerSourcePenalties no' >>/etc/ssh/sshd_config.d/zz-lab.conf
ip addr show lo | grep -q 'inet 127.0.0.1/8' || ip addr add 127.0.0.1/8 dev lo
policy_edit 's/^issuers = \(/sshd = { keyboard_interactive = true; };\n&/'
reload_sshd || not_ok 'sshd takes MaxStartups'

# by_token FILE [SSH-ARGUMENT...]: each try of a connection gives the same.
by_token() {
	local file=$1
	shift
	SSH_ASKPASS=/usr/bin/nhi-askpass SSH_ASKPASS_REQUIRE=force \
	    NHI_TOKEN_FILE=$file ssh -n -F /dev/null \
	    -o PreferredAuthentications=keyboard-interactive \
	    -o PubkeyAuthentication=no -o KexAlgorithms=curve25519-sha256 "$@"
}

# six ADDRESS: six bad tokens on one connection.
six() {
	by_token "$WORK/bad" -o NumberOfPasswordPrompts=6 -b "$1" \
	    web-deploy@127.0.0.1 true
}

# A good login: within ten seconds, and what it takes without a flood, as busy
# as the machine is.
ALONE=100
good() {
	local name=$1
	shift

	mint >"$WORK/token"
	START=$SECONDS
	try "$name" 0 '\(web-deploy\)' by_token "$WORK/token" "$@" \
	    web-deploy@127.0.0.1 id
	is "$name, without a long wait" yes \
	    "$([ $((SECONDS - START)) -le $((10 + ALONE)) ] && echo yes)"
}

# What is counted: in the spool, and in the trail where its minute was over.
told() {
	/usr/bin/python3 - "$AUDIT" $BAD <<-'END'
	import json, sys
	print(sum(int(r["detail"].split()[0])
	          for r in map(json.loads, open(sys.argv[1]))
	          if r["event"] == "spool.dropped" and
	          r["component"] == "pam_nhi" and
	          r.get("source") == sys.argv[2]))
	END
}

counted() {
	find $SPOOL -name 'c.0.7f000002.*' -printf '%s\n' | awk -v told="$(told)" \
	    '{ n += $1 > 32 ? $1 - 32 : 0 } END { print n + told }'
}

good 'before the flood a good token gets in'
ALONE=$((SECONDS - START))
mint --wrong-key >"$WORK/bad"
mark_trail
first=$(($(date +%s) / 60))
(
	for ((i = 0; i < N / 6; i += 5)); do
		six $BAD >>"$WORK/said" 2>&1 &
		six $BAD >>"$WORK/said" 2>&1 &
		six $BAD >>"$WORK/said" 2>&1 &
		six $BAD >>"$WORK/said" 2>&1 &
		six $BAD >>"$WORK/said" 2>&1 &
		wait
	done
) &
flood=$!
until_true 60 test -s "$WORK/said" || not_ok 'the flood begins'
good 'a good token gets in meanwhile'
wait $flood
minutes=$(($(date +%s) / 60 - first + 1))
is 'each bad token is refused and told' $N \
    "$(grep -c '^nhi: refused: token ' "$WORK/said")"
n=$(records event=token.deny source=$BAD reason=signature)
is 'their records are bounded' yes "$([ "$n" -ge 32 ] &&
    [ "$n" -le $((32 * minutes)) ] && echo yes || echo "$n in $minutes")"
is 'what has none is told so' $((N - n)) \
    "$(grep -c '^nhi: refused: token -' "$WORK/said")"
is 'what has none is counted' $((N - n)) "$(counted)"
good 'a good token of the same address gets in' -b $BAD
six 127.0.0.3 >"$OUT" 2>&1
recorded 'another address' 6 event=token.deny source=127.0.0.3

# As if the minute were over.
for f in "$SPOOL"/c.0.7f000002.*; do
	mv "$f" "${f%.*}.$((${f##*.} - 9))"
done
try 'the next tick takes the counters in' 0 '' nhictl tick
is 'and the trail says how many there were' $((N - n)) "$(told)"

# A service without an address: the account stands for it.
printf '%s\n' 'auth required pam_nhi.so token_file=/root/bad' \
    >/etc/pam.d/nhi-flood
cp "$WORK/bad" /root/bad
chmod 600 /root/bad
cat >"$WORK/pam" <<-'END'
	import ctypes, sys
	pam = ctypes.CDLL("libpam.so.0")
	talk = ctypes.CFUNCTYPE(ctypes.c_int, ctypes.c_int, ctypes.c_void_p,
	                        ctypes.c_void_p, ctypes.c_void_p)
	class Conv(ctypes.Structure):
	    _fields_ = [("conv", talk), ("data", ctypes.c_void_p)]
	conv = Conv(talk(lambda *_: 19), None)
	for _ in range(int(sys.argv[1])):
	    handle = ctypes.c_void_p()
	    pam.pam_start(b"nhi-flood", b"web-deploy", ctypes.byref(conv),
	                  ctypes.byref(handle))
	    status = pam.pam_authenticate(handle, 0)
	    pam.pam_end(handle, status)
	sys.exit(status)
END
mark_trail
first=$(($(date +%s) / 60))
try 'a local service refuses forty' 7 '' /usr/bin/python3 "$WORK/pam" 40
minutes=$(($(date +%s) / 60 - first + 1))
n=$(records event=token.deny service=nhi-flood)
is 'and records them in bounds' yes "$([ "$n" -ge 32 ] &&
    [ "$n" -le $((32 * minutes)) ] && echo yes || echo "$n in $minutes")"

# All verifying slots taken: told to come again, after a wait.
mint >/root/bad
mode_is $SLOTS 'root:root 700'
hold_slots() {
	/usr/bin/python3 - "$1" <<-'END' &
	import fcntl, sys, time
	held = [open("%s/%d" % (sys.argv[1], n), "a") for n in range(16)]
	for f in held:
	    fcntl.flock(f, fcntl.LOCK_EX)
	open(sys.argv[1] + "/held", "w").close()
	time.sleep(60)
	END
	holder=$!
	until_true 10 test -e "$1/held" || not_ok "the slots of $1 are held"
}
hold_slots $SLOTS
rm -f $SPOOL/c.0.u-web-deploy.*
mark_trail
try 'without a slot there is no verdict' 7 '' /usr/bin/python3 "$WORK/pam" 1
recorded 'no slot' 1 event=token.deny reason=cap
kill $holder
wait $holder 2>/dev/null
hold_slots /run/nhi/slots
try "the issuer's slots are its own" 0 '' /usr/bin/python3 "$WORK/pam" 1
kill $holder
finish
