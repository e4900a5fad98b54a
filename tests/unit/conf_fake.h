/* SPDX-License-Identifier: BSD-2-Clause */
/* What the stand-ins of conf_fake.c were asked. */
#ifndef NHI_TESTS_UNIT_CONF_FAKE_H
#define NHI_TESTS_UNIT_CONF_FAKE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "lib/base/err.h"

struct fake {
	/* Registry */
	uint32_t lo, hi;		/* last range */
	size_t names;			/* how many were registered */
	char last[64];
	uint32_t wanted;
	const char *refuse;		/* name that gets no UID */
	/* sshd */
	enum nhi_err sshd;		/* what it is found to be */
	bool no_dropin;
	size_t asked;
	size_t tried;			/* asked before anything is written */
	size_t restored;
	/* sudo */
	enum nhi_err sudo;		/* what visudo says */
	size_t unsudoed;		/* its fragment was put back */
	/* Audit trail: the events, "policy.apply policy.reject ..." */
	enum nhi_err audit;
	char events[256];
	char policy[65];		/* digest of the last record */
	char detail[256];
};
extern struct fake fake;

#endif
