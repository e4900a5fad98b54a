#!/bin/bash
# SPDX-License-Identifier: BSD-2-Clause
# nhictl doctor --probe: logins that must be refused, against a host that
# refuses them and against hosts that do not; and nothing stays behind.
. "$(dirname "$0")/doctor_lib.sh"

with --probe --state
keep /etc/pam.d/sshd

mark_trail
well 'a host that refuses is well'
recorded 'the probes are announced' 1 event=doctor
recorded 'the certificate of no identity is' 1 reason=no-match \
    event=login.deny component=pam_nhi
is 'no directory is left' '' "$(ls -d /run/nhi-doctor* 2>/dev/null)"
# What belongs to a connection ends with it, which may take a moment.
quiet() {
	[ -z "$(find /run/nhi/sessions /run/nhi/leases /run/nhi/issuer \
	    ! -name '.*' ! -type d)" ] &&
	    [ -z "$(pgrep -u web-deploy)" ] &&
	    [ "$(pgrep -x sshd)" = "$(cat /run/sshd.pid)" ]
}
try 'no session, no lease, no process but the sshd that runs' 0 '' \
    until_true 30 quiet

# The sshd of a probe is for the probe alone: whoever else comes gets nothing.
cat >"$WORK/stranger.py" <<'END'
import os, socket, time
came = served = 0
tried = set()
until = time.monotonic() + 240
open("/tmp/stranger.here", "w")
while time.monotonic() < until and not os.path.exists("/tmp/stranger.end"):
    for row in open("/proc/net/tcp").read().splitlines()[1:]:
        word = row.split()
        if word[1][:8] != "0100007F" or word[3] != "0A" or word[9] in tried:
            continue
        tried.add(word[9])
        try:
            s = socket.create_connection(
                ("127.0.0.1", int(word[1][9:], 16)), 2)
            s.settimeout(2)
            came += 1
            open("/tmp/stranger.came", "w")
            served += s.recv(4) == b"SSH-"
        except OSError:
            pass
print(f"came {came > 0} served {served}")
END
setpriv --reuid nobody --regid nogroup --clear-groups \
    /usr/bin/python3 - <"$WORK/stranger.py" >"$WORK/stranger" 2>&1 &
STRANGER=$!
until_true 60 test -e /tmp/stranger.here
# It listens for a moment only, which he may miss.
for ((n = 0; n < 24; n++)); do
	[ -e /tmp/stranger.came ] || well 'a stranger comes first'
done
touch /tmp/stranger.end
wait $STRANGER
rm -f /tmp/stranger.*
is 'and is not served' 'came True served 0' "$(cat "$WORK/stranger")"

# An end in the middle waits for what it would leave behind.
nhictl doctor --probe >"$OUT" 2>&1 &
PID=$!
made() {
	compgen -G '/run/nhi-doctor*' >/dev/null
}
until_true 10 made
kill -TERM $PID
wait $PID
is 'a signal ends it' 143 $?
is 'and no directory is left' '' "$(ls -d /run/nhi-doctor* 2>/dev/null)"

# A principals command of the host that asks nobody; PAM still refuses.
cat >/opt/principals <<'END'
#!/bin/sh
echo "$1"
END
cat >/opt/keys <<'END'
#!/bin/sh
echo "$1 $2"
END
chmod 755 /opt /opt/principals /opt/keys
live() {
	reload_sshd
	touch /run/sshd.pid
}
principals() {
	conf "$@" 'Match Group nhi-accounts' \
	    'AuthorizedPrincipalsCommand /opt/principals %u' \
	    'AuthorizedPrincipalsCommandUser nobody' \
	    'AuthorizedKeysCommand none'
	live
}
finds 'probe-second-layer sshd-shadowed' 'principals that ask nobody' \
    principals 'unconf; live'
# (The password of nhi is locked, so without PAM sshd refuses it, too.)
finds 'probe-admitted probe-issuer probe-second-layer sshd-shadowed '\
'sshd-usepam-off' 'and no PAM behind them' "principals 'UsePAM no'" \
    'unconf; live'
plain() {
	conf 'UsePAM no' 'Match User web-deploy' \
	    'AuthorizedKeysCommand /opt/keys %t %k' \
	    'AuthorizedKeysCommandUser nobody'
	live
}
plain
try 'a plain key that opens an account' 1 \
    'probe-admitted: a plain key opened web-deploy' nhictl doctor --probe
unconf
live
finds 'probe-password sshd-methods' 'passwords, too' \
    "conf 'Match all' 'AuthenticationMethods any'; live" 'unconf; live'
finds 'pam-sshd-session probe-issuer probe-silent' \
    'a session line that says nothing' \
    "sed -i '1i session requisite pam_deny.so' /etc/pam.d/sshd" \
    'put_back /etc/pam.d/sshd'

# An sshd that sees another /var/log, as units with private mounts do.
restart() {
	kill "$(cat /run/sshd.pid)"
	until_true 30 test ! -e /run/sshd.pid
	"$@"
	until_true 30 test -s /run/sshd.pid
}
mkdir -p /opt/log
chmod 755 /opt/log
finds probe-unrecorded 'an sshd with a trail of its own' \
    "restart unshare -m sh -c 'mount --bind /opt/log /var/log/nhi
    exec /usr/sbin/sshd'" 'restart /usr/sbin/sshd'

with --state
all_well
