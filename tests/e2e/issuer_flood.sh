#!/bin/bash
# SPDX-License-Identifier: BSD-2-Clause
# Clients that hold connections of the issuer and send nothing, or a byte now
# and then, do not keep others waiting; what is refused is told, bounded in
# the trail, and leaves nothing behind.
. "$(dirname "$0")/attack_lib.sh"

LIVE=/run/nhi/issuer
BAD=127.0.0.2
N=100
cat >/etc/ssh/sshd_config.d/zz-lab.conf <<-END
MaxStartups 1000
# What a client that never closes its channel can do for longer.
Match User nhi
    UnusedConnectionTimeout 120s
END
sed -i '/UnusedConnectionTimeout/d' /etc/ssh/sshd_config.d/00-nhi.conf
reload_sshd || not_ok 'sshd takes MaxStartups'
ip addr show lo | grep -q 'inet 127.0.0.1/8' || ip addr add 127.0.0.1/8 dev lo
key good
key bad

live() {
	find $LIVE -name '[0-9]*' | wc -l
}

none_live() {
	[ "$(live)" -eq 0 ]
}

live_is() {
	[ "$(live)" -ge "$1" ]
}

# from ADDRESS ACCOUNT: a certificate from that address; prints the time taken
# in ms, and the exit status.
from() {
	local start status=0

	mint >"$WORK/token-$1"
	start=$(date +%s%N)
	nhi_ssh good -b "$1" nhi@127.0.0.1 web-deploy <"$WORK/token-$1" \
	    >"$WORK/cert" 2>"$WORK/said" || status=$?
	echo "$((($(date +%s%N) - start) / 1000000)) $status"
}

# What it takes without a flood, as busy as the machine is.
read -r ALONE status < <(from 127.0.0.1)
is 'without a flood it is issued' 0 "$status"

# good NAME ADDRESS: issued, within five seconds more.
good() {
	local ms status

	read -r ms status < <(from "$2")
	if [ "$status" = 0 ] && [ "$ms" -lt $((5000 + ALONE)) ]; then
		ok "$1"
	else
		cp "$WORK/said" "$OUT"
		echo "$ms ms, status $status" >>"$OUT"
		not_ok "$1"
	fi
}

# flood COUNT ADDRESS idle|slow: that many clients, in this process group.
# Started by one small program: a shell for each would be the flood.
cat >"$WORK/flood" <<-'END'
import signal, subprocess, sys, time
count, address, key, how = int(sys.argv[1]), *sys.argv[2:5]
base = ["ssh", "-F", "/dev/null", "-o", "BatchMode=yes", "-o",
        "IdentitiesOnly=yes", "-o", "KexAlgorithms=curve25519-sha256",
        "-i", key, "-b", address]
ask = ["-N", "nhi@127.0.0.1"] if how == "idle" else \
      ["nhi@127.0.0.1", "web-deploy"]
clients = []
for n in range(count):
    err = open("%s.err.%d" % (key, n), "w")
    clients.append(subprocess.Popen(base + ask, stdin=subprocess.PIPE,
                                    stdout=subprocess.DEVNULL, stderr=err))
def end(*_):
    for c in clients:
        c.kill()
    sys.exit(0)
signal.signal(signal.SIGTERM, end)
while any(c.poll() is None for c in clients):
    time.sleep(0.5)
    if how == "slow":
        for c in clients:
            try:
                c.stdin.write(b"e")
                c.stdin.flush()
            except OSError:
                pass
for n, c in enumerate(clients):
    print(c.returncode)
END

flood() {
	rm -f "$WORK"/bad.err.*
	/usr/bin/python3 "$WORK/flood" "$1" "$2" "$WORK/bad" "$3" \
	    >"$WORK/codes" 2>&1 &
	flood=$!
}

# denied COUNT: clients of the flood that were refused at account, where sshd
# hangs up.
denied() {
	[ "$(cat "$WORK"/bad.err.* | grep -c '^Connection closed')" -ge "$1" ]
}

# None of those that are counted is there any more: an sshd that is ending
# still counts, and its child, which is nhi's, has gone before.
gone() {
	local name

	while read -r name; do
		[ ! -e "/proc/${name%%-*}" ] || return 1
	done < <(find $LIVE -name '[0-9]*' -printf '%f\n')
	! pgrep -u nhi
}

