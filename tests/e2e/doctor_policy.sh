#!/bin/bash
# SPDX-License-Identifier: BSD-2-Clause
# nhictl doctor: what it finds of the policy, key sets, the CA and sudo.
. "$(dirname "$0")/doctor_lib.sh"

STATE=/var/lib/nhi
CACHE=/var/cache/nhi
ago() {
	touch -h -d "$1" "${@:2}"
}
DAY=86400
in_days() {
	date -u -d "$1 days" +%F
}

# The policy
finds policy-missing 'nothing in force' \
    "mv $STATE/published/current $WORK/" "mv $WORK/current $STATE/published/"
finds policy-invalid 'a word that is no setting' "echo 'x = 1;' >>$POLICY" \
    unchanged
finds policy-invalid 'no policy' "rm $POLICY" unchanged
finds policy-unapplied 'an edit that was not applied' \
    "sed -i s/alice@/bob@/ $POLICY" unchanged
finds '' 'an edit that changes nothing' "echo '# a comment' >>$POLICY" \
    unchanged
cp /usr/bin/id /usr/local/bin/deploy
changed 's|account = "web-deploy";|& sudo = [ "/usr/local/bin/deploy" ];|'
is 'a policy with sudo, as it was applied' '' "$(ids)"
finds policy-outgrown 'a command of sudo that others may write since' \
    'chmod o+w /usr/local/bin/deploy' 'chmod o-w /usr/local/bin/deploy'
unchanged
finds host-renamed 'another name of the host' \
    "changed 's/id = \"[^\"]*\"; //' && hostname web-2" \
    'hostname web-1.example.com; unchanged'
finds identity-expired 'a date in the past' \
    "changed '0,/2099-12-31/s//2020-01-01/'" unchanged
finds identity-expiring 'a date of next week' \
    "changed \"0,/2099-12-31/s//\$(in_days 7)/\"" unchanged
finds hold-endless 'a hold without end' \
    'nhictl hold add --all --reason "an incident"' 'nhictl hold lift --all'
finds hold-old 'a hold of last month' \
    "nhictl hold add --account web-deploy --until 2099-01-01 --reason old
    ago '30 days ago' $STATE/holds/account/web-deploy" \
    'nhictl hold lift --account web-deploy'
finds hold-broken 'a hold without words' \
    "ln -s nonsense $STATE/holds/account/zoe" "rm $STATE/holds/account/zoe"
finds '' 'a hold for an hour' \
    'nhictl hold add --all --for 1h --reason "a while"' \
    'nhictl hold lift --all'

# Key sets
finds keys-pinned 'a pinned set that is gone' \
    "mv /etc/nhi/jwks/lab.json $WORK/" "mv $WORK/lab.json /etc/nhi/jwks/"
finds keys-pinned 'a pinned set that _nhi cannot read' \
    'chmod 0600 /etc/nhi/jwks/lab.json' 'chmod 0644 /etc/nhi/jwks/lab.json'
finds keys-pinned 'a pinned set that is none' \
    "cp -a /etc/nhi/jwks/lab.json $WORK/; echo {} >/etc/nhi/jwks/lab.json" \
    "cp -a $WORK/lab.json /etc/nhi/jwks/"
# fetched [FAULT TIME DETAIL]: what nhi-fetch leaves beside a key set, now.
URL=https://token.actions.githubusercontent.com
fetched() {
	local now
	now=$(date +%s)
	cp /root/issuer/jwks.json $CACHE/github.json
	printf '%s\n' 'nhi-cache 1' "url $URL" "from $URL/keys" 'etag %' \
	    'modified %' 'max-age 3600' 'keys 1' "fetched $now" \
	    "next $((now + 1800))" "fault ${1:-ok}" "fault-time ${2:-0}" \
	    "detail ${3:-%}" end >$CACHE/github.meta
	chown _nhi-fetch:_nhi $CACHE/github.*
	chmod 0644 $CACHE/github.*
}
changed 's/jwks_file = "[^"]*"; //' >"$OUT" 2>&1 ||
	not_ok 'a policy with an issuer whose keys are fetched'
