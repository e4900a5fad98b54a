#!/bin/bash
# SPDX-License-Identifier: BSD-2-Clause
# sshd freezes a UID at its first lookup, long before the account stage.  Two
# names whose hashes collide, one stalled before its signature while the other
# logs in: never one UID for two names, whoever waits for what.
. "$(dirname "$0")/attack_lib.sh"

RUN='event_name="pull_request"'
REGISTRY=/var/lib/nhi/uids
export ASK_DIR=$WORK

# Stalls the client after sshd looked the account up: the certificate is
# offered, the private key is not open yet.
cat >"$WORK/ask" <<-'END'
#!/bin/sh
touch "$ASK_DIR/asked-$STALL"
timeout 100 sh -c 'until [ -e "$ASK_DIR/go-$STALL" ]; do sleep 0.05; done'
echo secret
END
chmod 755 "$WORK/ask"

# colliding FIRST COUNT: names pr-74-N that have one UID, as root may ask.
colliding() {
	/usr/bin/python3 - "$@" <<-'END'
	import collections, pwd, sys
	first, count = int(sys.argv[1]), int(sys.argv[2])
	found = collections.defaultdict(list)
	for n in range(first, first + 20000):
	    uid = pwd.getpwnam("pr-74-%d" % n).pw_uid
	    found[uid].append(n)
	    if len(found[uid]) == count:
	        print(*found[uid])
	        sys.exit(0)
	sys.exit(1)
	END
}

# with_uid FIRST UID: a name pr-74-N with this UID.
with_uid() {
	/usr/bin/python3 - "$@" <<-'END'
	import pwd, sys
	for n in range(int(sys.argv[1]), int(sys.argv[1]) + 100000):
	    if pwd.getpwnam("pr-74-%d" % n).pw_uid == int(sys.argv[2]):
	        sys.exit(print(n))
	sys.exit(1)
	END
}

# ready KEY ACCOUNT [MINT...]: a certificate, and a passphrase on the key.
ready() {
	key "$1"
	issue "$@" 2>"$OUT" || not_ok "a certificate of $2"
	ssh-keygen -q -p -P '' -N secret -f "$WORK/$1" >/dev/null
}

ready_pr() {
	ready "$1" "pr-74-$1" --set "$RUN" --set "run_id=\"$1\""
}

# log_in KEY ACCOUNT: waits for go-KEY, then for /tmp/over.
log_in() {
	local key=$1 account=$2

	STALL=$key SSH_ASKPASS=$WORK/ask SSH_ASKPASS_REQUIRE=force \
	    ssh -F /dev/null -o IdentitiesOnly=yes -o LogLevel=INFO \
	    -o PreferredAuthentications=publickey -o ConnectTimeout=10 \
	    -o PubkeyAcceptedAlgorithms='*-cert-v01@openssh.com' \
	    -i "$WORK/$key" "$account@127.0.0.1" \
	    'id -u; until [ -e /tmp/over ]; do sleep 0.05; done' </dev/null
}

# stall KEY ACCOUNT; resume KEY; enter: both.  Output is in out-KEY, the
# status in status-KEY.
stall() {
	rm -f "$WORK/go-$1" "$WORK/asked-$1" "$WORK/out-$1" "$WORK/status-$1"
	(log_in "$1" "$2" >"$WORK/out-$1" 2>&1; echo $? >"$WORK/status-$1") &
	until_true 40 test -e "$WORK/asked-$1" || not_ok "$2 stalls"
	# sshd has the name by now; its stamp is counted in 1/100 s.
	sleep 0.05
}

resume() {
	touch "$WORK/go-$1"
	until_true 40 test -s "$WORK/out-$1" || not_ok "$1 goes on"
}

enter() {
	stall "$@"
	resume "$1"
}

over() {
	touch /tmp/over
	wait
	rm -f /tmp/over "$WORK"/out-* "$WORK"/status-*
}

# one_each NAME: no number is two names', in the registry and in /proc.
one_each() {
	is "$1: each name has a number of its own" '' \
	    "$(find $REGISTRY/name -type l -printf '%l\n' | cut -d: -f1 |
	    sort | uniq -d)"
	is "$1: each number is the number of its name" '' "$(
	    for n in "$REGISTRY"/name/*; do
		uid=$(readlink "$n" | cut -d: -f1)
		[ "$(readlink "$REGISTRY/uid/$uid")" = "${n##*/}" ] ||
			echo "$n $uid"
	    done)"
}

