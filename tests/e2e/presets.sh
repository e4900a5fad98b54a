#!/bin/bash
# SPDX-License-Identifier: BSD-2-Clause
# Each preset from its policy to start from to a session: nhictl preset show
# filled in and applied, a token of the platform's shape traded, a login.
. "$(dirname "$0")/road_lib.sh"

key k
/usr/bin/python3 "$E2E/../presets/make.py" lab "$(command -v nhictl)" "$WORK"

nhictl preset show github >"$POLICY"
try 'a blank is refused, by name' 1 '@FILL host@.* is a blank' nhictl check

# walk PRESET
walk() {
	local name=$1

	install -m 0644 "$WORK/$name.jwks" "/etc/nhi/jwks/$name.json"
	apply "$name: its policy is applied" <"$WORK/$name.conf"
	try "$name: a certificate" 0 '' bash -c "$(declare -f nhi_ssh trade)
		WORK='$WORK'; trade k web-deploy <'$WORK/$name.token'"
	is "$name: a session" web-deploy "$(login k web-deploy id -un 2>&1)"
}

nhictl preset list --json | /usr/bin/python3 -c 'import json, sys
for line in sys.stdin:
    print(json.loads(line)["preset"])' >"$WORK/all"
while read -r name; do
	walk "$name"
done <"$WORK/all"

drain
is 'the issuers in the records of grants' "$(sort "$WORK/all")" \
    "$(trail event=cert.issue | /usr/bin/python3 -c 'import json, sys
for line in sys.stdin:
    print(json.loads(line)["issuer"])' | sort)"
is 'of presets' 15 "$(wc -l <"$WORK/all")"
try 'provenance is recorded' 0 'build_number' trail event=cert.issue \
    issuer=jenkins
finish