is 'a set that was never fetched' keys-missing "$(ids)"
finds keys-missing 'a set of another issuer' \
    "fetched; sed -i s,^url.*,url\ https://x.example.com, \
    $CACHE/github.meta" fetched
finds keys-stale 'a set of two days ago' \
    "fetched; ago '2 days ago' $CACHE/github.json" fetched
finds keys-stale-soon 'a set of twenty hours ago' \
    "fetched; ago '20 hours ago' $CACHE/github.json" fetched
finds fetch-fault 'a fetch that failed' \
    'fetched fetch-connect 1700000000 no%20route' fetched
finds fetch-not-running 'a set that is due since yesterday' \
    "fetched; sed -i \"s/^next.*/next \$((\$(date +%s) - $DAY))/\" \
    $CACHE/github.meta" fetched
unchanged >/dev/null
rm -f $CACHE/github.*

# The CA
keep $CA $CA.pub /etc/nhi/ca/trusted.pub
finds ca-missing 'no key' "mv $CA $WORK/" "mv $WORK/ca $CA"
finds ca-mode 'a key that others may read' "chmod 0444 $CA" "chmod 0400 $CA"
finds ca-mode 'a key of root' "chown root $CA" "chown nhi $CA"
other_key() {
	rm -f "$WORK/other"*
	ssh-keygen -q -t ed25519 -N '' -C x -f "$WORK/other"
}
finds ca-mismatch 'another public part' \
    "other_key; cp $WORK/other.pub $CA.pub" "put_back $CA.pub"
finds ca-not-trusted 'nothing trusted' ": >/etc/nhi/ca/trusted.pub" \
    'put_back /etc/nhi/ca/trusted.pub'
finds ca-foreign 'somebody else trusted' \
    "other_key; cat $WORK/other.pub >>/etc/nhi/ca/trusted.pub" \
    'put_back /etc/nhi/ca/trusted.pub'
finds ca-old 'a key of last year' "ago '2 years ago' $CA" "put_back $CA"

# sudo
SUDO=/etc/sudoers.d/nhi
keep /etc/sudoers
finds sudo-more 'a rule of the host for an account' \
    "echo 'web-deploy ALL=(ALL) NOPASSWD: ALL' >>/etc/sudoers" \
    'put_back /etc/sudoers'
finds sudo-more 'a rule of the host for all accounts' \
    "echo '%nhi-accounts ALL=(ALL) ALL' >>/etc/sudoers" \
    'put_back /etc/sudoers'
finds sudo-more 'a rule of the host for the names of a template' \
    "echo '%nhi-accounts,!web-deploy ALL=(ALL) ALL' >>/etc/sudoers" \
    'put_back /etc/sudoers'
finds sudo-edited 'a fragment without policy' \
    "echo 'Defaults x' >$SUDO; echo >$SUDO" "rm $SUDO"
with_sudo() {
	changed 's|account = "web-deploy";|& sudo = [ "/usr/bin/id", \
    "/usr/bin/systemctl restart web", "/usr/bin/systemctl reload nginx", \
    "/usr/bin/systemctl status a-unit-with-quite-a-long-name.service" ];|'
}
finds '' 'a policy with sudo' with_sudo unchanged
keep /etc/pam.d/common-auth
finds pam-auth-missing 'and no line to ask us' \
    "with_sudo; sed -i '/pam_nhi/d' /etc/pam.d/common-auth" \
    'put_back /etc/pam.d/common-auth; unchanged'
finds sudo-edited 'a fragment that somebody changed' \
    "with_sudo; sed -i 's,/usr/bin/systemctl restart web,ALL,' $SUDO" unchanged
finds sudo-edited 'a fragment that is gone' "with_sudo; rm $SUDO" unchanged
finds sudo-less 'a sudoers that does not include it' \
    "with_sudo; sed -i '/includedir/d' /etc/sudoers" \
    'put_back /etc/sudoers; unchanged'
finds sudo-more 'a rule beside that of the policy' \
    "with_sudo; echo 'web-deploy ALL=(root) /bin/sh' >>/etc/sudoers" \
    'put_back /etc/sudoers; unchanged'

all_well
