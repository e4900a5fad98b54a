#!/bin/bash
# SPDX-License-Identifier: BSD-2-Clause
# A host whose PAM session stack leaves us out: what is held or revoked gets
# nothing all the same, and nobody a UID that is another's.
. "$(dirname "$0")/attack_lib.sh"

STACK=/etc/pam.d/sshd
COMMON=/etc/pam.d/common-session
PWNED=/tmp/pwned
export ASK_DIR=$WORK
key k
key stalled
issue k web-deploy 2>"$OUT" || not_ok 'a certificate'
issue stalled web-deploy 2>"$OUT" || not_ok 'another'
ssh-keygen -q -p -P '' -N secret -f "$WORK/stalled" >/dev/null
serial=$(ssh-keygen -L -f "$WORK/k-cert.pub" | sed -n 's/ *Serial: //p')
cp $STACK "$WORK/sshd.pam"
cp $COMMON "$WORK/common.pam"
printf '#!/bin/sh\ntouch %s/asked\nuntil [ -e %s/go ]; do sleep 0.05; done\n' \
    "$WORK" "$WORK" >"$WORK/ask"
echo 'echo secret' >>"$WORK/ask"
chmod 755 "$WORK/ask"

revoke() {
	ln -s 'r-1 1 root test' "/var/lib/nhi/revoked/serial/$serial"
}

unrevoke() {
	rm "/var/lib/nhi/revoked/serial/$serial"
}

# nothing NAME: no command, shell, terminal, file or forwarding.
nothing() {
	local name=$1 way

	for way in command shell tty sftp remote local; do
		: >"$OUT"
		case $way in
		command)
			cert_ssh k web-deploy@127.0.0.1 "touch $PWNED; echo in"
			;;
		shell)
			cert_ssh k web-deploy@127.0.0.1 <<<"touch $PWNED"
			;;
		tty)
			cert_ssh k -tt web-deploy@127.0.0.1 "touch $PWNED"
			;;
		sftp)
			printf 'put /etc/hostname %s\n' $PWNED >"$WORK/batch"
			sftp -F /dev/null -o BatchMode=yes -i "$WORK/k" \
			    -b "$WORK/batch" web-deploy@127.0.0.1
			;;
		remote)
			timeout 20 ssh -F /dev/null -o BatchMode=yes -N \
			    -i "$WORK/k" -o ExitOnForwardFailure=yes \
			    -R 127.0.0.1:7022:127.0.0.1:22 web-deploy@127.0.0.1
			;;
		local)
			# Through us to sshd's own port.
			timeout 20 ssh -F /dev/null -o BatchMode=yes \
			    -i "$WORK/k" -W 127.0.0.1:22 web-deploy@127.0.0.1
			;;
		esac </dev/null >"$OUT" 2>&1
		if [ -e $PWNED ] || grep -Eq '^(in|SSH-2)' "$OUT" ||
		    { : >/dev/tcp/127.0.0.1/7022; } 2>/dev/null; then
			not_ok "$name: no $way"
		else
			ok "$name: no $way"
		fi
		rm -f $PWNED
	done
	try "$name: and is told" 77 '^nhi: refused: policy ' \
	    cert_ssh k web-deploy@127.0.0.1 id
}

stack() {
	local name=$1

	try "$name: the stack lets the account in" 0 '^web-deploy$' \
	    cert_ssh k web-deploy@127.0.0.1 id -un
	hold account web-deploy
	nothing "$name: account held"
	lift account web-deploy
	hold identity web-deploy
	nothing "$name: identity held"
	lift identity web-deploy
	hold issuer github
	nothing "$name: issuer held"
	lift issuer github
	hold all
	nothing "$name: all held"
	lift all
	revoke
	nothing "$name: revoked"
	unrevoke
	moved "$name"
}

