#!/bin/bash
# SPDX-License-Identifier: BSD-2-Clause
# The outer half of ./run lab.  Called three ways:
#   enter.sh --can     may and can this machine make a lab?  Says why not.
#   enter.sh CMD...    make the namespaces and go on as
#   enter.sh --mounts CMD...  process 1 in them: build the root, enter it.
# Nothing outside of the namespaces is written; all of it is gone when process
# 1 ends, and process 1 is killed when we are.
set -eu

TOP=${TOP:-$(cd "$(dirname "$(readlink -f "$0")")/../.." && pwd)}
BUILD=${BUILD:-${NHI_BUILD:-$TOP/build}}
export TOP BUILD
LOWER=${LAB_ROOT:-/}
WORK=
LAYERS=0

refuse() {
	echo "lab: $*" >&2
	exit 2
}

can() {
	[ "$(id -u)" -eq 0 ] || refuse 'only root can make a lab'
	grep -qw overlay /proc/filesystems || modprobe overlay 2>/dev/null ||
		refuse 'this kernel has no overlayfs'
	unshare --mount --pid --fork --net --uts --ipc true 2>/dev/null ||
		refuse 'no new namespaces here (a container without CAP_SYS_ADMIN?)'
	[ -d "$LOWER/etc/pam.d" ] ||
		refuse "LAB_ROOT=$LOWER: not the root of a system"
	case $LOWER in
	*[:,\\]*) refuse "LAB_ROOT=$LOWER: the path may not hold : , or \\" ;;
	esac
}

# An empty place for the new root, which hides nothing that we need.
choose_work() {
	local d

	for d in /mnt /media /srv /opt; do
		case $TOP/:$BUILD/:$LOWER/ in
		"$d"/* | *:"$d"/*) ;;
		*)
			if [ -d "$d" ]; then
				WORK=$d
				return
			fi
			;;
		esac
	done
	refuse 'no directory of /mnt, /media, /srv, /opt to work in'
}

# Disk file systems of the host below / (a /usr or /home of its own): an
# overlay shows only the one that it lies on.
other_disks() {
	[ "$LOWER" = / ] || return 0
	findmnt -rno TARGET -t ext2,ext3,ext4,xfs,btrfs,f2fs,zfs,overlay |
		grep -E '^/(usr|etc|var|home|opt|root|srv|bin|lib)(/|$)' || true
}

# overlay LOWER TARGET: what is written goes to a layer in memory.
overlay() {
	local layer

	LAYERS=$((LAYERS + 1))
	layer=$WORK/layer$LAYERS
	mkdir -p "$layer/upper" "$layer/work"
	mount -t overlay overlay -o \
	    "lowerdir=$1,upperdir=$layer/upper,workdir=$layer/work" "$2" ||
		refuse "cannot lay an overlay over $1"
}

# A device tree of its own: the host's is shared, and a socket made in it
# would stay.
make_dev() {
	local d=$1/dev n

	mount -t tmpfs -o mode=755 tmpfs "$d"
	for n in null zero full random urandom tty; do
		touch "$d/$n"
		mount --bind "/dev/$n" "$d/$n"
	done
	mkdir "$d/pts" "$d/shm"
	mount -t devpts -o newinstance,ptmxmode=0666,mode=620,gid=5 devpts \
	    "$d/pts"
	mount -t tmpfs -o mode=1777 tmpfs "$d/shm"
	ln -s pts/ptmx "$d/ptmx"
	ln -s /proc/self/fd "$d/fd"
	ln -s fd/0 "$d/stdin"
	ln -s fd/1 "$d/stdout"
	ln -s fd/2 "$d/stderr"
}

# bind DIR ROOT AT: a read-only window on a directory of the host.
bind() {
	mkdir -p "$2$3"
	mount --bind -o ro "$1" "$2$3"
}

mounts() {
	local r disk

	choose_work
	r=$WORK/root
	mount -t tmpfs -o size=4g,mode=755 tmpfs $WORK ||
		refuse 'cannot mount a tmpfs'
	mkdir $r
	overlay "$LOWER" $r
	for disk in $(other_disks); do
		overlay "$disk" "$r$disk"
	done
	make_dev $r
	mount -t proc proc $r/proc || refuse 'cannot mount /proc'
	mount -t sysfs sysfs $r/sys 2>/dev/null || true
	mount -t tmpfs -o mode=755 tmpfs $r/run
	mount -t tmpfs -o mode=1777 tmpfs $r/tmp
	bind "$TOP" $r /src
	if [ "$LOWER" = / ]; then
		# Where the Makefiles believe that they are.
		bind "$TOP" $r "$TOP"
		case $BUILD in
		"$TOP"/*) ;;
		*) [ ! -d "$BUILD" ] || bind "$BUILD" $r "$BUILD" ;;
		esac
	fi
	ip link set lo up
	start_syslog $r
	mkdir -p $r/run/outer
	cd $r
	# In a chroot there is nothing to turn round; the lab is one more.
	pivot_root . run/outer 2>/dev/null || rmdir run/outer
	LAB_LOWER=$LOWER exec chroot . /bin/bash /src/tests/lab/inside.sh "$@"
}

# The sink runs on the machine's python, which another root may not have.
start_syslog() {
	local i

	/usr/bin/python3 "$TOP/tests/lab/syslog.py" "$1/dev/log" \
	    "$1/var/log/lab.log" </dev/null >/dev/null 2>&1 &
	for ((i = 0; i < 500; i++)); do
		[ ! -S "$1/dev/log" ] || return 0
		read -rt 0.01 <> <(:) || true
	done
	refuse 'the syslog sink did not start'
}

case ${1:-} in
--can)
	can
	;;
--mounts)
	shift
	mounts "$@"
	;;
*)
	can
	exec unshare --mount --pid --fork --net --uts --ipc \
	    --propagation private --kill-child \
	    /bin/bash "$TOP/tests/lab/enter.sh" --mounts "$@"
	;;
esac
