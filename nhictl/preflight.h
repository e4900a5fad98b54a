/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * What of the host speaks against a setup, before anything is changed: all
 * reasons at once, each a refusal or a warning.  (What a step finds of its
 * own file is said by the step.)
 */
#ifndef NHI_NHICTL_PREFLIGHT_H
#define NHI_NHICTL_PREFLIGHT_H

#include <stdbool.h>
#include <stdio.h>

#include "lib/base/err.h"

struct nhi_preflight {
	FILE *out;
	bool json;
	unsigned int refusals, warnings;
	char first[160];	/* the first refusal */
};

/* NHI_ERR_HOST when there is a refusal. */
enum nhi_err	 nhi_preflight(struct nhi_preflight *, struct nhi_why *)
		    NHI_MUST;

/* Findings; check is their stable name: "subuid". */
void		 nhi_preflight_refuse(struct nhi_preflight *,
		    const char *check, const char *fmt, ...)
		    __attribute__((format(printf, 3, 4)));
void		 nhi_preflight_warn(struct nhi_preflight *,
		    const char *check, const char *fmt, ...)
		    __attribute__((format(printf, 3, 4)));

/* The parts. */
void		 nhi_preflight_sshd(struct nhi_preflight *);
void		 nhi_preflight_pam(struct nhi_preflight *);
void		 nhi_preflight_ids(struct nhi_preflight *);
void		 nhi_preflight_clock(struct nhi_preflight *);
void		 nhi_preflight_files(struct nhi_preflight *);

#endif
