#!/bin/bash
# SPDX-License-Identifier: BSD-2-Clause
# Directories that are full, without inodes, read-only, lost, somebody else's
# or full of traps; no DNS, no syslog, no processes, no descriptors.  People
# log in as ever, by key and by password; NHI refuses or goes on, grants
# nothing without a record, and when it is over, what was there is there.
#	places.sh [WORD...]: only what has one of the words in its name
# shellcheck disable=SC2317,SC2329 # try calls them
if [ ! -e /src/tests/fault/places.sh ] || [ -z "${LAB_LOWER:-}" ]; then
	echo 'places: only in a lab (./run fault places)' >&2
	exit 2
fi
E2E=$(cd "$(dirname "$0")/../e2e" && pwd)
. "$E2E/road_lib.sh"

WORDS=("$@")
LOG=/var/log/lab.log
: >"$WORK/met"
make_keys corp es256
apply 'the policy is applied' <<-END
version = 1;
host = { id = "web-1.example.com"; };
issuers = ( $(issuer corp) );
identities = ( $(identity web corp web-deploy sub job-1),
$(identity pr corp 'pr-{jti}' sub job-1) );
END
useradd -m alice
echo alice:correct-horse | chpasswd
for k in k job new; do key $k; done
install -d -m 0700 -o alice /home/alice/.ssh
install -m 0600 -o alice "$WORK/k.pub" /home/alice/.ssh/authorized_keys
token corp es256 sub=job-1 | trade job web-deploy 2>/dev/null
token corp es256 sub=job-1 'jti="a1"' | trade new pr-a1 2>/dev/null
login new pr-a1 true 2>/dev/null
sed -i '1i PasswordAuthentication yes' /etc/ssh/sshd_config
reload_sshd || not_ok 'sshd takes passwords'

by_password() {
	sshpass -p correct-horse ssh -F /dev/null -n \
	    -o PubkeyAuthentication=no -o ConnectTimeout=10 \
	    -o NumberOfPasswordPrompts=1 alice@127.0.0.1 id -un
}

# people NAME: nothing of this is their concern.
people() {
	try "$1: alice by key" 0 '^alice$' login k alice id -un
	try "$1: alice by password" 0 '^alice$' by_password
	try "$1: root becomes alice" 0 '^alice$' runuser -u alice -- id -un
}

# What is to come of it, for the issuer and for a login: yes, the reason of
# the refusal in its record, or "-REASON" where there can be no record: syslog
# has it.  "-": there may be none.  "sshd" refuses by itself.  "REASON?": or yes.
fate() {
	case $1 in
	# What is small may find room.
	'/run/nhi full') echo 'state? state?' ;;
	'/run/nhi no inodes' | '/run/nhi read only') echo 'state state' ;;
	# Some of its slots are its own, or can be: by its number it takes one.
	'/run/nhi foreign' | '/run/nhi trapped') echo 'state? state' ;;
	'/var/lib/nhi full' | '/var/lib/nhi no inodes' | \
	    '/var/lib/nhi read only')
		echo 'state yes'
		;;
	'/var/lib/nhi lost') echo 'policy-unreadable sshd' ;;
	'/var/lib/nhi foreign' | '/var/lib/nhi trapped')
		echo '- policy-unreadable'
		;;
	'/var/log/nhi full') echo 'yes audit-unavailable?' ;;
	'/var/log/nhi read only' | '/var/log/nhi foreign' | \
	    '/var/log/nhi trapped')
		echo 'yes -audit-unavailable'
		;;
	/var/spool/nhi*) echo '- yes' ;;
	*) echo 'yes yes' ;;
	esac
}

# met NAME WHO FATE STATUS: as it was to come, and whose record is to be found.
met() {
	local id

	id=$(sed -n 's/^nhi: refused: [a-z]* \([0-9a-z-]*\).*/\1/p' "$OUT" |
	    head -n 1)
	case $3:$4:$id in
	yes:0: | *\?:0: | sshd:255:) ok "$1: $2: $3" ;;
	yes:* | sshd:*)
		echo "fate $3, status $4, record \"$id\"" >>"$OUT"
		not_ok "$1: $2: $3"
		;;
	-*:*:-)
		ok "$1: $2: refused, without a record"
		[ "$3" = - ] || echo "$2|$3|-" >>"$WORK/met"
		;;
	-:*:??????????????????????????)
		ok "$1: $2: refused, with the name of a record"
		echo "$2|fault|$id" >>"$WORK/met"
		;;
	[a-z]*:*:??????????????????????????)
		ok "$1: $2: refused, with the name of a record"
		echo "$2|${3%\?}|$id" >>"$WORK/met"
		;;
	*)
		echo "fate $3, status $4, record \"$id\"" >>"$OUT"
		not_ok "$1: $2: $3"
		;;
	esac
}

