/* SPDX-License-Identifier: BSD-2-Clause */
/* The session stages. */
#ifndef NHI_PAM_SESSION_H
#define NHI_PAM_SESSION_H

#include "pam_nhi/call.h"

/* PAM codes. */
int	 nhi_pam_session_open(pam_handle_t *, int argc, const char **argv);
int	 nhi_pam_session_close(pam_handle_t *, int argc, const char **argv);

/*
 * For a name that is not an account's.  Policy may have lost it since the
 * account stage: a session that was decided on as an account's is refused and
 * recorded (account-unknown), and nobody else's, PAM_IGNORE.
 */
int	 nhi_pam_session_open_orphan(pam_handle_t *, int argc,
	    const char **argv);

/*
 * For a name that is not ours (any more): PAM_IGNORE, unless this handle
 * opened a session of ours.
 */
int	 nhi_pam_session_close_orphan(pam_handle_t *, int argc,
	    const char **argv);

#endif
