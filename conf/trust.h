/* SPDX-License-Identifier: BSD-2-Clause */
/* trusted.pub: whose certificates sshd accepts for machine accounts. */
#ifndef NHI_CONF_TRUST_H
#define NHI_CONF_TRUST_H

#include "lib/base/rules.h"

#define NHI_TRUST_FILE	(256U << 10)	/* bytes of ca.pub and trusted.pub */

/* "ssh-ed25519 AAAA...", a plain public key without options and comment. */
bool		 nhi_trust_key_valid(const char *);

struct nhi_trust_paths {
	const char *ca_pub;		/* the host's own key; may be missing */
	const char *trusted;
};

/*
 * The text of trusted.pub: the keys of ca.pub (its text) with host as their
 * comment, then the trusted ones ("<key> <host>").  A line of ca.pub that is
 * no plain key is NHI_ERR_CA_KEY.
 */
enum nhi_err	 nhi_trust_format(struct nhi_span ca_pub, const char *host,
		    const struct nhi_list *trust, struct nhi_buf *,
		    struct nhi_why *) NHI_MUST;

/*
 * Write trusted.pub where it differs; old gets what it was, to be put back.
 * own: this host issues, and its own key is one of them.  ret_own: it is
 * there.
 */
struct nhi_trust {
	bool own;
	const char *host;
	const struct nhi_list *trust;
};
enum nhi_err	 nhi_trust_write(const struct nhi_trust_paths *,
		    const struct nhi_trust *, struct nhi_buf *old,
		    bool *ret_own, struct nhi_why *) NHI_MUST;
enum nhi_err	 nhi_trust_restore(const struct nhi_trust_paths *,
		    const struct nhi_buf *old, struct nhi_why *) NHI_MUST;

#endif