# A UID that moved while the client waited is no matter of the certificate.
moved() {
	local name=$1 status=0

	number=$((number + 1))
	rm -f "$WORK/asked" "$WORK/go"
	SSH_ASKPASS=$WORK/ask SSH_ASKPASS_REQUIRE=force \
	    ssh -F /dev/null -o IdentitiesOnly=yes -i "$WORK/stalled" \
	    -o PubkeyAcceptedAlgorithms='*-cert-v01@openssh.com' \
	    web-deploy@127.0.0.1 'id -u' </dev/null >"$WORK/out" 2>&1 &
	client=$!
	until_true 40 test -e "$WORK/asked" || not_ok "$name: the client waits"
	sleep 0.05
	sed "s/account = \"web-deploy\";/& uid = $number;/" \
	    /src/tests/lab/nhi.conf | policy
	touch "$WORK/go"
	wait $client || status=$?
	cp "$WORK/out" "$OUT"
	if [ $status -ne 0 ] && ! grep -qxE '[0-9]+' "$WORK/out"; then
		ok "$name: no session with a UID that moved"
	else
		not_ok "$name: no session with a UID that moved"
	fi
}

number=2000400000
sed -i '/^session.*pam_nhi/d' $STACK
sed -i '/pam_nhi/d' $COMMON
stack 'no session line'
cp "$WORK/sshd.pam" $STACK
cp "$WORK/common.pam" $COMMON
sed -i '0,/^session/s//session sufficient pam_permit.so\n&/' $STACK
stack 'pam_permit above'
cp "$WORK/sshd.pam" $STACK
sed -i '/^account.*pam_nhi/s/^/# /; s/^session  *requisite\(.*pam_nhi\)/session optional\1/' \
    $STACK
sed -i 's/^session\s*required\(\s*pam_nhi\)/session optional\1/' $COMMON
sed -i '/pam_nhi/d' /etc/pam.d/common-account
hold account web-deploy
nothing 'optional session line, no account line: account held'
lift account web-deploy

# The refusal is a forced command, which the account's shell runs; shells that
# read a file of the account's first must not get so far.
cp "$WORK/sshd.pam" $STACK
sed -i '0,/^session/s//session sufficient pam_permit.so\n&/' $STACK
echo 'AcceptEnv *' >/etc/ssh/sshd_config.d/zz-last.conf
reload_sshd || not_ok 'sshd takes AcceptEnv *'
echo "touch $PWNED" >/tmp/rc
chmod 644 /tmp/rc
install -m 755 "$BUILD/tests/e2e/.libs/intruder.so" /tmp/intruder.so
for shell in /bin/sh /bin/bash /bin/rbash /bin/zsh /usr/bin/fish /bin/tcsh; do
	[ -x $shell ] || continue
	sed "s|account = \"web-deploy\";|& shell = \"$shell\";|" \
	    /src/tests/lab/nhi.conf | policy
	for rc in .bashrc .bash_profile .bash_login .profile .zshenv .zshrc \
	    .cshrc .tcshrc .config/fish/config.fish .kshrc .shrc .login; do
		install -D -m 644 -o web-deploy /tmp/rc \
		    "/var/lib/nhi/homes/web-deploy/$rc"
	done
	install -m 666 /dev/null /tmp/intruder.log
	hold account web-deploy
	for what in id ''; do
		# shellcheck disable=SC2086
		nhi_ssh k -o 'SetEnv=BASH_ENV=/tmp/rc ENV=/tmp/rc SHLVL=0 \
LD_PRELOAD=/tmp/intruder.so LD_AUDIT=/tmp/intruder.so ZDOTDIR=/tmp' \
		    web-deploy@127.0.0.1 $what </dev/null >"$OUT" 2>&1
		is "held, with $shell, for '$what': nothing of its own runs" \
		    '' "$(ls $PWNED 2>/dev/null; cat /tmp/intruder.log)"
		rm -f $PWNED
	done
	lift account web-deploy
done
finish
