#!/bin/bash
# SPDX-License-Identifier: BSD-2-Clause
# nhictl doctor: what it finds of PAM, of names and of UIDs.
. "$(dirname "$0")/doctor_lib.sh"

keep /etc/pam.d/sshd /etc/pam.d/common-account /etc/pam.d/common-auth

# PAM
module=$(find /usr/lib /lib -name pam_nhi.so -print -quit 2>/dev/null)
finds pam-module 'no module' "mv $module $module.away" \
    "mv $module.away $module"
finds pam-module 'a module that others may write' "chmod o+w $module" \
    "chmod o-w $module"
finds pam-module 'a module that does not load' \
    "cp -a $module $module.away; echo >$module" "mv $module.away $module"
finds 'pam-sshd-account pam-sshd-session' 'no lines of setup' \
    "sed -i '/NHI begin/,/NHI end/d' /etc/pam.d/sshd" \
    'put_back /etc/pam.d/sshd'
finds pam-sshd-account 'an account line that may be passed over' \
    "sed -i 's/^account  *required  *pam_nhi/account optional pam_nhi/' \
    /etc/pam.d/sshd" 'put_back /etc/pam.d/sshd'
finds pam-sshd-defer 'no defer' "sed -i 's/ defer//' /etc/pam.d/sshd" \
    'put_back /etc/pam.d/sshd'
finds pam-sshd-session 'a session line before ours' \
    "sed -i '1i session optional pam_motd.so' /etc/pam.d/sshd" \
    'put_back /etc/pam.d/sshd'
finds pam-env-before 'the environment of the account before ours' \
    "sed -i '1i session required pam_env.so user_readenv=1' /etc/pam.d/sshd" \
    'put_back /etc/pam.d/sshd'
finds pam-sufficient-before 'a sufficient line in sshd' \
    "sed -i '1i account sufficient pam_permit.so' /etc/pam.d/sshd" \
    'put_back /etc/pam.d/sshd'
finds pam-sufficient-before 'a sufficient line in what others include' \
    "sed -i '1i account [success=done default=ignore] pam_localuser.so' \
    /etc/pam.d/common-account" 'put_back /etc/pam.d/common-account'
finds pam-service 'common-account without us' \
    "sed -i '/pam_nhi/d' /etc/pam.d/common-account" \
    'put_back /etc/pam.d/common-account'
finds pam-auth-order 'pam_unix before us' \
    "sed -i '1i auth sufficient pam_unix.so' /etc/pam.d/common-auth" \
    'put_back /etc/pam.d/common-auth'
finds pam-argument 'a word that is misspelt' \
    "sed -i '/^account.*pam_nhi/s/ defer/ defer debug/' /etc/pam.d/sshd" \
    'put_back /etc/pam.d/sshd'

# Names
keep /etc/nsswitch.conf /etc/passwd /etc/shadow /etc/group /etc/gshadow \
    /etc/login.defs /etc/subuid
put_back_users() {
	put_back /etc/passwd /etc/shadow /etc/group /etc/gshadow
}
library=$(find /usr/lib /lib -name 'libnss_nhi.so.2' -print -quit 2>/dev/null)
finds nss-module 'no NSS module' "mv $library $library.away" \
    "mv $library.away $library"
finds nss-passwd 'passwd without nhi' \
    "sed -i '/^passwd/s/ nhi//' /etc/nsswitch.conf" \
    'put_back /etc/nsswitch.conf'
finds nss-group 'group without nhi' \
    "sed -i '/^group/s/ nhi//' /etc/nsswitch.conf" \
    'put_back /etc/nsswitch.conf'
finds nss-group 'no line group at all' \
    "sed -i '/^group/d' /etc/nsswitch.conf" 'put_back /etc/nsswitch.conf'
finds nss-initgroups 'initgroups without nhi' \
    "echo 'initgroups: files # nhi' >>/etc/nsswitch.conf" \
    'put_back /etc/nsswitch.conf'
finds nss-cache 'nscd caches' "mkdir /run/nscd; touch /run/nscd/socket
    echo 'enable-cache passwd yes' >/etc/nscd.conf" \
    'rm -r /run/nscd /etc/nscd.conf'
finds nss-answer 'a declared account without UID' \
    "mkdir -m 0755 $WORK/hide
    mount --bind $WORK/hide /var/lib/nhi/uids/name" \
    'umount /var/lib/nhi/uids/name'

