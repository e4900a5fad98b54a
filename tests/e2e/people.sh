#!/bin/bash
# SPDX-License-Identifier: BSD-2-Clause
# lab: LAB_BARE=1
# People are not touched: what sshd, su, sudo, cron, login and the name
# service do for them is the same before NHI is there, with it, with whatever
# of it broken, and when it is gone.
. "$(dirname "$0")/road_lib.sh"

useradd -m -s /bin/bash alice
useradd -m -s /bin/bash bob
echo 'alice:secret
bob:hidden' | chpasswd
echo 'alice ALL=(ALL) ALL' >/etc/sudoers.d/people
chmod 0440 /etc/sudoers.d/people
key k
for home in /root /home/alice; do
	install -d -m 0700 -o "$(basename $home)" $home/.ssh
	install -m 0600 -o "$(basename $home)" "$WORK/k.pub" \
	    $home/.ssh/authorized_keys
done
chmod 0755 "$WORK"
echo 'PermitRootLogin yes
PasswordAuthentication yes' >/etc/ssh/sshd_config.d/60-people.conf
reload_sshd || not_ok 'sshd is reloaded'

as_alice() {
	setpriv --reuid alice --regid alice --init-groups env HOME=/home/alice \
	    "$@"
}

by_password() {
	sshpass -p "$2" ssh -F /dev/null -o PubkeyAuthentication=no \
	    -o NumberOfPasswordPrompts=1 "$1@127.0.0.1" id
}

# script(1) does not see the end of a session whose input is at its end.
# And login throws away what was typed before it.
by_login() {
	local said=$WORK/by-login

	: >"$said"
	(
		until grep -q uid= "$said"; do
			sleep 1
			echo id
		done
		echo exit
	) | timeout 60 script -qec 'login -f alice' /dev/null >"$said"
	grep -o 'uid=[0-9].*groups=[^ ]*' "$said" | sort -u | grep .
}

cron_once() {
	local cron

	rm -f /run/crond.reboot /tmp/by-cron
	echo '@reboot alice id >/tmp/by-cron' >/etc/cron.d/people
	timeout 60 cron -f &
	cron=$!
	until_true 50 test -s /tmp/by-cron
	{ kill $cron; wait $cron; } 2>/dev/null
	cat /tmp/by-cron
}

# Each line is one thing that somebody does; a name for it comes first.
things() {
	cat <<-'END'
	sshd-alice /usr/sbin/sshd -T -C user=alice,host=h,addr=127.0.0.1
	sshd-root /usr/sbin/sshd -T -C user=root,host=h,addr=127.0.0.1
	sshd-unknown /usr/sbin/sshd -T -C user=zoe,host=h,addr=127.0.0.1
	sshd-odd /usr/sbin/sshd -T -C user=Alice.X@d,host=h,addr=127.0.0.1
	key-alice login k alice id
	key-root login k root id
	key-alice-tty nhi_ssh k -tt alice@127.0.0.1 tty
	key-alice-pipe login k alice cat
	key-alice-status login k alice exit 7
	key-unknown login k zoe id
	password-alice by_password alice secret
	password-wrong by_password alice wrong
	su-by-root su alice -c id
	su-login su - alice -c id
	su-by-alice echo hidden | as_alice su bob -c id
	su-wrong echo wrong | as_alice su bob -c id
	sudo-password as_alice sshpass -p secret sudo -k id
	sudo-wrong as_alice sshpass -p wrong sudo -k id
	sudo-to-bob sudo -u bob id
	runuser runuser -u alice id
	runuser-login runuser -l alice -c id
	login by_login
	cron cron_once
	chpasswd sh -c 'echo bob:hidden | chpasswd'
	chsh chsh -s /bin/bash alice
	getent-name getent passwd alice root
	getent-uid getent passwd 0 1000 54321
	getent-group getent group sudo 0 54321
	getent-unknown getent passwd zoe
	id-alice id alice
	useradd sh -c 'useradd -M carol && userdel carol'
	END
}

# observe DIR: all at once, each with its status.
observe() {
	local dir=$1 name line
	mkdir -p "$dir"

	while read -r name line; do
		(
			eval "$line" </dev/null >"$dir/$name" 2>&1
			echo "status $?" >>"$dir/$name"
			# What differs from one login to the next.
			sed -E -i -e 's,/dev/pts/[0-9]+,PTY,' -e '/Last login/d' \
			    -e '/^groupadd|lock/d' "$dir/$name"
		) &
	done < <(things)
	wait
}

