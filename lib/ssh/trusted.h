/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * trusted.pub: the CA keys whose certificates are let in, one a line, "type
 * base64 host-id", where host-id names the issuing host.  Blank lines and
 * lines that begin with '#' are passed over.
 */
#ifndef NHI_SSH_TRUSTED_H
#define NHI_SSH_TRUSTED_H

#include "lib/ssh/cert.h"

#define NHI_SSH_TRUSTED_MAX	512		/* keys */
#define NHI_SSH_TRUSTED_TEXT	(1U << 20)	/* bytes of the file */

struct nhi_ssh_trusted {
	struct nhi_ssh_key **keys;	/* the comment is the host id */
	size_t n;
};

/*
 * NHI_ERR_CA_KEY when a line is not of this form or a key is there twice: a
 * list that is half read would let sshd and NHI disagree.
 */
enum nhi_err	 nhi_ssh_trusted_parse(struct nhi_span,
		    struct nhi_ssh_trusted **ret, struct nhi_why *) NHI_MUST;

/*
 * The host id of the CA key (NUL-terminated, the list's); NHI_ERR_CERT_CA when
 * it is not in the list.  Says nothing about the signature; look here first,
 * so that nobody makes a verifier work with a CA of his own.
 */
enum nhi_err	 nhi_ssh_trusted_find(const struct nhi_ssh_trusted *,
		    const struct nhi_ssh_key *ca, const char **ret_host,
		    struct nhi_why *) NHI_MUST;

void		 nhi_ssh_trusted_free(struct nhi_ssh_trusted *);
void		 nhi_ssh_trusted_freep(struct nhi_ssh_trusted **);

#endif
