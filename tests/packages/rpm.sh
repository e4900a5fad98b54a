#!/bin/bash
# SPDX-License-Identifier: BSD-2-Clause
# rpm.sh DIR: the RPMs in DIR, with their scripts, on a host that never had
# NHI (and whose packages are not RPMs, hence --nodeps).  In a bare lab, see
# ../check.sh.
. "$(dirname "$0")/lib.sh"

PACKAGES='nhi pam-nhi libnss-nhi nhi-client'
MODULE=$(dpkg -L libpam-modules | sed -n 's/pam_permit\.so$/pam_nhi.so/p')
DROP=/usr/libexec/nhi/nhi-drop

# With no database of this machine's.
rpm_() {
	rpm --dbpath /var/lib/rpm-lab "$@"
}

files() {
	find "$1" -maxdepth 1 -name '*.rpm' ! -name '*.src.rpm' ! -name '*selinux*'
}

trap '' PIPE
make_people
people 'before there is NHI'
# shellcheck disable=SC2046
try 'the RPMs are installed' 0 '' rpm_ -U --nodeps $(files "$1")
people 'with the RPMs installed'
try 'no stack names the module' 1 '' grep -r pam_nhi /etc/pam.d
mode_is $DROP 'root:nhi 4710'
mode_is /usr/libexec/nhi/nhi-verify 'root:root 711'
is 'groups of nhi' 'nhi _nhi' "$(id -Gn nhi)"
# shellcheck disable=SC2086
is 'rpm -V has nothing to say' '' "$(rpm_ -V --nodeps $PACKAGES)"

policy
try 'nhictl setup, ca init, apply' 0 '' set_up
people 'with NHI set up'
try 'the three lines' 0 '^web-deploy$' three_lines
# shellcheck disable=SC2086
is 'nor after setup' '' "$(rpm_ -V --nodeps $PACKAGES)"

# An upgrade as rpm sees it, while all log in.
touch "$WORK/upgrading"
while [ -e "$WORK/upgrading" ]; do
	[ -e "$MODULE" ] && [ -u $DROP ] || echo 'a file was away' \
	    >>"$WORK/gone"
	su alice -c true >>"$WORK/gone" 2>&1 || echo su >>"$WORK/gone"
	three_lines >"$WORK/three" 2>&1 || cat "$WORK/three" >>"$WORK/gone"
	echo all >>"$WORK/tried"
done &
# shellcheck disable=SC2046
try 'all are upgraded' 0 '' rpm_ -U --nodeps --force $(files "$1")
rm "$WORK/upgrading"
wait
is 'nobody failed meanwhile' '' "$(cat "$WORK/gone" 2>/dev/null | head -n 3)"
try 'and somebody tried' 0 all cat "$WORK/tried"
people 'after the upgrade'

# shellcheck disable=SC2086
try 'rpm -e' 0 '' rpm_ -e --nodeps $PACKAGES
people 'with the RPMs removed'
is 'the module is gone' gone "$([ -e "$MODULE" ] || echo gone)"
try 'no stack names the module' 1 '' grep -r pam_nhi /etc/pam.d
try 'nor nsswitch.conf nhi' 1 '' grep -w nhi /etc/nsswitch.conf
is 'sshd has no drop-in of ours' '' "$(grep -rl nhi /etc/ssh)"
is 'the state stays' 16 "$(stat -c %s /var/lib/nhi/uids/salt)"
finish
