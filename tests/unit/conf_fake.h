/* SPDX-License-Identifier: BSD-2-Clause */
/* What the stand-ins of conf_fake.c were asked. */
#ifndef NHI_TESTS_UNIT_CONF_FAKE_H
#define NHI_TESTS_UNIT_CONF_FAKE_H

#include <stddef.h>
#include <stdint.h>

struct fake {
	uint32_t lo, hi;		/* last range */
	size_t names;			/* how many were registered */
	char last[64];
	uint32_t wanted;
	const char *refuse;		/* name that gets no UID */
};
extern struct fake fake;

#endif
