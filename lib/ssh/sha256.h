/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * SHA-256 without libcrypto, for the static nhi-sshd-helper: what it looks up
 * must not depend on what the host's FingerprintHash makes of sshd's %f.
 */
#ifndef NHI_SSH_SHA256_H
#define NHI_SSH_SHA256_H

#include "lib/base/buf.h"
#include "lib/ssh/fingerprint.h"

void	 nhi_ssh_sha256(struct nhi_span, uint8_t ret[static NHI_SSH_HASH]);

#endif
