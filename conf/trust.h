/* SPDX-License-Identifier: BSD-2-Clause */
/* trusted.pub: whose certificates sshd accepts for machine accounts. */
#ifndef NHI_CONF_TRUST_H
#define NHI_CONF_TRUST_H

#include "lib/base/buf.h"

#define NHI_TRUST_FILE	(256U << 10)	/* bytes of ca.pub and trusted.pub */

/* "ssh-ed25519 AAAA...", a plain public key without options and comment. */
bool		 nhi_trust_key_valid(const char *);

/*
 * Append the keys of ca.pub (its text) with host as their comment.  A line
 * that is no plain key is NHI_ERR_CA_KEY.
 */
enum nhi_err	 nhi_trust_put_own(struct nhi_span ca_pub, const char *host,
		    struct nhi_buf *, struct nhi_why *) NHI_MUST;

#endif
