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
	until_true 60 curl -sf "$STANDIN/mint?preset=github" ||
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

# The programs of the platforms that have one.
nhi_programs() {
program circleci <<'END'
[ "$1 $2 $3 $4" = 'run oidc get --claims' ] || exit 1
mint circleci "$(printf %s "$5" | sed 's/^{"aud":"\(.*\)"}$/\1/')"
END
program buildkite-agent <<'END'
[ "$JOB" = held-by-the-job ] || exit 1
[ "$1 $2 $3 $5 $6" = 'oidc request-token --audience --lifetime 300' ] || exit 1
mint buildkite "$4"
END
program aws <<'END'
[ "$1 $2 $3" = 'sts get-web-identity-token --audience' ] || exit 1
[ "$5 $6" = '--signing-algorithm ES384' ] || exit 1
mint aws "$4"
END
program spire-agent <<'END'
[ "$1 $2 $3 $4" = 'api fetch jwt -audience' ] || exit 1
[ "$6 $7" = '-socketPath /run/spire.sock' ] || exit 1
echo 'token(spiffe://example.org/ns/ci/sa/deployer):'
printf '\t%s\nbundle(spiffe://example.org):\n\t{"keys":[]}\n' \
    "$(mint spiffe "$5")"
END
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

# as_job HOST-KEYS SCRIPT: a job that has what its platform gives, no more.
as_job() {
	(cd $RUNNER/job && exec setpriv --reuid runner --regid runner \
	    --clear-groups env -i HOME=$RUNNER USER=runner \
	    PATH=$RUNNER/bin:/usr/bin:/bin XDG_RUNTIME_DIR=$RUNNER/run \
	    NHI_KNOWN_HOSTS="$1" sh "$2")
}

# All files but the one key that is kept for a token that comes again.
litter() {
	# What is mounted there is the build's, which others write, too.
	find $RUNNER /tmp /var/tmp /dev/shm -xdev -path "$WORK" -prune -o \
	    -path "$BUILD" -prune -o \
	    -path $RUNNER/run/nhi-login/key -prune -o \
	    -type f -print 2>/dev/null | grep -v "^$OUT\$" | sort
}
