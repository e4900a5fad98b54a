# SPDX-License-Identifier: BSD-2-Clause
# shellcheck shell=bash
# bash completion of nhi-login.  The options are those that --help tells; the
# hosts are those that ssh knows.
_nhi_login() {
	local cur=${COMP_WORDS[COMP_CWORD]} prev=${COMP_WORDS[COMP_CWORD-1]}

	COMPREPLY=()
	case $prev in
	--token-file | --known-hosts | --dir | -F)
		mapfile -t COMPREPLY < <(compgen -f -- "$cur")
		return
		;;
	--token-env)
		mapfile -t COMPREPLY < <(compgen -e -- "$cur")
		return
		;;
	esac
	case $cur in
	-*)
		mapfile -t COMPREPLY < <(compgen -W "$("${COMP_WORDS[0]}" \
		    --help 2>/dev/null | grep -oE -- '--[a-z-]+' |
		    sort -u)" -- "$cur")
		;;
	*)
		mapfile -t COMPREPLY < <(compgen -W \
		    'run cert renew forget platform' -A hostname -- "$cur")
		;;
	esac
}
complete -F _nhi_login nhi-login
