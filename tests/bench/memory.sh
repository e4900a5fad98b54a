#!/bin/bash
# SPDX-License-Identifier: BSD-2-Clause
# ./run bench memory: private memory of sshd's listener and of the monitors of
# sessions, with NHI's lines in PAM, the name service and sshd, and without.
# Runs in a lab.
. "$(dirname "$0")/../e2e/road_lib.sh"

SWITCH=/etc/nsswitch.conf
DROPIN=/etc/ssh/sshd_config.d/00-nhi.conf
useradd -m alice
key k
key job
install -d -m 0700 -o alice /home/alice/.ssh
install -m 0600 -o alice "$WORK/k.pub" /home/alice/.ssh/authorized_keys
mint | trade job web-deploy 2>"$OUT" || not_ok 'a certificate'

# dirty PID: KiB that no other process shares, written to.
dirty() {
	awk '/^Private_Dirty:/ { print $2 }' "/proc/$1/smaps_rollup"
}

# monitor KEY USER: KiB of the root process of a session, once it is open.
monitor() {
	local pid

	rm -f /tmp/in
	login "$1" "$2" 'touch /tmp/in; until [ -e /tmp/out ]; do sleep 0.1;
	    done; rm -f /tmp/in' >"$OUT" 2>&1 &
	until_true 20 test -e /tmp/in || return
	# Of the two processes of a session, root's.
	pid=$(pgrep -u root -P "$(cat /run/sshd.pid)" | tail -n 1)
	dirty "$pid"
	touch /tmp/out
	wait
	rm -f /tmp/out
	until_true 20 eval '! pgrep -P "$(cat /run/sshd.pid)"'
}

# Medians of five.
five() {
	local i

	for ((i = 0; i < 5; i++)); do
		"$@"
	done | sort -n | sed -n 3p
}

again() {
	kill "$(cat /run/sshd.pid)"
	until_true 20 eval '! pgrep -x sshd'
	/usr/sbin/sshd
	until_true 20 test -s /run/sshd.pid
	five monitor k alice >/dev/null
}

row() {
	again
	printf '%-10s %10s %18s %20s\n' "$1" "$(dirty "$(cat /run/sshd.pid)")" \
	    "$(five monitor k alice)" "${2:+$(five monitor job web-deploy)}"
}

echo "memory       listener   person's monitor   machine's monitor  (KiB)"
row 'with NHI' yes
sed -i '/pam_nhi/d' /etc/pam.d/*
sed -i 's/ nhi\b//' $SWITCH
mv $DROPIN "$WORK/dropin"
row without
finish
