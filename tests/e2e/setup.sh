#!/bin/bash
# SPDX-License-Identifier: BSD-2-Clause
# nhictl setup: what it makes, that it makes it once, what it leaves alone,
# and what it refuses.
. "$(dirname "$0")/lib.sh"

# The lab has called it once already; a second time is nothing.
snapshot() {
	find /etc /var/lib/nhi /run/nhi /var/cache/nhi /var/spool/nhi \
	    /usr/libexec/nhi /usr/share/pam-configs -xdev \
	    -printf '%p %u:%g %m %T@ %i\n' 2>/dev/null | sort
}

snapshot >"$WORK/first"
try 'a second run changes nothing' 0 '^setup: 0 changed' nhictl setup
snapshot >"$WORK/second"
try 'not a file, mode or time' 0 '' cmp "$WORK/first" "$WORK/second"
try 'a dry run has nothing to do' 0 '^setup: 0 to change' \
    nhictl setup --dry-run
try 'other words are wrong usage' 64 '^usage:' nhictl setup --force
try 'two verbs at once are' 64 '^usage:' nhictl setup --confirm --rollback
try 'so is no time at all' 64 '^usage:' nhictl setup --confirm-within 1s
try 'only root may' 2 'needs root' setpriv --reuid 65534 --regid 65534 \
    --clear-groups nhictl setup

mode_is /etc/nhi 'root:root 755'
mode_is /etc/nhi/ca 'root:root 755'
mode_is /var/lib/nhi/uids 'root:root 755'
mode_is /var/lib/nhi/uids/salt 'root:root 600'
mode_is /var/lib/nhi/marks 'root:nhi 1770'
mode_is /var/lib/nhi/issued 'root:nhi 1770'
mode_is /var/lib/nhi/revoked 'root:root 755'
mode_is /var/lib/nhi/homes 'root:root 755'
mode_is /run/nhi/leases 'root:root 755'
mode_is /run/nhi/pending 'root:root 700'
mode_is /run/nhi/slots 'nhi:nhi 700'
mode_is /var/spool/nhi 'root:_nhi 1730'
mode_is /var/cache/nhi '_nhi-fetch:_nhi 755'
mode_is /usr/libexec/nhi/nhi-drop 'root:nhi 4710'
mode_is /usr/libexec/nhi/nhi-sshd-helper 'root:root 711'
mode_is /usr/libexec/nhi/nhi-issue 'root:root 711'
mode_is /usr/libexec/nhi/nhi-verify 'root:root 711'
is 'the salt has 16 bytes' 16 "$(stat -c %s /var/lib/nhi/uids/salt)"
is 'nhi has its home' / "$(getent passwd nhi | cut -d: -f6)"
is 'nhi has its shell' /usr/libexec/nhi/nhi-sshd-helper \
    "$(getent passwd nhi | cut -d: -f7)"
is 'nhi is in its groups' 'nhi _nhi' "$(id -Gn nhi)"
is 'the fetcher is in its group' _nhi "$(id -Gn _nhi-fetch)"
is 'the first account line is ours' 'account required pam_nhi.so defer' \
    "$(grep -m 1 '^account' /etc/pam.d/sshd | tr -s ' ')"
is 'the first session line is ours' 'session requisite pam_nhi.so' \
    "$(grep -m 1 '^session' /etc/pam.d/sshd | tr -s ' ')"
try 'nhi stands behind files' 0 '^passwd:[[:blank:]]*files nhi' \
    cat /etc/nsswitch.conf

# People: sshd answers for them what it answered before there was NHI.
useradd -m alice
mv /etc/ssh/sshd_config.d/00-nhi.conf "$WORK/"
for who in root alice nobody; do
	/usr/sbin/sshd -T -C user=$who,host=x,addr=127.0.0.1 \
	    >"$WORK/$who.before"
done
try 'setup makes a lost drop-in again' 0 'changed: drop-in' nhictl setup
try 'the same one' 0 '' cmp "$WORK/00-nhi.conf" \
    /etc/ssh/sshd_config.d/00-nhi.conf
for who in root alice nobody; do
	/usr/sbin/sshd -T -C user=$who,host=x,addr=127.0.0.1 \
	    >"$WORK/$who.after"
	try "sshd -T is the same for $who" 0 '' \
	    cmp "$WORK/$who.before" "$WORK/$who.after"
done

# What was undone is done again, and nothing else.
chmod 755 /usr/libexec/nhi/nhi-drop
chmod 777 /var/spool/nhi
sed -i '/NHI begin/,/NHI end/d' /etc/pam.d/sshd
sed -i 's/ nhi//' /etc/nsswitch.conf
try 'a dry run tells what is missing' 0 '^setup: 4 to change' \
    nhictl setup --dry-run
