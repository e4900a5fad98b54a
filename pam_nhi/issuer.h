/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The issuing account.  Anybody with a key may talk to it, so the bound on
 * its live connections stands here, where root knows the address: each one is
 * a link NHI_ISSUER_DIR/<pid>-<start> with the source as text.
 */
#ifndef NHI_PAM_ISSUER_H
#define NHI_PAM_ISSUER_H

#include "pam_nhi/call.h"

/* Make and open the directory. */
enum nhi_err	 nhi_pam_issuer_dir(int *ret, struct nhi_why *) NHI_MUST;

/* PAM codes. */
int	 nhi_pam_issuer_account(pam_handle_t *, int argc, const char **argv);
int	 nhi_pam_issuer_open(pam_handle_t *);
int	 nhi_pam_issuer_close(pam_handle_t *);

#endif
