# SPDX-License-Identifier: BSD-2-Clause
# shellcheck shell=bash
# For the scripts that install packages into a lab: people who log in by every
# road, and what of the host is as it was.
. "$(dirname "${BASH_SOURCE[0]}")/../e2e/lib.sh"

export LC_ALL=C DEBIAN_FRONTEND=noninteractive
cd / || exit 2

make_people() {
	useradd -m -s /bin/bash alice
	useradd -m -s /bin/bash bob
	printf 'alice:secret\nbob:hidden\n' | chpasswd
	echo 'alice ALL=(ALL) ALL' >/etc/sudoers.d/people
	chmod 0440 /etc/sudoers.d/people
	key person
	for home in /root /home/alice; do
		install -d -m 0700 -o "$(basename $home)" $home/.ssh
		install -m 0600 -o "$(basename $home)" "$WORK/person.pub" \
		    $home/.ssh/authorized_keys
	done
	printf 'PermitRootLogin yes\nPasswordAuthentication yes\n' \
	    >/etc/ssh/sshd_config.d/60-people.conf
	echo '@reboot alice id -un >/tmp/by-cron' >/etc/cron.d/people
	# Pages of manuals are not indexed again at each step.
	[ ! -e /var/lib/man-db/auto-update ] ||
		rm /var/lib/man-db/auto-update
	# What the first login of anybody writes is there before we look.
	person root true
	person alice true
}

person() {
	local who=$1
	shift
	nhi_ssh person -o UserKnownHostsFile=/dev/null \
	    -o StrictHostKeyChecking=no -o LogLevel=ERROR \
	    "$who@127.0.0.1" "$@"
}

# An answer to a password prompt, from the standard library alone: another
# release's root need not have sshpass.
with_password() {
	/usr/bin/python3 "$E2E/../packages/password.py" "$@"
}

by_password() {
	with_password secret ssh -F /dev/null \
	    -o PubkeyAuthentication=no -o NumberOfPasswordPrompts=1 \
	    -o UserKnownHostsFile=/dev/null -o StrictHostKeyChecking=no \
	    alice@127.0.0.1 id -un
}

by_sudo() {
	with_password secret runuser -u alice -- sudo -k id -un
}

by_su() {
	with_password hidden runuser -u alice -- su bob -c 'id -un'
}

by_cron() {
	rm -f /run/crond.reboot /tmp/by-cron
	timeout 2 cron -f
	cat /tmp/by-cron
}

# said WANTED CMD...: its last line of output.
said() {
	local wanted=$1 got
	shift

	got=$("$@" 2>&1 </dev/null | tr -d '\r' | tail -n 1)
	[ "$got" = "$wanted" ] || echo "$*: $got"
}

# people WHEN: each road, all at once.
people() {
	{
		said root person root id -un &
		said alice person alice id -un &
		said alice by_password &
		said root by_sudo &
		said bob by_su &
		said alice su alice -c 'id -un' &
		said alice by_cron &
		wait
	} >"$OUT"
	if [ ! -s "$OUT" ]; then
		ok "people log in $1"
	else
		not_ok "people log in $1"
	fi
}

# What other files there are, and what is in those that matter.  Users and
# groups of NHI stay and are left out.
OURS='^(nhi|_nhi|_nhi-fetch|nhi-accounts):'
host_files() {
	find /etc /opt /srv /var /home -xdev \
	    \( -path /var/lib/dpkg -o -path /var/lib/apt -o -path /var/cache \
	    -o -path /var/log -o -path /var/tmp \) -prune -o \
	    \( -type f -printf '%p %M %U:%G %s\n' -o \
	    -type l -printf '%p -> %l\n' -o -printf '%p %M %U:%G\n' \) |
	    grep -vE '^/etc/(passwd|group|shadow|gshadow|subuid|subgid)-? '
	find /usr -xdev -path /usr/src -prune -o -print
	for f in passwd group shadow gshadow; do
		grep -vE "$OURS" /etc/$f | sed -E 's/([:,])_?nhi\b//' |
		    sha256sum | sed "s/-/$f/"
	done
	find /etc /var/lib/pam /var/lib/systemd -type f ! -name '*-' \
	    ! -name passwd ! -name group ! -name shadow ! -name gshadow \
	    -exec sha256sum {} +
}

# As an administrator does it: in a version that rolls itself back, setup is
# confirmed from a new login.
set_up() {
	nhictl setup || return
	if nhictl setup --help | grep -q -- --confirm; then
		person root nhictl setup --confirm || return
	fi
	[ -e /etc/nhi/ca/ca ] || nhictl ca init && nhictl apply
}

policy() {
	install -d -m 0755 /etc/nhi /etc/nhi/jwks
	/usr/bin/python3 "$E2E/mint.py" keys --dir /root/issuer --kind rs256 &&
	    install -m 0644 /root/issuer/jwks.json /etc/nhi/jwks/lab.json &&
	    install -m 0644 /src/tests/lab/nhi.conf /etc/nhi/nhi.conf
}

three_lines() {
	key k && issue k web-deploy 2>/dev/null &&
	    nhi_ssh k web-deploy@127.0.0.1 id -un
}

# as_unit NAME CMD...: with the privileges of that unit, as far as they are
# capabilities; the rest is systemd's.
as_unit() {
	local caps
	caps=$(sed -n 's/^CapabilityBoundingSet=//p' \
	    "/src/packaging/systemd/$1.service" | sed 's/ \?CAP_/,+/g' |
	    tr '[:upper:]' '[:lower:]')
	shift

	setpriv --no-new-privs --bounding-set="-all$caps" "$@"
}
