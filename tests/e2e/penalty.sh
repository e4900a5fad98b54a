#!/bin/bash
# SPDX-License-Identifier: BSD-2-Clause
# Ten refused certificates from one address: sshd of OpenSSH 9.8 and later
# penalises the address of a failed authentication, and a person and a good
# bot behind it must not be shut out.
. "$(dirname "$0")/lib.sh"

if ! /usr/sbin/sshd -T | grep -q '^persourcepenalties '; then
	skip 'refusals cost nobody a penalty' \
	    'this sshd knows no penalties (LAB_ROOT of Debian 13 does)'
	finish
fi

sed -i 's/^  { name = "pr-preview"/  { name = "held"; owner = "alice@example.com";\
    purpose = "is held"; expires = "2099-12-31"; issuer = "github";\
    match = ( { claim = "repository_id"; is = "76"; },\
              { claim = "repository_owner_id"; is = "65"; } );\
    account = "held-bot"; },\n&/' /etc/nhi/nhi.conf
try 'a policy with two bots' 0 '' nhictl apply
key bad
key good
issue bad held-bot --set repository_id='"76"' 2>"$OUT" ||
    not_ok 'the first bot gets a certificate'
issue good web-deploy 2>"$OUT" || not_ok 'the second bot gets one'
useradd -m alice
install -d -m 0700 -o alice /home/alice/.ssh
key person
install -m 0600 -o alice "$WORK/person.pub" /home/alice/.ssh/authorized_keys
nhictl hold add --account held-bot --reason "ten times" >"$OUT"

for i in 1 2 3 4 5 6 7 8 9 10; do
	try "refusal $i is told" 254 '^nhi: refused: policy ' \
	    nhi_ssh bad -n held-bot@127.0.0.1 true
done
try 'a person logs in from the same address' 0 '\(alice\)' \
    nhi_ssh person -n alice@127.0.0.1 id
try 'a good bot logs in from it' 0 '\(web-deploy\)' \
    nhi_ssh good -n web-deploy@127.0.0.1 id
is 'ten refusals are recorded' 10 \
    "$(nhictl audit --json --event login.deny | grep -c '"reason":"hold"')"
is 'sshd penalised nobody' 0 "$(grep -c penalty /var/log/lab.log)"
finish
