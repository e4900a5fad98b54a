# SPDX-License-Identifier: BSD-2-Clause
# shellcheck shell=bash
# More of lib.sh, for the scripts that attack: certificates by whoever holds
# the CA key, records of the audit trail, policies of a test's own.
. "$(dirname "${BASH_SOURCE[0]}")/lib.sh"

CA=/etc/nhi/ca/ca
AUDIT=/var/log/nhi/audit.jsonl
POLICY=/etc/nhi/nhi.conf
KEYID=nhi1:web-1.example.com:web-deploy:0123456789abcdef
export LC_ALL=C

# sign KEY PRINCIPAL [OPTION...]: a certificate beside the key by the CA's key
# itself, as whoever stole it would; later options win over these.
sign() {
	local key=$1 principal=$2
	shift 2
	rm -f "$WORK/$key-cert.pub"
	ssh-keygen -q -s "$CA" -I "$KEYID" -n "$principal" -V -1m:+5m \
	    -z $((RANDOM + 1)) -O clear "$@" "$WORK/$key.pub"
}

# cert_ssh KEY ...: as nhi_ssh, and the plain key is not offered.  (Naming the
# file by CertificateFile would take the private key off the list as well.)
cert_ssh() {
	local key=$1
	shift
	nhi_ssh "$key" -o PubkeyAcceptedAlgorithms='*-cert-v01@openssh.com' "$@"
}

# records [FIELD=VALUE...]: how many records of the trail have them all.
records() {
	/usr/bin/python3 - "$AUDIT" "$@" <<-'END'
	import json, sys
	want = [w.split("=", 1) for w in sys.argv[2:]]
	with open(sys.argv[1], encoding="ascii") as f:
	    print(sum(all(str(r.get(k, "")) == v for k, v in want)
	              for r in map(json.loads, f)))
	END
}

# recorded NAME COUNT [FIELD=VALUE...]: that many since `mark_trail`.  What the
# issuer writes comes into the trail when its connection ends, which may be
# after the client has gone.
mark_trail() {
	: >"$AUDIT"
}

recorded() {
	local name=$1 count=$2
	shift 2
	until_true 10 are_records "$count" "$@"
	is "$name: recorded" "$count" "$(records "$@")"
	[ "$count" = "$(records "$@")" ] || tail -n 5 "$AUDIT" | sed 's/^/# /'
}

are_records() {
	local count=$1
	shift
	[ "$(records "$@")" = "$count" ]
}

# A policy from standard input, in force.
policy() {
	cat >"$POLICY"
	nhictl apply >"$OUT" 2>&1 </dev/null || not_ok 'the policy is applied'
}

# The lab's policy after a sed script.
policy_edit() {
	sed -E "$@" /src/tests/lab/nhi.conf | policy
}

# stop PID: a background nhi_ssh or the like, with the ssh in it.  (Take $! at
# once: process substitution, as in until_true, sets it too.)
stop() {
	pkill -P "$1"
	kill "$1" 2>/dev/null
	wait "$1" 2>/dev/null
	true
}

# hold SCOPE [NAME], lift SCOPE [NAME]: as lib/base/hold.h lays them out.
hold() {
	ln -s 'hold-1 0 root test' "/var/lib/nhi/holds/$1${2:+/$2}"
}

lift() {
	rm "/var/lib/nhi/holds/$1${2:+/$2}"
}
