#!/bin/sh
# SPDX-License-Identifier: BSD-2-Clause
# install.sh ROOT: what every package ships besides what make install installs;
# called by debian/rules and rpm/nhi.spec.  UNITDIR and PAM_CONFIGS=no,
# AUTHSELECT=yes choose what only some systems have.
set -eu

root=$1
here=$(dirname "$0")
unitdir=${UNITDIR:-/usr/lib/systemd/system}

# put MODE FILE... DIRECTORY: in ROOT.
put() {
	mode=$1
	shift
	for dir; do :; done
	mkdir -p "$root$dir"
	for file; do
		[ "$file" != "$dir" ] || continue
		install -m "$mode" "$here/$file" "$root$dir/"
	done
}

# Under another name.
put_as() {
	mkdir -p "$root$(dirname "$2")"
	install -m 0644 "$here/$1" "$root$2"
}

put 0644 systemd/nhi-fetch.service systemd/nhi-fetch.timer \
    systemd/nhi-tick.service systemd/nhi-tick.timer "$unitdir"
put 0644 sysusers/nhi.conf /usr/lib/sysusers.d
put 0644 tmpfiles/nhi.conf /usr/lib/tmpfiles.d
put 0644 logrotate/nhi /etc/logrotate.d
put 0755 remove/remove-pam remove/remove-nss remove/remove-sshd \
    /usr/libexec/nhi
put_as completion/nhictl.bash /usr/share/bash-completion/completions/nhictl
put_as completion/nhi-login.bash \
    /usr/share/bash-completion/completions/nhi-login
put 0644 completion/nhictl.fish completion/nhi-login.fish \
    /usr/share/fish/vendor_completions.d
if [ "${PAM_CONFIGS:-yes}" = yes ]; then
	put 0644 pam-configs/nhi /usr/share/pam-configs
	put_as apparmor/nameservice \
	    /etc/apparmor.d/abstractions/nameservice.d/nhi
	put_as apparmor/authentication \
	    /etc/apparmor.d/abstractions/authentication.d/nhi
	put 0644 completion/_nhictl completion/_nhi-login \
	    /usr/share/zsh/vendor-completions
else
	put 0644 completion/_nhictl completion/_nhi-login \
	    /usr/share/zsh/site-functions
fi
if [ "${AUTHSELECT:-no}" = yes ]; then
	for file in "$here"/authselect/nhi/*; do
		put 0644 "authselect/nhi/$(basename "$file")" \
		    /usr/share/authselect/vendor/nhi
	done
fi
