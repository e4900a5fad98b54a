#!/bin/bash
# SPDX-License-Identifier: BSD-2-Clause
# The certificate road, step by step, in a lab (./run demo).  Every command
# that is shown is the one that is run, and its answer is its own; a step
# that does not end as it says ends the demo.
set -u

. "$(dirname "$0")/e2e/lib.sh"
cd "$WORK" || exit 2

BOLD='' DIM='' GREEN='' RED='' PLAIN=''
if [ -t 1 ]; then
	BOLD=$(printf '\033[1m') DIM=$(printf '\033[2m')
	GREEN=$(printf '\033[32m') RED=$(printf '\033[31m')
	PLAIN=$(printf '\033[0m')
fi
STEP=0

step() {
	STEP=$((STEP + 1))
	printf '\n%s%2d  %s%s\n' "$BOLD" "$STEP" "$1" "$PLAIN"
	shift
	[ $# -eq 0 ] || printf '    %s%s%s\n' "$DIM" "$*" "$PLAIN"
}

# run WANTED PATTERN CMD: show a command line, run it, and insist on its exit
# status and on a line that matches.
run() {
	local wanted=$1 pattern=$2 got=0 colour=$GREEN
	shift 2

	printf '\n    %s$ %s%s\n' "$BOLD" "$*" "$PLAIN"
	bash -c "$*" >"$OUT" 2>&1 </dev/null || got=$?
	[ "$wanted" -eq 0 ] || colour=$RED
	cut -c 1-150 "$OUT" | sed "s/^/    $colour/; s/\$/$PLAIN/"
	if [ "$got" -ne "$wanted" ]; then
		echo "demo: that ended with $got, and should with $wanted" >&2
		exit 1
	fi
	if [ -n "$pattern" ] && ! grep -Eq -- "$pattern" "$OUT"; then
		echo "demo: the answer has no /$pattern/" >&2
		exit 1
	fi
	[ "$got" -eq 0 ] || echo "    ${DIM}(exit status $got)$PLAIN"
}

# ask ACCOUNT: the line of a CI job that gets a certificate.
ask() {
	echo "printf %s \"\$OIDC_TOKEN\" | ssh -i k nhi@web-1 $1 > k-cert.pub"
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
useradd -m alice

printf '%sNHI: a CI job logs in to a Linux host with the token that its platform gave it%s\n' \
    "$BOLD" "$PLAIN"
printf '%sA throw-away copy of this machine: stock sshd, PAM and NSS, NHI installed.%s\n' \
    "$DIM" "$PLAIN"

step "The policy" "One file says which job may be which account, anchored on ids that nobody can take over."
run 0 'account = "web-deploy"' "sed -n '/^identities/,/account = \"web-deploy\"/p' /etc/nhi/nhi.conf"
run 0 '.' 'nhictl check'

step "The job's token" "GitHub's shape; its platform signed it for this host, for five minutes."
OIDC_TOKEN=$(mint)
export OIDC_TOKEN
run 0 '"repository_id": "74"' "printf %s \"\$OIDC_TOKEN\" | nhictl token show | grep -E 'alg|repository_id|repository_owner_id|\"ref\"|environment\"|aud'"

step "What would it be let in as?"
printf %s "$OIDC_TOKEN" >token
run 0 '^result   ok: identity web-deploy' 'nhictl explain --account web-deploy --token token'

step "The three lines of a pipeline" "A key of its own, a certificate for it, a login. No secret was stored anywhere."
run 0 '' "ssh-keygen -q -t ed25519 -N '' -f k"
run 0 '^nhi: issued: web-deploy until ' "$(ask web-deploy)"
run 0 '\(web-deploy\) .*\(nhi-accounts\)' 'ssh -i k web-deploy@web-1 id'

step "Inside the session" "The account exists for nobody's password; who it is comes from the policy."
run 0 '^web-deploy:\*:' "ssh -i k web-deploy@web-1 'getent passwd web-deploy; getent group web-deploy; pwd; env | grep ^NHI_'"
run 0 'Key ID: "nhi1:web-1' "ssh-keygen -L -f k-cert.pub | grep -E 'Key ID|Valid|Serial|web-deploy\$'"

step "The same token again" "With the same key a retry is safe; with another key it is a theft."
run 0 '^nhi: issued' "$(ask web-deploy)"
run 77 '^nhi: refused: policy ' "ssh-keygen -q -t ed25519 -N '' -f thief; printf %s \"\$OIDC_TOKEN\" | ssh -i thief nhi@web-1 web-deploy"

step "Another repository's token"
OIDC_TOKEN=$(mint --set repository_id='"99"')
run 77 '^nhi: refused: policy ' "$(ask web-deploy)"

step "An expired token, and one that somebody signed himself"
OIDC_TOKEN=$(mint --set iat=-1200 --set nbf=-1200 --set exp=-900)
run 77 '^nhi: refused: token ' "$(ask web-deploy)"
OIDC_TOKEN=$(mint --wrong-key)
run 77 '^nhi: refused: token ' "$(ask web-deploy)"

step "A person's account, and root" "The policy does not own them; nothing of NHI opens them."
OIDC_TOKEN=$(mint)
run 77 '^nhi: refused: policy ' "$(ask alice)"
run 77 '^nhi: refused: policy ' "$(ask root)"

step "An administrator pulls the brake" "Told to the client in a word, to the trail in full."
OIDC_TOKEN=$(mint)
run 0 '^nhi: issued' "$(ask web-deploy)"
run 0 'held' 'nhictl hold add --account web-deploy --for 1h --reason "looking into INC-4711"'
run 254 '^nhi: refused: policy ' 'ssh -i k web-deploy@web-1 id'
run 0 'lifted' 'nhictl hold lift --account web-deploy'
run 0 '\(web-deploy\)' 'ssh -i k web-deploy@web-1 id'

step "The audit trail of all that"
run 0 'deny hold' 'nhictl audit'

printf '\n%sDone.%s Nothing of this is left on the machine. Try it yourself: ./run lab\n' \
    "$BOLD" "$PLAIN"
