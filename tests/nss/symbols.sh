#!/bin/sh
# SPDX-License-Identifier: BSD-2-Clause
# What libnss_nhi.so.2 exports, needs and calls.  It is loaded into every
# process of a host: nothing that allocates, locks, logs or looks up names.
# Run in the build directory.
set -eu
: "${srcdir:=.}"
lib=nss_nhi/.libs/libnss_nhi.so.2

fail() {
	echo "symbols.sh: $*" >&2
	exit 1
}

exports() {
	nm -D --defined-only "$1" | sed 's/.* //; s/@.*//' | sort
}

calls() {
	nm -D --undefined-only "$1" | sed 's/.* //; s/@.*//' | sort
}

# realloc is for the array of initgroups_dyn, which is glibc's.  The names
# with _chk and __ are what the compiler makes of the others.
allowed='
_ITM_deregisterTMCloneTable _ITM_registerTMCloneTable __cxa_finalize
__gmon_start__ __errno_location __stack_chk_fail
close fstat __fxstat geteuid openat read readlinkat realloc
memchr memcmp memcpy memset strchr strcmp strcspn strlen strncmp bcmp
__memcpy_chk __readlinkat_chk __read_chk __openat_2
explicit_bzero __explicit_bzero_chk strerror vsnprintf __vsnprintf_chk'

not_allowed() {
	calls "$1" | while read -r name; do
		case " $(echo "$allowed" | tr '\n' ' ') " in
		*" $name "*) ;;
		*) echo "$name" ;;
		esac
	done
}

want=$(sed -n 's/^	\(_nss_nhi_[a-z_]*\);$/\1/p' \
	"$srcdir/nss_nhi/nss_nhi.map" | sort)
[ "$(echo "$want" | wc -l)" -eq 5 ] || fail "the map lists not five functions"
[ "$(exports "$lib")" = "$want" ] || fail "exports: $(exports "$lib")"
[ -z "$(not_allowed "$lib")" ] || fail "calls: $(not_allowed "$lib")"

needed=$(readelf -d "$lib" | sed -n 's/.*(NEEDED).*\[\(.*\)\]/\1/p')
[ "$needed" = libc.so.6 ] || fail "needs: $needed"
readelf -d "$lib" | grep -q 'SONAME.*\[libnss_nhi.so.2\]' || fail "no soname"
readelf -d "$lib" | grep -q 'FLAGS_1.*NODELETE' || fail "may be unloaded"
readelf -d "$lib" | grep -q 'FLAGS_1.*NOW' || fail "binds lazily"
readelf -lW "$lib" | grep -q 'GNU_STACK.*RW ' || fail "executable stack"
if readelf -d "$lib" | grep -q TEXTREL; then
	fail "text relocations"
fi

# The checks themselves: nm's own library allocates and exports.
other=$(ldd "$(command -v nm)" | sed -n 's/.*=> \(.*libbfd[^ ]*\) .*/\1/p')
[ -n "$other" ] || exit 0
not_allowed "$other" | grep -qx malloc || fail "malloc is not noticed"
[ "$(exports "$other")" != "$want" ] || fail "exports are not compared"
