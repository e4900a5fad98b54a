#!/bin/sh
# SPDX-License-Identifier: BSD-2-Clause
# A virtual machine of Google Cloud, as its service account.  The host's keys
# are in ~/.ssh/known_hosts.
# or: nhi-login --platform gcp web-1.example.com web-deploy -- systemctl restart web
set -eu
umask 077
ssh-keygen -q -t ed25519 -N '' -f k
curl -sSf -H 'Metadata-Flavor: Google' 'http://metadata.google.internal/computeMetadata/v1/instance/service-accounts/default/identity?audience=ssh://web-1.example.com&format=full' |
	ssh -i k nhi@web-1.example.com web-deploy >k-cert.pub
ssh -i k web-deploy@web-1.example.com systemctl restart web
rm k k.pub k-cert.pub