over() {
	kill $flood 2>/dev/null
	wait $flood 2>/dev/null
	until_true 60 gone || not_ok "$1: they end"
}

# 50 from one address: below per_source, the address itself is served.
flood 50 $BAD idle
until_true 40 live_is 50 || not_ok '50 idle clients are counted'
mark_trail
good 'idle, below per_source: the same address' $BAD
good 'idle, below per_source: another address' 127.0.0.1
over 'idle, below per_source'

flood $N $BAD idle
until_true 60 live_is $N || not_ok "$N idle clients are counted"
good 'idle: another address' 127.0.0.1
read -r _ status < <(from $BAD)
is 'idle: the same address is over its cap' 75 "$status"
try 'idle: and is told' 0 '^nhi: refused: busy [-0-9a-z]+.?$' cat "$WORK/said"
is 'idle: told once' 1 "$(grep -c '^nhi: ' "$WORK/said")"
read -r _ _ _ id < <(grep '^nhi: ' "$WORK/said" | tr -d '\r')
is 'idle: with the id of a record' 1 \
    "$(grep -c "\"id\":\"$id\"" "$AUDIT")"
is 'idle: no certificate' 0 "$(wc -c <"$WORK/cert")"
n=$(records event=cert.deny reason=cap source=$BAD)
is 'idle: one record in a minute' yes \
    "$([ "$n" -ge 1 ] && [ "$n" -le 3 ] && echo yes || echo "$n")"
over idle

# Ten seconds are theirs, and starting them takes some.
flood 60 $BAD slow
until_true 40 live_is 30 || not_ok '30 slow clients are counted'
good 'slow: another address' 127.0.0.1
good 'slow: and again' 127.0.0.1
# They are given ten seconds for their token.
until_true 60 eval '! pgrep -u nhi nhi-issue' || not_ok 'slow: they end'
wait $flood
is 'slow: told by exit codes' 77 \
    "$(sort -u "$WORK/codes" | tr '\n' ' ' | sed 's/ $//')"
n=$(records event=cert.deny reason=timeout)
is 'slow: records are bounded' yes \
    "$([ "$n" -ge 1 ] && [ "$n" -le 64 ] && echo yes || echo "$n")"
over slow

# Four times the cap: not even a session.
sed 's/^identities/issuer = { per_source = 2; total = 512; };\n&/' \
    /src/tests/lab/nhi.conf | policy
mark_trail
flood 20 $BAD idle
until_true 60 denied 3 || not_ok 'four times the cap: refused at account'
read -r _ status < <(from $BAD)
is 'four times the cap: the next one too' 255 "$status"
try 'four times the cap: told' 0 '^nhi: refused: busy ' cat "$WORK/said"
is 'four times the cap: told once' 1 "$(grep -c '^nhi: ' "$WORK/said")"
good 'four times the cap: another address' 127.0.0.1
n=$(records event=cert.deny reason=cap)
is 'four times the cap: records are bounded' yes \
    "$([ "$n" -le 3 ] && echo yes || echo "$n")"
over 'four times the cap'

# The next connection sweeps up after those that were killed.
good 'afterwards: the address is served again' $BAD
until_true 30 none_live
is 'afterwards: nothing is left but notes of the minute' '' \
    "$(find $LIVE -name '[0-9]*')"
is 'afterwards: few notes' yes \
    "$([ "$(find $LIVE -type l | wc -l)" -le 4 ] && echo yes)"
until_true 30 eval '! pgrep -u nhi'
is 'afterwards: no process of nhi' '' "$(pgrep -u nhi)"
# Notes of earlier minutes go with the next refusal.
for n in $(seq 100); do
	ln -s 1 "$LIVE/told-cap-192.0.2.$n-1000"
done
# One that is about to take its name, by another login.
ln -s 1 "$LIVE/told-cap-192.0.2.1-$(($(date +%s) / 60)).tmp-1-2-0"
flood 7 $BAD idle
until_true 60 live_is 7
over 'after a minute'
is 'afterwards: what is being written is left to its writer' 1 \
    "$(find $LIVE -name 'told-*.tmp-1-2-0' | wc -l)"
is 'afterwards: no notes of earlier minutes' '' \
    "$(find $LIVE -name 'told-*-1000')"
finish
