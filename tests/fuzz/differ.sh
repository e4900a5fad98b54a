#!/bin/sh
# SPDX-License-Identifier: BSD-2-Clause
# Our parsers against others' on the seeds (make check); more corpora as
# arguments (fuzz.sh differ).
set -eu

top=${srcdir:-.}
command -v ssh-keygen >/dev/null || exit 77
exec /usr/bin/python3 "$top/tests/fuzz/differ.py" tests/fuzz/view \
    "$top/tests/fuzz/seeds" "$@"
