#!/bin/bash
# SPDX-License-Identifier: BSD-2-Clause
# ./run bench load: the modules in somebody else's process.  BUILD: the build
# directory.
set -eu

TOP=$(cd "$(dirname "$(readlink -f "$0")")/../.." && pwd)
"$TOP/tests/bench/comparators.sh" "$BUILD/bench"
make -s -C "$BUILD" tests/bench/load_modules
gcc -O2 -shared -fPIC -I"$BUILD" -o "$BUILD/bench/nothing.so" \
    "$TOP/tests/bench/load/nothing.c"
/usr/bin/python3 "$TOP/tests/bench/load.py" "$BUILD" "$BUILD/bench" "$@"
