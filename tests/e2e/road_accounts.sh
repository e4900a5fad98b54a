#!/bin/bash
# SPDX-License-Identifier: BSD-2-Clause
# What a job finds when it is in: its account, its groups, its UID, what its
# certificate permits, and what is left when it has gone.
. "$(dirname "$0")/road_lib.sh"

make_keys corp rs256 es256 eddsa
make_keys brief rs256
# shellcheck disable=SC2016 # the account expands it
apply 'the policy is applied' <<-END
version = 1;
host = { id = "web-1.example.com"; };
sshd = { permit_tty = true; };
issuers = ( $(issuer corp), $(issuer brief 'grace = "0s";') );
identities = (
$(identity web corp web-deploy sub job-1 'groups = [ "www-data", "users" ];'),
$(identity pr corp 'pr-{repo}-{run}' sub job-pr),
$(identity branch corp 'br-{ref}' sub job-br),
$(identity forced corp forced sub job-f \
    'certificate = { force_command = "echo forced: $SSH_ORIGINAL_COMMAND"; };'),
$(identity near corp near sub job-n 'certificate = { source =
    [ "192.0.2.0/24", "127.0.0.0/8" ]; };'),
$(identity tty corp tty-bot sub job-t 'certificate = { pty = true; };'),
$(identity brief brief brief sub job-b),
$(identity minute corp minute sub job-m 'certificate = { ttl = "1m"; };') );
END

# seconds KEY from|to: of the validity, from now.
seconds() {
	local when

	when=$(details "$1" | sed -n "s/.*Valid: .*$2 \([^ ]*\).*/\1/p")
	echo $(($(date -d "$when" +%s) - $(date +%s)))
}

# between NAME LOW HIGH FOUND
between() {
	try "$1 ($4 s)" 0 '' test "$4" -ge "$2" -a "$4" -le "$3"
}

key k
key other

# Kinds of tokens and accounts.
token corp rs256 sub=job-1 -- --pad 12000 >"$WORK/long"
try 'a token of 12,000 bytes' 0 '' test "$(wc -c <"$WORK/long")" -ge 12000
trade k web-deploy <"$WORK/long" 2>"$OUT"
is 'it is traded' 0 $?
is 'it enters' web-deploy "$(login k web-deploy id -un)"
is 'nothing but the certificate is on standard output' \
    'ssh-ed25519-cert-v01@openssh.com 1' \
    "$(cut -d' ' -f1 "$WORK/k-cert.pub") $(wc -l <"$WORK/k-cert.pub")"
is 'the account has its groups' 'nhi-accounts users web-deploy www-data' \
    "$(login k web-deploy id -Gn | tr ' ' '\n' | sort | xargs)"
is 'getent knows the account inside' web-deploy \
    "$(login k web-deploy getent passwd web-deploy | cut -d: -f1)"
is 'and its group' web-deploy \
    "$(login k web-deploy getent group web-deploy | cut -d: -f1)"
is 'no password stands anywhere' '*' \
    "$(login k web-deploy getent passwd web-deploy | cut -d: -f2)"
try 'and no shadow' 2 '' getent -s nhi shadow web-deploy
is 'the home is its own' 'web-deploy 700' \
    "$(login k web-deploy 'stat -c "%U %a" ~')"
try 'it is nobody else' 0 '' \
    test "$(login k web-deploy id -u)" -ge 2000300000

# Templates: as root and, with a lease, as anybody.
seen_by() {
	setpriv --reuid "$1" --regid "$1" --clear-groups getent passwd "$2" |
	    cut -d: -f1
}

token corp es256 sub=job-pr repo=74 run=9001 | trade other pr-74-9001 2>"$OUT"
is 'a template account is issued' 0 $?
is 'anybody: no such name before its first login' '' \
    "$(seen_by 65534 pr-74-9001)"
is 'it enters' pr-74-9001 "$(login other pr-74-9001 id -un)"
U1=$(login other pr-74-9001 id -u)
is 'anybody sees it while it is in' pr-74-9001 "$(login other pr-74-9001 \
    'getent passwd pr-74-9001' | cut -d: -f1)"
until_true 30 test ! -L /run/nhi/leases/pr-74-9001
is 'and not when it has gone' '' "$(seen_by 65534 pr-74-9001)"
is 'its number still has its name' pr-74-9001 \
    "$(getent passwd "$U1" | cut -d: -f1)"

