#!/bin/bash
# SPDX-License-Identifier: BSD-2-Clause
# lab: LAB_BARE=1
# nhictl unsetup gives the host's files back byte for byte, keeps what an
# administrator wrote into them since, and may be run at any time.
. "$(dirname "$0")/setup_lib.sh"

make_people
chmod 0444 /etc/nsswitch.conf
chgrp adm /etc/nsswitch.conf
touch -d 2020-02-02T02:02:02Z /etc/nsswitch.conf /etc/pam.d/sshd
# An access list and a note; and all attributes of a file as text.
/usr/bin/python3 -c 'import os, struct
os.setxattr("/etc/pam.d/sshd", "user.note", b"mine")
os.setxattr("/etc/pam.d/sshd", "system.posix_acl_access", struct.pack("<I",
    2) + b"".join(struct.pack("<HHI", *e) for e in [(1, 6, 0xffffffff),
    (2, 4, 1000), (4, 4, 0xffffffff), (16, 4, 0xffffffff),
    (32, 4, 0xffffffff)]))' || not_ok 'attributes are set'
attributes() {
	/usr/bin/python3 -c 'import os, sys
for n in sorted(os.listxattr(sys.argv[1])):
    print(n, os.getxattr(sys.argv[1], n).hex())' "$1"
}
attributes=$(attributes /etc/pam.d/sshd)
install_files
snapshot >"$WORK/before"

try 'nothing to do on a host without NHI' 0 '^unsetup: 0 undone' nhictl unsetup
as_before 'and nothing is done'
try 'other words are wrong usage' 64 '^usage:' nhictl unsetup --confirm
try 'only root may' 2 'needs root' setpriv --reuid 65534 --regid 65534 \
    --clear-groups nhictl unsetup

# The whole life of a host: set up, a CA, a policy with sudo, a login.
into_service() {
	nhictl setup --no-rollback && nhictl ca init &&
	    install -m 0644 /root/issuer/jwks.json /etc/nhi/jwks/lab.json &&
	    sed '0,/account = "web-deploy";/s,,& sudo = [ "/usr/bin/id -u" ];,' \
	    /src/tests/lab/nhi.conf >/etc/nhi/nhi.conf && nhictl apply
}
/usr/bin/python3 "$E2E/mint.py" keys --dir /root/issuer --kind rs256
try 'set up, with CA and policy' 0 'in force' into_service
is 'what is kept has its mode, owner and time' '444 root adm 1580608922' \
    "$(stat -c '%a %U %G %Y' $SETUP/base/was/etc/nsswitch.conf)"
mode_is $SETUP 'root:root 700'
is 'an edited file keeps its attributes' "$attributes" \
    "$(attributes /etc/pam.d/sshd)"
is 'an edited file keeps its owner and mode' '444 root adm' \
    "$(stat -c '%a %U %G' /etc/nsswitch.conf)"
try 'the sudoers of the policy are there' 0 '' test -e /etc/sudoers.d/nhi
try 'a certificate' 0 '^nhi: issued' patiently issue k web-deploy
try 'and a login' 0 '^web-deploy$' nhi_ssh k web-deploy@127.0.0.1 id -un
nhi_ssh k web-deploy@127.0.0.1 sleep 250 2>/dev/null &
session=$!
until_true 30 pgrep -u web-deploy sleep || not_ok 'a session is open'

# Whoever ended another session of the account died while all of it stood still.
id=$(id -u web-deploy)
stopped() {
	ps -eo stat=,args= | grep -c '^T.*tail -f'
}
# The end of the login may stop all and let all go on.
until_true 30 eval '[ "$(find /run/nhi/sessions -name "[0-9]*" | wc -l)" = 1 ]'
runuser -u web-deploy -- tail -f /dev/null </dev/null >/dev/null 2>&1 &
until_true 30 pgrep -u "$id" -x tail
install -d -m 0700 /run/nhi/stopped
echo stopped >/run/nhi/stopped/"$id"
pkill -STOP -u "$id" -x tail
until_true 10 eval '[ "$(stopped)" = 2 ]' || not_ok 'they stand still'

nhictl unsetup --dry-run >"$WORK/plan"
try 'a dry run tells what would go' 0 \
    '^would be restored: /etc/nsswitch.conf' cat "$WORK/plan"
