#!/bin/sh
# SPDX-License-Identifier: BSD-2-Clause
# Anything that has a role of AWS IAM, in an account with outbound identity
# federation; its policy allows sts:GetWebIdentityToken.  The host's keys are
# in ~/.ssh/known_hosts.
# or: nhi-login --platform aws web-1.example.com web-deploy -- systemctl restart web
set -eu
umask 077
ssh-keygen -q -t ed25519 -N '' -f k
aws sts get-web-identity-token --audience ssh://web-1.example.com \
	--signing-algorithm ES384 --duration-seconds 300 \
	--query WebIdentityToken --output text |
	ssh -i k nhi@web-1.example.com web-deploy >k-cert.pub
ssh -i k web-deploy@web-1.example.com systemctl restart web
rm k k.pub k-cert.pub
