# SPDX-License-Identifier: BSD-2-Clause
# shellcheck shell=bash
# bash completion of nhictl.  The verbs and options are those that --help
# tells, so there is no second list of them.
_nhictl() {
	local cur=${COMP_WORDS[COMP_CWORD]} prev=${COMP_WORDS[COMP_CWORD-1]}
	local cmd=${COMP_WORDS[0]} verbs verb help n

	COMPREPLY=()
	verbs=$("$cmd" --help 2>/dev/null | sed -n 's/^  \([a-z].*\)/\1/p' |
	    cut -c 1-16 | sed 's/  *$//')
	if [ "$COMP_CWORD" -eq 1 ]; then
		mapfile -t COMPREPLY < <(compgen -W "--help --version $(cut -d' ' -f1 \
		    <<<"$verbs")" -- "$cur")
		return
	fi
	verb=${COMP_WORDS[1]}
	n=$(sed -n "s/^$verb \\([a-z]\\)/\\1/p" <<<"$verbs")
	if [ -n "$n" ] && [ "$COMP_CWORD" -eq 2 ]; then
		mapfile -t COMPREPLY < <(compgen -W "$n --help" -- "$cur")
		return
	fi
	[ -z "$n" ] || verb="$verb ${COMP_WORDS[2]}"
	# shellcheck disable=SC2086
	help=$("$cmd" $verb --help 2>/dev/null | sed -n '/^usage:/p')
	# A word that stands as a|b|c behind the option.
	n=$(sed -n "s/.*$prev \\([a-z0-9]*|[a-z0-9|]*\\).*/\\1/p" <<<"$help")
	if [ "${prev#--}" != "$prev" ] && [ -n "$n" ]; then
		mapfile -t COMPREPLY < <(compgen -W "${n//|/ }" -- "$cur")
	elif [ "${cur#-}" != "$cur" ]; then
		mapfile -t COMPREPLY < <(compgen -W "--help $(grep -oE -- \
		    '--[a-z-]+' <<<"$help" | sort -u)" -- "$cur")
	else
		mapfile -t COMPREPLY < <(compgen -f -- "$cur")
	fi
}
complete -o filenames -F _nhictl nhictl
