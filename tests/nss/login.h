/* SPDX-License-Identifier: BSD-2-Clause */
/* The registry as the account stage asks it. */
#ifndef NHI_TESTS_NSS_LOGIN_H
#define NHI_TESTS_NSS_LOGIN_H

#include "tests/nss/world.h"

/*
 * Claim or check for a connection that began at this tick of this boot.  The
 * UID is untouched, and a reason given, unless it is NHI_OK.
 */
enum nhi_err	 login_claim(const struct world *, const char *name,
		    uint64_t ticks, uint32_t *uid);
enum nhi_err	 login_check(const struct world *, const char *name,
		    uint64_t ticks);

/* Log in until it passes, each time as a new connection; three times. */
uint32_t	 login_retry(const struct world *, const char *name);

/* The entry, which must be there; the number's owner, or "". */
struct nhi_uid_entry	 login_entry(const struct world *, const char *name);
const char	*login_owner(const struct world *, uint32_t uid);

/* Entry and number belong to each other. */
void		 login_pair(const struct world *, const char *name,
		    uint32_t uid);

#endif
