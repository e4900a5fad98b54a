#!/bin/bash
# SPDX-License-Identifier: BSD-2-Clause
# A host that systemd runs, as most are: it is started as process 1 of a
# namespace of its own, with a /run of its own.  sshd as its unit, sessions in
# logind, the job's user manager, our timers with all that their units deny
# them, and a power cut in the middle of a setup.
. "$(dirname "$0")/provider_lib.sh"

SYSTEMD=/lib/systemd/systemd
GROUPS_AT=$WORK/cgroup
URL=https://idp.example.com:8443
BOOT_ID=/etc/nhi-lab-boot-id
LINGER=/var/lib/systemd/linger
INIT=
BOOTED=

# A group of ours in each hierarchy, below the one that we are in: systemd must
# find its root empty of others, and the host none of its groups.
own_groups() {
	local id names path at

	while IFS=: read -r id names path; do
		at=$GROUPS_AT/$id
		mkdir -p "$at"
		case $names in
		'') mount -t cgroup2 cgroup2 "$at" ;;
		cpuset) continue ;;
		name=*) mount -t cgroup -o "none,$names,xattr" cgroup "$at" ;;
		*) mount -t cgroup -o "$names" cgroup "$at" ;;
		esac 2>/dev/null || continue
		at=$(mktemp -d "$at${path%/}/nhi-lab.XXXXXX") || continue
		chmod 755 "$at"
		OWN+=("$at")
		HAS="$HAS ${names:-unified}"
	done </proc/self/cgroup
}

missing() {
	local path

	for path in $SYSTEMD /usr/bin/dbus-daemon \
	    "$(dirname "$(find /lib/ /usr/lib/ -name pam_permit.so | head -n 1)" \
	    )/pam_systemd.so"; do
		[ -e "$path" ] || { WHY="no $path"; return 0; }
	done
	OWN=()
	HAS=
	own_groups
	WHY='no control groups here'
	[[ $HAS != *name=systemd* && $HAS != *unified* ]]
}