# told NAME: the trail has what was refused, or syslog, where it cannot.
told() {
	local who reason id

	while IFS='|' read -r who reason id; do
		case $reason in
		-*)
			try "$1: $who: syslog says ${reason#-}" 0 \
			    "nhi: ${reason#-}: " tail -c "+$((SYSLOG + 1))" $LOG
			;;
		fault)
			is "$1: $who: its record says that it is a fault" 1 \
			    "$(trail id="$id" outcome=fault | wc -l)"
			;;
		*)
			is "$1: $who: its record says why: $reason" 1 \
			    "$(trail id="$id" reason="$reason" | wc -l)"
			;;
		esac
	done <"$WORK/met"
	: >"$WORK/met"
}

grants() {
	[ ! -f "$TRAIL" ] || grep -c '"event":"login.grant"' "$TRAIL"
}

# asks NAME: whatever the issuer may do now, it says it, and gives nothing that
# it refuses.
asks() {
	local got=0 want

	want=$(fate "$1")

	token corp es256 sub=job-1 >"$WORK/token"
	cp "$WORK/job-cert.pub" "$WORK/kept"
	trade_file job web-deploy "$WORK/token" >"$OUT" 2>&1 || got=$?
	echo "status $got" >>"$OUT"
	met "$1" 'the issuer' "${want% *}" $got
	if [ $got -eq 0 ] && [ "$1" != '/var/spool/nhi foreign' ]; then
		ok "$1: a certificate is given"
		return
	fi
	if { [ $got -eq 255 ] || grep -q '^nhi: refused: ' "$OUT"; } &&
	    ! grep -q cert-v01 "$WORK/job-cert.pub"; then
		ok "$1: the issuer refuses, and says so ($got)"
	else
		not_ok "$1: the issuer refuses"
	fi
	cp "$WORK/kept" "$WORK/job-cert.pub"
}

# enters NAME: whatever a login may do now, it is on record if it goes well.
enters() {
	local got=0 before want

	want=$(fate "$1")

	before=$(grants)
	login job web-deploy id -un >"$OUT" 2>&1 || got=$?
	echo "status $got, grants ${before:-none} and $(grants)" >>"$OUT"
	met "$1" 'a login' "${want#* }" $got
	if [ $got -ne 0 ]; then
		ok "$1: a login is refused ($got)"
	elif [ "$(grants)" = $((${before:-0} + 1)) ]; then
		ok "$1: a login is on record"
	else
		not_ok "$1: a login is on record"
	fi
}

# after NAME: all is as it was.
after() {
	try "$1, over: tick" 0 '' until_true 10 nhictl tick
	token corp es256 sub=job-1 >"$WORK/token"
	try "$1, over: it is issued" 0 '' trade_file job web-deploy \
	    "$WORK/token"
	try "$1, over: it enters" 0 '^web-deploy$' login job web-deploy id -un
	try "$1, over: another one enters" 0 '^pr-a1$' login new pr-a1 id -un
	is "$1, over: nothing is left" '' "$(until_true 5 idle ||
	    find /run/nhi/sessions /run/nhi/leases ! -type d -printf '%f ')"
	is "$1, over: the trail has lost nothing" "$KEPT" \
	    "$(head -c "${KEPT%% *}" "$TRAIL" | wc -c) $(head -c \
	    "${KEPT%% *}" "$TRAIL" | cksum)"
}

idle() {
	[ -z "$(find /run/nhi/sessions /run/nhi/leases ! -type d ! -name .lock)" ]
}

