#!/bin/bash
# SPDX-License-Identifier: BSD-2-Clause
# removal.sh DIR: the packages go from a host where that is hard: nhictl does
# not run, pam-auth-update will not touch what was edited by hand, other
# services name the module.  Whatever happens, people log in.
. "$(dirname "$0")/lib.sh"

PACKAGES='nhi libpam-nhi libnss-nhi'
MODULE=$(dpkg -L libpam-modules | sed -n 's/pam_permit\.so$/pam_nhi.so/p')

make_people
# shellcheck disable=SC2046
try 'the packages are installed' 0 '' apt-get install -y \
    --no-install-recommends -o APT::Sandbox::User=root \
    $(find "$1" -maxdepth 1 -name '*.deb' ! -name '*-dbgsym*')
policy
if nhictl setup --help | grep -q -- --rollback; then
	(cd /etc && find . -type f -exec sha256sum {} + | sort) >"$WORK/etc"
	try 'a setup that is on trial' 0 '' nhictl setup
	try 'is rolled back with what the unit of tick leaves' 0 '' \
	    as_unit nhi-tick nhictl setup --rollback
	(cd /etc && find . -type f -exec sha256sum {} + | sort) >"$WORK/etc2"
	try 'byte for byte' 0 '' diff "$WORK/etc" "$WORK/etc2"
fi
try 'nhictl setup, ca init, apply' 0 '' set_up

# A line of the host's own before ours, that jumps over all of them; then
# pam-auth-update sees local changes and leaves the files alone.
rest=$(sed -n 's/.*success=\([0-9]*\).*pam_nhi.*/\1/p' /etc/pam.d/common-auth)
sed -i "0,/pam_nhi/s/^.*pam_nhi.*/auth [success=$((rest + 1)) default=ignore] pam_succeed_if.so quiet user = nosuchuser\n&/" \
    /etc/pam.d/common-auth
cat >/etc/pam.d/by-hand <<-'END'
	# pam_nhi.so in a comment stays
	auth required \
	    pam_nhi.so
	-account [success=1 default=ignore] pam_nhi.so debug
	account required pam_deny.so
	account required pam_permit.so
END
chmod 0644 /usr/sbin/nhictl
people 'on a host with edits of its own'

# A block without an end cannot be taken out: the module must stay.
cp /etc/pam.d/sshd "$WORK/sshd"
sed -i 's/^# NHI end/# NHI/' /etc/pam.d/sshd
try 'removal stops where a line would be left' 100 \
    'still named in /etc/pam.d/sshd' apt-get remove -y $PACKAGES
is 'and the module is there' there "$([ -e "$MODULE" ] && echo there)"
people 'when removal has stopped'

cp "$WORK/sshd" /etc/pam.d/sshd
try 'removal goes on when that is mended' 0 '' apt-get remove -y $PACKAGES
people 'after it'
is 'the module is gone' gone "$([ -e "$MODULE" ] || echo gone)"
try 'no stack names it' 1 '' grep -rE '^[^#]*pam_nhi' /etc/pam.d
is 'a line that was jumped over is inert, and there' "auth	[default=ignore]	pam_deny.so" \
    "$(grep -A1 nosuchuser /etc/pam.d/common-auth | tail -n 1)"
printf '%s\n' '# pam_nhi.so in a comment stays' \
    'auth	[default=ignore]	pam_deny.so' \
    '-account	[default=ignore]	pam_deny.so' \
    'account required pam_deny.so' 'account required pam_permit.so' \
    >"$WORK/by-hand"
try 'the others, too' 0 '' diff "$WORK/by-hand" /etc/pam.d/by-hand
try 'nsswitch.conf does not know nhi' 1 '' grep -w nhi /etc/nsswitch.conf
is 'sshd has no drop-in of ours' '' "$(grep -rl nhi /etc/ssh)"

# Once more: what was kept is used again.
sed -i '/nosuchuser/d; /default=ignore.*pam_deny/d' /etc/pam.d/common-*
rm /etc/pam.d/by-hand
pam-auth-update --force --package 2>/dev/null
uid=$(readlink /var/lib/nhi/uids/name/web-deploy)
# shellcheck disable=SC2046
try 'installed again' 0 '' apt-get install -y --no-install-recommends \
    -o APT::Sandbox::User=root \
    $(find "$1" -maxdepth 1 -name '*.deb' ! -name '*-dbgsym*')
try 'and set up again, with the CA that was there' 0 '' set_up
try 'the three lines' 0 '^web-deploy$' three_lines
is 'the account has its UID again' "$uid" \
    "$(readlink /var/lib/nhi/uids/name/web-deploy)"
people 'at the end'
finish
