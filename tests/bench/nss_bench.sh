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
	mkdir -p "$RUN/leases" "$DISK/upper" "$DISK/work"
	mount -t overlay -o \
	    "lowerdir=/etc,upperdir=$DISK/upper,workdir=$DISK/work" overlay /etc
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

# calls LIBRARY SERVICE KEY: system calls of a lookup, when it is warm.
calls() {
	local n

	for n in 1 1001; do
		strace -o "$DISK/trace.$n" tests/bench/nss_bench again "$@" $n \
		    >/dev/null || return
	done
	echo $((($(wc -l <"$DISK/trace.1001") - $(wc -l <"$DISK/trace.1")) / 1000))
}

# cold LIBRARY SERVICE KEY: microseconds of the first lookup of a process, of
# eleven, while the kernel has forgotten what is on the disk.
cold() {
	local i

	for ((i = 0; i < 11; i++)); do
		sync
		echo 3 >/proc/sys/vm/drop_caches
		# The program itself is warm.
		cat tests/bench/nss_bench "$1" </dev/null >/dev/null 2>&1 ||
			true
		tests/bench/nss_bench again "$@" 1
	done | sort -n | sed -n '6p;11p' | xargs
}

# For the last size, and 30 users in files.
peers() {
	local name lib service key

	echo "nss, $size accounts       system calls   cold, p50 and highest, us"
	while read -r name lib service key; do
		[ "$lib" = - ] || [ -e "$lib" ] || continue
		printf '%-28s %10s   %s\n' "${name//_/ }" \
		    "$(calls "$lib" "$service" "$key")" \
		    "$(cold "$lib" "$service" "$key")"
	done <<-END
	files:_hit - files user30
	files:_miss - files nobody-has-it
	files:_foreign_uid - files 7777
	nhi:_hit,_declared nss_nhi/.libs/libnss_nhi.so.2 nhi web-deploy
	nhi:_hit,_template nss_nhi/.libs/libnss_nhi.so.2 nhi pr-74-1
	nhi:_miss nss_nhi/.libs/libnss_nhi.so.2 nhi nobody
	nhi:_foreign_uid nss_nhi/.libs/libnss_nhi.so.2 nhi 7777
	extrausers:_hit ${others[0]} ${others[1]} ${others[2]}
	extrausers:_miss ${others[0]} ${others[1]} nobody
	extrausers:_foreign_uid ${others[0]} ${others[1]} 7777
	cache_oslogin:_hit ${others[3]} ${others[4]} ${others[5]}
	cache_oslogin:_miss ${others[3]} ${others[4]} nobody
	cache_oslogin:_foreign_uid ${others[3]} ${others[4]} 7777
	END
	echo
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
	echo "nss, $size accounts           lowest      p50  highest      p99     of files"
	tests/bench/nss_bench nss_nhi/.libs/libnss_nhi.so.2 \
	    user30 web-deploy pr-74-1 "${others[@]}" || true
	echo
done
peers
/usr/bin/python3 "$HERE/getent.py" "$PWD/nss_nhi/.libs"
