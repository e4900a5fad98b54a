#!/bin/bash
# SPDX-License-Identifier: BSD-2-Clause
# Homes of machine accounts: lent for as long as there is a session, where the
# policy says so, and never with what another UID left in them.
. "$(dirname "$0")/road_lib.sh"

HOMES=/var/lib/nhi/homes
make_keys corp es256
# with_homes SETTING: of the accounts pr-*.
with_homes() {
	cat <<-END
	version = 1;
	host = { id = "web-1.example.com"; };
	issuers = ( $(issuer corp) );
	identities = (
	$(identity web corp web-deploy sub job-1),
	$(identity pr corp 'pr-{run}' sub job-pr "$1") );
	END
}
with_homes 'remove_home = true; home = "/srv/";' >$POLICY
try 'a home that is not made here is not removed either' 1 \
    'remove_home is for homes below' nhictl apply
apply 'the policy is applied' < <(with_homes 'remove_home = true;')
key k
key two
enter() {
	token corp es256 sub=job-pr run="$1" | trade "${2:-k}" pr-"$1" \
	    2>/dev/null || not_ok "a certificate for pr-$1"
}
gone() {
	[ ! -e $HOMES/pr-"$1" ]
}
# stays FILE: a session that goes on while the file is not there.
stays() {
	rm -f "$WORK/in"
	login "$2" pr-"$1" "echo in; until [ -e $3 ]; do sleep 0.1; done" \
	    >"$WORK/in" 2>&1 &
	PID=$!
	until_true 30 grep -q in "$WORK/in" || not_ok "a session of pr-$1"
}

enter 1
try 'a home' 0 "^$HOMES/pr-1 700\$" login k pr-1 \
    'echo x >f; mkdir -p a/b; ln -s /etc/passwd a/l; stat -c "%n %a" "$HOME"'
try 'it goes with the session' 0 '' until_true 30 gone 1
try 'and comes back empty' 0 '^0$' login k pr-1 'find . -mindepth 1 | wc -l'
until_true 30 gone 1
nhictl tick >"$OUT" 2>&1 || not_ok 'tick'
is 'nothing is kept' '' "$(find $HOMES/.gone $HOMES/.lent -mindepth 1)"
try 'nothing that it pointed to is touched' 0 '^root:' cat /etc/passwd
token corp es256 sub=job-1 | trade k web-deploy 2>/dev/null
login k web-deploy 'echo x >f'
nhictl tick
is 'a home that is kept, is' x "$(cat $HOMES/web-deploy/f)"

# Not while another session lives, or a process.
enter 1
enter 1 two
stays 1 two /tmp/leave
login k pr-1 'echo x >f'
is 'it stays for another session' x "$(cat $HOMES/pr-1/f)"
nhictl tick
is 'and a tick leaves it' x "$(cat $HOMES/pr-1/f)"
uid=$(id -u pr-1)
setpriv --reuid "$uid" --clear-groups sleep 250 &
SLEEP=$!
until_true 30 pgrep -u "$uid" -xf 'sleep 250' ||
    not_ok 'a process of the account'
: >/tmp/leave
wait $PID
until_true 30 test ! -L /run/nhi/leases/pr-1
nhictl tick
is 'it stays for a process' x "$(cat $HOMES/pr-1/f)"
kill $SLEEP
wait $SLEEP 2>/dev/null
nhictl tick
try 'and goes after it' 0 '' gone 1

# Where sshd is killed, and where somebody mounted something.
rm -f /tmp/leave
enter 1
stays 1 k /tmp/leave
mount -t tmpfs -o uid="$uid" tmpfs $HOMES/pr-1
echo y >$HOMES/pr-1/mine
monitor=$(find /run/nhi/sessions -type f -name '*-*-*' -printf '%f\n' |
    cut -d- -f2)
kill -9 "$monitor"
until_true 30 test ! -e /proc/"$monitor" || not_ok 'sshd is gone'
pkill -P $PID
wait $PID
: >/tmp/leave
nobody() {
	! pgrep -r D,R,S,T,t -u "$uid"
}
until_true 30 nobody || not_ok 'nothing of the account is left'
nhictl tick >/dev/null 2>&1
try 'a mount is not taken away' 2 'homes: home of|pr-1' nhictl tick
is 'nor what is in it' y "$(cat $HOMES/pr-1/mine)"
umount $HOMES/pr-1
nhictl tick >"$OUT" 2>&1 || not_ok 'tick'
try 'a killed session leaves none' 0 '' gone 1

# What was promised at the last login counts.
enter 1
login k pr-1 true
apply 'homes are kept' < <(with_homes '')
login k pr-1 'echo z >f'
nhictl tick
is 'a home that is no longer lent stays' z "$(cat $HOMES/pr-1/f)"

# Another UID's: it may hold programs that would give that one away.
other=$(($(stat -c %u $HOMES/pr-1) + 1))
cp /usr/bin/id $HOMES/pr-1/id
chown -R $other:$other $HOMES/pr-1
chmod 6755 $HOMES/pr-1/id
try "a home of another UID's is not handed over" 0 '^0$' \
    login k pr-1 'find . -mindepth 1 | wc -l'
try 'it is where nobody comes' 2 'Permission denied' login k pr-1 \
    ls $HOMES/.left
is 'but root' "id $other" "$(cd $HOMES/.left/pr-1.$other.0 &&
    stat -c '%n %u' id)"
rm -r $HOMES/pr-1
ln -s /tmp $HOMES/pr-1
try 'nor is what a link leads to' 254 'refused' login k pr-1 true
is 'which is untouched' root "$(stat -c %U /tmp)"
trail_valid
finish
