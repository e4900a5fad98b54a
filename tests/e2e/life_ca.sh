#!/bin/bash
# SPDX-License-Identifier: BSD-2-Clause
# The CA's key: an init that is killed at any step leaves nothing to be done by
# hand; a rotation costs no login, and ends what the old key signed.
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

# A file appears by rename: killed at each of them, and before the key is its
# user's.
killed=0
for at in fchown:1 renameat:1 renameat:2 rename:1; do
	no_ca
	strace -f -o /dev/null -e trace="${at%:*}" \
	    -e inject="${at%:*}":signal=KILL:when="${at#*:}" \
	    nhictl ca init >"$OUT" 2>&1
	[ $? -ne 137 ] || killed=$((killed + 1))
	nhictl ca init >"$OUT" 2>&1
	try "init killed at $at: the next one finishes it" 1 \
	    'there already' nhictl ca init
	is "killed at $at: one key is trusted" 1 \
	    "$(grep -cE '^(ssh|ecdsa)-' $CA/trusted.pub)"
	is "killed at $at: nothing is left over" 'ca ca.pub trusted.pub' \
	    "$(find $CA -type f ! -name '*.tmp-*' -printf '%f\n' | sort |
	    paste -sd ' ')"
	try "killed at $at: the three lines work" 0 '' enter
done
is 'killed four times' 4 $killed

rm $CA/ca.pub
try 'a lost ca.pub is made again' 0 'CA key SHA256:' nhictl ca init
is 'of the same key' \
    "$(ssh-keygen -y -f $CA/ca | cut -d' ' -f1,2)" \
    "$(cut -d' ' -f1,2 $CA/ca.pub)"
# Rotation, while somebody logs in all the time: with what the old key signed,
# and with new certificates.
key loop
key old
enter || not_ok 'the three lines'
cp "$WORK/k-cert.pub" "$WORK/old-cert.pub"
cp "$WORK/k" "$WORK/old"
OLD=$(ssh-keygen -l -f $CA/ca.pub | cut -d' ' -f2)
again() {
	local n=0

	until [ -e "$WORK/stop" ]; do
		token corp es256 sub=job-1 | trade loop web-deploy \
		    2>>"$WORK/said" && login loop web-deploy true \
		    2>>"$WORK/said" && login old web-deploy true \
		    2>>"$WORK/said" || { echo failed; return; }
		n=$((n + 1))
		echo $n >"$WORK/n"
	done
	echo never
}
again >"$WORK/failed" &
AGAIN=$!
rounds() {
	[ "$(cat "$WORK/n" 2>/dev/null || echo 0)" -ge "$1" ]
}
until_true 20 rounds 1
try 'nothing to retire' 1 'no old key' nhictl ca retire
try 'rotate' 0 'CA key SHA256:.* signs from now on' nhictl ca rotate
try 'two keys are trusted' 0 '^2$' grep -cE '^(ssh|ecdsa)-' $CA/trusted.pub
try 'a second rotation waits for the first' 1 'ca retire' nhictl ca rotate
cp $CA/trusted.pub "$WORK/trusted.pub"
mv $CA/ca.pub "$WORK/ca.pub"
try 'without ca.pub apply takes trust from nobody' 1 'ca.pub has no key' \
    nhictl apply
try 'trusted is who was' 0 '' cmp $CA/trusted.pub "$WORK/trusted.pub"
mv "$WORK/ca.pub" $CA/ca.pub
try 'a policy that is applied keeps both' 0 '' nhictl apply
try 'two keys are trusted still' 0 '^2$' grep -cE '^(ssh|ecdsa)-' $CA/trusted.pub
mode_is $CA/ca 'nhi:nhi 400'
until_true 20 rounds $(($(cat "$WORK/n") + 2))
: >"$WORK/stop"
wait $AGAIN
cp "$WORK/said" "$OUT"
is "logins failed in $(cat "$WORK/n") rounds" never "$(cat "$WORK/failed")"
details loop >"$WORK/details"
try 'the new key signs' 1 '' grep -q "$OLD" "$WORK/details"
try 'the old one signed' 0 "${OLD//+/[+]}" details old
try 'it is not retired while its certificates are valid' 1 \
    '[0-9]+ certificates of the old key are valid' nhictl ca retire
cert_only old -n web-deploy@127.0.0.1 'exec sleep 7171' &
session=$!
until_true 30 pgrep -xf 'sleep 7171' >/dev/null
serial=$(details old | sed -n 's/^ *Serial: //p')
nhictl revoke --serial "$serial" --reason 'a test' >"$OUT" 2>&1 ||
	not_ok 'a certificate of the old key is revoked'
printf '# by hand\n\n' >$CA/retired
try 'unless forced' 0 "CA key ${OLD//+/[+]} .* no longer trusted" \
    nhictl ca retire --force
is 'what goes on is told' 1 \
    "$(grep -c 'note: 1 live sessions by certificate go on' "$OUT")"
pkill -xf 'sleep 7171'
wait $session
is 'one key is trusted' 1 "$(grep -cE '^(ssh|ecdsa)-' $CA/trusted.pub)"
# Another host trusts the old key still: what was revoked of it stays so.
try 'a list for other hosts has both keys' 0 '1 serials of 2 CA keys' \
    nhictl krl "$WORK/krl"
