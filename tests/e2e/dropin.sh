#!/bin/bash
# SPDX-License-Identifier: BSD-2-Clause
# The check of sshd's drop-in finds whatever a host's own configuration does
# to it, and finds nothing on a host that does nothing.
. "$(dirname "$0")/lib.sh"

CONF=/etc/ssh/sshd_config
ASK=$BUILD/tests/e2e/ask_dropin
export LC_ALL=C

# An account under the Match block without any policy: by primary group.
useradd -r -g nhi-accounts -M -s /bin/sh bot

cp $CONF "$WORK/sshd_config"
# A line with Include whatever the distribution's file says.
grep -q '^Include ' $CONF ||
	sed -i '1i Include /etc/ssh/sshd_config.d/*.conf' "$WORK/sshd_config"

restore() {
	rm -f /etc/ssh/sshd_config.d/00-aaa.conf \
	    /etc/ssh/sshd_config.d/zz-last.conf
	cp "$WORK/sshd_config" $CONF
}

# Does this sshd take the lines at all?
known() {
	/usr/sbin/sshd -t >"$OUT" 2>&1
}

hostile() {
	local where=$1 who=$2 word=$3 lines=$4 name

	name="found: $where: $lines"
	restore
	lines=${lines//; /$'\n'}
	case $where in
	first) echo "$lines" >/etc/ssh/sshd_config.d/00-aaa.conf ;;
	last) echo "$lines" >/etc/ssh/sshd_config.d/zz-last.conf ;;
	main) echo "$lines" >>$CONF ;;
	noinclude)
		sed -i '/^Include/d' $CONF
		echo "$lines" >>$CONF
		;;
	esac
	if ! known; then
		skip "$name" "this sshd does not take it:" \
		    "$(head -n 1 "$OUT" | tr -d '\r')"
		return
	fi
	if [ "$word" = SetEnv ] &&
	    ! grep -q SetEnv /etc/ssh/sshd_config.d/00-nhi.conf; then
		skip "$name" 'this sshd ignores SetEnv in a Match block'
		return
	fi
	if [ "$who" = nhi ]; then
		try "$name" 1 "^for user nhi .*$word" "$ASK" issue
	else
		try "$name" 1 "^for user bot .*$word" "$ASK" bot
	fi
}

rm -f /etc/ssh/sshd_config.d/00-nhi.conf
restore
try 'the drop-in is installed' 0 '' "$ASK" write issue bot
try 'nothing is found on a stock host' 0 '' "$ASK" issue bot
is 'the candidate is gone' 00-nhi.conf \
    "$(find /etc/ssh/sshd_config.d -name '*nhi*' -printf '%f\n')"

while IFS='|' read -r where who word lines; do
	case $where in
	'' | '#'*) continue ;;
	esac
	hostile "$where" "$who" "$word" "$lines"
done <"$E2E/hostile.txt"
restore

# NSS can switch Match Group off without a word in sshd's files.
cp /etc/nsswitch.conf "$WORK/nsswitch.conf"
gpasswd -a bot users >/dev/null 2>&1
usermod -g users bot
try 'found: an account outside of the group' 1 'TrustedUserCAKeys' "$ASK" bot
usermod -g nhi-accounts bot
try 'found: an account that does not exist' 1 'TrustedUserCAKeys' "$ASK" nobot

# Options of policy: written, and then meant.
for o in tty forwarding 'tty forwarding' direct from=10.0.0.0/8,192.0.2.0/24; do
	# shellcheck disable=SC2086
	try "the drop-in with $o is installed" 0 '' "$ASK" write issue $o bot
	# shellcheck disable=SC2086
	try "nothing is found with $o" 0 '' "$ASK" issue $o bot
	try "found: $o was not meant" 1 '' "$ASK" issue bot
done
if "$ASK" write issue keyboard bot 2>"$OUT"; then
	try 'nothing is found with keyboard' 0 '' "$ASK" issue keyboard bot
else
	skip 'the drop-in with keyboard' "$(tail -n 1 "$OUT")"
fi

# What cannot be installed leaves the former one.
"$ASK" write issue bot
cp /etc/ssh/sshd_config.d/00-nhi.conf "$WORK/former"
echo 'Match all
AcceptEnv *' >/etc/ssh/sshd_config.d/zz-last.conf
try 'a drop-in that would not hold is refused' 2 'AcceptEnv' \
    "$ASK" write issue tty bot
try 'the former drop-in is back' 0 '' \
    cmp "$WORK/former" /etc/ssh/sshd_config.d/00-nhi.conf
echo 'Nonsense yes' >/etc/ssh/sshd_config.d/zz-last.conf
try 'a broken sshd_config is told' 2 'Nonsense' "$ASK" write issue tty bot
restore
try 'sshd still starts' 0 '' /usr/sbin/sshd -t
finish
