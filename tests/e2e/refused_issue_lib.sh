# SPDX-License-Identifier: BSD-2-Clause
# shellcheck shell=bash
# For refused.sh: the issuer's other refusals, and what breaks below it.

# A token is one key's.
fresh
trade_file k web "$WORK/token" 2>/dev/null
is 'a token is good for a certificate' 0 $?
trade_file k web "$WORK/token" 2>/dev/null
is 'and for the same key again' 0 $?
refused 'another key' replay policy 77 trade_file second web "$WORK/token"
fresh once
trade_file k once "$WORK/token" 2>/dev/null
refused 'a token that is good once' replay policy 77 \
    trade_file k once "$WORK/token"

# Two at once, one token, two keys.
for round in 1 2 3; do
	fresh
	for who in k second; do
		(
			trade_file $who web "$WORK/token" 2>"$WORK/$who.err"
			echo $? >"$WORK/$who.rc"
		) &
	done
	wait %% 2>/dev/null
	until_true 60 test -s "$WORK/k.rc" -a -s "$WORK/second.rc"
	is "one token, two keys at once, exactly one wins ($round)" '0 77' \
	    "$(sort "$WORK/k.rc" "$WORK/second.rc" | xargs)"
	rm -f "$WORK/k.rc" "$WORK/second.rc"
done

# Forms of a good token.
fresh
try 'a newline at the end is the shell'"'"'s' 0 '^nhi: issued' \
    trade_file k web "$WORK/token"
fresh
sed -i 's/$/\r/' "$WORK/token"
try 'so is CRLF' 0 '^nhi: issued' trade_file k web "$WORK/token"
fresh
closed() {
	nhi_ssh k nhi@127.0.0.1 web <&-
}
refused 'standard input is closed' empty input 77 closed

# Not the issuer's command.
fresh
refused 'no account at all' input input 77 nhi_ssh k nhi@127.0.0.1
# sshd throws away what a subsystem says on standard error.
try 'the sftp subsystem' 77 '' nhi_ssh k -s nhi@127.0.0.1 sftp
is 'the sftp subsystem: not a byte' '' "$(cat "$OUT")"
try 'no terminal' 255 'PTY allocation request failed' \
    nhi_ssh k -tt nhi@127.0.0.1 web
# The first one has the ten seconds of its token.
(sleep 30 | nhi_ssh k -o ControlMaster=yes -o ControlPath="$WORK/mux2" \
    nhi@127.0.0.1 web >/dev/null 2>&1) &
until_true 30 test -S "$WORK/mux2"
try 'two at once over one connection' 77 'Session open refused by peer' \
    nhi_ssh k -o ControlPath="$WORK/mux2" nhi@127.0.0.1 web
nhi_ssh k -o ControlPath="$WORK/mux2" -O exit nhi@127.0.0.1 2>/dev/null
cp "$WORK/k" "$WORK/certified"
cp "$WORK/k.pub" "$WORK/certified.pub"
sign certified nhi
try 'a certificate is no key of nhi' 255 'Permission denied' \
    cert_only certified nhi@127.0.0.1 web
sign certified web
try 'nor is one of an account' 255 'Permission denied' \
    cert_only certified nhi@127.0.0.1 web

# What is broken here is a fault, said as such, and nothing is given.
# broken NAME CODE UNDO...: and well again afterwards.
BROKEN=70
broken() {
	local name=$1 code=$2
	shift 2

	fresh
	refused "$name" "$code" fault $BROKEN trade_file k web "$WORK/token"
	"$@"
}

mv "$PUBLISHED/current" "$PUBLISHED/away"
BROKEN=70	# told by the shell of the issuing account
broken 'no published policy' policy-unreadable \
    mv "$PUBLISHED/away" "$PUBLISHED/current"
BROKEN=70
cp "$GENERATION/rules/web" "$WORK/rules"
echo rubbish >>"$GENERATION/rules/web"
broken 'broken rules' policy-invalid \
    cp "$WORK/rules" "$GENERATION/rules/web"
for d in marks issued holds; do
	mv /var/lib/nhi/$d /var/lib/nhi/away
	broken "no $d" state mv /var/lib/nhi/away /var/lib/nhi/$d
done
mv /etc/nhi/ca/ca /etc/nhi/ca/away
broken 'no CA key' ca-key mv /etc/nhi/ca/away /etc/nhi/ca/ca
cp -p /etc/nhi/ca/ca "$WORK/ca"
chmod 0644 /etc/nhi/ca/ca
echo rubbish >/etc/nhi/ca/ca
broken 'a broken CA key' ca-key cp -p "$WORK/ca" /etc/nhi/ca/ca
VERIFY=/usr/libexec/nhi/nhi-verify
cp -p $VERIFY "$WORK/verify"
for liar in true false; do
	cp /usr/bin/$liar $VERIFY
	broken "the verifier is $liar" verifier cp -p "$WORK/verify" $VERIFY
done
try 'and it is well again' 0 '^nhi: issued' trade_file k web "$WORK/token"

# No record, no certificate; what there is of it is in the system's log.
mv /var/spool/nhi /var/spool/away
fresh
try 'no spool: nothing is given' 70 '^nhi: refused: fault ' \
    trade_file k web "$WORK/token"
is 'no spool: not a byte' '' "$(cat "$WORK/k-cert.pub")"
mv /var/spool/away /var/spool/nhi
in_syslog 'no spool' audit-unavailable

# Too many at once: connections in all are pam_nhi's, verifications are here.
for ((i = 0; i < 16; i++)); do
	setpriv --reuid nhi --regid nhi --clear-groups flock -o \
	    "/run/nhi/slots/$i" sleep 120 &
	SLOT[i]=$!
done
slots_taken() {
	[ "$(pgrep -cxu nhi sleep)" -eq 16 ]
}
until_true 30 slots_taken
fresh
refused 'all slots are taken' cap busy 75 trade_file k web "$WORK/token"
kill "${SLOT[@]}" 2>/dev/null