try 'and what the old key signed' 1 'REVOKED' \
    ssh-keygen -Q -f "$WORK/krl" "$WORK/old-cert.pub"
until=$(head -n 1 $CA/retired | cut -d' ' -f1)
is 'until it has expired everywhere' yes "$(! [ \
    "$until" -gt $(($(date +%s) + 86400)) ] || echo yes)"
sed -i.real '1s/^[0-9]*/1/' $CA/retired
try 'and then no more' 0 ' of 1 CA keys' nhictl krl "$WORK/krl"
echo spoilt >$CA/retired
try 'no list without it' 2 'not a retired key' nhictl krl "$WORK/krl"
mv $CA/retired.real $CA/retired
try 'what the old key signed is refused' 255 'Permission denied' \
    cert_only old -n web-deploy@127.0.0.1 true
try 'what the new key signed logs in' 0 '' login loop web-deploy true
drain
is 'both are recorded' 2 "$(trail event=ca.rotate | wc -l)"

# Killed at each step, a rotation is finished by the next one.
for at in renameat:3 renameat:4 rename:1; do
	strace -f -o /dev/null -e trace="${at%:*}" \
	    -e inject="${at%:*}":signal=KILL:when="${at#*:}" \
	    nhictl ca rotate >"$OUT" 2>&1
	is "rotate killed at $at" 137 $?
	enter || not_ok "killed at $at: the three lines work"
	[ ! -e $CA/ca.next ] || try "killed at $at: nothing is retired" 1 \
	    'interrupted' nhictl ca retire --force
	try "killed at $at: the next one finishes it" 0 'signs' \
	    nhictl ca rotate
	nhictl ca retire --force >"$OUT" 2>&1 || not_ok "$at: retired"
	is "$at: one key is trusted" 1 "$(grep -cE '^(ssh|ecdsa)-' $CA/trusted.pub)"
done
# What cannot be recorded does not sign.
SIGNS=$(ssh-keygen -y -f $CA/ca)
mv /var/log/nhi /var/log/away
touch /var/log/nhi
try 'no trail, no rotation' 2 'audit|/var/log/nhi' nhictl ca rotate
is 'nor a word of one' '' "$(grep signs "$OUT")"
cp -a $CA "$WORK/with"
rm $CA/ca $CA/ca.next $CA/ca.pub $CA/trusted.pub
try 'nor a first key' 2 'audit|/var/log/nhi' nhictl ca init
try 'which would sign' 1 '' test -e $CA/ca
rm -r $CA
cp -a "$WORK/with" $CA
rm /var/log/nhi
mv /var/log/away /var/log/nhi
is 'the old key signs' "$SIGNS" "$(ssh-keygen -y -f $CA/ca)"
try 'until that is mended' 0 'signs from now on' nhictl ca rotate
# Forced, each old key goes, even where that cannot be noted.
ssh-keygen -q -t ed25519 -N '' -C web-1.example.com -f "$WORK/third"
tee -a $CA/ca.pub <"$WORK/third.pub" >>$CA/trusted.pub
mv $CA/retired $CA/retired.away
mkdir $CA/retired
try 'two old keys, and no note of them' 2 "$CA/retired" nhictl ca retire --force
is 'are trusted no more' 1 "$(grep -cE '^(ssh|ecdsa)-' $CA/trusted.pub)"
rmdir $CA/retired
mv $CA/retired.away $CA/retired
try 'a lost key cannot be rotated' 1 'ca init' sh -c "mv $CA/ca $CA/away
    nhictl ca rotate; s=\$?; mv $CA/away $CA/ca; exit \$s"
# One after the other, and after an apply: each reads what it writes.
LOCK=/var/lib/nhi/published/.lock
try 'rotate waits for an apply, and not for ever' 2 "$LOCK" \
    flock $LOCK nhictl ca rotate
try 'so does retire' 2 "$LOCK" flock $LOCK nhictl ca retire --force
try 'and init' 2 "$LOCK" flock $LOCK nhictl ca init
for i in 1 2 3 4; do
	nhictl ca rotate >"$WORK/rotate.$i" 2>&1 &
done
wait
is 'of four rotations at once one is made' 1 \
    "$(cat "$WORK"/rotate.? | grep -c 'signs from now on')"
is 'and no third key' 2 "$(grep -c -E '^(ssh|ecdsa)-' $CA/trusted.pub)"
nhictl ca retire --force >"$OUT" 2>&1 || not_ok 'retired'
rm -f /var/lib/nhi/issued/*
printf '%s\n' account=web identity=web valid_after=1 valid_before=9999999999 \
    mark=0123456789abcdef keyid= certificate= \
    >/var/lib/nhi/issued/direct-0123456789abcdef-web
nhictl ca rotate >"$OUT" 2>&1 || not_ok 'rotated'
try 'a token that logged in by itself is of no old key' 0 'no longer trusted' \
    nhictl ca retire
try 'only root may' 2 'only root' setpriv --reuid 65534 --clear-groups \
    nhictl ca rotate
trail_valid
finish