# Users
finds own-users 'the shell of nhi' 'usermod -s /bin/sh nhi' put_back_users
finds 'own-users state-directory' 'the fetcher is gone' "sed -i /^_nhi-fetch:/d /etc/passwd" \
    put_back_users
finds own-users 'nhi has expired' 'usermod --expiredate 2001-01-01 nhi' \
    put_back_users
finds own-users 'nhi may not write the spool' 'gpasswd -d nhi _nhi' \
    put_back_users
useradd -m alice
keep /etc/passwd /etc/shadow /etc/group /etc/gshadow
finds group-members 'a person in nhi-accounts' \
    'gpasswd -a alice nhi-accounts' put_back_users
finds group-members 'a person whose primary group it is' \
    'usermod -g nhi-accounts alice' put_back_users
finds account-name-taken 'a local user web-deploy' \
    'echo web-deploy:x:4711:100::/:/bin/sh >>/etc/passwd' put_back_users
finds account-name-taken 'a local user that fits a template' \
    'echo pr-1-2:x:4711:100::/:/bin/sh >>/etc/passwd' put_back_users

# UIDs
finds uid-range-passwd 'a person in the range' \
    'usermod -u 2000300007 alice' put_back_users
finds uid-range-group "a group with the number of a machine's" \
    'echo grpx:x:2000300007:alice >>/etc/group' put_back_users
finds uid-range-subid 'containers in the range' \
    'echo alice:2100000000:65536 >>/etc/subuid' 'put_back /etc/subuid'
finds uid-range-system 'useradd gives numbers of the range' \
    "sed -i 's/^UID_MAX.*/UID_MAX 2100000000/' /etc/login.defs" \
    'put_back /etc/login.defs'
finds uid-range-system 'a range that systemd gives to containers' \
    "changed 's/^version.*/& uid_range = [ 700000000, 700100000 ];/'
    touch /run/sshd.pid" 'unchanged; touch /run/sshd.pid'
finds uid-range-directory 'SSSD gives numbers of the range' \
    "mkdir -p /etc/sssd; echo '[domain/x]
ldap_idmap_range_min = 2000000000
ldap_idmap_range_max = 2100000000' >/etc/sssd/sssd.conf" 'rm -r /etc/sssd'
finds uid-range-directory 'kanidm is here' \
    'mkdir /etc/kanidm; touch /etc/kanidm/unixd' 'rm -r /etc/kanidm'

# A container that has the first 65,536 numbers only.
unshare -U sleep 250 &
inner=$!
has_its_own() {
	[ "$(readlink /proc/$inner/ns/user)" != \
	    "$(readlink /proc/self/ns/user)" ]
}
until_true 30 has_its_own || not_ok 'a container'
echo '0 0 65536' >/proc/$inner/uid_map
echo '0 0 65536' >/proc/$inner/gid_map
try 'uid-range-map: a container without the range' 1 'uid-range-map: ' \
    nsenter -t $inner -U nhictl doctor
kill $inner

# Accounts
finds account-shell 'a shell that is gone' \
    "cp /bin/sh /opt/sh; changed 's|^version.*|& shell = \"/opt/sh\";|'
    rm /opt/sh; touch /run/sshd.pid" 'unchanged; touch /run/sshd.pid'
finds account-shell 'a shell that nobody may run' \
    "cp /bin/sh /opt/sh; changed 's|^version.*|& shell = \"/opt/sh\";|'
    chmod 0644 /opt/sh; touch /run/sshd.pid" 'unchanged; touch /run/sshd.pid'
rm -f /opt/sh
finds account-home 'no directory for homes' \
    "changed 's|^version.*|& home = \"/srv/bots/\";|'
    touch /run/sshd.pid" 'unchanged; touch /run/sshd.pid'
finds home-left 'a home that was set aside' \
    'install -d -m 0700 /var/lib/nhi/homes/.left/pr-1.2000400000.0' \
    'rm -r /var/lib/nhi/homes/.left'
install -d /var/lib/systemd/linger
touch /var/lib/systemd/linger/alice
finds linger 'an account that lingers without a lease' \
    'touch /var/lib/systemd/linger/web-deploy' \
    'rm /var/lib/systemd/linger/web-deploy'
rm /var/lib/systemd/linger/alice
groupadd deployers
finds account-group 'a group that is gone' \
    "changed 's|account = \"web-deploy\";|& groups = [ \"deployers\" ];|' &&
    groupdel deployers" 'groupadd deployers; unchanged'
groupdel deployers

all_well
