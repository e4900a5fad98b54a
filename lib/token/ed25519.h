/* SPDX-License-Identifier: BSD-2-Clause */
/* Whether 32 octets are a usable Ed25519 public key; OpenSSL takes any. */
#ifndef NHI_TOKEN_ED25519_H
#define NHI_TOKEN_ED25519_H

#include "lib/base/buf.h"

/*
 * Exactly 32 octets, y below p, a point of the curve, and not one of the
 * eight of small order, for which anybody can sign.  NHI_ERR_KEY_INVALID.
 */
enum nhi_err	 nhi_ed25519_check(struct nhi_span, struct nhi_why *) NHI_MUST;

#endif
