/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The auth stage: a token for any PAM service; for sudo, the lease of the
 * session that calls it.
 */
#ifndef NHI_PAM_AUTH_H
#define NHI_PAM_AUTH_H

#include "pam_nhi/call.h"

/* A PAM code. */
int	 nhi_pam_auth(pam_handle_t *, int argc, const char **argv);

#endif
