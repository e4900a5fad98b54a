/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Private keys of a CA, as ssh-keygen writes them without a passphrase
 * (openssh-key-v1).  Whoever reads the file keeps it in a buffer that is
 * wiped (nhi_buf); nothing here leaves a copy.
 */
#ifndef NHI_SSH_PRIVATE_H
#define NHI_SSH_PRIVATE_H

#include "lib/ssh/key.h"

#define NHI_SSH_PRIVATE_MAX	32768	/* bytes of the file */
#define NHI_SSH_PRIVATE_BEGIN	"-----BEGIN OPENSSH PRIVATE KEY-----"
#define NHI_SSH_PRIVATE_END	"-----END OPENSSH PRIVATE KEY-----"
#define NHI_SSH_PRIVATE_MAGIC	"openssh-key-v1"	/* and its NUL */
#define NHI_SSH_PRIVATE_BLOCK	8	/* padding of what is not encrypted */

struct evp_pkey_st;

struct nhi_ssh_private {
	struct nhi_ssh_key *key;	/* public part, with the comment */
	struct evp_pkey_st *pkey;	/* EVP_PKEY, or NULL: */
	char *agent;			/* the socket of who has it */
};

/*
 * NHI_ERR_CA_KEY, also when the private part is not that of the public one (it
 * is tried).
 */
enum nhi_err	 nhi_ssh_private_parse(struct nhi_span,
		    struct nhi_ssh_private **ret, struct nhi_why *) NHI_MUST;

/*
 * One that an agent has: "type base64 socket".  That it has it shows when it
 * signs.
 */
enum nhi_err	 nhi_ssh_private_agent(struct nhi_span,
		    struct nhi_ssh_private **ret, struct nhi_why *) NHI_MUST;

void		 nhi_ssh_private_free(struct nhi_ssh_private *);
void		 nhi_ssh_private_freep(struct nhi_ssh_private **);

#endif
