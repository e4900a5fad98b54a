/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Places from which to ask sshd what it would do.  A Match block of the host
 * may hold for some addresses, names or ports only, so each such criterion
 * in its files gives one place that satisfies it.
 */
#ifndef NHI_NHICTL_SSHD_MATCH_H
#define NHI_NHICTL_SSHD_MATCH_H

#include "lib/base/buf.h"
#include "nhictl/sshd.h"

#define NHI_SSHD_PLACES	64	/* more, and the host is not checked */
#define NHI_SSHD_VALUE	128

enum nhi_sshd_criterion {
	NHI_SSHD_ADDRESS,
	NHI_SSHD_HOST,
	NHI_SSHD_LOCALADDRESS,
	NHI_SSHD_LOCALPORT,
	NHI_SSHD_CRITERIA
};

struct nhi_sshd_places {
	char (*p)[NHI_SSHD_CRITERIA][NHI_SSHD_VALUE];
	size_t n;
	bool dropin;		/* sshd reads our file at all */
	bool included;		/* or would, once it is there */
};

/*
 * The first is an ordinary one (127.0.0.1, port 22); then those of the Match
 * lines in this file and in what it includes.
 */
enum nhi_err	 nhi_sshd_places(const char *config, struct nhi_sshd_places *,
		    struct nhi_why *) NHI_MUST;
void		 nhi_sshd_places_wipe(struct nhi_sshd_places *);

/* Fill in all but the user; pointers into places. */
void		 nhi_sshd_places_who(const struct nhi_sshd_places *, size_t,
		    struct nhi_sshd_who *);

#endif
