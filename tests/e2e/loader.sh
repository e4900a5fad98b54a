#!/bin/bash
# SPDX-License-Identifier: BSD-2-Clause
# AcceptEnv * of the host (after our block, so that it holds for nhi too) lets
# a client choose what ld.so loads: nothing of ours obeys, as no user of ours.
. "$(dirname "$0")/attack_lib.sh"

LIBRARY=/tmp/intruder.so
LOG=/tmp/intruder.log
# Of the root that the lab is in: another release has another libc.
: >"$WORK/config.h"
gcc -shared -fPIC -D_GNU_SOURCE -I"$WORK" -o $LIBRARY "$E2E/intruder.c" || not_ok "the library is made"
chmod 0755 $LIBRARY
useradd -m alice
install -d -o alice -m 700 /home/alice/.ssh
key k
install -o alice -m 600 "$WORK/k.pub" /home/alice/.ssh/authorized_keys

fresh() {
	rm -f $LOG
	install -m 666 /dev/null $LOG
}

# evil KEY ...: ssh with everything that a loader or libc looks at.
evil() {
	local key=$1
	shift
	nhi_ssh "$key" -o "SetEnv=LD_PRELOAD=$LIBRARY LD_AUDIT=$LIBRARY \
LD_LIBRARY_PATH=/tmp LD_DEBUG=all LD_DEBUG_OUTPUT=/tmp/lddebug \
LD_PROFILE=libc.so.6 LD_PROFILE_OUTPUT=/tmp GCONV_PATH=/tmp \
LOCPATH=/tmp OPENSSL_CONF=/tmp/openssl.cnf MALLOC_TRACE=/tmp/mtrace \
BASH_ENV=/tmp/bashrc ENV=/tmp/bashrc TMPDIR=/tmp \
\"SSH_CONNECTION=192.0.2.1 1 192.0.2.2 22\" \"SSH_CLIENT=192.0.2.1 1 22\" \
SSH_ORIGINAL_COMMAND=web-deploy LANG=xx_XX.UTF-8" "$@"
}

echo 'touch /tmp/bashrc-ran' >/tmp/bashrc
cat >/tmp/openssl.cnf <<-END
openssl_conf = all
[all]
engines = engines
[engines]
dynamic = dynamic
[dynamic]
dynamic_path = $LIBRARY
init = 1
END
cat >/etc/ssh/sshd_config.d/zz-last.conf <<-END
AcceptEnv *
Match all
    AcceptEnv *
END
reload_sshd || not_ok 'sshd takes AcceptEnv *'

fresh
evil k alice@127.0.0.1 true </dev/null >/dev/null 2>&1
try 'the attack works against a person' 0 "^loaded uid $(id -u alice)$" \
    cat $LOG
try 'and LD_AUDIT too' 0 "^audits uid $(id -u alice)$" cat $LOG

fresh
rm -f /tmp/lddebug* /tmp/bashrc-ran
mark_trail
mint >"$WORK/token"
evil k nhi@127.0.0.1 web-deploy <"$WORK/token" >"$WORK/k-cert.pub" 2>"$OUT"
is 'the issuer issues' 0 $?
try 'nothing was loaded' 1 '' grep . $LOG
is 'nothing was written by ld.so' '' \
    "$(find /tmp -maxdepth 1 -user nhi -o -maxdepth 1 -user _nhi)"
recorded 'the true address' 1 event=cert.issue source=127.0.0.1
# With no command SSH_ORIGINAL_COMMAND is the client's: no more than a name.
fresh
evil k nhi@127.0.0.1 </dev/null >"$WORK/cert" 2>"$OUT"
is 'a shell without a token is refused' 77 $?
try 'nothing was loaded by the shell' 1 '' grep . $LOG
fresh
evil k -s nhi@127.0.0.1 sftp </dev/null >"$WORK/cert" 2>"$OUT"
try 'nothing was loaded by a subsystem' 1 '' grep . $LOG

# The account's shell, since it may be the one that runs a forced command.
fresh
evil k web-deploy@127.0.0.1 true </dev/null >"$OUT" 2>&1
try 'nothing was loaded into its shell' 1 '' grep . $LOG
is 'and bash read no file for it' no \
    "$([ -e /tmp/bashrc-ran ] && echo yes || echo no)"
# refuse, as the forced command of a held account, says so all the same.
hold account web-deploy
fresh
evil k web-deploy@127.0.0.1 true </dev/null >"$OUT" 2>&1
is 'a held account is refused' yes "$(grep -q '^nhi: refused: policy' "$OUT" &&
    echo yes || echo no)"
try 'nothing was loaded for it' 1 '' grep . $LOG
lift account web-deploy
finish
