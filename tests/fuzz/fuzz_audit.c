/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The formatter of audit records: one line, ASCII, bounded, strict JSON; and
 * the trail's reader reads what was meant.
 */
#include "config.h"

#include <string.h>

#include "lib/base/audit.h"
#include "lib/token/json.h"
#include "nhictl/trail.h"
#include "tests/fuzz/fuzz.h"

#define ID	"01m83cfhpzsd1yyjemmheq2x35"
#define PLAIN	60	/* bytes of a text that no other takes the room of */

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

/* What nothing has to be done to. */
static bool
is_plain(const char *s)
{
	size_t n = strlen(s);

	for (size_t i = 0; i < n; i++)
		if (s[i] < ' ' || s[i] > '~' || s[i] == '"' || s[i] == '\\')
			return false;
	return n > 0 && n <= PLAIN;
}

static void
reads_back(const struct nhi_event *e, struct nhi_span line)
{
	const struct nhi_trail_filter filter = {
		.event = "login", .outcome = "deny", .id = ID,
	}, other = { .event = "session" };
	struct nhi_trail_record r;

	MUST(nhi_trail_parse(line, &r));
	MUST(strcmp(r.event, "login.deny") == 0);
	MUST(strcmp(r.outcome, "deny") == 0);
	MUST(strcmp(r.reason, "no-match") == 0);
	MUST(strcmp(r.time, "1970-01-01T00:00:00.001Z") == 0);
	MUST(strcmp(r.id, ID) == 0);
	MUST(r.identity[0] == '\0' && r.source[0] == '\0');
	MUST((e->account[0] == '\0') == (r.account[0] == '\0'));
	if (is_plain(e->account))
		MUST(strcmp(r.account, e->account) == 0);
	MUST(nhi_trail_wanted(&r, &filter));
	MUST(!nhi_trail_wanted(&r, &other));
	nhi_trail_wipe(&r);
}

/* No name twice, nothing behind it, and the texts are those of the event. */
static void
is_strict(const struct nhi_event *e, struct nhi_span line)
{
	NHI_AUTO(nhi_json_wipe) struct nhi_value all = { 0 };
	const char *const names[] = { "subject", "jti", "kid", "command" };
	const char *const texts[] = { e->subject, e->jti, e->kid, e->command };
	struct nhi_why why;

	/* JSON, but not for the reader of tokens. */
	if (e->claims.n > 0 && memchr(e->claims.p, '\0', e->claims.n) != NULL)
		return;
	MUST(nhi_json_parse(line, &all, &why) == NHI_OK);
	for (size_t i = 0; i < sizeof(names) / sizeof(names[0]); i++) {
		if (!is_plain(texts[i]))
			continue;
		MUST(nhi_span_is(nhi_json_string(nhi_json_member(all,
		    names[i])), texts[i]));
	}
}

static void
check(const struct nhi_event *e)
{
	NHI_AUTO(nhi_buf_wipe) struct nhi_buf line = NHI_BUF(1 << 16);
	NHI_AUTO(nhi_buf_wipe) struct nhi_buf again = NHI_BUF(1 << 16);
	const struct nhi_audit_stamp stamp = { .id = ID, .time_ms = 1 };

	nhi_audit_format(e, &stamp, &line);
	MUST(line.n > 2 && line.n <= NHI_AUDIT_LINE);
	MUST(line.p[line.n - 1] == '\n');
	for (size_t i = 0; i + 1 < line.n; i++)
		MUST(line.p[i] >= 0x20 && line.p[i] < 0x7f);
	nhi_audit_format(e, &stamp, &again);
	MUST(nhi_span_equal(nhi_buf_all(&line), nhi_buf_all(&again)));
	line.n--;
	reads_back(e, nhi_buf_all(&line));
	is_strict(e, nhi_buf_all(&line));
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
