#!/bin/bash
# SPDX-License-Identifier: BSD-2-Clause
# State that is lost, empty or spoilt: people log in as ever, accounts are
# refused or let in, and never let in without a control that is configured.
. "$(dirname "$0")/attack_lib.sh"

LIB=/var/lib/nhi
useradd -m alice
install -d -o alice -m 700 /home/alice/.ssh
key k
key person
install -o alice -m 600 "$WORK/person.pub" /home/alice/.ssh/authorized_keys
echo 'alice ALL=(ALL) NOPASSWD: ALL' >/etc/sudoers.d/alice
issue k web-deploy 2>"$OUT" || not_ok 'a certificate'
sshd_of_alice=$(/usr/sbin/sshd -T -C user=alice,host=x,addr=127.0.0.1 |
    md5sum)

# Each connection has closed, its session too, which is after the client: what
# is taken away next is taken from nobody who still writes there.
at_rest() {
	! pgrep -f '^sshd: [^/]'
}

# people NAME: nothing of theirs hangs on our state, and none waits for it.
people() {
	local start=$SECONDS

	try "$1: alice logs in" 0 '^alice$' \
	    nhi_ssh person alice@127.0.0.1 id -un
	try "$1: alice's sudo" 0 '^root$' su alice -c 'sudo -n id -un'
	try "$1: root's su" 0 '^alice$' su - alice -c 'id -un'
	try "$1: alice is found" 0 '^alice:' getent passwd alice
	try "$1: nobody is found for a name that is nobody's" 2 '' \
	    getent passwd no-such-name
	is "$1: sshd has not changed for alice" "$sshd_of_alice" \
	    "$(/usr/sbin/sshd -T -C user=alice,host=x,addr=127.0.0.1 |
	    md5sum)"
	is "$1: in time" yes "$([ $((SECONDS - start)) -lt 15 ] && echo yes)"
	until_true 30 at_rest
}

# login in|out, cert in|out: what becomes of them.
login() {
	local got=out

	nhi_ssh k web-deploy@127.0.0.1 'echo it runs' </dev/null \
	    >"$OUT" 2>&1
	until_true 30 at_rest
	grep -q '^it runs' "$OUT" && got=in
	if [ "$got" = "$2" ]; then
		ok "$1: login $2"
	else
		not_ok "$1: login $2"
	fi
}

cert() {
	local lines

	mint >"$WORK/token"
	nhi_ssh k nhi@127.0.0.1 web-deploy <"$WORK/token" >"$WORK/cert" \
	    2>"$OUT"
	until_true 30 at_rest
	lines=$(wc -l <"$WORK/cert")
	if [ "$lines" = "$([ "$2" = in ] && echo 1 || echo 0)" ]; then
		ok "$1: certificate $2"
	else
		not_ok "$1: certificate $2"
	fi
}

# without PATH LOGIN CERT: moved away; empty: a directory with nothing in it.
without() {
	mv "$1" "$1.away"
	people "without $1"
	login "without $1" "$2"
	cert "without $1" "$3"
	rm -rf "$1"
	mv "$1.away" "$1"
}

# The short form, where people have nothing to do with it.
lost() {
	mv "$1" "$1.away"
	login "without $1" "$2"
	cert "without $1" "$3"
	rm -rf "$1"
	mv "$1.away" "$1"
}

unreadable() {
	mv "$1" "$1.away"
	ln -s /nonexistent/loop "$1"
	login "$1 leads nowhere" "$2"
	cert "$1 leads nowhere" "$3"
	rm -f "$1"
	mv "$1.away" "$1"
}

login 'before' in
cert 'before' in

# /run is empty after a boot.
rm -rf /run/nhi
people 'without /run/nhi'
login 'without /run/nhi' in
mode_is /run/nhi/leases 'root:root 755'
mode_is /run/nhi/sessions 'root:root 755'
rm -rf /run/nhi
cert 'without /run/nhi' in
mode_is /run/nhi/slots 'nhi:nhi 700'
mode_is /run/nhi/issuer 'root:root 755'

without $LIB out out
without $LIB/published out out
lost $LIB/published/current out out
unreadable $LIB/published/current out out
without /etc/nhi out out
lost $LIB/uids out in
lost $LIB/uids/changed out in
lost $LIB/uids/name out in
lost $LIB/uids/salt in in
lost $LIB/holds out out
lost $LIB/holds/identity out out
unreadable $LIB/holds out out
lost $LIB/revoked out out
lost $LIB/revoked/serial out in
lost $LIB/marks in out
lost $LIB/issued in out
lost $LIB/users out out
lost /var/spool/nhi in out
lost /etc/nhi/ca/ca in out
lost /etc/nhi/ca/trusted.pub out in
lost /etc/nhi/jwks/lab.json in out
lost /usr/libexec/nhi/nhi-drop out out
lost /usr/libexec/nhi/nhi-verify out out
lost /usr/libexec/nhi/nhi-issue in out
lost /usr/libexec/nhi/nhi-sshd-helper out out

# The trail is made anew, and where that fails nobody is let in unseen.
mv /var/log/nhi /var/log/nhi.away
login 'without /var/log/nhi' in
recorded 'without /var/log/nhi' 1 event=login.grant account=web-deploy
mode_is /var/log/nhi/audit.jsonl 'root:root 640'
rm -rf /var/log/nhi
ln -s /nonexistent/loop /var/log/nhi
login '/var/log/nhi leads nowhere' out
rm -f /var/log/nhi
mv /var/log/nhi.away /var/log/nhi
mount -t tmpfs -o size=4k,nr_inodes=1 tmpfs /var/log/nhi
login '/var/log/nhi is full' out
people '/var/log/nhi is full'
umount /var/log/nhi
mount --bind /var/log/nhi /var/log/nhi
mount -o remount,bind,ro /var/log/nhi
login '/var/log/nhi is read-only' out
umount /var/log/nhi

# A directory that is there and empty knows of no hold: so what marks it as
# set up must be missed, and is.
for dir in holds revoked; do
	mv $LIB/$dir $LIB/$dir.away
	install -d -m 755 $LIB/$dir
	login "$LIB/$dir is empty" out
	rm -rf "${LIB:?}/$dir"
	mv $LIB/$dir.away $LIB/$dir
done

# Files of the published policy, spoilt one by one.
generation=$LIB/published/$(readlink $LIB/published/current)
while read -r file; do
	cp -p "$file" "$WORK/kept"
	for what in '' 'x' "$(head -c 20 "$WORK/kept")"; do
		printf %s "$what" >"$file"
		login "$(basename "$file") is '$(head -c 10 <<<"$what")'" out
	done
	cp -p "$WORK/kept" "$file"
done < <(find "$generation/rules" -name 'web-deploy*' -type f;
    echo "$generation/digest"; echo "$generation/host")
people 'with a spoilt policy'
login 'afterwards' in
cert 'afterwards' in
finish
