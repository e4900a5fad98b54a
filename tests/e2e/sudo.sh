#!/bin/bash
# SPDX-License-Identifier: BSD-2-Clause
# sudo by lease: what the policy lists, in the session that has the lease.
. "$(dirname "$0")/lib.sh"

policy() {
	sed "s|account = \"web-deploy\"; }|account = \"web-deploy\"; $1 }|" \
	    /src/tests/lab/nhi.conf >/etc/nhi/nhi.conf
}

bot() {
	nhi_ssh k -n web-deploy@127.0.0.1 "$@"
}

key k
issue k web-deploy 2>"$OUT" || not_ok 'a certificate is issued'
try 'without a word in the policy there is no fragment' 1 '' \
    test -e /etc/sudoers.d/nhi
try 'and no sudo' 1 '' bot sudo -n /usr/bin/id -u

policy 'sudo = [ "/usr/bin/id -u", "/usr/bin/whoami", "/bin/echo a,b:c=d" ];'
try 'a policy with sudo is applied' 0 '' nhictl apply
mode_is /etc/sudoers.d/nhi 'root:root 440'
try 'visudo takes the whole of sudoers' 0 '' visudo -c -q
is 'a listed command runs as root' 0 "$(bot sudo -n /usr/bin/id -u 2>"$OUT")"
is 'a listed command without arguments' root \
    "$(bot sudo -n /usr/bin/whoami 2>"$OUT")"
is 'characters that mean something to sudoers' a,b:c=d \
    "$(bot sudo -n /bin/echo a,b:c=d 2>"$OUT")"
try 'other arguments do not' 1 '' bot sudo -n /usr/bin/id -g
try 'arguments where none are listed do not' 1 '' \
    bot sudo -n /usr/bin/whoami --help
try 'another command does not' 1 '' bot sudo -n /bin/cat /etc/shadow
try 'another user does not' 1 '' bot sudo -n -u nobody /usr/bin/id -u
try 'sudo -l tells it' 0 '/usr/bin/id -u' bot sudo -n -l
is 'a grant is recorded' 'web-deploy alice@example.com' \
    "$(audit_last sudo.grant | field identity) $(audit_last sudo.grant |
    field owner)"

# Another process of the same UID, in no session of its own.
uid=$(bot id -u)
try 'a process of the UID outside of a session gets nothing' 1 '' \
    setpriv --reuid "$uid" --regid "$uid" --clear-groups \
    sudo -n /usr/bin/id -u
bot 'setsid -f sh -c "sleep 4; sudo -n /usr/bin/id -u >/tmp/late 2>&1" \
    </dev/null >/dev/null 2>&1'
sleep 5
is 'nothing is left to call sudo after the session' '' \
    "$(cat /tmp/late 2>/dev/null)"

nhictl hold add --identity web-deploy --keep-sessions --reason test >"$OUT"
try 'nor in a session whose identity is held' 254 '' \
    bot sudo -n /usr/bin/id -u
nhictl hold lift --identity web-deploy >"$OUT"

policy 'sudo = [ "/usr/bin/id *" ];'
try 'a pattern is refused' 1 'sudo' nhictl apply
cp /usr/bin/id /tmp/tool
policy 'sudo = [ "/tmp/tool x" ];'
try 'nor what a local user could replace' 1 'can replace /tmp' nhictl apply
install -d -o web-deploy /opt/own
cp /usr/bin/id /opt/own/tool
policy 'sudo = [ "/opt/own/tool x" ];'
try 'nor what is in its own directory' 1 'can replace /opt/own' nhictl apply
policy 'sudo = [ "/usr/bin/less /var/log/syslog" ];'
try 'of a pager it is told' 0 'is root' nhictl apply --check-only
policy ''
try 'a policy without sudo' 0 '' nhictl apply
try 'takes the fragment away' 1 '' test -e /etc/sudoers.d/nhi
echo 'alice ALL=(ALL) ALL' >/etc/sudoers.d/nhi
policy 'sudo = [ "/usr/bin/id -u" ];'
try "a file that is not nhictl's is left alone" 1 'not nhictl' nhictl apply
try 'and found before' 1 'not nhictl' nhictl apply --check-only
rm /etc/sudoers.d/nhi
try 'what visudo takes is good' 0 '^good: ' nhictl apply --check-only
cp -a /usr/sbin/visudo "$WORK/"
printf '#!/bin/sh\necho no such thing >&2\nexit 1\n' >/usr/sbin/visudo
try 'what it does not is found before' 2 'visudo: exit 1: no such thing' \
    nhictl apply --check-only
cp -a "$WORK/visudo" /usr/sbin/visudo
is 'and nothing is left of it' '' "$(find /etc/sudoers.d -name 'nhi*')"
finish
