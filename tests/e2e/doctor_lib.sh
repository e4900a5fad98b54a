# SPDX-License-Identifier: BSD-2-Clause
# shellcheck shell=bash
# nhictl doctor on a host that is well but for one thing.
. "$(dirname "${BASH_SOURCE[0]}")/attack_lib.sh"

DOCTOR=()

# with OPTION...: of doctor, from here on.
with() {
	DOCTOR=("$@")
}

# The ids that doctor finds, in one line.
ids() {
	nhictl doctor ${DOCTOR[@]+"${DOCTOR[@]}"} --json 2>/dev/null |
	    field_of_each id | sort -u | paste -sd' '
}

# field_of_each NAME: of the objects on standard input.
field_of_each() {
	sed -n "s/.*[{,]\"$1\":\"\([^\"]*\)\".*/\1/p"
}

# well NAME: doctor finds nothing and says so.
well() {
	try "$1" 0 '^doctor: 0 errors, 0 warnings, 0 notes$' \
	    nhictl doctor ${DOCTOR[@]+"${DOCTOR[@]}"}
}

# finds IDS WHAT PLANT UNDO: with the fault exactly these ids.  What an undo
# leaves is one too many in the next one, or in the last look: `all_well`.
finds() {
	local ids=$1 what=$2 plant=$3 undo=$4 got

	eval "$plant" >"$OUT" 2>&1 || {
		not_ok "$ids: $what cannot be planted"
		return
	}
	got=$(ids)
	eval "$undo" >"$OUT" 2>&1 || not_ok "$ids: $what cannot be undone"
	is "$ids: $what" "$ids" "$got"
}

# keep FILE... and put_back FILE...: with owner, mode and times.
keep() {
	local f
	for f; do
		cp -a "$f" "$WORK/kept-${f//\//_}"
	done
}

put_back() {
	local f
	for f; do
		rm -rf "$f"
		cp -a "$WORK/kept-${f//\//_}" "$f"
	done
}

# conf LINE...: a file of sshd's configuration that comes before ours.
conf() {
	printf '%s\n' "$@" >/etc/ssh/sshd_config.d/00-aaa.conf
	# Not what is tested: that the running sshd has not read it.
	touch -d '1 hour ago' /etc/ssh/sshd_config.d/00-aaa.conf
}

unconf() {
	rm -f /etc/ssh/sshd_config.d/00-aaa.conf
}

# changed SED-ARGUMENT...: apply the lab's policy with a change.
changed() {
	sed -E "$@" /src/tests/lab/nhi.conf >$POLICY && nhictl apply
}

unchanged() {
	install -m 0644 /src/tests/lab/nhi.conf $POLICY && nhictl apply
}

all_well() {
	well 'with all undone the host is well'
	finish
}

nhictl tick || not_ok 'the first tick'
well 'a host as setup leaves it is well'
