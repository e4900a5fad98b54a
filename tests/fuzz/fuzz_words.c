/* SPDX-License-Identifier: BSD-2-Clause */
/* Small texts: names, numbers, dates, addresses, windows, patterns. */
#include "config.h"

#include <string.h>

#include "conf/pattern.h"
#include "lib/base/name.h"
#include "lib/base/num.h"
#include "lib/base/source.h"
#include "lib/base/stamp.h"
#include "tests/fuzz/fuzz.h"

static void
numbers(struct nhi_span text)
{
	struct nhi_stamp stamp;
	uint8_t octets[32];
	int64_t time;
	uint64_t n;

	(void)nhi_num_parse(text, 1000, &n);
	(void)nhi_num_duration(text, 1000000, &time);
	(void)nhi_num_date(text, &time);
	(void)nhi_num_unhex(text, octets, sizeof(octets));
	(void)nhi_stamp_parse(text, &stamp);
}

FUZZ_TARGET(words)(const uint8_t *data, size_t size)
{
	char *text = fuzz_text(data, size);
	char source[NHI_SOURCE_SIZE];
	struct nhi_list list = { &text, 1 };
	struct nhi_pattern pattern;

	fuzz_taken = true;
	numbers(fuzz_span(data, size));
	if (nhi_name_valid(text))
		MUST(strlen(text) <= NHI_NAME_MAX);
	(void)nhi_name_label(text);
	(void)nhi_name_fits("pr-1-2", text);
	(void)nhi_source_from_connection(text, source);
	(void)nhi_source_key(text, source);
	if (nhi_source_cidr_valid(text))
		(void)nhi_source_in("192.0.2.1", &list);
	if (nhi_window_valid(text))
		(void)nhi_window_open(&list, 1800000000);
	(void)nhi_pattern_parse(text, &pattern);
	free(text);
	return 0;
}
