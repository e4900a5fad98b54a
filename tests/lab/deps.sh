# SPDX-License-Identifier: BSD-2-Clause
# shellcheck shell=bash
# What the verbs of ./run need from the distribution, and how it gets there.
# Sourced by run; deps_need GROUP... is the only entry.

# Debian has libFuzzer in a package beside clang's, with its number.
fuzzer_runtime() {
	apt-cache depends clang 2>/dev/null |
	    sed -n 's/.*Depends: clang-\([0-9]*\)$/libclang-rt-\1-dev/p'
}

# One package a line: Debian's name, Fedora's name.
deps_list() {
	case $1 in
	build)
		cat <<-END
		autoconf autoconf
		automake automake
		libtool libtool
		pkg-config pkgconf-pkg-config
		make make
		gcc gcc
		libc6-dev glibc-devel
		libpam0g-dev pam-devel
		libssl-dev openssl-devel
		libjson-c-dev json-c-devel
		libconfig-dev libconfig-devel
		libseccomp-dev libseccomp-devel
		libcurl4-openssl-dev libcurl-devel
		libcmocka-dev libcmocka-devel
		END
		;;
	lab)
		cat <<-END
		openssh-server openssh-server
		openssh-client openssh-clients
		iproute2 iproute
		util-linux util-linux
		mount util-linux
		diffutils diffutils
		openssl openssl
		sudo sudo
		cron cronie
		python3 python3
		python3-cryptography python3-cryptography
		END
		;;
	check)
		cat <<-END
		at at
		busybox busybox
		clang clang
		curl curl
		git git
		mandoc mandoc
		nginx-light nginx
		python3-yaml python3-pyyaml
		rsync rsync
		shellcheck ShellCheck
		softhsm2 softhsm
		sshpass sshpass
		strace strace
		xz-utils xz
		END
		;;
	package)
		cat <<-END
		debhelper debhelper
		dpkg-dev dpkg-dev
		lintian lintian
		rpm rpm-build
		END
		;;
	# Whose files we install; Fedora has no AppArmor.
	readers)
		cat <<-END
		apparmor logrotate
		checkpolicy checkpolicy
		fish fish
		logrotate logrotate
		semodule-utils policycoreutils
		zsh zsh
		END
		;;
	valgrind)
		echo valgrind valgrind
		;;
	fuzz)
		echo "$(fuzzer_runtime) compiler-rt"
		;;
	oidc)
		cat <<-END
		nodejs nodejs
		npm npm
		END
		;;
	roots)
		echo mmdebstrap mmdebstrap
		;;
	esac
}

# deps_missing COLUMN PACKAGE-LIST-ON-STDIN: those that are not installed.
deps_missing_deb() {
	local -a want
	mapfile -t want < <(cut -d' ' -f1)

	comm -23 <(printf '%s\n' "${want[@]}" | sort -u) \
	    <(dpkg-query -W -f '${db:Status-Status} ${Package}\n' \
	    "${want[@]}" 2>/dev/null | sed -n 's/^installed //p' | sort -u)
}

deps_missing_rpm() {
	local p

	while read -r _ p; do
		rpm -q --whatprovides "$p" >/dev/null 2>&1 || echo "$p"
	done
}

# Install what is missing, or say exactly what is.  The quick way out, when
# all is there, is one query of the package database.
deps_need() {
	local -a missing
	local group install

	if command -v dpkg-query >/dev/null; then
		mapfile -t missing < <(for group; do deps_list "$group"; done |
		    deps_missing_deb)
		install='apt-get install -y --no-install-recommends'
	elif command -v rpm >/dev/null; then
		mapfile -t missing < <(for group; do deps_list "$group"; done |
		    deps_missing_rpm)
		install='dnf install -y'
	else
		echo 'run: neither dpkg nor rpm here; needed are:' \
		    "$(for group; do deps_list "$group"; done | cut -d' ' -f1 |
		    tr '\n' ' ')" >&2
		return 0
	fi
	[ ${#missing[@]} -gt 0 ] || return 0
	if [ "$(id -u)" -ne 0 ]; then
		echo "run: missing: ${missing[*]}" >&2
		echo "run: as root: $install ${missing[*]}" >&2
		return 1
	fi
	deps_install "$install" "${missing[@]}"
}

deps_install() {
	local install=$1 log
	shift

	log=$(mktemp)
	echo "run: installing $*" >&2
	# A fresh machine has no package lists; one that has some may do
	# without asking again.
	# shellcheck disable=SC2086
	if ! DEBIAN_FRONTEND=noninteractive $install "$@" >"$log" 2>&1 &&
	    ! { [ "${install%% *}" = apt-get ] &&
	    apt-get update >>"$log" 2>&1 &&
	    DEBIAN_FRONTEND=noninteractive $install "$@" >>"$log" 2>&1; }; then
		tail -n 20 "$log" >&2
		rm -f "$log"
		echo "run: could not install: $*" >&2
		return 1
	fi
	rm -f "$log"
}
