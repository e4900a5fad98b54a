#!/bin/bash
# SPDX-License-Identifier: BSD-2-Clause
# The inner half of ./run lab: process 1 of a throw-away system.  Installs
# NHI as an administrator would, starts sshd, runs the command and hands its
# exit status on.  Bash waits for every child, so nothing is left a zombie.
set -u

LOG=/var/log/lab-setup.log
HOST=${LAB_HOST:-web-1.example.com}

# step WHAT CMD...: quiet; a failure ends the lab with the step's own words.
step() {
	local what=$1
	shift

	if ! "$@" >>$LOG 2>&1 </dev/null; then
		echo "lab: $what failed: $*" >&2
		tail -n 20 $LOG >&2
		exit 2
	fi
}

# wait_for WHAT TEST...: at most five seconds, without burning them.
wait_for() {
	local what=$1 i
	shift

	for ((i = 0; i < 500; i++)); do
		"$@" && return 0
		read -rt 0.01 <> <(:) || true
	done
	echo "lab: $what did not come up" >&2
	exit 2
}

name_host() {
	echo "$HOST" >/proc/sys/kernel/hostname
	echo "$HOST" >/etc/hostname
	cat >/etc/hosts <<-END
	127.0.0.1 localhost
	::1 localhost
	127.0.1.1 $HOST ${HOST%%.*}
	END
}

install_nhi() {
	step 'make install' make -s -C "$BUILD" install
	step 'ldconfig' ldconfig
	step 'nhictl setup' nhictl setup --no-rollback
	step 'nhictl ca init' nhictl ca init
	step 'the sample policy' sample_policy
	step 'nhictl apply' nhictl apply
	# What a timer or cron does on a host.
	step 'nhictl tick' nhictl tick
}

# An issuer of the lab's own, whose key the tests have (mint.py).
sample_policy() {
	/usr/bin/python3 /src/tests/e2e/mint.py keys --dir /root/issuer \
	    --kind rs256 &&
	install -m 0644 /root/issuer/jwks.json /etc/nhi/jwks/lab.json &&
	install -m 0644 /src/tests/lab/nhi.conf /etc/nhi/nhi.conf
}

start_sshd() {
	local key

	install -d -m 0755 /run/sshd
	step 'ssh-keygen -A' ssh-keygen -A
	for key in /etc/ssh/ssh_host_*_key.pub; do
		echo "localhost,127.0.0.*,127.0.1.1,$HOST,${HOST%%.*}" \
		    "$(cut -d' ' -f1,2 "$key")"
	done >/etc/ssh/ssh_known_hosts
	step 'sshd -t' /usr/sbin/sshd -t
	step 'sshd' /usr/sbin/sshd
	wait_for sshd test -s /run/sshd.pid
}

hint() {
	cat <<-END
	A throw-away copy of this machine: NHI is installed, sshd runs, nothing
	stays.  Try:
	    ssh-keygen -q -t ed25519 -N '' -f ~/k
	    tests/e2e/mint.py token | ssh -i ~/k nhi@localhost web-deploy > ~/k-cert.pub
	    ssh -i ~/k web-deploy@localhost id
	    nhictl audit
	END
}

main() {
	export PATH=${PATH:+$PATH:}/usr/local/sbin:/usr/local/bin:/usr/sbin
	PATH=$PATH:/usr/bin:/sbin:/bin
	cd /src || exit 2
	# Another root brings a build of its own (tests/e2e/roots.sh).
	[ "$LAB_LOWER" = / ] || export BUILD=/usr/src/nhi/build
	if [ -d /run/outer ]; then
		umount -l /run/outer && rmdir /run/outer
	fi
	install -d -m 1777 /run/lock
	rm -f /run/nologin /etc/nologin
	: >$LOG
	name_host
	[ -n "${LAB_BARE:-}" ] || install_nhi
	start_sshd
	if [ $# -eq 0 ]; then
		[ ! -t 2 ] || hint >&2
		set -- /bin/bash
	fi
	"$@"
}

main "$@"
