#!/bin/sh
# SPDX-License-Identifier: BSD-2-Clause
# Compare nss_nhi with nss_files and 30 users.  Root, in a private mount
# namespace; run in the build directory after "make" and
# "make tests/bench/nss_bench".
#	tests/bench/nss_bench.sh
set -eu
if [ "${1-}" != inside ]; then
	exec unshare -m --propagation private "$0" inside
fi
state=/var/lib/nhi run=/run/nhi
made=
for d in "$state" "$run"; do
	[ -d "$d" ] || { mkdir -p "$d" && made="$made $d"; }
done
clean() {
	umount -l "$run" "$state" 2>/dev/null || true
	for d in $made ${disk:+"$disk"}; do
		rm -rf --one-file-system "$d"
	done
}
trap clean EXIT
# As on a host: state on the disk (tmpfs remembers no name that is not there),
# what is running on tmpfs.
disk=$(mktemp -d /var/tmp/nss_bench.XXXXXX)
chmod 755 "$disk"
mount --bind "$disk" "$state"
mount -t tmpfs -o mode=755 tmpfs "$run"
i=1
while [ "$i" -le 30 ]; do
	echo "user$i:x:$((1000 + i)):1000:A user:/home/user$i:/bin/bash"
	i=$((i + 1))
done >"$run/passwd"
mount --bind "$run/passwd" /etc/passwd
mkdir -p "$run/leases" "$state/uids/name" "$state/uids/uid" \
	"$state/published/1/names" "$state/published/1/templates"
boot=$(cat /proc/sys/kernel/random/boot_id)
ln -s 1 "$state/published/current"
ln -s /var/lib/nhi/homes/web-deploy:/bin/sh:900,33 \
	"$state/published/1/names/web-deploy"
ln -s 'pr-*-*:/var/lib/nhi/homes/:/bin/sh:900' \
	"$state/published/1/templates/pr-"
ln -s "2000300001:set:$boot:1" "$state/uids/name/web-deploy"
ln -s "2000300002:first:$boot:1" "$state/uids/name/pr-74-1"
ln -s "$boot:1:2000300000:2147483646" "$state/uids/changed"
tests/bench/nss_bench nss_nhi/.libs/libnss_nhi.so.2 \
	user30 web-deploy pr-74-1
