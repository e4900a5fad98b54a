/* SPDX-License-Identifier: BSD-2-Clause */
/* The reader of the audit trail: what it shows is what it can be asked for. */
#include "config.h"

#include <string.h>

#include "lib/token/utf8.h"
#include "nhictl/trail.h"
#include "tests/fuzz/fuzz.h"

static void
check(const struct nhi_trail_record *r)
{
	const char *const texts[] = { r->time, r->event, r->outcome, r->reason,
		r->detail, r->account, r->identity, r->source, r->id };
	const struct nhi_trail_filter all = { .event = NULL }, same = {
		.event = r->event, .outcome = r->outcome,
		.account = r->account, .identity = r->identity, .id = r->id,
	};
	struct nhi_trail_filter other = same, late = all;
	struct nhi_why why;

	for (size_t i = 0; i < sizeof(texts) / sizeof(texts[0]); i++)
		MUST(nhi_utf8_check(nhi_span_str(texts[i]), &why) == NHI_OK);
	MUST(r->time[0] != '\0' && r->event[0] != '\0');
	MUST(nhi_trail_wanted(r, &all));
	MUST(nhi_trail_wanted(r, &same));
	other.id = strcmp(r->id, "x") == 0 ? "y" : "x";
	MUST(!nhi_trail_wanted(r, &other));
	if (strlen(r->time) < sizeof(late.until)) {
		memcpy(late.until, r->time, strlen(r->time) + 1);
		MUST(!nhi_trail_wanted(r, &late));
	}
}

FUZZ_TARGET(trail)(const uint8_t *data, size_t size)
{
	struct nhi_trail_record record;

	if (!nhi_trail_parse(fuzz_span(data, size), &record))
		return 0;
	fuzz_taken = true;
	MUST(size <= NHI_AUDIT_LINE);
	check(&record);
	nhi_trail_wipe(&record);
	return 0;
}