try 'as a diff' 0 '^-session +requisite +pam_nhi.so' cat "$WORK/plan"
try 'as JSON' 0 '^\{"kind":"undo","what":"/etc/nsswitch.conf"' \
    nhictl unsetup --dry-run --json
try 'and does nothing' 0 'passwd:.* nhi' cat /etc/nsswitch.conf
is 'to nobody' 2 "$(stopped)"

# A job as cron begins one: no session of ours, the kernel's login UID.
if [ -e /proc/self/loginuid ]; then
	(
		echo "$id" >/proc/self/loginuid
		exec setpriv --reuid "$id" --regid "$id" --clear-groups \
		    sleep 8585
	) </dev/null >/dev/null 2>&1 &
	until_true 30 pgrep -u "$id" -xf 'sleep 8585'
fi

# It asks nothing that may be broken.
echo '{ no policy' >/etc/nhi/nhi.conf
rm -rf /var/lib/nhi/published
try 'unsetup, with a broken policy' 0 ' 0 of them edited' nhictl unsetup
as_before 'every file is as it was'
is 'with its time' 1580608922 "$(stat -c %Y /etc/nsswitch.conf)"
is 'and its attributes' "$attributes" "$(attributes /etc/pam.d/sshd)"
until_true 30 eval '! pgrep -x sleep' || not_ok 'the session has ended'
stop $session
until_true 5 eval '[ "$(stopped)" = 0 ]'
is 'who stood still goes on, and who waits for him' 0 "$(stopped)"
is 'and was not ended' 1 "$(pgrep -u "$id" -cx tail)"
if [ -e /proc/self/loginuid ]; then
	is 'a job of cron was' 0 "$(pgrep -u "$id" -xfc 'sleep 8585')"
	try 'and that is in the trail' 0 'a job, ended by .*unsetup' \
	    nhictl audit --event session.end
else
	skip 'a job of cron' 'no audit in this kernel'
fi
# The end of the session may be at it, too, and then unsetup does not wait.
until_true 5 eval '[ -z "$(find /run/nhi/stopped -type f)" ]'
is 'and no note of it' '' "$(find /run/nhi/stopped -type f)"
pkill -9 -u "$id" -x tail
is 'its users are gone' '' "$(getent passwd nhi _nhi _nhi-fetch)"
is 'nothing of theirs can be had by who gets their number' '' \
    "$(find /etc/nhi /var/lib/nhi /var/cache/nhi /var/spool/nhi /run/nhi \
    -maxdepth 2 \( -nouser -o -nogroup \) ! -path '*/marks/*' \
    ! -path '*/issued/*' ! -path '/var/spool/nhi/*' \
    ! -path '*/slots/*' ! -path '*/homes/*')"
is 'nor read it' '700 700' \
    "$(stat -c %a /var/lib/nhi/marks /var/lib/nhi/issued | xargs)"
people 'afterwards'
try 'a second time is nothing' 0 '^unsetup: 0 undone' nhictl unsetup
as_before 'and changes nothing'

# Back again, with the same CA and registry.
install -m 0644 /src/tests/lab/nhi.conf /etc/nhi/nhi.conf
try 'set up again' 0 '^setup: .* changed' nhictl setup --no-rollback
try 'and applied' 0 'in force' nhictl apply
rm -f "$WORK/k-cert.pub"
try 'a certificate of the same CA' 0 '^nhi: issued' patiently issue k web-deploy
try 'and a login again' 0 '^web-deploy$' nhi_ssh k web-deploy@127.0.0.1 id -un
rm -f "$WORK/k-cert.pub"

# What an administrator, and another package, did meanwhile stays.
sed -i 's/^hosts:.*/& myhostname/' /etc/nsswitch.conf
sed -i '1i # a comment of the host' /etc/pam.d/sshd
sed -i '2a auth optional pam_faildelay.so delay=1' /etc/pam.d/common-auth
sed -i 's/MaxSessions 1/MaxSessions 2/' /etc/ssh/sshd_config.d/00-nhi.conf
useradd -m bob
cp -a /etc/nsswitch.conf /etc/pam.d/sshd /etc/pam.d/common-auth "$WORK/"
sed -i '/^\(passwd\|group\):/s/ nhi//' "$WORK/nsswitch.conf"
sed -i '/^# NHI begin/,/^# NHI end/d' "$WORK/sshd"
try 'unsetup tells what was edited since' 0 \
    '/etc/pam.d/sshd \(edited since\)' nhictl unsetup
