#!/bin/bash
# SPDX-License-Identifier: BSD-2-Clause
# build.sh deb|rpm: packages of this machine's release, in $BUILD/packages.
# build.sh deb SUITE: of another release, in a root that has nothing but what
# the source package asks for, in $BUILD/packages/SUITE.
set -eu

TOP=${TOP:-$(cd "$(dirname "$(readlink -f "$0")")/.." && pwd)}
BUILD=${BUILD:-${NHI_BUILD:-$TOP/build}}
OUT=$BUILD/packages
LOG=$BUILD/logs/package.log
JOBS=${NHI_JOBS:-2}

die() {
	echo "package: $*" >&2
	exit 2
}

# logged CMD...: into the log, whose end is shown when it fails.
logged() {
	if ! "$@" >>"$LOG" 2>&1 </dev/null; then
		tail -n 30 "$LOG" >&2
		die "failed: $*; the whole log: $LOG"
	fi
}

version() {
	sed -n 's/^AC_INIT(\[nhi\], \[\([^]]*\)\].*/\1/p' "$TOP/configure.ac"
}

# source DIR: the source package, unpacked, and its tarball beside it.
source_in() {
	local dir=$1 version tarball

	version=$(version)
	tarball=$BUILD/nhi-$version.tar.xz
	rm -rf "$dir"
	mkdir -p "$dir"
	logged make -C "$BUILD" -s dist
	cp "$tarball" "$dir/nhi_$version.orig.tar.xz"
	tar -C "$dir" -xJf "$tarball"
	cp -r "$dir/nhi-$version/packaging/debian" "$dir/nhi-$version/debian"
}

# keep DIR TO: what was built.
keep() {
	mkdir -p "$2"
	rm -f "$2"/*.deb "$2"/*.changes "$2"/*.buildinfo "$2"/*.dsc \
	    "$2"/*.tar.*
	find "$1" -maxdepth 1 -type f -exec cp -t "$2" {} +
	(cd "$2" && ls -- *.deb *.dsc | sed "s,^,$2/,")
}

deb_here() {
	local dir=$BUILD/package-deb

	source_in "$dir"
	cd "$dir/nhi-$(version)"
	DEB_BUILD_OPTIONS="${DEB_BUILD_OPTIONS:-nocheck} parallel=$JOBS" \
	    logged dpkg-buildpackage -us -uc
	keep "$dir" "$OUT"
}

mirror() {
	# shellcheck disable=SC2016
	apt-get indextargets --format '$(REPO_URI)' 'Created-By: Packages' \
	    'Origin: Debian' | grep -v security | sort -u | head -n 1
}

# What the source package asks for, as a list for mmdebstrap.
wanted() {
	sed -n '/^Build-Depends:/,/^[^ ]*:/p' "$TOP/packaging/debian/control" |
	    sed -n 's/^ \([a-z0-9.+-]*\).*/\1/p' | grep -v compat |
	    paste -sd,
}

# The root is made once; its packages are those of Build-Depends alone.
clean_root() {
	local suite=$1 root=$2

	[ ! -e "$root/etc/debian_version" ] || return 0
	rm -rf "$root.new"
	mkdir -p "$(dirname "$root")"
	logged mmdebstrap --variant=buildd --include="debhelper,$(wanted)" \
	    "$suite" "$root.new" "deb [signed-by=$KEYRING] $(mirror) $suite main"
	mv "$root.new" "$root"
}
KEYRING=/usr/share/keyrings/debian-archive-keyring.gpg

deb_in() {
	local suite=$1 root=$BUILD/roots/clean-$1 dir

	clean_root "$suite" "$root"
	dir=$root/build
	source_in "$dir"
	# A user of its own and no network: nothing is fetched.
	chown -R 65534:65534 "$dir"
	# shellcheck disable=SC2016
	logged unshare --mount --pid --fork --kill-child --net \
	    --propagation private bash -c '
		set -e
		mount --rbind /dev "$1/dev"
		mount -t proc proc "$1/proc"
		cd "$1"
		exec chroot --userspec=65534:65534 "$1" /usr/bin/env -i \
		    PATH=/usr/sbin:/usr/bin:/sbin:/bin HOME=/build \
		    DEB_BUILD_OPTIONS="$2" \
		    sh -c "cd /build/nhi-$3 && dpkg-buildpackage -us -uc"
	' _ "$root" "${DEB_BUILD_OPTIONS:-} parallel=$JOBS" "$(version)"
	keep "$dir" "$OUT/$suite"
}

main() {
	local kind=${1:-deb} suite=${2:-}

	mkdir -p "$BUILD/logs"
	: >"$LOG"
	case $kind in
	deb)
		if [ -n "$suite" ]; then
			deb_in "$suite"
		else
			deb_here
		fi
		;;
	rpm)
		"$TOP/packaging/rpm/build.sh"
		;;
	*)
		die "no such kind of package: $kind (deb or rpm)"
		;;
	esac
}

main "$@"
