/* SPDX-License-Identifier: BSD-2-Clause */
/* Header fields of an answer, one a line. */
#include "config.h"

#include "fetch/header.h"
#include "tests/fuzz/fuzz.h"

FUZZ_TARGET(http)(const uint8_t *data, size_t size)
{
	struct nhi_http_answer answer = { 0 };
	struct nhi_span rest = fuzz_span(data, size), line;

	while (rest.p != NULL && nhi_span_cut(&rest, '\n', &line))
		nhi_header_take(line, &answer);
	fuzz_taken |= answer.etag[0] != '\0' && answer.max_age > 0;
	return 0;
}