try 'nsswitch.conf keeps the edit' 0 '' \
    cmp "$WORK/nsswitch.conf" /etc/nsswitch.conf
try 'the PAM file too' 0 '' cmp "$WORK/sshd" /etc/pam.d/sshd
try 'common-auth too' 0 'pam_faildelay' cat /etc/pam.d/common-auth
is 'and has nothing of NHI' 0 "$(cat /etc/pam.d/* | grep -c pam_nhi)"
try 'the drop-in is gone' 1 '' test -e /etc/ssh/sshd_config.d/00-nhi.conf
try 'and kept elsewhere' 0 'MaxSessions 2' \
    cat $SETUP/edited/etc/ssh/sshd_config.d/00-nhi.conf
try 'the new user stays' 0 '^bob:' getent passwd bob
is 'ours are gone' '' "$(getent passwd nhi _nhi _nhi-fetch)"
people 'with edits'

# Another package's profile came in meanwhile: it stays, and known as such.
sed -i '/pam_faildelay/d' /etc/pam.d/common-auth
nhictl setup --no-rollback >"$OUT" 2>&1 || not_ok 'set up for the other'
printf '%s\n' 'Name: Other' 'Default: yes' 'Priority: 0' \
    'Session-Type: Additional' 'Session:' '	optional pam_permit.so other' \
    >/usr/share/pam-configs/other
pam-auth-update --package
grep -q 'pam_permit.so other' /etc/pam.d/common-session ||
	not_ok 'the other is in'
try 'unsetup, with another profile' 0 '^unsetup: [1-9]' nhictl unsetup
pam-auth-update --package
try 'the other profile stays' 0 'pam_permit.so other' \
    cat /etc/pam.d/common-session
try 'and is known' 0 'pam_permit.so other' cat /var/lib/pam/session
is 'ours is not' 0 "$(cat /etc/pam.d/common-* | grep -c pam_nhi)"

# No note can be written, as on a full disk: it undoes all the same.
nhictl setup >/dev/null || not_ok 'set up for the full disk'
mkdir $SETUP/pending/state.nhi-new
try 'a rollback needs no note' 0 '^setup: rolled back' \
    nhictl setup --rollback
is 'and rolls back' 0 "$(grep -cw nhi /etc/nsswitch.conf)"
nhictl setup --no-rollback >/dev/null || not_ok 'set up for the full disk'
mkdir $SETUP/unsetup.nhi-new
try 'unsetup needs none either' 0 '^unsetup: [1-9]' nhictl unsetup
is 'and undoes' 0 "$(grep -cw nhi /etc/nsswitch.conf)"
rmdir $SETUP/unsetup.nhi-new

# A copy that is gone is no sign that there was no file.
cp -a /etc/nsswitch.conf "$WORK/whole"
try 'set up for the lost copies' 0 '^setup: .* changed' \
    nhictl setup --no-rollback
rm $SETUP/base/was/etc/nsswitch.conf $SETUP/base/was/etc/pam.d/common-auth
try 'unsetup tells of a copy that is gone' 2 'as it was is gone' \
    nhictl unsetup
try 'and leaves the file, without our lines' 0 '' \
    cmp "$WORK/whole" /etc/nsswitch.conf
try 'and common-auth' 0 'pam_unix' cat /etc/pam.d/common-auth
try 'and the next time all is done' 0 '^unsetup:' nhictl unsetup
try 'and forgotten' 1 '' test -e $SETUP/base

# A second setup takes nothing of the first with it when it is undone.
nhictl setup --no-rollback >"$OUT" 2>&1 || not_ok 'set up for the second'
userdel -f _nhi-fetch
sed -i '/^passwd:/s/ nhi//' /etc/nsswitch.conf
owners() {
	stat -c '%n %u:%g %a' /var/lib/nhi/users/{verify,issuer} \
	    /var/lib/nhi/{marks,issued} /var/spool/nhi 2>&1
}
owners=$(owners)
nhictl setup >"$OUT" 2>&1 || not_ok 'the second setup'
sed -i 's/^hosts:.*/& myhostname/' /etc/nsswitch.conf
try 'the second, edited, rolled back' 0 \
    "left with NHI's lines: /etc/nsswitch.conf" nhictl setup --rollback