# same STATE: as on the host without NHI, thing by thing.
same() {
	local name

	observe "$WORK/now"
	while read -r name _; do
		diff "$WORK/bare/$name" "$WORK/now/$name" >"$OUT" 2>&1 &&
			ok "$1: $name" || not_ok "$1: $name"
	done < <(things)
	rm -rf "$WORK/now"
}

snapshot() {
	find /etc/pam.d /etc/ssh /etc/nsswitch.conf -type f -exec sha256sum {} + |
	    sort
}

observe "$WORK/bare"
observe "$WORK/again"
try 'the observation itself is steady' 0 '' diff -r "$WORK/bare" "$WORK/again"
for name in key-alice password-alice su-by-alice sudo-password cron; do
	try "without NHI: $name works" 0 'status 0' cat "$WORK/bare/$name"
done
snapshot >"$WORK/files"
cp -a /etc/pam.d /etc/ssh /etc/nsswitch.conf "$WORK/"

# NHI comes as the lab installs it.
install_all() {
	make -s -C "$BUILD" install && ldconfig && nhictl setup &&
	    nhictl ca init && /usr/bin/python3 "$E2E/mint.py" keys --dir \
	    /root/issuer --kind rs256 && install -m 0644 \
	    /root/issuer/jwks.json /etc/nhi/jwks/lab.json &&
	    install -m 0644 /src/tests/lab/nhi.conf $POLICY && nhictl apply
}
try 'NHI is installed' 0 '' install_all
reload_sshd || not_ok 'sshd is reloaded'
issue k web-deploy 2>/dev/null
mv "$WORK/k-cert.pub" "$WORK/kept"
same 'with NHI'

echo '{ this is no policy' >$POLICY
try 'apply refuses a broken file' 1 '' nhictl apply
same 'with a broken policy file'
install -m 0644 /src/tests/lab/nhi.conf $POLICY

PUBLISHED=/var/lib/nhi/published
GENERATION=$PUBLISHED/$(readlink $PUBLISHED/current)
cp -a /var/lib/nhi "$WORK/state"
find "$GENERATION" -type f -exec sh -c \
    'head -c 5000 /dev/urandom >"$1"' - {} \;
for name in alice root zoe; do
	ln -s "$(head -c 300 /dev/zero | tr '\0' ':')" "$GENERATION/names/$name"
done
same 'with garbage in the published policy'
ln -sfn ../../../etc $PUBLISHED/current
same 'with a published policy that is something else'
ln -sfn current $PUBLISHED/current
same 'with a published policy that is a loop'
rm -rf /var/lib/nhi /run/nhi
same 'without /var/lib/nhi and /run/nhi'
cp -a "$WORK/state" /var/lib/nhi
nhictl setup >/dev/null 2>&1
nhictl apply >"$OUT" 2>&1 || not_ok 'it is applied again'
cp "$WORK/kept" "$WORK/k-cert.pub"
try 'the account is there again' 0 '^web-deploy$' login k web-deploy id -un
rm "$WORK/k-cert.pub"

# What NHI's own records say of people: nothing.
drain
try 'the trail does not know people' 1 '' \
    grep -E '"account":"(alice|bob|root|zoe)"|alice@127' $TRAIL
try 'nor does what NHI says to the system'"'"'s log' 1 '' grep -E \
    '(nhi|"component").*(alice|bob|zoe)' <(grep -v 'owner":"alice@example' \
    /var/log/lab.log | grep -v 'COMMAND=\|Accepted\|session')

# Gone, with its lines in the files of others.
rm -f /etc/ssh/sshd_config.d/00-nhi.conf /usr/share/pam-configs/nhi
DEBIAN_FRONTEND=noninteractive pam-auth-update --package 2>/dev/null
sed -i '/^# NHI begin/,/^# NHI end/d' /etc/pam.d/sshd
sed -i '/^\(passwd\|group\):/s/ nhi\>//' /etc/nsswitch.conf
rm -rf /var/lib/nhi /run/nhi /etc/nhi /usr/libexec/nhi
find /usr/lib /lib \( -name "pam_nhi.so" -o -name "libnss_nhi*" \) -print0 2>/dev/null |
    xargs -0 rm -f
reload_sshd || not_ok 'sshd is reloaded'
same 'when it is gone'
snapshot >"$WORK/left"
try 'the files of others are as before' 0 '' diff "$WORK/files" "$WORK/left"
finish
