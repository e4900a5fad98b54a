#!/bin/bash
# SPDX-License-Identifier: BSD-2-Clause
# files.sh: what packaging/ ships besides programs, looked at where it lies:
# by the tools that will read it, where they are here.  Installs nothing.
. "$(dirname "$0")/../e2e/lib.sh"

P=$E2E/../../packaging
NHICTL=$BUILD/nhictl/nhictl

# have NAME TOOL: or skip the test.
have() {
	command -v "$2" >/dev/null || { skip "$1" "no $2"; return 1; }
}

# --- users, directories, units

if have 'sysusers.d' systemd-sysusers; then
	mkdir -p "$WORK/root/usr/lib/sysusers.d" "$WORK/root/etc"
	cp "$P/sysusers/nhi.conf" "$WORK/root/usr/lib/sysusers.d/"
	try 'sysusers.d is understood' 0 '' systemd-sysusers \
	    --root="$WORK/root" nhi.conf
	cat >"$WORK/wanted" <<-'END'
	_nhi /nonexistent /usr/sbin/nologin _nhi
	_nhi-fetch /nonexistent /usr/sbin/nologin _nhi
	nhi / /usr/libexec/nhi/nhi-sshd-helper nhi
	member _nhi nhi
	member nhi 
	member nhi-accounts 
	END
	awk -F: 'NR == FNR { group[$3] = $1; if (/nhi/) m[$1] = $4; next }
	    /nhi/ { print $1, $6, $7, group[$4] }
	    END { for (g in m) print "member", g, m[g] }' \
	    "$WORK/root/etc/group" "$WORK/root/etc/passwd" | LC_ALL=C sort \
	    >"$WORK/made"
	try 'it makes the users that setup makes' 0 '' \
	    diff <(LC_ALL=C sort "$WORK/wanted") "$WORK/made"
fi
# Everything below /run that setup makes, tmpfiles.d makes again.
sed -n 's/^#define \(NHI_[A-Z]*_DIR\)[[:blank:]]*"\(\/run\/nhi.*\)"/\1 \2/p' \
    "$BUILD/lib/base/paths.h" | while read -r name path; do
	sed -n "s/^	DIR($name, \([^,]*\), [^,]*, \(.*\)),/\1 \2/p" \
	    "$P/../nhictl/setup_dir.c" | sed "s,^NULL,root,
	    s,^NHI_ISSUER_USER,nhi,; s,^NHI_VERIFY_USER,_nhi,; s,^,$path ,"
done | sort >"$WORK/wanted"
sed -n 's/^d \([^ ]*\) \([^ ]*\) \([^ ]*\) .*/\1 \3 \2/p' \
    "$P/tmpfiles/nhi.conf" | sort >"$WORK/made"
try 'tmpfiles.d makes what setup makes' 0 '' diff "$WORK/wanted" "$WORK/made"
try 'and that is more than nothing' 0 '/run/nhi/slots nhi 0700' \
    cat "$WORK/made"
if have units systemd-analyze; then
	mkdir "$WORK/units"
	cp "$P"/systemd/* "$WORK/units/"
	sed -i 's,/usr/sbin/nhictl,/bin/true,' "$WORK"/units/*.service
	systemd-analyze verify --man=no "$WORK"/units/* >"$WORK/said" 2>&1
	is 'the units are understood' '' "$(grep -F "$WORK" "$WORK/said")"
fi
is 'the profile of PAM is the one that setup writes' \
    "$(sed -n '/^static const char profile/,/;$/s/^    "\(.*\)\\n".*/\1/p' \
    "$P/../nhictl/setup_pam.c" | sed 's/\\t/\t/g')" "$(cat "$P/pam-configs/nhi")"

# --- confinement

if have AppArmor apparmor_parser && [ -d /etc/apparmor.d/tunables ]; then
	{
		echo 'include <tunables/global>'
		echo 'profile nhi-test /usr/sbin/sshd {'
		for f in nameservice authentication; do
			echo "  include \"$P/apparmor/$f\""
		done
		echo '}'
	} >"$WORK/profile"
	try 'AppArmor takes the rules' 0 '' apparmor_parser -QTK \
	    "$WORK/profile"
