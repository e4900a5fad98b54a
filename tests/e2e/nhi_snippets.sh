#!/bin/bash
# SPDX-License-Identifier: BSD-2-Clause
# Each snippet of client/snippets, run as its platform would, against a
# stand-in of its token endpoint: it logs in, and shows nobody a token.
. "$(dirname "$0")/nhi_lib.sh"

if ! /usr/bin/python3 -c 'import yaml' 2>/dev/null; then
	skip 'snippets' 'no python3-yaml here'
	exit 0
fi
make_runner
start_platforms --metadata
nhi_programs
echo '127.0.0.1 metadata.google.internal' >>/etc/hosts
ip address add 169.254.169.254/32 dev lo
cat >/usr/local/bin/systemctl <<'END'
#!/bin/sh
echo "$*, by $(id -un)"
END
chmod 0755 /usr/local/bin/systemctl
mkdir "$WORK/jobs"
chmod 0755 "$WORK/jobs"
/usr/bin/python3 "$E2E/snippet.py" /src/client/snippets $STANDIN \
    "$WORK/jobs" >"$OUT" 2>&1 || not_ok 'the snippets are understood'
SECRET=/var/run/secrets/nhi/token
mv $SECRET $SECRET.not
mv /etc/ssh/ssh_known_hosts "$WORK/known"

# What any user of the machine sees of the others' processes.
/usr/bin/python3 - "$WORK/watched" <<'END' &
import os, re, sys
jws = re.compile(rb"eyJ[A-Za-z0-9_-]{20,}\.|held-by-the-job")
rounds = 0
while True:
    for pid in os.listdir("/proc"):
        if not pid.isdigit():
            continue
        try:
            with open("/proc/%s/cmdline" % pid, "rb") as f:
                words = f.read()
        except OSError:
            continue
        if jws.search(words):
            with open(sys.argv[1], "ab") as f:
                f.write(words.replace(b"\0", b" ")[:300] + b"\n")
    rounds += 1
    with open(sys.argv[1] + ".new", "w") as f:
        f.write("%d\n" % rounds)
    os.rename(sys.argv[1] + ".new", sys.argv[1] + ".rounds")
END
WATCH=$!

n=0
for job in "$WORK"/jobs/*.sh; do
	n=$((n + 1))
	rm -rf $RUNNER/job $RUNNER/.ssh
	[ "${job##*/}" != kubernetes.deploy.sh ] || mv $SECRET.not $SECRET
	install -d -o runner -m 0755 $RUNNER/job
	chmod 0644 "$job"
	try "$(basename "$job" .sh)" 0 '^restart web, by web-deploy$' \
	    as_job "$(cat "$WORK/known")" "$job"
	is "$(basename "$job" .sh): no key is left by nhi-login" '' \
	    "$(find $RUNNER/run -type f ! -path '*/nhi-login/key')"
	[ "${job##*/}" != kubernetes.deploy.sh ] || mv $SECRET $SECRET.not
done
is 'jobs of all snippets' 21 $n
is 'snippets' 12 "$(find /src/client/snippets -type f | wc -l)"
kill $WATCH
# The test's own trouble: a watch that did not look.
is 'the arguments of all programs were looked at' yes \
    "$([ "$(tr -d '\n' <"$WORK/watched.rounds")" -gt 20 ] && echo yes)"
: >>"$WORK/watched"
is 'no argument held a token' '' "$(cat "$WORK/watched")"
drain
is 'no denial' '' "$(trail event=cert.deny)"
kill "$PLATFORMS"
finish
