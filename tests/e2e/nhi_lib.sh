# SPDX-License-Identifier: BSD-2-Clause
# shellcheck shell=bash disable=SC2034
# For the tests of nhi-login: the platforms' stand-in (platform.py), and a user
# who runs jobs with nothing but what his platform gives him.
. "$(dirname "${BASH_SOURCE[0]}")/road_lib.sh"

RUNNER=/home/runner
BOX=$WORK/box
STANDIN=http://127.0.0.1:8000
HELD=held-by-the-job
# The beginning of every token.
JWS='eyJ[A-Za-z0-9_-]{20,}\.'

# start_platforms [OPTION...]: and their policy is in force.
start_platforms() {
	mkdir -p "$BOX"
	/usr/bin/python3 "$E2E/platform.py" --dir "$BOX" --port 8000 "$@" \
	    >"$WORK/platform.log" 2>&1 &
	PLATFORMS=$!
	soon 20 curl -sf "$STANDIN/mint?preset=github" ||
		{ cp "$WORK/platform.log" "$OUT"; not_ok 'the stand-in'; finish; }
	for f in "$BOX"/*.jwks; do
		install -m 0644 "$f" \
		    "/etc/nhi/jwks/$(basename "$f" .jwks).json"
	done
	apply 'the policy of all platforms' <"$BOX/nhi.conf"
}

make_runner() {
	useradd -m -d $RUNNER -s /bin/bash runner
	install -d -o runner -m 0700 $RUNNER/run
	install -d -o runner -m 0755 $RUNNER/bin
	chmod 0755 "$WORK"
}

# program NAME: a stand-in of a platform's program, from standard input; in it
# $CURL asks the stand-in.
program() {
	{
		echo '#!/bin/sh'
		echo 'JOB=$BUILDKITE_AGENT_ACCESS_TOKEN'
		echo 'unset BUILDKITE_AGENT_ACCESS_TOKEN CIRCLE_OIDC_TOKEN_V2'
		echo 'mint() { curl -sf -G "'$STANDIN'/mint" -d "preset=$1" \
			--data-urlencode "audience=$2"; }'
		cat
	} >$RUNNER/bin/"$1"
	chmod 0755 $RUNNER/bin/"$1"
}

# got PRESET [AUDIENCE]: a token, for platforms that give it in a variable.
got() {
	curl -sf -G "$STANDIN/mint" -d "preset=$1" \
	    ${2:+--data-urlencode "audience=$2"}
}

# as_runner [VARIABLE=VALUE...] CMD...: with an environment of his own.
as_runner() {
	(cd $RUNNER && exec setpriv --reuid runner --regid runner \
	    --clear-groups env -i HOME=$RUNNER USER=runner \
	    PATH=$RUNNER/bin:/usr/bin:/bin XDG_RUNTIME_DIR=$RUNNER/run \
	    NHI_AUDIENCE=ssh://web-1.example.com "$@")
}

# Everything that is not there before a job and after it.
litter() {
	find $RUNNER /tmp /var/tmp /dev/shm -path "$WORK" -prune -o \
	    -path '/tmp/wt' -prune -o -path '/tmp/bt' -prune -o \
	    -type f -print 2>/dev/null | grep -v "^$OUT\$" | sort
}
