# SPDX-License-Identifier: BSD-2-Clause
# shellcheck shell=bash
# More of attack_lib.sh, for the scripts about setup and its end: a host where
# NHI is installed and not set up, people on it, and what its files are.
. "$(dirname "${BASH_SOURCE[0]}")/attack_lib.sh"

SETUP=/var/lib/nhi/setup
export DEBIAN_FRONTEND=noninteractive

# A person with a key and a password, and root with a key.
make_people() {
	local home

	useradd -m -s /bin/bash alice
	echo 'alice:secret' | chpasswd
	key k
	for home in /root /home/alice; do
		install -d -m 0700 -o "$(basename $home)" $home/.ssh
		install -m 0600 -o "$(basename $home)" "$WORK/k.pub" \
		    $home/.ssh/authorized_keys
	done
	echo 'PermitRootLogin yes
	PasswordAuthentication yes
	MaxStartups 100' >/etc/ssh/sshd_config.d/60-people.conf
	reload_sshd || not_ok 'sshd is reloaded'
}

# Files only, as a package does it; what ldconfig keeps is not ours.
install_files() {
	make -s -C "$BUILD" install >"$OUT" 2>&1 && ldconfig ||
		not_ok 'NHI is installed'
}

# Each file outside of NHI's own: mode, owner, where a link leads, sum.
snapshot() {
	local -a where=(/etc /usr/share/pam-configs /var/lib/pam
	    /var/spool/cron /usr/libexec/nhi -xdev \( -path /etc/nhi -o
	    -name ld.so.cache \) -prune -o)

	{
		find "${where[@]}" \( -type f -o -type l \) \
		    -printf '%p %m %u:%g %l\n'
		find "${where[@]}" -type f -print0 | xargs -0 sha256sum
	} | sort
}

# as_before NAME: the host's files are those of `snapshot >$WORK/before`.
as_before() {
	snapshot >"$WORK/now"
	try "$1" 0 '' diff "$WORK/before" "$WORK/now"
}

# for `until_true`
is_before() {
	snapshot | cmp -s "$WORK/before" -
}

# patiently CMD...: an sshd that reads its files anew does not listen for a
# moment, and drops who came just then: whom it neither lets in nor refuses.
patiently() {
	local i status=0

	for ((i = 0; i < 300; i++)); do
		status=0
		"$@" >"$WORK/patiently" 2>&1 || status=$?
		grep -Eq 'Connection (refused|reset|closed)|Broken pipe' \
		    "$WORK/patiently" || break
		read -rt 0.1 <> <(:) || true
	done
	cat "$WORK/patiently"
	return $status
}

person_by_key() {
	patiently nhi_ssh k alice@127.0.0.1 id -un
}

person_by_password() {
	patiently sshpass -p secret ssh -F /dev/null -o PubkeyAuthentication=no \
	    -o NumberOfPasswordPrompts=1 alice@127.0.0.1 id -un
}

# people NAME: they come in by each road.
people() {
	try "$1: alice by her key" 0 '^alice$' person_by_key
	if command -v sshpass >/dev/null; then
		try "$1: alice by her password" 0 '^alice$' person_by_password
	else
		skip "$1: alice by her password" 'no sshpass here'
	fi
	try "$1: root by its key" 0 '^root$' \
	    patiently nhi_ssh k root@127.0.0.1 id -un
	try "$1: su" 0 '^alice$' su - alice -c 'id -un'
}

no_trial() {
	[ ! -e $SETUP/pending/state ]
}

watcher() {
	pgrep -f 'nhictl setup --watch'
}