# The name that a job can compute: 14 characters, '-', 80 bits of SHA-256 over
# each part with its length (conf/template.h).
REF='refs/heads/Feature/Ünicode & spaces'
NAME=$(/usr/bin/python3 "$E2E/account_name.py" 'br-{ref}' "$REF")
is 'a name with a tail has 31 characters' 31 "${#NAME}"
token corp es256 sub=job-br ref="\"$REF\"" >"$WORK/token"
try 'the account of a branch with odd characters' 0 '^nhi: issued: ' \
    trade_file other "$NAME" "$WORK/token"
is 'is entered' "$NAME" "$(login other "$NAME" id -un)"
try 'explain tells its name' 1 "$NAME" \
    nhictl explain --account br-x --token "$WORK/token"
token corp es256 sub=job-br ref="\"${REF/F/f}\"" >"$WORK/token"
try 'a branch that differs in case only has another' 77 \
    '^nhi: refused: policy ' trade_file other "$NAME" "$WORK/token"

# UIDs: for ever one's own.
declare -A uids=()
for run in 1 2 3 4 5; do
	token corp eddsa sub=job-pr repo=74 run=$run |
	    trade other pr-74-$run 2>/dev/null
	uids[$(login other pr-74-$run id -u)]=$run
done
is 'five runs have five UIDs' 5 ${#uids[@]}
token corp eddsa sub=job-pr repo=74 run=9001 |
    trade other pr-74-9001 2>/dev/null
is 'an identity that comes again has its UID' "$U1" \
    "$(login other pr-74-9001 id -u)"
nhictl apply >/dev/null 2>&1
is 'after another apply too' "$U1" "$(login other pr-74-9001 id -u)"

# What certificates permit.
token corp rs256 sub=job-f | trade other forced 2>/dev/null
is 'a forced command is run in place of another' 'forced: id' \
    "$(login other forced id)"
is 'and in place of a shell' 'forced:' "$(login other forced)"
try 'it stands in the certificate' 0 'force-command echo forced' details other
token corp rs256 sub=job-n | trade other near 2>/dev/null
try 'the sources stand in the certificate' 0 \
    'source-address 127.0.0.0/8,192.0.2.0/24' details other
is 'it enters from there' near "$(login other near id -un)"
token corp rs256 sub=job-t | trade other tty-bot 2>/dev/null
try 'a terminal for whom policy gives one' 0 '/dev/pts/' \
    nhi_ssh other -tt tty-bot@127.0.0.1 tty
try 'and for nobody else' 255 'PTY allocation request failed' \
    nhi_ssh k -tt web-deploy@127.0.0.1 tty
try 'no port of the host is forwarded' 255 'forwarding failed' \
    nhi_ssh k -o ExitOnForwardFailure=yes -R 2222:127.0.0.1:22 \
    web-deploy@127.0.0.1 true
try 'no port is reached through it' 255 'administratively prohibited' \
    nhi_ssh k -W 127.0.0.1:22 web-deploy@127.0.0.1

# Lifetimes: ttl, token and grace, the earliest of them.
token corp rs256 sub=job-1 exp=300 | trade k web-deploy 2>/dev/null
between 'valid from a minute ago' -70 -59 "$(seconds k from)"
between 'a token of five minutes gives a certificate of ttl' 890 900 \
    "$(seconds k to)"
token corp rs256 sub=job-m | trade other minute 2>/dev/null
between 'a ttl of one minute' 50 60 "$(seconds other to)"
token brief rs256 sub=job-b exp=200 | trade other brief 2>/dev/null
between 'without grace it ends with its token' 190 200 "$(seconds other to)"
# As many as it takes to log in, on a busy machine.
for n in 4 8 16 32; do
	token brief rs256 sub=job-b exp=$n | trade other brief 2>/dev/null
	entered=$(login other brief id -un 2>"$OUT")
	[ -z "$entered" ] || break
done
is 'a certificate of seconds enters' brief "$entered"
is_over() {
	[ "$(seconds other to)" -lt 0 ]
}
until_true 60 is_over
try 'and does not afterwards' 255 'Permission denied' \
    login other brief true
trail_valid
finish
