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

mkdir /etc/authselect
mv /etc/nsswitch.conf /etc/authselect/
ln -s authselect/nsswitch.conf /etc/nsswitch.conf
snapshot >"$WORK/link"
try 'a file that another program keeps, with nhi in it' 0 '^setup: 0 changed' \
    nhictl setup
try 'doctor reads it' 1 '' sh -c 'nhictl doctor | grep "nss-passwd"'
sed -i 's/ nhi//' /etc/authselect/nsswitch.conf
cp -a /etc/authselect "$WORK/"
refuses 'a file that another program keeps' \
    'symbolic link to /etc/authselect/nsswitch.conf: have the program'
try 'it is as it was' 0 '' diff -r "$WORK/authselect" /etc/authselect
is 'and led to as it was' authselect/nsswitch.conf \
    "$(readlink /etc/nsswitch.conf)"
cp /src/packaging/authselect/nhi/nsswitch.conf /etc/authselect/
try 'its profile for nhi is as meant' 0 '^setup: 0 changed' nhictl setup
rm /etc/nsswitch.conf
mv "$WORK/authselect/nsswitch.conf" /etc/nsswitch.conf
rm -r /etc/authselect
nhictl setup >"$OUT" 2>&1 || not_ok 'set up again'
mv /etc/pam.d/sshd "$WORK/sshd.pam"
ln -s /nowhere /etc/pam.d/sshd
refuses 'a link to nowhere' 'symbolic link to nowhere'
mv "$WORK/sshd.pam" /etc/pam.d/sshd

module=$(find /usr/lib /lib -name pam_nhi.so -print -quit 2>/dev/null)
mv "$module" "$module.away"
refuses 'a PAM module that does not load' 'does not load'
mv "$module.away" "$module"

printf '12345' >/var/lib/nhi/uids/salt
refuses 'a damaged salt' 'not a salt'
head -c 16 /dev/urandom >/var/lib/nhi/uids/salt

# Before the first step: all that speaks against it, at once.
# against NAME CHECK PATTERN
against() {
	nhictl setup --json >"$WORK/json" 2>"$WORK/err"
	is "against it: $1: refused" 1 $?
	try "against it: $1: told" 0 \
	    "\"level\":\"refusal\",\"check\":\"$2\",\"text\":\".*$3" \
	    cat "$WORK/json"
	is "against it: $1: no step" 0 "$(grep -c '"kind":"step"' "$WORK/json")"
}

cp -a /etc/subuid "$WORK/subuid"
echo 'alice:2000400000:65536' >>/etc/subuid
against 'subordinate ids' subuid 'subuid'
try 'against it: subordinate ids: another range is proposed' 0 \
    'uid_range = \[ [0-9]+, [0-9]+ \]' cat "$WORK/json"
cp -a "$WORK/subuid" /etc/subuid
useradd -M -u 2000300007 faraway
against 'a user with such a UID' uid-range 'faraway has UID 2000300007'
userdel faraway
mkdir -p /etc/sssd /etc/samba
printf '[domain/x]\nid_provider = ad\nldap_idmap_range_max = 2100000000\n' \
    >/etc/sssd/sssd.conf
against SSSD uid-range 'SSSD .*-2100000000'
sed -i /range_max/d /etc/sssd/sssd.conf
try 'the default range of SSSD is none' 0 '^setup: 0' nhictl setup
rm -r /etc/sssd
printf '[global]\n idmap config X : range = 2000000000-2000999999\n' \
    >/etc/samba/smb.conf
against winbind uid-range 'winbind .*-2000999999'
rm -r /etc/samba
mkdir /etc/kanidm
: >/etc/kanidm/unixd
against kanidm uid-range 'kanidm uses 1879048192-2147483647'
rm -r /etc/kanidm

for list in 'AllowUsers alice' 'AllowGroups users' 'DenyUsers nh*' \
    'DenyGroups nhi-accounts'; do
	echo "$list" >/etc/ssh/sshd_config.d/10-lists.conf
	against "$list" sshd-lists "${list%% *} refuses"
done
echo 'AllowGroups users nhi nhi-accounts' >/etc/ssh/sshd_config.d/10-lists.conf
try 'a list that names both is none' 0 '^setup: 0' nhictl setup
rm /etc/ssh/sshd_config.d/10-lists.conf

