/* SPDX-License-Identifier: BSD-2-Clause */
/* What a service user puts into the spool. */
#include "config.h"

#include "lib/base/spool_parse.h"
#include "tests/fuzz/fuzz.h"

FUZZ_TARGET(spool)(const uint8_t *data, size_t size)
{
	struct nhi_spool_record record = { .words = { NULL } };
	struct nhi_why why;

	if (nhi_spool_parse(fuzz_span(data, size), &record, &why) != NHI_OK)
		return 0;
	fuzz_taken = true;
	nhi_spool_wipe(&record);
	return 0;
}
