#!/bin/bash
# SPDX-License-Identifier: BSD-2-Clause
# Full and read-only disks: nothing is given that is not written, nothing is
# left half made, people log in as ever, and all is well when there is room.
# shellcheck disable=SC2317 # try calls them
. "$(dirname "$0")/road_lib.sh"

make_keys corp es256
apply 'the policy is applied' <<-END
version = 1;
host = { id = "web-1.example.com"; };
issuers = ( $(issuer corp) );
identities = ( $(identity web corp web-deploy sub job-1),
$(identity pr corp 'pr-{jti}' sub job-1) );
END
useradd -m alice
key k
key job
key new
install -d -m 0700 -o alice /home/alice/.ssh
install -m 0600 -o alice "$WORK/k.pub" /home/alice/.ssh/authorized_keys
token corp es256 sub=job-1 | trade job web-deploy 2>/dev/null
token corp es256 sub=job-1 'jti="a1"' | trade new pr-a1 2>/dev/null
mkdir "$WORK/small"

# cut_trail FILE: whole records of which the last ends short of a page, so
# that a full disk takes a part of the next one.
cut_trail() {
	head -c 4090 "$TRAIL" | grep '}$' >"$1"
	while [ "$(wc -c <"$1")" -lt 3300 ]; do
		tail -n 1 "$1" >>"$1.more"
		cat "$1.more" >>"$1"
		rm "$1.more"
	done
}

# over DIR OPTION: the same content on a disk without room (or read-only).
over() {
	local dir=$1 how=$2

	mount -t tmpfs -o size=256k,mode=755 tmpfs "$WORK/small"
	cp -a "$dir/." "$WORK/small/"
	chown --reference="$dir" "$WORK/small"
	chmod --reference="$dir" "$WORK/small"
	[ "$dir" != /var/log/nhi ] || cut_trail "$WORK/small/audit.jsonl"
	if [ "$how" = full ]; then
		dd if=/dev/zero of="$WORK/small/.fill" bs=1k 2>/dev/null
		# Links and empty files take no blocks, but their entries do.
		mount -o remount,nr_inodes="$(find "$WORK/small" | wc -l)" \
		    "$WORK/small" 2>/dev/null
	else
		mount -o remount,ro "$WORK/small"
	fi
	mount --move "$WORK/small" "$dir" 2>/dev/null ||
	    { mount --bind "$WORK/small" "$dir"; umount -l "$WORK/small"; }
}

# nothing DIR HOW WHAT-IT-KEEPS ISSUE-STATUS LOGIN-STATUS
nothing() {
	local dir=$1 how=$2 issue=$3 enter=$4 name="$1 is $2"

	# What ends later would end in a copy of its own.
	until_true 30 idle || not_ok "$name: the one before has gone"
	token corp es256 sub=job-1 >"$WORK/token"
	over "$dir" "$how"
	cp "$WORK/job-cert.pub" "$WORK/kept"
	try "$name: issue ends with $issue" "$issue" '' \
	    trade_file job web-deploy "$WORK/token"
	[ "$issue" -eq 0 ] || {
		is "$name: nothing is given" '' \
		    "$(grep cert-v01 "$WORK/job-cert.pub")"
		cp "$WORK/kept" "$WORK/job-cert.pub"
	}
	try "$name: login ends with $enter" "$enter" '' \
	    login job web-deploy true
	if [ "$dir" = /var/log/nhi ]; then
		is "$name: no half record" '' "$(grep -v '}$' "$TRAIL")"
		is "$name: no half record at the end" '' \
		    "$(tail -c 1 "$TRAIL" | tr -d '\n')"
	fi
	try "$name: a person logs in" 0 '^alice$' login k alice id -un
	umount -l "$dir"
	is "$name: no session, no lease is left" '' \
	    "$(until_true 30 idle || find /run/nhi/sessions /run/nhi/leases \
	    ! -type d -printf '%f ')"
	try "$name: well again" 0 '' trade_file job web-deploy "$WORK/token"
	try "$name: and enters" 0 '^web-deploy$' login job web-deploy id -un
}

idle() {
	[ -z "$(find /run/nhi/sessions /run/nhi/leases ! -type d ! -name .lock)" ]
}

for how in full read-only; do
	nothing /var/spool/nhi $how 70 0
	nothing /var/log/nhi $how 0 254
	nothing /var/lib/nhi/marks $how 70 0
	nothing /var/lib/nhi/issued $how 70 0
	nothing /run/nhi $how 70 254
done
nothing /run/nhi/slots read-only 70 0

# A first login needs a UID, and a home.
over /var/lib/nhi/uids read-only
try 'no UID can be written: refused' 255 'nhi: refused: fault' \
    login new pr-a1 true
umount -l /var/lib/nhi/uids
over /var/lib/nhi/homes read-only
try 'no home can be made: refused' 254 'nhi: refused: fault' \
    login new pr-a1 true
umount -l /var/lib/nhi/homes
try 'and then it enters' 0 '^pr-a1$' login new pr-a1 id -un
try 'nothing is left' 0 '' until_true 30 idle
trail_valid
finish
