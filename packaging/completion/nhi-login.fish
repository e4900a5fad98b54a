# SPDX-License-Identifier: BSD-2-Clause
# fish completion of nhi-login.  The options are those that --help tells.
function __nhi_login_complete
	switch (commandline -ct)
	case '-*'
		set -l words (commandline -opc)
		$words[1] --help 2>/dev/null | grep -oE -- '--[a-z-]+' |
		    sort -u
	case '*'
		string split ' ' 'run cert renew forget platform'
		__fish_print_hostnames
	end
end
complete -c nhi-login -f -a '(__nhi_login_complete)'
