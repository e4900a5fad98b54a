#!/bin/bash
# SPDX-License-Identifier: BSD-2-Clause
# debian.sh DIR: the packages in DIR on a host that never had NHI: installed,
# set up, used, upgraded under a live session, removed, purged; people log in
# after each step.  In a bare lab, see ../check.sh.
. "$(dirname "$0")/lib.sh"

PACKAGES='nhi libpam-nhi libnss-nhi nhi-client'
MODULE=$(dpkg -L libpam-modules | sed -n 's/pam_permit\.so$/pam_nhi.so/p')
DROP=/usr/libexec/nhi/nhi-drop

# files DIR: the packages without their debug symbols.
files() {
	find "$1" -maxdepth 1 -name '*.deb' ! -name '*-dbgsym*' | sort
}

get() {
	# shellcheck disable=SC2046
	apt-get install -y --no-install-recommends -o \
	    APT::Sandbox::User=root $(files "$1")
}

# The same under a higher version.
higher() {
	local deb dir=$WORK/repack

	mkdir -p "$WORK/higher"
	for deb in $(files "$1"); do
		rm -rf "$dir"
		dpkg-deb -R "$deb" "$dir"
		sed -i -E 's/^(Version: .*)/\1+up1/; /^Depends:/s/(nhi \(= [^)]*)/\1+up1/g' \
		    "$dir/DEBIAN/control"
		dpkg-deb -Znone -b "$dir" "$WORK/higher/$(basename "$deb")" \
		    >/dev/null
	done
}

sshd_said() {
	grep -c 'sshd\[.*\(SIGHUP\|listening on\)' /var/log/lab.log
}

trap '' PIPE
make_people
people 'before there is NHI'
host_files >"$WORK/before"

try 'the packages are installed' 0 '' get "$1"
is 'with the version of the source' "$(sed -n \
    's/^AC_INIT(\[nhi\], \[\([^]]*\).*/\1/p' /src/configure.ac)-1" \
    "$(dpkg-query -W -f '${Version}' nhi)"
people 'with the packages installed'
mode_is $DROP 'root:nhi 4710'
mode_is /usr/libexec/nhi/nhi-verify 'root:root 711'
is 'nhi has its shell' /usr/libexec/nhi/nhi-sshd-helper \
    "$(getent passwd nhi | cut -d: -f7)"
is 'groups of nhi' 'nhi _nhi' "$(id -Gn nhi)"
is 'group of the fetcher' _nhi "$(id -Gn _nhi-fetch)"
try 'no stack names the module' 1 '' grep -r pam_nhi /etc/pam.d
try 'nsswitch.conf does not know it' 1 '' grep -w nhi /etc/nsswitch.conf

try 'a policy is written' 0 '' policy
try 'nhictl setup, ca init, apply' 0 '' set_up
people 'with NHI set up'
try 'setup changed no file of the packages' 0 '' dpkg --verify $PACKAGES
is 'and no word of dpkg on it' '' "$(dpkg --verify $PACKAGES)"
try 'the three lines' 0 '^web-deploy$' three_lines
try 'tick runs with what its unit leaves it' 0 '' as_unit nhi-tick nhictl tick
mint >"$WORK/token"
check_as_unit() {
	as_unit "$1" nhictl token check \
	    --issuer https://token.actions.githubusercontent.com \
	    --audience ssh://web-1.example.com \
	    --jwks /etc/nhi/jwks/lab.json <"$WORK/token"
}
for unit in nhi-tick nhi-fetch; do
	try "nhi-drop does, too: $unit" 0 '^ok' check_as_unit $unit
done

# Under a live session, logins of all sorts, and eyes on the files.
higher "$1"
mkfifo "$WORK/in"
nhi_ssh k web-deploy@127.0.0.1 cat <"$WORK/in" >"$WORK/echo" 2>&1 &
session=$!
exec 7>"$WORK/in"
echo before >&7
for ((i = 0; i < 500; i++)); do
	! grep -q before "$WORK/echo" || break
	sleep 0.02
done
heard=$(sshd_said)
touch "$WORK/upgrading"
while [ -e "$WORK/upgrading" ]; do
	[ -e "$MODULE" ] && [ -u $DROP ] && [ -e /usr/sbin/nhictl ] ||
		echo 'a file was away' >>"$WORK/gone"
done &
while [ -e "$WORK/upgrading" ]; do
	su alice -c true >>"$WORK/gone" 2>&1 || echo su >>"$WORK/gone"
	echo su >>"$WORK/tried"
done &
while [ -e "$WORK/upgrading" ]; do
	three_lines >"$WORK/three" 2>&1 || cat "$WORK/three" >>"$WORK/gone"
	echo three >>"$WORK/tried"
done &
try 'an upgrade under a live session' 0 '' get "$WORK/higher"
cp "$OUT" "$WORK/said"
rm "$WORK/upgrading"
wait %2 %3 %4
sort "$WORK/tried" | uniq -c >"$OUT"
is 'nobody failed meanwhile, no file was away' '' "$(cat "$WORK/gone" \
    2>/dev/null | head -n 3)"
is 'both were tried' 2 "$(sort -u "$WORK/tried" | wc -l)"
try 'it asks for no other setup' 1 '' grep 'nhictl setup' "$WORK/said"
try 'it is the higher version' 0 'up1' dpkg-query -W nhi libpam-nhi libnss-nhi
is 'sshd was neither restarted nor reloaded' "$heard" "$(sshd_said)"
echo after >&7
for ((i = 0; i < 500; i++)); do
	! grep -q after "$WORK/echo" || break
	sleep 0.02
done
is 'the session is alive' 'before after' "$(tr '\n' ' ' <"$WORK/echo" |
    sed 's/ $//')"
exec 7>&-
wait $session
for ((i = 0; i < 500; i++)); do
	audit_last session.close >"$WORK/close"
	! grep -q web-deploy "$WORK/close" || break
	sleep 0.05
done
try 'its end is recorded' 0 '"session.close"' cat "$WORK/close"
people 'after the upgrade'
mode_is $DROP 'root:nhi 4710'
try 'the three lines after the upgrade' 0 '^web-deploy$' three_lines
is 'nothing for setup to do again' 0 "$(nhictl setup --dry-run 2>/dev/null |
    sed -n 's/^setup: \([0-9]*\) to change.*/\1/p')"

# remove takes the lines away before the module.
try 'apt-get remove' 0 '' apt-get remove -y $PACKAGES
people 'with the packages removed'
try 'no stack names the module' 1 '' grep -r pam_nhi /etc/pam.d
is 'the module is gone' gone "$([ -e "$MODULE" ] || echo gone)"
try 'nor nsswitch.conf' 1 '' grep -w nhi /etc/nsswitch.conf
is 'sshd has no drop-in of ours' '' "$(grep -rl nhi /etc/ssh)"
is 'the state stays' 16 "$(stat -c %s /var/lib/nhi/uids/salt)"

try 'apt-get purge' 0 '' apt-get purge -y ${PACKAGES% *}
people 'with the packages purged'
rm -rf /root/issuer
host_files >"$WORK/after"
try 'everything else is byte for byte as before' 0 '' diff "$WORK/before" \
    "$WORK/after"
finish
