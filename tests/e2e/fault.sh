#!/bin/bash
# SPDX-License-Identifier: BSD-2-Clause
# A part of ./run fault, in seconds: some calls of a login, of a person's, of
# the issuer, of nhictl and of nhi-fetch fail; some commands are killed half way.
. "$(dirname "$0")/lib.sh"

FAULT=/src/tests/fault

# part CMD...: its results are ours.
part() {
	"$@" 2>&1 </dev/null | tee "$OUT" | grep -E '^(ok|not ok|#) '
	[ "${PIPESTATUS[0]}" -eq 0 ] && return
	grep -q '^not ok' "$OUT" || not_ok "$1"
	FAILED=$((FAILED + 1))
}

part $FAULT/calls.py --errors 2 --every 37 login
part $FAULT/calls.py --errors 2 --every 499 nhi-issue apply
part $FAULT/calls.py --errors 2 --every 2 "a person's login" \
    "a person's name and groups"
part $FAULT/calls.py --errors 2 --every 19 nhi-fetch
part $FAULT/killed.py --every 11 apply nhi-issue 'session and lease'
finish
