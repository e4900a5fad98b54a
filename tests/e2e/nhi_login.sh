#!/bin/bash
# SPDX-License-Identifier: BSD-2-Clause
# nhi-login on each platform, by a stand-in of its endpoint: it logs in, no
# program is started with a token among its arguments or in its environment,
# and nothing is left behind.
. "$(dirname "$0")/nhi_lib.sh"

make_runner
start_platforms --bind
LOGIN=$(command -v nhi-login)
is 'its version is the one of NHI' \
    "nhi-login $(sed -n 's/^AC_INIT(\[nhi\], \[\([0-9.]*\)\].*/\1/p' \
    /src/configure.ac)" "$(nhi-login --version)"

nhi_programs
program own-token <<'END'
mint "$1" "$NHI_AUDIENCE"
END

# Each start of a program, with all of its arguments and its environment.
traced() {
	rm -f "$WORK/trace"
	strace -f --seccomp-bpf -qq -e trace=execve -e signal=none -v \
	    -s 100000 -o "$WORK/trace" "$@"
}

SHELLS=(dash bash bash)
! command -v busybox >/dev/null || SHELLS[1]='busybox sh'
N=0

# walk PLATFORM [VARIABLE=VALUE...] [-- OPTION...]: a login, in one shell after
# the other.
walk() {
	local name=$1 shell
	local -a vars=()
	shift

	read -ra shell <<<"${SHELLS[N++ % 3]}"
	while [ $# -gt 0 ] && [ "$1" != -- ]; do
		vars+=("$1")
		shift
	done
	[ $# -eq 0 ] || shift
	litter >"$WORK/before"
	try "$name: logs in (${shell[*]})" 0 '^web-deploy$' traced \
	    setpriv --reuid runner --regid runner --clear-groups \
	    env -i HOME=$RUNNER PATH=$RUNNER/bin:/usr/bin:/bin \
	    XDG_RUNTIME_DIR=$RUNNER/run NHI_AUDIENCE=ssh://web-1.example.com \
	    NHI_TEST=here token=x secret=x settings=x answer=x line=x value=x \
	    found=x wanted=x ${vars[@]+"${vars[@]}"} \
	    "${shell[@]}" "$LOGIN" "$@" web-1 web-deploy -- id -un
	litter >"$WORK/after"
	try "$name: leaves nothing behind" 0 '' \
	    diff "$WORK/before" "$WORK/after"
	# What the job itself and the platform's own programs are started with
	# is the platform's doing; nothing else holds a token.
	grep -Fv '"/usr/bin/nhi-login", ' "$WORK/trace" |
	    grep -Ev 'execve\("(/usr/bin/(setpriv|env)|/home/runner/bin/[a-z-]*)"' \
	    >"$WORK/rest"
	is "$name: each start of ssh is seen: -G, token, login" 3 "$(grep -c \
	    'execve("/usr/bin/ssh",.*NHI_TEST=here' "$WORK/rest")"
	grep -nE "$JWS" "$WORK/rest" | cut -c 1-200 >"$OUT"
	[ -s "$OUT" ] && not_ok "$name: a token is shown" ||
		ok "$name: no argument and no environment holds a token"
	grep -n "$HELD" "$WORK/rest" | cut -c 1-200 >"$OUT"
	[ -s "$OUT" ] && not_ok "$name: what the job holds is shown" ||
		ok "$name: nor what the job holds"
}

walk github ACTIONS_ID_TOKEN_REQUEST_TOKEN=$HELD \
    "ACTIONS_ID_TOKEN_REQUEST_URL=$STANDIN/github?api-version=2.0"
walk forgejo ACTIONS_ID_TOKEN_REQUEST_TOKEN=$HELD \
    "ACTIONS_ID_TOKEN_REQUEST_URL=$STANDIN/forgejo"
walk circleci CIRCLECI=true CIRCLE_OIDC_TOKEN_V2="$(got circleci)"
walk buildkite BUILDKITE=true BUILDKITE_AGENT_ACCESS_TOKEN=$HELD
walk aws AWS_EXECUTION_ENV=x
walk spiffe SPIFFE_ENDPOINT_SOCKET=unix:/run/spire.sock
walk gcp GCE_METADATA_HOST=127.0.0.1:8000
walk gitlab GITLAB_CI=true \
    NHI_TOKEN="$(got gitlab ssh://web-1.example.com)"
walk jenkins JENKINS_URL=x WEB_TOKEN="$(got jenkins)" -- --token-env WEB_TOKEN
walk bitbucket BITBUCKET_STEP_OIDC_TOKEN="$(got bitbucket)"
walk terraform-cloud TFC_WORKLOAD_IDENTITY_TOKEN="$(got terraform-cloud)"
walk azure IDENTITY_ENDPOINT=$STANDIN/msi IDENTITY_HEADER=$HELD -- \
    --audience 4f7e1c22-9a3d-4c5b-8b6a-0d9e8f7a6b5c
walk vault NHI_VAULT_ROLE=ci VAULT_ADDR=$STANDIN VAULT_TOKEN=$HELD
mkdir -p /var/run/secrets/nhi
got kubernetes >/var/run/secrets/nhi/token
walk kubernetes
rm -r /var/run/secrets/nhi
walk custom -- --token-command 'own-token github'

# One that comes from outside would be exported again.
: >"$OUT"
for v in $(grep -oE '^[[:space:]]+[a-z]+=' "$LOGIN" | tr -d ' \t=' |
    sort -u); do
	grep -q "^nhi_names=.*\<$v\>" "$LOGIN" || echo "$v" >>"$OUT"
done
is 'each variable of nhi-login is unset first' '' "$(xargs <"$OUT")"

# They are the job's own: its program has them, and a token may have such a
# name.
jobs_own() {
	setpriv --reuid runner --regid runner --clear-groups \
	    env -i HOME=$RUNNER PATH=$RUNNER/bin:/usr/bin:/bin \
	    XDG_RUNTIME_DIR=$RUNNER/run NHI_AUDIENCE=ssh://web-1.example.com \
	    HOST=db PORT='5432 $x' ACCOUNT= nhi_was_token=x nhi_was_DIR=x \
	    VERSION="$(printf 'a\nb')" token="$(got jenkins)" "$@"
}
for shell in dash bash "busybox sh"; do
	command -v ${shell% *} >/dev/null || continue
	# shellcheck disable=SC2086
	jobs_own $shell "$LOGIN" --token-env token run web-1 web-deploy -- \
	    env -0 2>"$OUT" | tr '\0\n' '\n|' >"$WORK/env"
	try "$shell: a token of such a name" 0 '^token=eyJ' cat "$WORK/env"
	is "$shell: the program has what the job had" \
	    'ACCOUNT= HOST=db PORT=5432 $x VERSION=a|b' "$(grep -E \
	    '^(HOST|PORT|ACCOUNT|VERSION)=' "$WORK/env" | sort |
	    paste -sd ' ')"
	is "$shell: and nothing else" '' "$(grep -E \
	    '^(nhi_|DIR=|MODE=|value=|SECRETS=|TOKEN_ENV=)' "$WORK/env")"
done

# A job that is given one token calls more than once.
drain
n=$(trail event=cert.deny | wc -l)
ONE=$(got gitlab ssh://web-1.example.com)
rm -rf $RUNNER/run/nhi-login
for i in first second; do
	try "the $i call with one token" 0 '^web-deploy$' as_runner \
	    NHI_TOKEN="$ONE" nhi-login web-1 web-deploy -- id -un
done
is 'what is kept for it is a key' '1 600 nhi-login/key' \
    "$(find $RUNNER/run -type f -printf '1 %m %P\n')"
try 'another key is refused' 77 'refused: policy' as_runner \
    NHI_TOKEN="$ONE" nhi-login --no-keep web-1 web-deploy -- id -un
rm -r $RUNNER/run/nhi-login
ONE=$(got gitlab ssh://web-1.example.com)
try 'none is kept, if so wished' 0 '^web-deploy$' as_runner \
    NHI_TOKEN="$ONE" nhi-login --no-keep web-1 web-deploy -- id -un
is 'then nothing is left' '' "$(find $RUNNER/run -type f)"
drain
is 'one denial of that' $((n + 1)) "$(trail event=cert.deny | wc -l)"

is 'each came by its own issuer' "$(printf '%s\n' aws azure bitbucket \
    buildkite circleci forgejo gcp github gitlab jenkins kubernetes spiffe \
    terraform-cloud vault)" "$(drain; trail event=cert.issue |
    /usr/bin/python3 -c 'import json, sys
for line in sys.stdin:
    print(json.loads(line)["issuer"])' | sort -u)"
: >"$OUT"
grep -rElI "$JWS" /var/log /var/spool/nhi /run/nhi "$WORK/platform.log" \
    >"$OUT" 2>/dev/null && not_ok 'a log holds a token' ||
	ok 'no log holds a token'
kill "$PLATFORMS"
finish