fi
if have SELinux checkmodule && have SELinux semodule_package; then
	try 'the SELinux module compiles' 0 '' checkmodule -M -m \
	    -o "$WORK/nhi.mod" "$P/selinux/nhi.te"
	try 'and has file contexts' 0 '' semodule_package -o "$WORK/nhi.pp" \
	    -m "$WORK/nhi.mod" -f "$P/selinux/nhi.fc"
	for domain in sshd_t sshd_session_t sshd_auth_t; do
		is "$domain is in an optional block" 1 \
		    "$(grep -A3 '^optional' "$P/selinux/nhi.te" |
		    grep -c "type $domain;")"
	done
fi
if have logrotate logrotate; then
	install -D -m 0600 /dev/stdin "$WORK/log/audit.jsonl" <<<'{}'
	sed "s,/var/log/nhi,$WORK/log,; s/ root root\$//" "$P/logrotate/nhi" \
	    >"$WORK/rotate"
	chmod 0644 "$WORK/rotate"
	try 'logrotate turns the trail' 0 '' logrotate -f -s "$WORK/state" \
	    "$WORK/rotate"
	is 'by a new name' '{}' "$(cat "$WORK"/log/audit.jsonl-*)"
	is 'and with the mode of the trail' '640 0' \
	    "$(stat -c '%a %s' "$WORK/log/audit.jsonl")"
fi

# --- completion: every verb that --help tells, by each shell

# complete_bash WORD...: what is offered for the last word.
complete_bash() {
	# shellcheck disable=SC2016
	PATH=$(dirname "$NHICTL"):$PATH bash --norc -c '
		. "$0"
		COMP_WORDS=("$@") COMP_CWORD=$(($# - 1))
		_nhictl
		printf "%s\n" "${COMPREPLY[@]}"
	' "$P/completion/nhictl.bash" nhictl "$@"
}

complete_fish() {
	PATH=$(dirname "$NHICTL"):$PATH HOME=$WORK fish --no-config -c "
		source $P/completion/nhictl.fish
		complete -C '$(printf '%s ' nhictl "${@:1:$#-1}")${*: -1}'
	" | cut -f1
}

# What zsh's own functions would be given.
complete_zsh() {
	# shellcheck disable=SC2016
	PATH=$(dirname "$NHICTL"):$PATH zsh -fc '
		compadd() { shift; print -l -- $@ }
		_describe() { print -l -- ${${(P)3}%%:*} }
		_files() { }
		compute() {
			local -a words=("${@:2}")
			local CURRENT=$#words
			. $1
		}
		compute "$@"
	' - "$P/completion/_nhictl" nhictl "$@"
}

verbs=$("$NHICTL" --help | sed -n 's/^  \([a-z][a-z ]\{14\}[a-z ]\) .*/\1/p' |
    sed 's/ *$//')
for shell in bash fish zsh; do
	have "completion of $shell" $shell || continue
	missing=
	while read -r verb second; do
		complete_$shell '' | grep -qx -- "$verb" ||
			missing="$missing $verb"
		[ -z "$second" ] || complete_$shell "$verb" '' |
			grep -qx -- "$second" ||
			missing="$missing $verb-$second"
	done <<<"$verbs"
	is "$shell offers every verb" '' "$missing"
	is "$shell offers the options of a verb" \
	    "$("$NHICTL" hold add --help | grep -oE -- '--[a-z-]+' | sort -u)" \
	    "$(complete_$shell hold add -- | grep -- '--' |
	    grep -v -- --help | sort -u)"
	is "$shell offers the words of an option" 'ecdsa ed25519 rsa' \
	    "$(complete_$shell ca init --type '' | grep -v / | grep -v -- -- |
	    sort | paste -sd' ')"
done

# login_SHELL WORD: what is offered for nhi-login's first word.
login_bash() {
	# shellcheck disable=SC2016
	PATH=$P/../client:$PATH bash --norc -c '
		. "$0"
		COMP_WORDS=(nhi-login "$1") COMP_CWORD=1
		_nhi_login
		printf "%s\n" "${COMPREPLY[@]}"
	' "$P/completion/nhi-login.bash" "$1"
}

