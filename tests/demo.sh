#!/bin/bash
# SPDX-License-Identifier: BSD-2-Clause
# The certificate road, step by step, in a lab (./run demo).  Every command
# that is shown is the one that is run, and its answer is its own.
set -u

. "$(dirname "$0")/e2e/lib.sh"
cd "$WORK" || exit 2

if [ -t 1 ]; then
	BOLD=$(printf '\033[1m') PLAIN=$(printf '\033[0m')
else
	BOLD='' PLAIN=''
fi

say() {
	printf '\n%s\n' "$*"
}

# run WANTED CMD...: show a command line, run it, and insist on its status.
run() {
	local wanted=$1 got=0
	shift

	printf '  %s$ %s%s\n' "$BOLD" "$*" "$PLAIN"
	bash -c "$*" >"$OUT" 2>&1 </dev/null || got=$?
	sed 's/^/  /' "$OUT" | cut -c 1-200
	if [ "$got" -ne "$wanted" ]; then
		echo "demo: that ended with $got, not with $wanted" >&2
		exit 1
	fi
	[ "$got" -eq 0 ] || echo "  (exit status $got)"
}

# Short names for the client; NHI needs none of this.
cat >"$WORK/ssh_config" <<-END
	BatchMode yes
	IdentitiesOnly yes
	Host web-1
	    HostName 127.0.0.1
	    HostKeyAlias $(hostname)
END
mkdir -p "$WORK/bin"
printf '#!/bin/sh\nexec /usr/bin/ssh -F %s "$@"\n' "$WORK/ssh_config" \
    >"$WORK/bin/ssh"
chmod 755 "$WORK/bin/ssh"
PATH=$WORK/bin:$PATH

say 'A job on a CI platform holds a token that says what it is:'
OIDC_TOKEN=$(mint)
export OIDC_TOKEN
run 0 "printf %s \"\$OIDC_TOKEN\" | nhictl token show"

say "It has no account's key, no password and no agent; it makes a key pair:"
run 0 "ssh-keygen -q -t ed25519 -N '' -f k"

say 'The host trades the token for a certificate that lives for minutes:'
run 0 "printf %s \"\$OIDC_TOKEN\" | ssh -i k nhi@web-1 web-deploy > k-cert.pub"
run 0 'ssh-keygen -L -f k-cert.pub'

say 'With it the job logs in to the account that policy gives it:'
run 0 'ssh -i k web-deploy@web-1 id'

say "Without a certificate its key opens nothing:"
mv k-cert.pub kept
run 255 'ssh -i k web-deploy@web-1 id'
mv kept k-cert.pub

say 'The same certificate does not open another account:'
run 255 'ssh -i k root@web-1 id'

say 'A token of another repository gets nothing:'
OIDC_TOKEN=$(mint --set repository_id='"99"')
run 77 "printf %s \"\$OIDC_TOKEN\" | ssh -i k nhi@web-1 web-deploy"

say 'A token that somebody signed himself gets nothing:'
OIDC_TOKEN=$(mint --wrong-key)
run 77 "printf %s \"\$OIDC_TOKEN\" | ssh -i k nhi@web-1 web-deploy"

say 'The administrator sees each decision, and why:'
run 0 'nhictl audit'
say 'Done: nothing of this is left on the machine.'
