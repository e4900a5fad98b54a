#!/bin/bash
# SPDX-License-Identifier: BSD-2-Clause
# The CA's key: an init that is killed at any step leaves nothing to be done by
# hand.
. "$(dirname "$0")/road_lib.sh"

CA=/etc/nhi/ca
make_keys corp es256
apply 'the policy is applied' <<-END
version = 1;
host = { id = "web-1.example.com"; };
issuers = ( $(issuer corp) );
identities = ( $(identity web corp web-deploy sub job-1) );
END
key k

# enter: the second and third line.
enter() {
	token corp es256 sub=job-1 | trade k web-deploy 2>/dev/null &&
	    login k web-deploy true
}

no_ca() {
	rm -f $CA/ca $CA/ca.* $CA/trusted.pub
	nhictl apply >/dev/null 2>&1
}

# A file appears by rename: killed at each of them.
killed=0
for at in renameat:1 renameat:2 rename:1; do
	no_ca
	strace -f -o /dev/null -e trace="${at%:*}" \
	    -e inject="${at%:*}":signal=KILL:when="${at#*:}" \
	    nhictl ca init >"$OUT" 2>&1
	[ $? -ne 137 ] || killed=$((killed + 1))
	nhictl ca init >"$OUT" 2>&1
	try "init killed at $at: the next one finishes it" 1 \
	    'there already' nhictl ca init
	is "killed at $at: one key is trusted" 1 \
	    "$(grep -c '^ssh-' $CA/trusted.pub)"
	is "killed at $at: nothing is left over" 'ca ca.pub trusted.pub' \
	    "$(find $CA -type f ! -name '*.tmp-*' -printf '%f\n' | sort |
	    paste -sd ' ')"
	try "killed at $at: the three lines work" 0 '' enter
done
is 'killed three times' 3 $killed

rm $CA/ca.pub
try 'a lost ca.pub is made again' 0 'CA key SHA256:' nhictl ca init
is 'of the same key' \
    "$(ssh-keygen -y -f $CA/ca | cut -d' ' -f1,2)" \
    "$(cut -d' ' -f1,2 $CA/ca.pub)"
trail_valid
finish
