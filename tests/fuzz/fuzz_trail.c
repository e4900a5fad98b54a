/* SPDX-License-Identifier: BSD-2-Clause */
/* The reader of the audit trail. */
#include "config.h"

#include "nhictl/trail.h"
#include "tests/fuzz/fuzz.h"

FUZZ_TARGET(trail)(const uint8_t *data, size_t size)
{
	const struct nhi_trail_filter filter = { .event = "login" };
	struct nhi_trail_record record;

	if (!nhi_trail_parse(fuzz_span(data, size), &record))
		return 0;
	fuzz_taken = true;
	(void)nhi_trail_wanted(&record, &filter);
	nhi_trail_wipe(&record);
	return 0;
}