try 'the lines of the first are left' 0 '^group:.* nhi' cat /etc/nsswitch.conf
try 'with the edit' 0 '^hosts:.* myhostname$' cat /etc/nsswitch.conf
is 'the user of the second is gone' '' "$(getent passwd _nhi-fetch)"
is 'what the first owns is left' "$owners" "$(owners)"
try 'unsetup after it' 0 '^unsetup: [1-9]' nhictl unsetup
is 'and nothing of NHI' 0 "$(grep -cw nhi /etc/nsswitch.conf)"

# Another program took the files over meanwhile: its links stay, and what
# they lead to loses our lines only.
(umask 0 && nhictl setup --no-rollback) >"$OUT" 2>&1 ||
	not_ok 'set up for the links'
is 'what is kept is for root alone, whatever the umask' '' \
    "$(find $SETUP -type d \( -perm /077 -o ! -uid 0 \))"
is 'and passwords are for nobody else' '' \
    "$(find $SETUP -type f -name '*shadow*' -perm /007)"
kept() {
	find $SETUP -type f -name "$1*" -printf '%f\n' | sort | xargs
}
nhictl tick >"$OUT" 2>&1 || not_ok 'tick'
is 'they are there while none has changed' 'gshadow gshadow- shadow shadow-' \
    "$(kept shadow | sed "s/^/$(kept gshadow) /")"
usermod -p '*changed' daemon
nhictl tick -v >"$OUT" 2>&1 || not_ok 'tick'
is 'and not longer' 'gshadow gshadow-' "$(kept '*shadow')"
echo 'session optional pam_nhi.so' >>/etc/pam.d/login
mkdir /etc/authselect
links="nsswitch.conf pam.d/sshd pam.d/login"
for f in $links; do
	sed -i '1i # of the program' /etc/$f
	cp -a /etc/$f "$WORK/$(basename $f)"
	mv /etc/$f /etc/authselect/
	ln -s /etc/authselect/"$(basename $f)" /etc/$f
done
sed -i '/^\(passwd\|group\):/s/ nhi//' "$WORK/nsswitch.conf"
sed -i '/^# NHI begin/,/^# NHI end/d' "$WORK/sshd"
mv /etc/ssh/sshd_config.d/00-nhi.conf /etc/authselect/
ln -s /etc/authselect/00-nhi.conf /etc/ssh/sshd_config.d/00-nhi.conf
try 'unsetup tells where links led' 0 '/etc/authselect/sshd \(edited since' \
    nhictl unsetup
is 'the links stay' 3 "$(cd /etc && find $links -type l | wc -l)"
for f in nsswitch.conf sshd; do
	try "$f keeps the program's lines" 0 '' cmp "$WORK/$f" \
	    /etc/authselect/$f
done
is 'nothing names the module' 0 "$(cat /etc/pam.d/* | grep -c pam_nhi)"
try 'the drop-in is no more' 1 '' test -L /etc/ssh/sshd_config.d/00-nhi.conf
people 'with links'
for f in $links; do
	rm /etc/$f
	mv /etc/authselect/"$(basename $f)" /etc/$f
done
rm -r /etc/authselect

# Odd links: to a directory, to what people wrote, to a file of a group.
mkdir /etc/site
echo '%wheel ALL=(ALL) ALL' >/etc/site/people
nhictl setup --no-rollback >"$OUT" 2>&1 || not_ok 'set up for odd links'
ln -s /etc/site /etc/pam.d/zz-old
ln -s /etc/site/people /etc/sudoers.d/nhi
sed 's/ nhi//' /etc/nsswitch.conf >"$WORK/nsswitch.conf"
cp -a /etc/nsswitch.conf /etc/site/
chmod 0664 /etc/site/nsswitch.conf
ln -sf /etc/site/nsswitch.conf /etc/nsswitch.conf
try 'unsetup with odd links ends' 0 '^unsetup: [1-9]' nhictl unsetup
try 'the file of a group loses our words' 0 '' \
    cmp "$WORK/nsswitch.conf" /etc/nsswitch.conf
try 'the sudoers of people stay' 0 '^%wheel' cat /etc/sudoers.d/nhi
try 'and the link to a directory' 0 '' test -L /etc/pam.d/zz-old
# She could put a link in the place of a directory of root's, there.
install -d /home/alice/etc
echo 'session optional pam_nhi.so' >/home/alice/etc/zz-hers
ln -s /home/alice/etc/zz-hers /etc/pam.d/zz-hers
try 'nobody writes below the home of a person' 2 "not root's alone" \
    nhictl unsetup