# wanted NAME
wanted() {
	local w

	[ ${#WORDS[@]} -gt 0 ] || return 0
	for w in ${WORDS[@]+"${WORDS[@]}"}; do
		case $1 in *"$w"*) return 0 ;; esac
	done
	return 1
}

# trouble NAME BEGIN END: people and machines meanwhile, and afterwards.
trouble() {
	wanted "$1" || return 0
	KEPT=$(wc -c <"$TRAIL")
	KEPT="$KEPT $(cksum <"$TRAIL")"
	SYSLOG=$(wc -c <$LOG)
	$2
	people "$1"
	asks "$1"
	enters "$1"
	try "$1: tick ends" 0 '' timeout 60 sh -c 'nhictl tick; [ $? -le 2 ]'
	try "$1: doctor ends" 0 '' timeout 60 sh -c 'nhictl doctor;
	    [ $? -le 2 ]'
	told "$1"
	$3
	after "$1"
}

# Places.

# copy: the same content on a disk of its own.
copy() {
	mkdir -p "$WORK/small"
	mount -t tmpfs -o "size=4m,mode=$(stat -c %a "$PLACE")" tmpfs \
	    "$WORK/small"
	cp -a "$PLACE/." "$WORK/small/"
	chown --reference="$PLACE" "$WORK/small"
	mount --bind "$WORK/small" "$PLACE"
	umount -l "$WORK/small"
}

full() {
	copy
	dd if=/dev/zero of="$PLACE/.fill" bs=4k 2>/dev/null
}

no_inodes() {
	copy
	mount -o "remount,nr_inodes=$(df --output=iused "$PLACE" |
	    tail -n 1 | tr -d ' ')" "$PLACE"
}

read_only() {
	mount --bind "$PLACE" "$PLACE" && mount -o remount,bind,ro "$PLACE"
}

lost() {
	mount -t tmpfs -o size=4m,mode=755 tmpfs "$PLACE"
}

foreign() {
	copy
	chown -R alice:alice "$PLACE"
	chmod 0777 "$PLACE"
}

# As if somebody else could write there before: each file is a link to a file
# of root's, or a FIFO without a reader.
trapped() {
	local f

	copy
	find "$PLACE" -mindepth 1 -type f | while read -r f; do
		rm -f "$f"
		ln -s /etc/passwd "$f"
	done
	for f in audit.jsonl .lock tick salt changed web-deploy all; do
		rm -rf "${PLACE:?}/$f"
		mkfifo -m 0666 "$PLACE/$f"
	done
	chown -hR alice:alice "$PLACE"
	chown root "$PLACE"
}

back() {
	umount -l "$PLACE"
}

sum=$(cksum </etc/passwd)
for PLACE in /run/nhi /var/lib/nhi /var/log/nhi /var/spool/nhi /var/cache/nhi
do
	for how in full no_inodes read_only lost foreign trapped; do
		trouble "$PLACE ${how/_/ }" $how back
	done
done
is 'what the traps point to is untouched' "$sum" "$(cksum </etc/passwd)"

# The rest of the system.

no_dns() {
	cp /etc/resolv.conf "$WORK/resolv" 2>/dev/null
	echo 'nameserver 192.0.2.1' >"$WORK/dead"
	mount --bind "$WORK/dead" /etc/resolv.conf
}

dns() {
	umount -l /etc/resolv.conf
}

no_syslog() {
	mv /dev/log "$WORK/devlog"
}

syslog() {
	mv "$WORK/devlog" /dev/log
}

# sshd anew, under a limit that its sessions inherit.
limited() {
	kill "$(cat /run/sshd.pid)"
	until_true 10 eval '! pgrep -x sshd'
	prlimit "$1" /usr/sbin/sshd
	until_true 10 listens
}

listens() {
	: >/dev/tcp/127.0.0.1/22
}

few_descriptors() {
	limited --nofile=24:24
}

no_limits() {
	kill "$(cat /run/sshd.pid)"
	until_true 10 eval '! pgrep -x sshd'
	/usr/sbin/sshd
	until_true 10 listens
}

trouble 'no DNS' no_dns dns
[ ! -S /dev/log ] || trouble 'no syslog' no_syslog syslog
trouble 'few descriptors' few_descriptors no_limits

# Forks that are refused: no thread that watches, or no verifier.
# no_fork [WHEN]
no_fork() {
	strace -o /dev/null -e trace=clone,fork,vfork,clone3 \
	    -e "inject=clone,fork,vfork,clone3:error=EAGAIN$1" \
	    setpriv --reuid nhi --regid nhi --groups _nhi \
	    /usr/libexec/nhi/nhi-issue web-deploy 127.0.0.1 \
	    "$(cut -d' ' -f1,2 "$WORK/job.pub")" <"$WORK/token"
}
if command -v strace >/dev/null && wanted 'no processes'; then
	token corp es256 sub=job-1 >"$WORK/token"
	for when in '' :when=2; do
		try "no processes$when: nothing is issued" 70 \
		    '^nhi: refused: fault' no_fork "$when"
		nhictl tick
		try "no processes$when: it is recorded" 0 \
		    'Resource temporarily unavailable' \
		    cat <(audit_last cert.deny)
		is "no processes$when: as the verifier's fault" verifier \
		    "$(audit_last cert.deny | field reason)"
	done
fi
trail_valid
finish
