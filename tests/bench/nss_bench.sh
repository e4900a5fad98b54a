#!/bin/bash
# SPDX-License-Identifier: BSD-2-Clause
# Compare nss_nhi with nss_files and 30 users, and with libraries that hold as
# many accounts as it does.  Root, in a private mount namespace; run in the
# build directory after "make" and "make tests/bench/nss_bench".
#	tests/bench/nss_bench.sh [COMPARATORS [SIZE...]]
set -eu

HERE=$(dirname "$(readlink -f "$0")")
COMPARATORS=${1:-/nonexistent}
if [ -z "${NSS_BENCH_INSIDE-}" ]; then
	NSS_BENCH_INSIDE=1 exec unshare -m --propagation private "$0" "$@"
fi
shift || true
[ $# -gt 0 ] || set -- 10 1000 10000 100000
STATE=/var/lib/nhi RUN=/run/nhi EXTRA=/var/lib/extrausers
MADE=()
for d in "$STATE" "$RUN" "$EXTRA"; do
	[ -d "$d" ] || { mkdir -p "$d" && MADE+=("$d"); }
done
# As on a host: state on the disk (tmpfs remembers no name that is not there),
# what is running on tmpfs.
DISK=$(mktemp -d /var/tmp/nss_bench.XXXXXX)
chmod 755 "$DISK"

clean() {
	umount -l /etc "$EXTRA" "$RUN" "$STATE" 2>/dev/null || true
	rm -rf --one-file-system "${MADE[@]}" "$DISK"
}
trap clean EXIT

passwd_of() {
	seq "$1" | sed 's|.*|user&:x:1000&:1000:A user:/home/user&:/bin/bash|'
}

# An upper layer, so that files can be added to /etc.
mounts() {
	mkdir "$DISK/state" "$DISK/extra"
	mount --bind "$DISK/state" "$STATE"
	mount --bind "$DISK/extra" "$EXTRA"
	mount -t tmpfs -o mode=755 tmpfs "$RUN"
	mkdir -p "$RUN/leases" "$RUN/upper" "$RUN/work"
	mount -t overlay -o "lowerdir=/etc,upperdir=$RUN/upper,workdir=$RUN/work" \
	    overlay /etc
	passwd_of 30 >/etc/passwd
}

# web-deploy, and as many others as it takes.
publish() {
	/usr/bin/python3 - "$STATE" "$1" "$(cat /proc/sys/kernel/random/boot_id)" \
	    <<-'END'
	import os, shutil, sys
	state, size, boot = sys.argv[1], int(sys.argv[2]), sys.argv[3]
	for d in os.listdir(state):
	    path = state + "/" + d
	    shutil.rmtree(path)
	for d in ("uids/name", "uids/uid", "published/1/names",
	          "published/1/templates"):
	    os.makedirs(state + "/" + d)
	link = lambda text, name: os.symlink(text, state + "/" + name)
	link("1", "published/current")
	link("pr-*-*:/var/lib/nhi/homes/:/bin/sh:900",
	     "published/1/templates/pr-")
	link("2000300002:first:%s:1" % boot, "uids/name/pr-74-1")
	link("%s:1:2000300000:2147483646" % boot, "uids/changed")
	names = ["web-deploy"] + ["bot-%d" % i for i in range(size - 1)]
	for i, name in enumerate(names):
	    link("/var/lib/nhi/homes/%s:/bin/sh:900,33" % name,
	         "published/1/names/" + name)
	    link("%d:set:%s:1" % (2000300003 + i, boot), "uids/name/" + name)
	END
}

mounts
others=()
for size in "$@"; do
	publish "$size"
	passwd_of "$size" >"$EXTRA/passwd"
	passwd_of "$size" >/etc/oslogin_passwd.cache
	others=("$COMPARATORS/root/usr/lib/libnss_extrausers.so.2" extrausers
	    "user$size" "$COMPARATORS/root/usr/lib/$(gcc \
	    -print-multiarch)/libnss_cache_oslogin.so.2" cache_oslogin
	    "user$size")
	echo "nss, $size accounts           lowest      p50  highest     of files"
	tests/bench/nss_bench nss_nhi/.libs/libnss_nhi.so.2 \
	    user30 web-deploy pr-74-1 "${others[@]}" || true
	echo
done
/usr/bin/python3 "$HERE/getent.py" "$PWD/nss_nhi/.libs"
