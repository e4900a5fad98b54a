#!/bin/bash
# SPDX-License-Identifier: BSD-2-Clause
# An account that policy has, and that somebody wrote into /etc/passwd since
# (useradd refuses it; vipw and a restored backup do not): no machine becomes
# that person.
. "$(dirname "$0")/attack_lib.sh"

key k
issue k web-deploy 2>"$OUT" || not_ok 'a certificate'
uid=$(id -u web-deploy)
try 'the machine logs in' 0 "^$uid\$" nhi_ssh k -n web-deploy@127.0.0.1 id -u
sed 's/^issuers = (/sshd = { keyboard_interactive = true; };\n&/' \
    /src/tests/lab/nhi.conf | policy

install -d -m 700 -o 1234 /home/taken
sed -i '1i web-deploy:x:1234:1234::/home/taken:/bin/sh' /etc/passwd
sed -i '1i web-deploy:*:19000::::::' /etc/shadow
is 'files have the name' 1234 "$(id -u web-deploy)"
mark_trail
try 'a certificate does not become the person' 255 'nhi: refused: policy' \
    cert_ssh k web-deploy@127.0.0.1 id -u
recorded 'certificate' 1 event=login.deny reason=account-reserved
mint --claims "$E2E/claims/small.json" >"$WORK/token"
try 'nor does a token' 255 '' env \
    SSH_ASKPASS=/usr/bin/nhi-askpass SSH_ASKPASS_REQUIRE=force \
    NHI_TOKEN_FILE="$WORK/token" ssh -n -F /dev/null \
    -o PreferredAuthentications=keyboard-interactive \
    -o NumberOfPasswordPrompts=1 web-deploy@127.0.0.1 id -u
recorded 'token' 2 event=login.deny reason=account-reserved
recorded 'nothing' 0 event=login.grant
is 'and nothing runs as him' '' "$(pgrep -u 1234)"
try 'root still does' 0 '^1234$' su web-deploy -c 'id -u'
sed -i '/^web-deploy:/d' /etc/passwd /etc/shadow
try 'without him the machine is itself again' 0 "^$uid\$" \
    nhi_ssh k -n web-deploy@127.0.0.1 id -u
finish
