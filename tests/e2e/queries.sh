#!/bin/bash
# SPDX-License-Identifier: BSD-2-Clause
# A certificate is public and a query with it is free: without the private key
# `principals` runs all the same.  It writes no grant, a denial once for each
# certificate, reason and hour, and crowds nothing out.
. "$(dirname "$0")/attack_lib.sh"

HELPER=/usr/libexec/nhi/nhi-sshd-helper
SPOOL=/var/spool/nhi
# An hour must not end between two runs.
same_hour() {
	until [ $(($(date +%s) % 3600)) -lt 3530 ]; do
		sleep 1
	done
}
key good
key bad
key thief

# ask COUNT: sshd's own call, that many times.
ask() {
	local i

	read -r _ blob _ <"$WORK/bad-cert.pub"
	id=$(ssh-keygen -L -f "$WORK/bad-cert.pub" |
		sed -n 's/ *Key ID: "\(.*\)"/\1/p')
	serial=$(ssh-keygen -L -f "$WORK/bad-cert.pub" |
		sed -n 's/ *Serial: //p')
	for ((i = 0; i < $1; i++)); do
		setpriv --reuid _nhi --regid _nhi --clear-groups "$HELPER" \
		    principals web-deploy "$id" "$serial" SHA256:x "$blob"
	done >"$WORK/lines" 2>&1
}

# drain: as any later stage of PAM does.
drain() {
	local key

	issue good web-deploy 2>"$OUT" || not_ok "$1: another client is served"
	key=$(ssh-keygen -lf "$WORK/good.pub" | cut -d' ' -f2)
	# That is when its connection ends, a moment after the client.
	until_true 30 eval '[ "$(spooled)" -eq 0 ]'
	recorded "$1: another client's certificate" 1 event=cert.issue \
	    key="$key"
}

# Empty ones are names that stay taken for their minute or hour.
spooled() {
	find $SPOOL -type f ! -empty | wc -l
}

# With sshd: the certificate of another, and a key of one's own.
issue bad web-deploy 2>"$OUT" || not_ok 'a certificate'
mark_trail
cp "$WORK/bad-cert.pub" "$WORK/thief-cert.pub"
for i in 1 2 3 4 5; do
	nhi_ssh thief web-deploy@127.0.0.1 true </dev/null >/dev/null 2>&1 &&
		not_ok "a certificate without its key: $i"
done
# An agent's or a file's key that cannot sign: queried, never signed.
ssh-keygen -q -p -P '' -N secret -f "$WORK/bad" >/dev/null
for i in 1 2 3 4 5; do
	cert_ssh bad web-deploy@127.0.0.1 true </dev/null >"$OUT" 2>&1 &&
		not_ok "a certificate with a locked key: $i"
done
is 'sshd: nothing is spooled' 0 "$(spooled)"
drain 'sshd'
recorded 'sshd' 0 event=login.grant
recorded 'sshd: no denial either' 0 event=login.deny

mark_trail
ask 500
is 'valid: answered 500 times' 500 \
    "$(grep -c '^restrict web-deploy$' "$WORK/lines")"
is 'valid: nothing is spooled' 0 "$(spooled)"
drain 'valid'
recorded 'valid: no grant of a login' 0 event=login.grant

# Refused, and told by PAM or by refuse: their records, not ours.
same_hour
hold account web-deploy
mark_trail
ask 500
is 'held: answered 500 times' 500 \
    "$(grep -c '^restrict,command=".* refuse policy" web-deploy$' \
    "$WORK/lines")"
lift account web-deploy
is 'held: few are spooled' yes "$([ "$(spooled)" -le 1 ] && echo yes)"
drain 'held'
is 'held: one denial or none' yes \
    "$([ "$(records event=login.deny)" -le 1 ] && echo yes)"

# Refused where nothing of NHI follows (a shell that would run something of the
# account's first is not given a command that says no): one record for each
# reason.
same_hour
install -m 0755 /bin/sh /usr/local/bin/zsh
sed 's/account = "web-deploy";/& shell = "\/usr\/local\/bin\/zsh";/' \
    /src/tests/lab/nhi.conf | policy
sign bad web-deploy -z 4711
hold account web-deploy
mark_trail
ask 300
lift account web-deploy
ln -s 'r-1 1 root test' /var/lib/nhi/revoked/serial/4711
ask 200
rm /var/lib/nhi/revoked/serial/4711
is 'refused alone: no answer' '' "$(cat "$WORK/lines")"
is 'refused alone: two are spooled' 2 "$(spooled)"
drain 'refused alone'
recorded 'refused alone, held' 1 event=login.deny reason=hold serial=4711
recorded 'refused alone, revoked' 1 event=login.deny reason=cert-revoked \
    serial=4711
hold account web-deploy
ask 100
lift account web-deploy
mark_trail
drain 'refused alone, drained in between'
is 'refused alone: not again within the hour' 0 \
    "$(records event=login.deny serial=4711)"

# Not ours at all: silence or one record, and never a principal.
same_hour
sign bad web-deploy -I 'somebody else' -z 4712
mark_trail
ask 300
is 'not ours: no answer' '' "$(cat "$WORK/lines")"
drain 'not ours'
is 'not ours: one denial or none' yes \
    "$([ "$(records event=login.deny serial=4712)" -le 1 ] && echo yes)"

# A forced command is answered with itself, for pam_nhi to refuse; but not of an
# account that pam_nhi would not know.
sign bad web-deploy -O force-command='/bin/echo "a b"' -z 4713
hold account web-deploy
ask 1
lift account web-deploy
is 'a forced command: its own' \
    'restrict,command="/bin/echo \"a b\"" web-deploy' "$(cat "$WORK/lines")"
sed 's/"web-deploy"/"other-deploy"/' /src/tests/lab/nhi.conf | policy
ask 1
is 'of an account that policy does not have: none' '' "$(cat "$WORK/lines")"
policy </src/tests/lab/nhi.conf

# Garbage, as nobody but sshd could call it.
for args in '' 'web-deploy' 'web-deploy a 1 b AAAA' 'root a 1 b AAAA' \
    'nhi a 1 b AAAA' '../etc a 1 b AAAA' 'web-deploy a 1 b c d'; do
	# shellcheck disable=SC2086
	try "garbage is answered with nothing: $args" 0 '' \
	    setpriv --reuid _nhi --regid _nhi --clear-groups "$HELPER" \
	    principals $args
	is "garbage: $args" '' "$(grep -v '^status' "$OUT")"
done

# What rotation has put aside.
try 'audit: one file, no word of others' 1 '' eval \
    'nhictl audit 2>&1 >/dev/null | grep older'
mv /var/log/nhi/audit.jsonl /var/log/nhi/audit.jsonl.1
try 'audit: none yet, and where the older ones are' 0 \
    'older records are in 1 more files: /var/log/nhi/audit.jsonl' nhictl audit
try 'audit: of the last hour, too' 0 'older records' nhictl audit --since 1h
touch -d '3 hours ago' /var/log/nhi/audit.jsonl.1
try 'audit: but not of what is later than they' 1 '' eval \
    'nhictl audit --since 1h 2>&1 | grep older'
mv /var/log/nhi/audit.jsonl.1 /var/log/nhi/audit.jsonl
finish
