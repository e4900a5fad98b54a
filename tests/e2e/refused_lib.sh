# SPDX-License-Identifier: BSD-2-Clause
# shellcheck shell=bash
# For refused.sh: one request, what the client was told, what the trail says.

PRODUCED=$WORK/produced

# double GENERATION OLD NEW: the rules of account `both` have a second
# identity with the same matches.
double() {
	/usr/bin/python3 - "$1/rules/both" "$2" "$3" <<-'END'
	import sys
	path, old, new = sys.argv[1:]
	text = open(path).read()
	head, rest = text.split("identity ", 1)
	one = "identity " + rest[:rest.rindex("end")]
	open(path, "w").write(head + one +
	                      one.replace(old + " ", new + " ", 1) + "end\n")
	END
}

# timed NAME CMD...: its output goes to the issuer; how long that takes.
timed() {
	local name=$1
	shift

	(
		start=$(date +%s%N)
		nhi_ssh second nhi@127.0.0.1 web < <("$@") >"$WORK/$name.out" \
		    2>"$WORK/$name.err"
		echo "$? $((($(date +%s%N) - start) / 1000000))" \
		    >"$WORK/$name.took"
	) &
}

timeout_is() {
	local name=$1 wanted=$2 status ms

	until_true 30 test -s "$WORK/$name.took"
	read -r status ms <"$WORK/$name.took"
	is "$name: ends as input, and says nothing else" \
	    '77 nhi: refused: input' \
	    "$status $(cut -d' ' -f1-3 "$WORK/$name.err")"
	try "$name: after $wanted s ($ms ms)" 0 '' \
	    test "$ms" -ge $((wanted * 1000 - 500)) -a \
	    "$ms" -le $((wanted * 1000 + 5000))
	drain
	told "$name" timeout "$(cut -d' ' -f4 "$WORK/$name.err")"
}

# told NAME CODE ID: the record with this id has this reason.
told() {
	local name=$1 code=$2 id=$3

	trail id="$id" >"$OUT"
	if [ -n "$id" ] && [ "$(field reason <"$OUT")" = "$code" ]; then
		ok "$name: recorded as $code"
		echo "$code" >>"$PRODUCED"
	else
		tail -n 3 "$TRAIL" >>"$OUT"
		not_ok "$name: recorded as $code"
	fi
}

# refused NAME CODE PUBLIC STATUS CMD...: exactly one line is ours and nothing
# is a certificate.  (sshd gives what PAM said at account as a banner, and
# again, as what it said at open_session, on standard output.)
refused() {
	local name=$1 code=$2 public=$3 wanted=$4 got=0
	shift 4

	"$@" >"$OUT" 2>&1 </dev/null || got=$?
	# The issuer's standard output is a certificate or nothing.
	[ "$1" != trade_file ] || cat "$WORK/$2-cert.pub" >>"$OUT"
	if [ "$got" -eq "$wanted" ] && ! grep -q cert-v01 "$OUT" &&
	    { [ "$1" != trade_file ] || [ ! -s "$WORK/$2-cert.pub" ]; } &&
	    [ "$(grep 'nhi: ' "$OUT" | sort -u | wc -l)" -eq 1 ] &&
	    grep -q "nhi: refused: $public " "$OUT"; then
		ok "$name: status $wanted, told $public"
	else
		echo "status $got, wanted $wanted and $public" >>"$OUT"
		not_ok "$name: status $wanted, told $public"
	fi
	drain
	told "$name" "$code" "$(sed -n \
	    's/.*nhi: refused: [a-z]* \([0-9a-z-]*\).*/\1/p' "$OUT" |
	    head -n 1)"
}

# in_syslog NAME CODE: no trail could take it, but the system's log did.
in_syslog() {
	try "$1: the system's log says $2" 0 '' until_true 30 \
	    grep -q "authpriv.*\"reason\":\"$2\"" /var/log/lab.log
	echo "$2" >>"$PRODUCED"
}

# silently NAME CODE CMD...: sshd itself refuses; NHI's record is there.
silently() {
	local name=$1 code=$2
	shift 2

	drain
	try "$name: sshd refuses" 255 'Permission denied' "$@"
	drain
	told "$name" "$code" "$(trail reason="$code" event=login.deny |
	    tail -n 1 | field id)"
}

# fresh [ISSUER [CLAIM=VALUE...]]: a good token in $WORK/token.
fresh() {
	/usr/bin/python3 -c 'import sys
sys.path.insert(0, "/src/tests/e2e")
import refused
changes = dict(s.split("=", 1) for s in sys.argv[3:])
print(refused.Issuer(sys.argv[2], sys.argv[1]).token(**changes))' \
	    "$STORE" "${1:-corp}" "${@:2}" >"$WORK/token"
}

# sign KEY PRINCIPAL [OPTION...]: a certificate beside the key by whoever has
# the CA key; later options win.
KEYID=nhi1:web-1.example.com
sign() {
	local key=$1 principal=$2
	shift 2

	rm -f "$WORK/$key-cert.pub"
	ssh-keygen -q -s /etc/nhi/ca/ca -I "$KEYID:$principal:0123456789abcdef" \
	    -n "$principal" -V -1m:+5m -z $RANDOM -O clear "$@" \
	    "$WORK/$key.pub"
}