is 'and leaves it so' 755 "$(stat -c %a /usr/libexec/nhi/nhi-drop)"
try 'setup mends it' 0 '^setup: 4 changed' nhictl setup
mode_is /usr/libexec/nhi/nhi-drop 'root:nhi 4710'

# What an administrator wrote into the same files stays.
sed -i '1i # a comment of the host' /etc/pam.d/sshd /etc/nsswitch.conf
sed -i '/NHI begin/,/NHI end/d' /etc/pam.d/sshd
cp /etc/pam.d/sshd "$WORK/sshd"
nhictl setup >/dev/null
sed '/NHI begin/,/NHI end/d' /etc/pam.d/sshd >"$WORK/sshd.after"
try 'other lines of the PAM file stay' 0 '' cmp "$WORK/sshd" "$WORK/sshd.after"

# refuses NAME PATTERN: setup says why not, and is well again afterwards.
refuses() {
	try "refused: $1" "${3:-1}" "$2" nhictl setup
}

gpasswd -a alice nhi-accounts >/dev/null
refuses 'a person in nhi-accounts' 'alice is a member of group nhi-accounts'
gpasswd -d alice nhi-accounts >/dev/null
gpasswd -a alice nhi >/dev/null
refuses 'a person in nhi' 'alice is a member of group nhi,'
gpasswd -d alice nhi >/dev/null

usermod -s /bin/bash nhi
refuses 'another shell of nhi' 'user nhi exists with shell /bin/bash'
usermod -s /usr/libexec/nhi/nhi-sshd-helper nhi

echo 'session optional pam_nhi.so' >>/etc/pam.d/sshd
refuses 'a line of pam_nhi that is not ours' 'not setup.s'
sed -i '$d' /etc/pam.d/sshd

mkdir -p /run/nscd
touch /run/nscd/socket
echo 'enable-cache passwd yes' >/etc/nscd.conf
refuses 'a cache of accounts' 'nscd caches accounts'
rm -rf /run/nscd /etc/nscd.conf

mv /etc/nsswitch.conf /etc/nsswitch.real
ln -s nsswitch.real /etc/nsswitch.conf
refuses 'a file that another program keeps' 'symbolic link'
mv /etc/nsswitch.real /etc/nsswitch.conf

module=$(find /usr/lib /lib -name pam_nhi.so -print -quit 2>/dev/null)
mv "$module" "$module.away"
refuses 'a PAM module that does not load' 'does not load'
mv "$module.away" "$module"

printf '12345' >/var/lib/nhi/uids/salt
refuses 'a damaged salt' 'not a salt'
head -c 16 /dev/urandom >/var/lib/nhi/uids/salt

echo 'UsePAM no' >/etc/ssh/sshd_config.d/00-aaa.conf
refuses 'sshd without PAM' 'UsePAM is "no", meant is "yes"'
rm /etc/ssh/sshd_config.d/00-aaa.conf

sed -i.real '/^Include/d' /etc/ssh/sshd_config
refuses 'an sshd_config that does not include' 'Include /etc/ssh/sshd_config.d'
mv /etc/ssh/sshd_config.real /etc/ssh/sshd_config

# The drop-in is read in by the sshd that runs, whatever its pid file is.
kill "$(cat /run/sshd.pid)"
rm -f /etc/ssh/sshd_config.d/00-nhi.conf
sed -i '1i PidFile /run/other.pid' /etc/ssh/sshd_config
/usr/sbin/sshd
for ((i = 0; i < 100; i++)); do
	[ ! -s /run/other.pid ] || break
	sleep 0.05
done
try 'setup reads the drop-in in' 0 'changed: drop-in' nhictl setup
for ((i = 0; i < 100; i++)); do
	grep -q 'SIGHUP; restarting' /var/log/lab.log && break
	sleep 0.05
done
is 'sshd was told' 1 "$(tail -n 8 /var/log/lab.log |
    grep -c "sshd\[$(cat /run/other.pid)\]: .*SIGHUP; restarting")"

echo 'Match User nhi' >/etc/ssh/sshd_config.d/00-nhi.conf
refuses "somebody else's 00-nhi.conf" "is not nhictl's"
rm /etc/ssh/sshd_config.d/00-nhi.conf

try 'all is well again' 0 'changed: drop-in' nhictl setup
try 'and stays so' 0 '^setup: 0 changed' nhictl setup
try 'root can still log in by PAM' 0 '' su - alice -c true
finish