sed -i.real '1i auth required pam_env.so user_readenv=1' /etc/pam.d/common-auth
against 'an environment of the user before the session' pam-env user_readenv
mv /etc/pam.d/common-auth.real /etc/pam.d/common-auth
sed -i.real '/pam_nhi/{h;d};/pam_unix/{p;x}' /etc/pam.d/common-auth
against 'pam_nhi behind pam_unix' pam-order 'behind pam_unix'
mv /etc/pam.d/common-auth.real /etc/pam.d/common-auth

mount --bind /usr/libexec/nhi /usr/libexec/nhi
mount -o remount,bind,nosuid /usr/libexec/nhi
against 'programs that cannot change their uid' mount nosuid
umount /usr/libexec/nhi
mount --bind /etc/pam.d /etc/pam.d
mount -o remount,bind,ro /etc/pam.d
against 'files that cannot be written' mount read-only
umount /etc/pam.d
mv /var/spool/nhi /var/spool/real
ln -s real /var/spool/nhi
against 'a directory that is a link' place 'no directory'
rm /var/spool/nhi
mv /var/spool/real /var/spool/nhi
chown alice /usr/libexec
against 'a directory that is not root'"'"'s' place '/usr/libexec is not root'
chown root /usr/libexec
ln /etc/nsswitch.conf /etc/nsswitch.other
sed -i 's/ nhi//' /etc/nsswitch.conf
ln -f /etc/nsswitch.conf /etc/nsswitch.other
refuses 'a file with two names' 'another hard link'
rm /etc/nsswitch.other
try 'all is well after that' 0 'changed: nhi in /etc/nsswitch.conf' nhictl setup

# A drop-in that would change anything for a person is taken back unread.
useradd -M -g nhi-accounts -u 1900 carol
rm /etc/ssh/sshd_config.d/00-nhi.conf
refuses 'a person whom the drop-in would change' \
    'sshd would change for user carol'
try 'and there is none' 1 '' test -e /etc/ssh/sshd_config.d/00-nhi.conf
userdel carol
try 'without her it is made' 0 'changed: drop-in' nhictl setup

echo 'UsePAM no' >/etc/ssh/sshd_config.d/00-aaa.conf
refuses 'sshd without PAM' 'UsePAM is "no", meant is "yes"'
rm /etc/ssh/sshd_config.d/00-aaa.conf

sed -i.real '/^Include/d' /etc/ssh/sshd_config
refuses 'an sshd_config that does not include' 'Include /etc/ssh/sshd_config.d'
mv /etc/ssh/sshd_config.real /etc/ssh/sshd_config

# The drop-in is read in by the sshd that runs, whatever its pid file is.
# in_time CMD...: half a minute.
in_time() {
	local i

	for ((i = 0; i < 600; i++)); do
		"$@" >/dev/null 2>&1 && return 0
		sleep 0.05
	done
	return 1
}
sshd_has_pid || not_ok 'sshd has a pid file'
kill "$(cat /run/sshd.pid)"
# It goes when the port is free.
in_time test ! -e /run/sshd.pid || not_ok 'sshd ends'
rm -f /etc/ssh/sshd_config.d/00-nhi.conf
sed -i '1i PidFile /run/other.pid' /etc/ssh/sshd_config
/usr/sbin/sshd
in_time test -s /run/other.pid || not_ok 'the other sshd begins'
told="sshd\[$(cat /run/other.pid)\]: .*SIGHUP; restarting"
try 'setup reads the drop-in in' 0 'changed: drop-in' nhictl setup
in_time grep -q "$told" /var/log/lab.log
is 'sshd was told' 1 "$(grep -c "$told" /var/log/lab.log)"

echo 'Match User nhi' >/etc/ssh/sshd_config.d/00-nhi.conf
refuses "somebody else's 00-nhi.conf" "is not nhictl's"
rm /etc/ssh/sshd_config.d/00-nhi.conf

try 'all is well again' 0 'changed: drop-in' nhictl setup
try 'and stays so' 0 '^setup: 0 changed' nhictl setup
try 'root can still log in by PAM' 0 '' su - alice -c true
finish