login_fish() {
	PATH=$P/../client:$PATH HOME=$WORK fish --no-config -c "
		source $P/completion/nhi-login.fish
		complete -C 'nhi-login $1'
	" | cut -f1
}

login_zsh() {
	# shellcheck disable=SC2016
	PATH=$P/../client:$PATH zsh -fc '
		compadd() { shift; print -l -- $@ }
		_files() { }
		_hosts() { }
		compute() {
			local -a words=(nhi-login "$2")
			local CURRENT=2
			. $1
		}
		compute "$@"
	' - "$P/completion/_nhi-login" "$1"
}

for shell in bash fish zsh; do
	have "completion of nhi-login by $shell" $shell || continue
	is "$shell offers the options of nhi-login" \
	    "$("$P/../client/nhi-login" --help | grep -oE -- '--[a-z-]+' |
	    sort -u)" "$(login_$shell -- | grep '^--' | sort -u)"
	is "$shell offers its verbs" 'cert forget platform renew run' \
	    "$(login_$shell '' | grep -xE 'run|cert|renew|forget|platform' |
	    sort | paste -sd' ')"
done

# --- removal, on files of its own

mkdir "$WORK/pam.d"
cat >"$WORK/pam.d/sshd" <<-'END'
	@include common-auth
	# NHI begin: these lines are nhictl setup's
	account    required     pam_nhi.so defer
	# NHI end
	account required pam_nologin.so
	auth [success=2 \
	  default=ignore] pam_nhi.so
	session optional pam_motd.so
END
ln -s sshd "$WORK/pam.d/link"
printf '# not pam_nhi.so\nauth required pam_unix.so' >"$WORK/pam.d/su"
cp "$WORK/pam.d/su" "$WORK/su"
cat >"$WORK/wanted" <<-'END'
	@include common-auth
	account required pam_nologin.so
	auth	[default=ignore]	pam_deny.so
	session optional pam_motd.so
END
chmod 0640 "$WORK/pam.d/sshd"
try 'remove-pam' 0 'taken out of' "$P/remove/remove-pam" "$WORK/pam.d"
try 'leaves the lines of others' 0 '' diff "$WORK/wanted" "$WORK/pam.d/sshd"
is 'and the mode, and the link' "640 sshd" \
    "$(stat -c %a "$WORK/pam.d/sshd") $(readlink "$WORK/pam.d/link")"
try 'and other files' 0 '' cmp "$WORK/su" "$WORK/pam.d/su"
is 'and nothing besides' 'link sshd su' "$(ls -A "$WORK/pam.d" | paste -sd' ')"
try 'a second time finds nothing' 0 '' "$P/remove/remove-pam" "$WORK/pam.d"
printf '# NHI begin: these\nauth required pam_nhi.so\n' >"$WORK/pam.d/su"
try 'a block without an end is a failure' 1 'still named' \
    "$P/remove/remove-pam" "$WORK/pam.d"

printf 'auth required pam_nhi.so\nauth optional pam_a.so \\\n' \
    >"$WORK/pam.d/su"
try 'a last line that is continued nowhere' 0 'taken out of' \
    "$P/remove/remove-pam" "$WORK/pam.d"
try 'is left' 0 '^auth optional pam_a.so' cat "$WORK/pam.d/su"

# What setup makes of each line, and back (tests/unit/test_edit_nss.c).
cat >"$WORK/host" <<-'END'
	passwd:         files systemd
	group: files [SUCCESS=merge] systemd # nhi
	shadow: files nhi
	  initgroups: files [NOTFOUND=return] sss
	hosts: files dns
END
cat >"$WORK/nsswitch" <<-'END'
	passwd:         files nhi systemd
	group: files [SUCCESS=merge] nhi [SUCCESS=merge] systemd # nhi
	shadow: files nhi
	  initgroups: files nhi [NOTFOUND=return] sss
	hosts: files dns
END
try 'remove-nss' 0 'taken out of' "$P/remove/remove-nss" "$WORK/nsswitch"
try 'gives back what was' 0 '' diff "$WORK/host" "$WORK/nsswitch"
finish
