#!/bin/bash
# SPDX-License-Identifier: BSD-2-Clause
# ./run bench token: the ladder beside other libraries.  BUILD: the build
# directory, TOP: the tree.
set -eu

TOP=$(cd "$(dirname "$(readlink -f "$0")")/../.." && pwd)
HERE=$TOP/tests/bench
DIR=$BUILD/bench
ROOT=$DIR/root
LIB=$ROOT/usr/lib/$(gcc -print-multiarch)

# make_other NAME LIBRARY... [-- MORE.c]: left out when it does not compile.
make_other() {
	local name=$1
	shift

	gcc -O2 -o "$DIR/token_$name" -I"$TOP" -I"$BUILD" -I"$ROOT/usr/include" \
	    "$HERE/token/$name.c" "$HERE/turn.c" "$@" -L"$LIB" \
	    -Wl,--disable-new-dtags,-rpath,"$LIB" \
	    -Wl,--allow-shlib-undefined 2>"$DIR/$name.log" ||
	    echo "left out: $name does not build ($DIR/$name.log)"
}

"$HERE/comparators.sh" "$DIR"
make -s -C "$BUILD" tests/bench/token_nhi
cp "$BUILD/tests/bench/token_nhi" "$DIR/token_nhi"
make_other bare -lcrypto
make_other cjose "$HERE/token/jansson.c" -lcjose -l:libjansson.so.4
make_other jose "$HERE/token/jansson.c" -ljose -l:libjansson.so.4
make_other libjwt -ljwt
make_other rhonabwy -lrhonabwy -lorcania -lyder -l:libjansson.so.4
/usr/bin/python3 "$HERE/token_bench.py" "$DIR" "$DIR" "$@"