# Nothing of ours stays on the host, for its control groups outlive the lab.
end() {
	[ -z "$BOOTED" ] || cut_off
	rmdir ${OWN[@]+"${OWN[@]}"}
	umount "$GROUPS_AT"/*
	rm -rf "$OUT" "$WORK"
} 2>/dev/null
trap end EXIT

# drop_in UNIT SECTION LINE: what a kernel that boots gives, and haste.
drop_in() {
	mkdir "/etc/systemd/system/nhi-$1.d"
	printf '[%s]\n%s\n' "$2" "$3" >"/etc/systemd/system/nhi-$1.d/lab.conf"
}

install_units() {
	cp /src/packaging/systemd/* /etc/systemd/system/
	cp /src/packaging/tmpfiles/nhi.conf /usr/lib/tmpfiles.d/nhi.conf
	# Who clears /tmp clears what this test has there.
	: >/etc/tmpfiles.d/tmp.conf
	drop_in tick.service Service \
	    BindReadOnlyPaths=$BOOT_ID:/proc/sys/kernel/random/boot_id
	drop_in tick.timer Timer AccuracySec=1s
	cat >/etc/systemd/system/nhi-lab.target <<-'END'
	[Unit]
	Requires=basic.target
	After=basic.target
	Wants=dbus.service systemd-logind.service systemd-user-sessions.service
	Wants=ssh.service nhi-tick.timer nhi-fetch.timer
	AllowIsolate=yes
	END
	cat >"$WORK/init" <<-END
	mount -t proc proc /proc
	mount -t tmpfs -o mode=755 tmpfs /run
	# The kernel's settings are the machine's, and sysctl.d is not for it.
	mount --bind /proc/sys /proc/sys
	mount --bind $BOOT_ID /proc/sys/kernel/random/boot_id
	mount -o remount,bind,ro /proc/sys
	exec env -i container=lab PATH=/usr/sbin:/usr/bin:/sbin:/bin \
	    $SYSTEMD --system --log-target=null --unit=nhi-lab.target
	END
	cat >"$WORK/start" <<-END
	for group in ${OWN[*]}; do echo \$\$ >\$group/cgroup.procs; done
	exec unshare --pid --fork --cgroup --mount --propagation private \
	    --kill-child bash $WORK/init
	END
}

# inside CMD...: as root of that host; all that is ours is called there.
inside() {
	nsenter -t "$INIT" --mount --pid --cgroup -- "$@"
}

nhictl() {
	inside nhictl "$@"
}

is_up() {
	INIT=$(pgrep -P "$BOOTED" -x systemd) &&
		[ "$(inside systemctl is-system-running)" = running ] &&
		inside systemctl -q is-active ssh.service
}

boot() {
	cat /proc/sys/kernel/random/uuid >$BOOT_ID
	setsid bash "$WORK/start" </dev/null >"$WORK/console" 2>&1 &
	BOOTED=$!
	until_true 60 is_up && return
	{
		tail -n 5 "$WORK/console"
		inside systemctl --failed --no-legend --plain
		inside systemctl list-jobs --no-legend
	} >"$OUT" 2>&1 </dev/null
	not_ok 'systemd starts'
	finish
}

# As when the power goes.
cut_off() {
	kill -9 "$INIT" "$BOOTED"
	wait "$BOOTED"
	BOOTED=
	until_true 10 swept
} 2>/dev/null

swept() {
	! find "${OWN[@]}" -mindepth 1 -depth -type d ! -exec rmdir {} \; \
	    -print | grep -q .
}

job() {
	nhi_ssh k -n web-deploy@127.0.0.1 "$@"
}

# runs N: it still does, whoever has started it.
runs() {
	inside pgrep -fx "sleep $1" >/dev/null
}

# What runs under the job's uid.
of_job() {
	inside ps -u "$JOB" -o comm= | sort | xargs
}

none_of_job() {
	[ -z "$(of_job)" ]
}

# Whatever the timer has called has ended.
idle() {
	[ "$(inside systemctl show -P ActiveState nhi-tick.service)" = inactive ]
}

failed() {
	inside systemctl --failed --no-legend --plain
}

if missing; then
	skip 'a host that systemd runs' "$WHY"
	finish
fi
provider_names
make_keys idp es256 >/dev/null
mkdir -p "$NGINX/html/.well-known"
printf '{"issuer":"%s","jwks_uri":"%s/keys"}\n' "$URL" "$URL" \
    >"$NGINX/html/.well-known/openid-configuration"
cp /root/idp/jwks.json "$NGINX/html/keys"
chmod -R a+rX "$NGINX/html"
JOB=$(id -u web-deploy)
kill "$(cat /run/sshd.pid)"
until_true 10 eval '! pgrep -x sshd'
install_units
boot
is 'it runs' running "$(inside systemctl is-system-running)"
is 'with our timers' 'active active' \
    "$(inside systemctl is-active nhi-tick.timer nhi-fetch.timer | xargs)"
is '/run/nhi is there before anybody came' 'root:root 755' \
    "$(inside stat -c '%U:%G %a' /run/nhi)"
# The timer would come in between.
inside systemctl stop nhi-tick.timer
try 'the unit of tick runs' 0 '' inside systemctl start nhi-tick.service
try 'doctor finds nothing' 0 '0 errors, 0 warnings' nhictl doctor

# --- a session of logind's, and what a job leaves behind it
key k
try 'a certificate' 0 '' issue k web-deploy
try 'a login is a session of logind' 0 '^web-deploy$' \
    job 'loginctl list-sessions --no-legend | awk "{ print \$3 }"'
job 'setsid sleep 1001 </dev/null >/dev/null 2>&1 &
    systemd-run --user --quiet --unit=stay sleep 1002
    systemctl --user is-active stay; exec sleep 1003' >"$WORK/said" 2>&1 &
client=$!
until_true 10 runs 1003
try 'the job has a manager of its own' 0 '^active$' cat "$WORK/said"
try 'which shall linger' 0 '' inside loginctl enable-linger web-deploy
try 'and is marked' 0 '^web-deploy$' ls $LINGER
inside pkill -fx 'sleep 1003'
wait $client
try 'its daemon ends with it' 0 '' until_true 10 eval '! runs 1001'
try 'and so does its unit' 0 '' until_true 25 eval '! runs 1002'
try 'nobody lingers' 0 '' until_true 10 eval "! ls $LINGER | grep -q ."
try 'nothing of it is left' 0 '' until_true 25 none_of_job
is 'nor a lease' '' "$(inside ls /run/nhi/leases)"

# --- the units, with all that they deny
job 'setsid sleep 1004 </dev/null >/dev/null 2>&1 & exec sleep 1005' \
    >/dev/null 2>&1 &
client=$!
try 'a session runs' 0 '' until_true 10 eval 'runs 1004 && runs 1005'
pkill -9 -f '^sshd: web-deploy \[priv\]'
try 'its monitor is killed, and its daemon lives' 0 '' runs 1004
try 'the unit of tick runs again' 0 '' inside systemctl start nhi-tick.service
try 'and has ended the daemon' 1 '' runs 1004
kill $client 2>/dev/null
wait $client
try 'and told of it' 0 '"account":"web-deploy"' audit_last session.end
is 'and has closed the session' '' "$(nhictl sessions --json)"

apply 'a provider' <<-END
version = 1;
host = { id = "web-1.example.com"; };
issuers = ( { name = "idp"; preset = "custom"; url = "$URL";
  audience = [ "ssh://web-1.example.com" ]; ca_file = "$CA"; } );
identities = ( $(identity bot idp bot sub job-1) );
END
nginx_start <<<"root $NGINX/html;"
try 'the unit of fetch runs' 0 '' inside systemctl start nhi-fetch.service
try 'and has fetched' 0 '"issuer":"idp"' audit_last fetch.ok
is 'as the fetcher' '_nhi-fetch 644' \
    "$(inside stat -c '%U %a' "$CACHE/idp.json")"
nginx_stop
# Due again.
sed -i 's/^\(next[^0-9]*\)[0-9]*/\10/' "$CACHE/idp.meta"
try 'a provider that is away is no failed unit' 0 '' \
    inside systemctl start nhi-fetch.service
try 'but a failed fetch' 0 '"reason":"fetch-connect"' audit_last fetch.fail
is 'no unit has failed' '' "$(failed)"

# --- the power goes in the middle of a setup
try 'NHI is taken away' 0 '' nhictl unsetup
inside systemctl start nhi-tick.timer
try 'and set up, on trial' 0 'unless confirmed' \
    nhictl setup --confirm-within 20s
try 'whose tick is the timer, not cron' 2 '' ls /etc/cron.d/nhi
cut_off
boot
try 'after a power cut' 0 '' inside systemctl start nhi-tick.service
try 'it is still there, for its time' 0 '' grep -w nhi /etc/nsswitch.conf
try 'then the timer has it taken back' 0 '' \
    until_true 50 eval '! grep -w nhi /etc/nsswitch.conf'
until_true 10 idle
is 'and that is no failure' '' "$(failed)"
try 'no stack names the module' 1 '' grep -r pam_nhi /etc/pam.d
try 'sshd runs' 0 '' inside systemctl is-active ssh.service
try 'it is set up again' 0 '' nhictl setup --no-rollback
try 'applied' 0 '' nhictl apply
key k
token idp es256 sub=job-1 iss="$URL" >"$WORK/token"
try 'a certificate after the power cut' 0 '' trade_file k bot "$WORK/token"
try 'a login' 0 '^bot$' nhi_ssh k bot@127.0.0.1 id -un
is 'and no unit has failed' '' "$(failed)"
trail_valid
finish