rm -r /etc/pam.d/zz-hers /home/alice/etc
rm /etc/pam.d/zz-old /etc/nsswitch.conf
mv /etc/site/nsswitch.conf /etc/
chmod 0444 /etc/nsswitch.conf
nhictl setup >"$OUT" 2>&1 || not_ok 'set up for links in a trial'
mv /etc/pam.d/common-auth /etc/site/
ln -s /etc/site/common-auth /etc/pam.d/common-auth
try 'common-auth is a link: a rollback' 0 '/etc/site/common-auth' \
    nhictl setup --rollback
is 'frees it of the module' 0 "$(cat /etc/pam.d/* | grep -c pam_nhi)"
try 'and leaves the sudoers of people' 0 '^%wheel' cat /etc/sudoers.d/nhi
rm /etc/pam.d/common-auth /etc/sudoers.d/nhi
mv /etc/site/common-auth /etc/pam.d/
mv /etc/pam.d/common-password /etc/site/
ln -s /etc/site/common-password /etc/pam.d/common-password
snapshot >"$WORK/linked"
try 'common-password is a link: setup refuses' 1 'is a symbolic link' \
    nhictl setup --no-rollback
snapshot >"$WORK/now"
try 'and has changed nothing' 0 '' diff "$WORK/linked" "$WORK/now"
is 'nor made a user' '' "$(getent passwd nhi _nhi _nhi-fetch)"
rm /etc/pam.d/common-password
mv /etc/site/common-password /etc/pam.d/
rm -r /etc/site

# An upgrade's setup that is rolled back leaves what apply said since.
nhictl setup --no-rollback >"$OUT" 2>&1 || not_ok 'set up for an upgrade'
nhictl apply >"$OUT" 2>&1 || not_ok 'applied for an upgrade'
dropin=/etc/ssh/sshd_config.d/00-nhi.conf
sed -i '/UnusedConnectionTimeout/d; /MaxSessions/d' $dropin
nhictl setup >"$OUT" 2>&1 || not_ok "an upgrade's setup"
echo 'issue_from = [ "127.0.0.0/8" ];' >>/etc/nhi/nhi.conf
nhictl apply >"$OUT" 2>&1 || not_ok 'applied in the trial'
cp -a $dropin "$WORK/dropin"
try "an upgrade's setup is rolled back" 0 \
    "^left as nhictl apply wrote it: $dropin\$" nhictl setup --rollback
try 'and the drop-in of the later apply stays' 0 '' \
    cmp "$WORK/dropin" $dropin
try 'until unsetup' 0 '^unsetup: [1-9]' nhictl unsetup
try 'which takes it' 1 '' test -e $dropin

# No ledger: a setup of another time, lines by hand.
try 'set up once more' 0 '^setup: .* changed' nhictl setup --no-rollback
rm -rf $SETUP
echo 'session optional pam_nhi.so' >>/etc/pam.d/login
try 'unsetup without a ledger' 0 '^unsetup: [1-9]' nhictl unsetup
is 'no PAM file names the module' 0 "$(cat /etc/pam.d/* | grep -c pam_nhi)"
is 'nor does nsswitch.conf' 0 "$(grep -cw nhi /etc/nsswitch.conf)"
try 'nor sshd' 1 '' test -e /etc/ssh/sshd_config.d/00-nhi.conf

# The files: not while PAM asks for one of them, since nhictl would go, too.
installed() {
	find /usr -xdev \( -name '*nhi*' -o -name 'nhi' \) ! -type d \
	    -printf '%p %s\n' | sort
}
try 'set up for the last time' 0 '' nhictl setup --no-rollback
installed >"$WORK/installed"
try 'make uninstall while PAM asks us' 2 'first nhictl unsetup' \
    make -s -C "$BUILD" uninstall
is 'takes nothing' '' "$(installed | diff - "$WORK/installed")"
people 'make uninstall refused'
try 'unsetup before make uninstall' 0 '' nhictl unsetup
try 'make uninstall' 0 '' make -s -C "$BUILD" uninstall
try 'nhictl is gone' 127 '' nhictl --version
is 'and the modules' '' "$(find /usr/lib /lib \( -name pam_nhi.so -o \
    -name 'libnss_nhi*' \) 2>/dev/null)"
people 'without the modules'
finish
