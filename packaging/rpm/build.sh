#!/bin/bash
# SPDX-License-Identifier: BSD-2-Clause
# build.sh: RPMs in $BUILD/packages/rpm, called by ../build.sh.  On Fedora and
# its kin with their own macros; elsewhere (to test the spec) with those of
# this machine's directories, and without asking an empty RPM database for
# what the build needs.
set -eu

TOP=${TOP:?} BUILD=${BUILD:?}
VERSION=$(sed -n 's/^AC_INIT(\[nhi\], \[\([^]]*\)\].*/\1/p' \
    "$TOP/configure.ac")
DIR=$BUILD/package-rpm
OUT=$BUILD/packages/rpm
LOG=$BUILD/logs/package.log
FLAGS=()

foreign() {
	local triple

	triple=$(gcc -print-multiarch)
	FLAGS=(--nodeps
	    --define "_libdir /usr/lib/$triple"
	    --define "_pamdir $(dpkg -L libpam-modules |
		sed -n 's,/pam_permit\.so$,,p')"
	    --define '_libexecdir /usr/libexec'
	    --define '_localstatedir /var'
	    --define '_sysconfdir /etc'
	    --define 'tmpfiles_create() systemd-tmpfiles --create %1 || :'
	    --define 'systemd_post() :'
	    --define 'systemd_preun() :'
	    --define 'systemd_postun() :'
	    --define 'debug_package %{nil}'
	    --define 'make_install make install-strip DESTDIR=%{buildroot}')
	command -v checkmodule >/dev/null || FLAGS+=(--without selinux)
}

rm -rf "$DIR"
mkdir -p "$DIR/SOURCES" "$DIR/SPECS" "$OUT"
make -C "$BUILD" -s dist >>"$LOG" 2>&1
cp "$BUILD/nhi-$VERSION.tar.xz" "$DIR/SOURCES/"
cp "$TOP/packaging/rpm/nhi.spec" "$DIR/SPECS/"
[ -e /etc/redhat-release ] || foreign
if ! rpmbuild -ba ${FLAGS[@]+"${FLAGS[@]}"} --define "_topdir $DIR" \
    --define "_smp_mflags -j${NHI_JOBS:-2}" \
    "$DIR/SPECS/nhi.spec" >>"$LOG" 2>&1 </dev/null; then
	tail -n 30 "$LOG" >&2
	echo "package: rpmbuild failed; the whole log: $LOG" >&2
	exit 2
fi
rm -f "$OUT"/*.rpm
find "$DIR/RPMS" "$DIR/SRPMS" -name '*.rpm' -exec cp -t "$OUT" {} +
ls "$OUT"/*.rpm
