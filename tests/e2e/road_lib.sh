# SPDX-License-Identifier: BSD-2-Clause
# shellcheck shell=bash
# More of lib.sh, for the scripts that walk the certificate road: policies and
# issuers of a test's own, logins, and what the audit trail says of them.
. "$(dirname "${BASH_SOURCE[0]}")/lib.sh"

TRAIL=/var/log/nhi/audit.jsonl
POLICY=/etc/nhi/nhi.conf
export LC_ALL=C
cd / || exit 2

# apply NAME: the policy on standard input is in force.
apply() {
	local name=$1

	cat >"$POLICY"
	try "$name" 0 '' nhictl apply
}

# identity NAME ISSUER ACCOUNT CLAIM VALUE [MORE]: one of a policy.
identity() {
	cat <<-END
	{ name = "$1"; owner = "alice@example.com"; purpose = "a test";
	  expires = "2099-12-31"; issuer = "$2"; account = "$3";
	  match = ( { claim = "$4"; is = "$5"; } ); ${6:-} }
	END
}

# issuer NAME [MORE]: a custom one with all algorithms.  Its keys are in
# /root/NAME (make_keys), its url is https://NAME.example.com.
issuer() {
	cat <<-END
	{ name = "$1"; preset = "custom"; url = "https://$1.example.com";
	  audience = [ "ssh://web-1.example.com" ];
	  jwks_file = "/etc/nhi/jwks/$1.json"; ${2:-} }
	END
}

# make_keys ISSUER KIND...
make_keys() {
	local name=$1 kind
	local -a kinds=()
	shift

	for kind; do kinds+=(--kind "$kind"); done
	/usr/bin/python3 "$E2E/mint.py" keys --dir "/root/$name" "${kinds[@]}"
	install -m 0644 "/root/$name/jwks.json" "/etc/nhi/jwks/$name.json"
}

# token ISSUER KIND CLAIM=VALUE... [-- MINT-ARGUMENT...]
token() {
	local name=$1 kind=$2
	local -a set=()
	shift 2

	while [ $# -gt 0 ] && [ "$1" != -- ]; do
		set+=(--set "$1")
		shift
	done
	[ $# -eq 0 ] || shift
	mint --dir "/root/$name" --kind "$kind" \
	    --set iss="https://$name.example.com" ${set[@]+"${set[@]}"} "$@"
}

# trade KEY ACCOUNT <token: the second of the three lines.
trade() {
	nhi_ssh "$1" nhi@127.0.0.1 "$2" >"$WORK/$1-cert.pub"
}

# trade_file KEY ACCOUNT FILE: the same for try, whose input is /dev/null.
trade_file() {
	trade "$1" "$2" <"$3"
}

# login KEY ACCOUNT COMMAND...: the third.
login() {
	local key=$1 account=$2
	shift 2
	nhi_ssh "$key" "$account@127.0.0.1" "$@" </dev/null
}

# The plain key is not offered along with its certificate, nor tried after it.
cert_only() {
	local key=$1
	shift
	nhi_ssh "$key" -o PubkeyAcceptedAlgorithms='*-cert-v01@openssh.com' "$@"
}

# details KEY: the certificate as ssh-keygen tells it.
details() {
	ssh-keygen -L -f "$WORK/$1-cert.pub"
}

# Take the spool into the trail.
drain() {
	nhictl tick >/dev/null 2>&1 || nhictl audit --since 1s >/dev/null
}

# trail [FIELD=VALUE...]: the records that have them all, one a line.
trail() {
	/usr/bin/python3 - "$TRAIL" "$@" <<-'END'
	import json, sys
	want = [w.split("=", 1) for w in sys.argv[2:]]
	for line in open(sys.argv[1], encoding="ascii"):
	    r = json.loads(line)
	    if all(str(r.get(k, "")) == v for k, v in want):
	        sys.stdout.write(line)
	END
}

# Every record of the lab is one by CONTRACT.md.
trail_valid() {
	local tool=/src/tests/tools/audit_check.py

	drain
	if [ -e "$tool" ]; then
		try 'each record of the trail is valid' 0 '' \
		    /usr/bin/python3 "$tool" --source /src "$TRAIL"
	else
		skip 'each record of the trail is valid' "no $tool"
	fi
}
