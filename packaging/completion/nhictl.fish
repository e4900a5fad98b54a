# SPDX-License-Identifier: BSD-2-Clause
# fish completion of nhictl.  The verbs and options are those that --help
# tells, so there is no second list of them.
function __nhictl_verbs
	nhictl --help 2>/dev/null | string replace -rf \
	    '^  ([a-z].{15}) (.*)' '$1\t$2' | string replace -r ' *\t' '\t'
end

function __nhictl_complete
	set -l words (commandline -opc)
	set -l verb $words[2]
	if test (count $words) -eq 1
		__nhictl_verbs | string replace -r '^(\S+) \S+\t.*' '$1' |
		    sort -u
		string join \n -- --help --version
		return
	end
	set -l seconds (__nhictl_verbs | string replace -rf "^$verb " '')
	if test (count $seconds) -gt 0
		if test (count $words) -eq 2
			string join \n -- $seconds
			return
		end
		set -a verb $words[3]
	end
	set -l help (nhictl $verb --help 2>/dev/null | string match 'usage:*')
	set -l choice (string match -r -- \
	    (string escape --style=regex -- $words[-1])' ([a-z0-9]+(?:\|[a-z0-9]+)+)' \
	    "$help")
	if string match -q -- '--*' $words[-1]; and test (count $choice) -eq 2
		string split '|' -- $choice[2]
		return
	end
	string match -ra -- '--[a-z-]+' "$help" | sort -u
	echo --help
	__fish_complete_path (commandline -ct)
end

complete -c nhictl -f -a '(__nhictl_complete)'
