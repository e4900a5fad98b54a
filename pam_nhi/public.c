/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The entry points, and nothing else: whose name is it, and where does that
 * go.  For every name that the policy does not own the answer is PAM_IGNORE,
 * before anything else is read.
 */
#include "config.h"

#include <stdbool.h>
#include <string.h>

#include <security/pam_modules.h>

#include "pam_nhi/account.h"
#include "pam_nhi/auth.h"
#include "pam_nhi/issuer.h"
#include "pam_nhi/session.h"

#define EXPORT	__attribute__((visibility("default")))

static bool
in_sshd(pam_handle_t *pamh)
{
	const void *service = NULL;

	return pam_get_item(pamh, PAM_SERVICE, &service) == PAM_SUCCESS &&
	    service != NULL && strcmp(service, "sshd") == 0;
}

EXPORT int
pam_sm_authenticate(pam_handle_t *pamh, int flags, int argc,
    const char **argv)
{
	const char *user;

	(void)flags;
	switch (nhi_pam_owner(pamh, &user)) {
	case NHI_OWNER_ACCOUNT:
		return nhi_pam_auth(pamh, argc, argv);
	case NHI_OWNER_ISSUER:
	case NHI_OWNER_UNKNOWN:
		return PAM_AUTH_ERR;
	case NHI_OWNER_OTHER:
		break;
	}
	return PAM_IGNORE;
}

EXPORT int
pam_sm_setcred(pam_handle_t *pamh, int flags, int argc, const char **argv)
{
	const char *user;

	(void)flags;
	(void)argc;
	(void)argv;
	/* PAM_IGNORE would end a keyboard-interactive login of ours. */
	return nhi_pam_owner(pamh, &user) == NHI_OWNER_OTHER ? PAM_IGNORE :
	    PAM_SUCCESS;
}

EXPORT int
pam_sm_acct_mgmt(pam_handle_t *pamh, int flags, int argc, const char **argv)
{
	const char *user;

	(void)flags;
	switch (nhi_pam_owner(pamh, &user)) {
	case NHI_OWNER_ACCOUNT:
		return nhi_pam_account(pamh, argc, argv);
	case NHI_OWNER_ISSUER:
		return in_sshd(pamh) ?
		    nhi_pam_issuer_account(pamh, argc, argv) : PAM_IGNORE;
	case NHI_OWNER_UNKNOWN:
		return PAM_AUTHINFO_UNAVAIL;
	case NHI_OWNER_OTHER:
		break;
	}
	return nhi_pam_account_other(pamh, argc, argv);
}

EXPORT int
pam_sm_open_session(pam_handle_t *pamh, int flags, int argc,
    const char **argv)
{
	const char *user;

	(void)flags;
	switch (nhi_pam_owner(pamh, &user)) {
	case NHI_OWNER_ACCOUNT:
		return nhi_pam_session_open(pamh, argc, argv);
	case NHI_OWNER_ISSUER:
		return in_sshd(pamh) ? nhi_pam_issuer_open(pamh) : PAM_IGNORE;
	case NHI_OWNER_UNKNOWN:
		return PAM_PERM_DENIED;
	case NHI_OWNER_OTHER:
		break;
	}
	return nhi_pam_session_open_orphan(pamh, argc, argv);
}

EXPORT int
pam_sm_close_session(pam_handle_t *pamh, int flags, int argc,
    const char **argv)
{
	const char *user;

	(void)flags;
	switch (nhi_pam_owner(pamh, &user)) {
	case NHI_OWNER_ACCOUNT:
	case NHI_OWNER_UNKNOWN:
		return nhi_pam_session_close(pamh, argc, argv);
	case NHI_OWNER_ISSUER:
		return in_sshd(pamh) ? nhi_pam_issuer_close(pamh) :
		    PAM_IGNORE;
	case NHI_OWNER_OTHER:
		break;
	}
	/* A policy without the account does not undo a session of it. */
	return nhi_pam_session_close_orphan(pamh, argc, argv);
}

EXPORT int
pam_sm_chauthtok(pam_handle_t *pamh, int flags, int argc, const char **argv)
{
	const char *user;

	(void)flags;
	(void)argc;
	(void)argv;
	return nhi_pam_owner(pamh, &user) == NHI_OWNER_OTHER ? PAM_IGNORE :
	    PAM_PERM_DENIED;
}
