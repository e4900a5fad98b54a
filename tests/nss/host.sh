#!/bin/sh
# SPDX-License-Identifier: BSD-2-Clause
# The module in the real paths, asked by the tools of the system.  Root, in a
# private mount namespace: nothing of it is seen outside.
set -eu
if [ "${1-}" != inside ]; then
	[ "$(id -u)" -eq 0 ] && unshare -m true 2>/dev/null || {
		echo "host.sh: needs root and a mount namespace"
		exit 77
	}
	exec unshare -m --propagation private "$0" inside
fi
PATH=$PATH:/usr/sbin:/sbin
dir() {
	sed -n "s/^#define NHI_$1_DIR	*\"\\(.*\\)\"/\\1/p" lib/base/paths.h
}
state=$(dir STATE) run=$(dir RUN)
published=$state/published/1
tool=$PWD/tests/nss/state_tool
scratch=$(mktemp -d)
export LD_LIBRARY_PATH="$PWD/nss_nhi/.libs"
made=
trap clean EXIT

clean() {
	cd /
	umount -l "$run" "$state" 2>/dev/null || true
	for d in $made; do
		rmdir "$d"
	done
	rm -r "$scratch"
}
fail() {
	echo "host.sh: $*" >&2
	exit 1
}
is() {
	[ "$2" = "$3" ] || fail "$1: '$2', not '$3'"
}
uid_of() {
	getent -s passwd:nhi passwd "$1" | cut -d: -f3
}
# As nobody: the build directory may be closed to him, the copy is not.
nobody() {
	setpriv --reuid 65534 --regid 65534 --clear-groups \
		env LD_LIBRARY_PATH="$run/lib" "$@"
}

[ -d "$state" ] || { mkdir -p "$state" && made="$made $state"; }
[ -d "$run" ] || { mkdir -p "$run" && made="$made $run"; }
mount -t tmpfs -o mode=755 tmpfs "$state"
mount -t tmpfs -o mode=755 tmpfs "$run"
mkdir -p "$run/leases" "$run/lib" "$published/names" "$published/templates"
cp nss_nhi/.libs/libnss_nhi.so.2 "$run/lib"
printf 'passwd: files nhi\ngroup: files nhi\n' >"$scratch/nsswitch.conf"
mount --bind "$scratch/nsswitch.conf" /etc/nsswitch.conf
cp /etc/passwd /etc/group "$scratch"
mount --bind "$scratch/passwd" /etc/passwd
mount --bind "$scratch/group" /etc/group
ln -s 1 "$state/published/current"
ln -s /srv/web:/bin/sh:900,33 "$published/names/web-deploy"
ln -s 'pr-*-*:/srv/:/bin/bash:900' "$published/templates/pr-"

# A host without state knows nobody, and is not broken.
is "no registry" "$(getent passwd pr-1-1 || echo $?)" 2
"$tool" init >/dev/null
is "no range" "$(getent passwd pr-1-1 || echo $?)" 2
is "no range: claim" "$("$tool" claim pr-1-1 | cut -d' ' -f1)" state
"$tool" range 70000 70003 >/dev/null

# Declared: for everybody.
web=$("$tool" set web-deploy 0 | cut -d' ' -f2)
line="web-deploy:*:$web:$web:NHI machine account:/srv/web:/bin/sh"
is "by name" "$(getent passwd web-deploy)" "$line"
is "by uid" "$(getent passwd "$web")" "$line"
is "as nobody" "$(nobody getent passwd web-deploy)" "$line"
is "group" "$(getent group web-deploy)" "web-deploy:*:$web:"
is "group by number" "$(getent group "$web")" "web-deploy:*:$web:"
is "groups" "$(id -G web-deploy)" "$web 900 33"
is "owner of a file" "$(touch "$run/f" && chown web-deploy "$run/f" &&
	stat -c %U "$run/f")" web-deploy

# Template: for root at once, for others with a lease, by number for ever.
uid=$(uid_of pr-1-1)
[ -n "$uid" ] || fail "root does not see the template's account"
is "unclaimed, by number" "$(getent passwd "$uid" | grep -c pr-1-1)" 0
is "unclaimed, nobody" "$(nobody getent passwd pr-1-1 || echo $?)" 2
"$tool" claim pr-1-1 >/dev/null || sleep 0.05
uid=$("$tool" claim pr-1-1 | cut -d' ' -f2)
is "claimed" "$(uid_of pr-1-1)" "$uid"
is "claimed, nobody" "$(nobody getent passwd pr-1-1 || echo $?)" 2
is "claimed, nobody, by number" \
	"$(nobody getent passwd "$uid" | cut -d: -f1)" pr-1-1
"$tool" lease pr-1-1 "$uid" 1 >/dev/null
is "lease" "$(nobody getent passwd pr-1-1 | cut -d: -f6)" /srv/pr-1-1
is "lease, groups" "$(nobody id -G pr-1-1)" "$uid 900"
"$tool" lease pr-1-1 "$uid" 0 >/dev/null
is "lease ended" "$(nobody getent passwd pr-1-1 || echo $?)" 2

# Nobody is enumerated.
is "enumeration" "$(getent passwd | grep -cE '^(web-deploy|pr-)')" 0

# A number of /etc/passwd or /etc/group is nobody else's.
for n in 70000 70001 70002 70003; do
	case $n in
	"$web" | "$uid") ;;
	*) free="${free-} $n" ;;
	esac
done
set -- $free
is "free numbers" $# 2
echo "alice:x:$1:100::/home/alice:/bin/sh" >>/etc/passwd
echo "team:x:$2:" >>/etc/group
is "all are in use" "$("$tool" claim pr-2-2 | cut -d' ' -f1)" uid-exhausted
is "uid = of a person" "$("$tool" set bot "$1" | cut -d' ' -f1)" uid-exhausted
is "uid = of a group" "$("$tool" set bot "$2" | cut -d' ' -f1)" uid-exhausted
sed -i '$d' "$scratch/group"
umount /etc/group
mount --bind "$scratch/group" /etc/group
"$tool" claim pr-2-2 >/dev/null || sleep 0.05
is "the last one" "$("$tool" claim pr-2-2)" "ok $2"

# People are who they are.
is "root" "$(getent passwd root | cut -d: -f3)" 0
is "a name of files" "$(ln -s /x:/bin/sh:900 "$published/names/root" &&
	getent -s passwd:nhi passwd root || echo $?)" 2

# The policy forgets the account; its files still have an owner.
rm "$published/names/web-deploy"
is "former" "$(getent passwd "$web" | cut -d: -f1,6,7)" \
	"web-deploy:/:/usr/sbin/nologin"
is "former, by name" "$(getent passwd web-deploy || echo $?)" 2
