#!/bin/bash
# SPDX-License-Identifier: BSD-2-Clause
# comparators.sh DIR: what NHI is measured against, fetched and unpacked below
# DIR; nothing is installed.  What is not to be had is left out with a word.
set -eu

DIR=$1
PACKAGES=(libjwt-dev libcjose-dev libjose-dev librhonabwy-dev libnss-extrausers
    google-compute-engine-oslogin libpam-sss libnss-sss)
# Not their systemd, whose libraries must not come before the machine's.
KEEP='lib(jwt|cjose|jose|rhonabwy|orcania|yder|jansson|nss-extrausers|b64|nss-sss|pam-sss)|google-compute|python3-jwt'

fetch_packages() {
	local deb

	[ ! -d "$DIR/root" ] || return 0
	mkdir -p "$DIR/debs/partial"
	apt-get -qq -y --no-install-recommends --download-only \
	    -o Dir::Cache::archives="$DIR/debs/" install "${PACKAGES[@]}" \
	    python3-jwt >/dev/null || return
	mkdir "$DIR/root.new"
	for deb in "$DIR"/debs/*.deb; do
		[[ ${deb##*/} =~ ^($KEEP) ]] || continue
		dpkg-deb -x "$deb" "$DIR/root.new"
	done
	mv "$DIR/root.new" "$DIR/root"
}

fetch_node() {
	[ ! -d "$DIR/node/node_modules" ] || return 0
	mkdir -p "$DIR/node"
	(cd "$DIR/node" && npm install --silent --no-audit --no-fund \
	    jsonwebtoken) >/dev/null 2>&1
}

mkdir -p "$DIR"
fetch_packages || echo "left out: Debian's comparators cannot be fetched"
fetch_node || echo "left out: jsonwebtoken needs npm and its registry"