# owners: of the sessions that live now, "UID of its processes" each once.
owners() {
	cat "$WORK"/out-* | grep -xE '[0-9]{5,}' | sort
}

moved() {
	until_true 40 test -s "$WORK/status-$2" || not_ok "$1: ends"
	is "$1: refused" 255 "$(cat "$WORK/status-$2")"
	cp "$WORK/out-$2" "$OUT"
	if grep -q '^nhi: refused: policy ' "$WORK/out-$2" &&
	    ! grep -qxE '[0-9]+' "$WORK/out-$2"; then
		ok "$1: told, and nothing ran"
	else
		not_ok "$1: told, and nothing ran"
	fi
	recorded "$1" 1 event=login.deny reason=uid-moved account="$3"
}

# ranged RANGE UID: the lab's policy, with a number for web-deploy.
ranged() {
	sed "s/^issuers/uid_range = [ $1 ];\n&/
	    s/account = \"web-deploy\";/& uid = $2;/" \
	    /src/tests/lab/nhi.conf | policy
}

ranged '2000300000, 2000301023' 2000300777
read -r a b c < <(colliding 1 3)
for n in $a $b $c; do
	ready_pr "$n"
done

# The attack as it was shown: A stalls, B takes the number, A goes on.
stall "$a" "pr-74-$a"
enter "$b" "pr-74-$b"
number=$(cat "$WORK/out-$b")
is 'the second has the hash' "$(id -u "pr-74-$b")" "$number"
mark_trail
resume "$a"
moved 'the first of two that collide' "$a" "pr-74-$a"
one_each 'two that collide'
# Both live: another number, at the next try.
enter "$a" "pr-74-$a"
is 'a retry passes, with another number' "$(id -u "pr-74-$a")" \
    "$(cat "$WORK/out-$a")"
is 'and both sessions live' 2 "$(owners | uniq | grep -c .)"
over

# B's own first login is not disturbed by its later ones.
enter "$b" "pr-74-$b"
is 'the number stays' "$number" "$(cat "$WORK/out-$b")"
over

# Somebody chooses the name of a declared account's number.
victim=$(id -u web-deploy)
is 'the number of policy' 2000300777 "$victim"
n=$(with_uid 30000 "$victim") || not_ok 'a name with the number of web-deploy'
ready_pr "$n"
mark_trail
enter "$n" "pr-74-$n"
moved "a declared account's number" "$n" "pr-74-$n"
enter "$n" "pr-74-$n"
is "a declared account's number: not after a retry either" no \
    "$([ "$(cat "$WORK/out-$n")" = "$victim" ] && echo yes || echo no)"
over
one_each 'a chosen name'

# All at once, with names that nobody has used: at the second try each is in.
read -ra many < <(colliding 60000 4)
for n in "${many[@]}"; do
	ready_pr "$n"
done
for n in "${many[@]}"; do
	stall "$n" "pr-74-$n"
done
for n in "${many[@]}"; do
	touch "$WORK/go-$n"
done
until_true 40 eval "[ \$(cat $WORK/out-* | grep -c .) -ge ${#many[@]} ]"
over
for n in "${many[@]}"; do
	enter "$n" "pr-74-$n"
done
is 'four at once: each has a number of its own' 4 \
    "$(owners | uniq | grep -c .)"
over
one_each 'four at once'

# The administrator moves an account while it stalls.
ready web web-deploy
stall web web-deploy
ranged '2000300000, 2000301023' 2000400000
mark_trail
resume web
moved 'uid = changed by apply' web web-deploy
enter web web-deploy
is 'uid = changed by apply: a retry has the new number' 2000400000 \
    "$(cat "$WORK/out-web")"
over
one_each 'uid = changed by apply'
is "the former number is nobody else's" web-deploy \
    "$(readlink "$REGISTRY/uid/$victim")"

# And the range, while somebody stalls who never logged in.
ready_pr 99999
stall 99999 pr-74-99999
ranged '2000500000, 2000599999' 2000400000
mark_trail
resume 99999
moved 'uid_range changed by apply' 99999 pr-74-99999
enter 99999 pr-74-99999
is 'uid_range changed by apply: a retry passes' "$(id -u pr-74-99999)" \
    "$(cat "$WORK/out-99999")"
over
one_each 'uid_range changed by apply'
finish
