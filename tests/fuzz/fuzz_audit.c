/* SPDX-License-Identifier: BSD-2-Clause */
/* The formatter of audit records: one line, ASCII, bounded, JSON. */
#include "config.h"

#include <json-c/json.h>

#include "lib/base/audit.h"
#include "tests/fuzz/fuzz.h"

/* Texts of a record out of the bytes, parted by NUL. */
static const char *
text(char **rest, const char *end)
{
	char *p = *rest;

	while (*rest < end && **rest != '\0')
		(*rest)++;
	if (*rest < end)
		(*rest)++;
	return p;
}

static void
check(const struct nhi_event *e)
{
	NHI_AUTO(nhi_buf_wipe) struct nhi_buf line = NHI_BUF(1 << 16);
	const struct nhi_audit_stamp stamp = { .id = "0", .time_ms = 1 };
	struct json_object *o;

	nhi_audit_format(e, &stamp, &line);
	MUST(line.n > 2 && line.n <= NHI_AUDIT_LINE);
	MUST(line.p[line.n - 1] == '\n');
	for (size_t i = 0; i + 1 < line.n; i++)
		MUST(line.p[i] >= 0x20 && line.p[i] < 0x7f);
	o = json_tokener_parse(line.p);
	MUST(json_object_is_type(o, json_type_object));
	(void)json_object_put(o);
}

FUZZ_TARGET(audit)(const uint8_t *data, size_t size)
{
	char *bytes = fuzz_text(data, size), *rest = bytes;
	const char *end = bytes + size;
	struct nhi_event e = {
		.event = NHI_EVENT_LOGIN_DENY, .outcome = NHI_DENY,
		.reason = NHI_ERR_NO_MATCH,
	};

	e.detail = text(&rest, end);
	e.subject = text(&rest, end);
	e.jti = text(&rest, end);
	e.kid = text(&rest, end);
	e.account = text(&rest, end);
	e.command = text(&rest, end);
	e.claims = (struct nhi_span){ rest, (size_t)(end - rest) };
	check(&e);
	fuzz_taken = true;
	free(bytes);
	return 0;
}
