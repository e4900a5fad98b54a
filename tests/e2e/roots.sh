#!/bin/bash
# SPDX-License-Identifier: BSD-2-Clause
# roots.sh SUITE DIR: the root of another Debian release with NHI built in it,
# for LAB_ROOT.  A root that is there already is kept, and only what changed
# in the source tree is built again.  ROOT_BARE=1 leaves NHI out.
set -eu

TOP=${TOP:-$(cd "$(dirname "$(readlink -f "$0")")/../.." && pwd)}
# shellcheck source=tests/lab/deps.sh
. "$TOP/tests/lab/deps.sh"

MERGE=/usr/share/mmdebstrap/hooks/merged-usr/setup00.sh

die() {
	echo "roots: $*" >&2
	exit 2
}

# The mirror that this machine's own apt uses.
mirror() {
	# shellcheck disable=SC2016
	apt-get indextargets --format '$(REPO_URI)' 'Created-By: Packages' \
	    'Origin: Debian' | grep -v security | sort -u | head -n 1
}

make_root() {
	local suite=$1 dir=$2 uri packages
	local -a options=()

	uri=$(mirror)
	[ -n "$uri" ] || die 'apt names no mirror of Debian here'
	packages=$( (deps_list build; deps_list lab) | cut -d' ' -f1 |
	    paste -sd,)
	if [ "$suite" = sid ]; then
		options=(--aptopt='Acquire::Check-Valid-Until "false"')
	fi
	# As the installer makes it; later releases know no other way.
	case $suite in
	bullseye|bookworm)
		options+=(--setup-hook="$MERGE \"\$1\"")
		;;
	esac
	mkdir -p "$(dirname "$dir")"
	rm -rf "$dir.new"
	mmdebstrap --quiet --variant=apt --include="$packages" \
	    ${options[@]+"${options[@]}"} "$suite" "$dir.new" \
	    "deb [signed-by=/usr/share/keyrings/debian-archive-keyring.gpg] $uri $suite main" \
	    >&2
	mv "$dir.new" "$dir"
}

copy_source() {
	mkdir -p "$1/usr/src/nhi"
	tar -C "$TOP" --exclude=./build --exclude=./.git --exclude=./configure \
	    --exclude=./build-aux --exclude=./autom4te.cache \
	    --exclude=./aclocal.m4 --exclude=Makefile.in \
	    --exclude=./config.h.in --exclude='./m4/l*.m4' -cf - . |
		tar -C "$1/usr/src/nhi" -xf -
}

# Inside the root, in a mount namespace that ends with us.
build_there() {
	local log=$1.log

	# shellcheck disable=SC2016
	if ! unshare --mount --pid --fork --kill-child --propagation private \
	    bash -c '
		set -e
		mount --rbind /dev "$1/dev"
		mount -t proc proc "$1/proc"
		cd "$1"
		exec chroot "$1" /bin/bash -c "
			export PATH=/usr/sbin:/usr/bin:/sbin:/bin
			cd /usr/src/nhi
			[ -e configure ] || autoreconf -i
			mkdir -p build && cd build
			[ -e Makefile ] || ../configure -q --prefix=/usr \
			    --sysconfdir=/etc --localstatedir=/var \
			    --libdir=/usr/lib/\$(gcc -print-multiarch)
			make -s -j${NHI_JOBS:-2} all
			make -s -j${NHI_JOBS:-2} check TESTS="
	    ' _ "$1" >"$log" 2>&1 </dev/null; then
		tail -n 30 "$log" >&2
		die "the build in $1 failed; the whole log: $log"
	fi
}

main() {
	local suite=$1 dir

	[ "$(id -u)" -eq 0 ] || die 'only root can make a root'
	mkdir -p "$(dirname "$2")"
	dir=$(realpath -m "$2")
	exec 9>"$dir.lock"
	flock 9
	[ -e "$dir/etc/debian_version" ] || make_root "$suite" "$dir"
	if [ -z "${ROOT_BARE:-}" ]; then
		copy_source "$dir"
		build_there "$dir"
	fi
	echo "$dir"
}

[ $# -eq 2 ] || die 'usage: roots.sh SUITE DIR'
main "$@"
