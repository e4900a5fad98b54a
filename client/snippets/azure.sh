#!/bin/sh
# SPDX-License-Identifier: BSD-2-Clause
# A virtual machine of Azure, as its managed identity.  The audience is an
# application of the tenant that stands for the hosts.  Their keys are in
# ~/.ssh/known_hosts.
# or: nhi-login --platform azure --audience 4f7e1c22-9a3d-4c5b-8b6a-0d9e8f7a6b5c web-1.example.com web-deploy -- systemctl restart web
set -eu
umask 077
app=4f7e1c22-9a3d-4c5b-8b6a-0d9e8f7a6b5c
ssh-keygen -q -t ed25519 -N '' -f k
curl -sSf -H 'Metadata: true' "http://169.254.169.254/metadata/identity/oauth2/token?api-version=2018-02-01&resource=$app" |
	tr -d '\n' | sed 's/.*"access_token": *"\([^"]*\)".*/\1/' |
	ssh -i k nhi@web-1.example.com web-deploy >k-cert.pub
ssh -i k web-deploy@web-1.example.com systemctl restart web
rm k k.pub k-cert.pub
