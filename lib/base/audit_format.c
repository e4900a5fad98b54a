/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * An event as one line of JSON.  Hostile bytes grow sixfold when they are
 * escaped, so the line is made up to three times: bare (and again with
 * shorter texts while it does not fit), with the detail in what room is left,
 * and with as many claims as then fit.
 */
#include "config.h"

#include <inttypes.h>
#include <stdio.h>
#include <string.h>
#include <sys/utsname.h>

#include "lib/base/audit_field.h"
#include "lib/base/json_put.h"
#include "lib/base/num.h"
#include "lib/base/verdict.h"

#define SCRATCH		(32 * 1024)	/* all texts at their longest */
#define LINE_ROOM	(NHI_AUDIT_LINE - 1)
#define TEXT_FIRST	512		/* bytes of a text in JSON */
#define TEXT_LAST	64		/* 16 texts of so much always fit */
#define DETAIL_KEPT	256		/* texts give way to so much detail */
#define CLAIM_NAME	64		/* characters */
#define CLAIM_KEY	(6 * CLAIM_NAME + 8)	/* as it is written */
#define HEX_DIGITS	16

struct writer {
	struct nhi_buf *b;
	const struct nhi_event *ev;
	const struct nhi_audit_stamp *stamp;
	size_t text;			/* bytes for each */
	size_t detail;			/* bytes with name and quotes */
	size_t claims;
};

static void
put_name(struct writer *w, const char *name)
{
	nhi_buf_printf(w->b, "%c\"%s\":", w->b->n == 0 ? '{' : ',', name);
}

static void
put_text(struct writer *w, const char *name, const char *s, size_t chars)
{
	if (s[0] == '\0')
		return;
	put_name(w, name);
	nhi_buf_char(w->b, '"');
	(void)nhi_json_put_text(w->b, nhi_span_str(s),
	    chars == 0 ? SIZE_MAX : chars, w->text);
	nhi_buf_char(w->b, '"');
}

static void
put_number(struct writer *w, const char *name, int64_t v)
{
	put_name(w, name);
	nhi_buf_printf(w->b, "%" PRId64, v);
}

static void
put_time(struct writer *w, const char *name, int64_t ms)
{
	char text[NHI_TIME_SIZE];

	nhi_num_time(ms, text);
	put_text(w, name, text, 0);
}

static void
put_host(struct writer *w, const struct nhi_audit_field *f)
{
	const char *host = nhi_audit_field_text(f, w->ev);
	struct utsname node;

	if (host[0] == '\0' && uname(&node) == 0)
		put_text(w, f->name, node.nodename, 0);
	else
		put_text(w, f->name, host, 0);
}

static void
put_string(struct writer *w, const struct nhi_audit_field *f)
{
	put_text(w, f->name, nhi_audit_field_text(f, w->ev), f->chars);
}

static void
put_detail(struct writer *w, const struct nhi_audit_field *f)
{
	size_t frame = strlen(f->name) + sizeof(",\"\":\"\"") - 1;
	size_t text = w->text;

	if (w->detail <= frame)
		return;
	w->text = w->detail - frame;
	put_string(w, f);
	w->text = text;
}

static void
put_hex(struct writer *w, const struct nhi_audit_field *f)
{
	const char *s = nhi_audit_field_text(f, w->ev);

	if (strspn(s, "0123456789abcdef") >= HEX_DIGITS)
		put_text(w, f->name, s, HEX_DIGITS);
}

static void
put_serial(struct writer *w, const struct nhi_audit_field *f)
{
	char text[21];

	/* A string: many readers of JSON know only 53 bits. */
	(void)snprintf(text, sizeof(text), "%" PRIu64, w->ev->serial);
	if (w->ev->serial != 0)
		put_text(w, f->name, text, 0);
}

/*
 * One member of claims, in what is written from `at` on; false: there is no
 * room for it.  The first of a name counts, as it is written: bytes that are
 * no UTF-8 are all one and the same character.  (In texts a quote is escaped.)
 */
static bool
put_claim(struct writer *w, const char *field, struct nhi_span line,
    size_t at, size_t *used)
{
	NHI_AUTO(nhi_buf_wipe) struct nhi_buf key = NHI_BUF(CLAIM_KEY);
	struct nhi_span value = line, name;
	size_t n;

	if (!nhi_span_cut(&value, '=', &name) || value.p == NULL ||
	    name.n == 0 || name.n > CLAIM_NAME)
		return true;
	nhi_buf_char(&key, '"');
	(void)nhi_json_put_text(&key, name, SIZE_MAX, SIZE_MAX);
	nhi_buf_str(&key, "\":\"");
	if (key.err != NHI_OK || (*used > 0 && memmem(w->b->p + at,
	    w->b->n - at, key.p, key.n) != NULL))
		return true;
	n = *used + (*used == 0 ? strlen(field) + 6 : 1) + key.n + 1 +
	    nhi_json_put_text(NULL, value, NHI_VERDICT_CLAIM, SIZE_MAX);
	if (n > w->claims)
		return false;
	if (*used == 0)
		put_name(w, field);
	nhi_buf_char(w->b, *used == 0 ? '{' : ',');
	nhi_buf_span(w->b, nhi_buf_all(&key));
	(void)nhi_json_put_text(w->b, value, NHI_VERDICT_CLAIM, SIZE_MAX);
	nhi_buf_char(w->b, '"');
	*used = n;
	return true;
}

static void
put_claims(struct writer *w, const struct nhi_audit_field *f)
{
	struct nhi_span rest = w->ev->claims, line;
	const size_t at = w->b->n;
	size_t used = 0;

	while (nhi_span_cut(&rest, '\n', &line))
		if (!put_claim(w, f->name, line, at, &used))
			break;
	if (used > 0)
		nhi_buf_char(w->b, '}');
}

/* 32 bits; 0 says that nothing is known, and so does an unset session. */
static void
put_u32(struct writer *w, const struct nhi_audit_field *f)
{
	const uint32_t *v = nhi_audit_field_get(f, w->ev);

	if (*v != 0 && (*v != UINT32_MAX || f->kind == NHI_FIELD_U32))
		put_number(w, f->name, *v);
}

static void
put_micro(struct writer *w, const struct nhi_audit_field *f)
{
	if (w->ev->took_us > 0)
		put_number(w, f->name, w->ev->took_us);
}

static void
put_seconds(struct writer *w, const struct nhi_audit_field *f)
{
	if (w->ev->expires > 0 && w->ev->expires <= NHI_TIME_FAR)
		put_time(w, f->name, w->ev->expires * 1000);
}

static void
put_word(struct writer *w, const struct nhi_audit_field *f)
{
	if (f->kind == NHI_FIELD_EVENT)
		put_text(w, f->name, nhi_audit_event_slug(w->ev->event), 0);
	else if (f->kind == NHI_FIELD_OUTCOME)
		put_text(w, f->name, nhi_audit_outcome_slug(w->ev->outcome), 0);
	else if (w->ev->reason != NHI_OK)
		put_text(w, f->name, nhi_err_slug(w->ev->reason), 0);
}

static void
put_stamp(struct writer *w, const struct nhi_audit_field *f)
{
	if (f->kind == NHI_FIELD_VERSION)
		put_number(w, f->name, 1);
	else if (f->kind == NHI_FIELD_ID)
		put_text(w, f->name, w->stamp->id, 0);
	else if (f->kind == NHI_FIELD_TIME)
		put_time(w, f->name, w->stamp->time_ms);
	else
		put_number(w, f->name, w->stamp->pid);
}

static void (*const put[NHI_FIELD_KINDS])(struct writer *,
    const struct nhi_audit_field *) = {
	[NHI_FIELD_VERSION] = put_stamp,
	[NHI_FIELD_ID] = put_stamp,
	[NHI_FIELD_TIME] = put_stamp,
	[NHI_FIELD_PID] = put_stamp,
	[NHI_FIELD_EVENT] = put_word,
	[NHI_FIELD_OUTCOME] = put_word,
	[NHI_FIELD_REASON] = put_word,
	[NHI_FIELD_HOST] = put_host,
	[NHI_FIELD_TEXT] = put_string,
	[NHI_FIELD_DETAIL] = put_detail,
	[NHI_FIELD_HEX] = put_hex,
	[NHI_FIELD_U32] = put_u32,
	[NHI_FIELD_AUDIT_SESSION] = put_u32,
	[NHI_FIELD_SERIAL] = put_serial,
	[NHI_FIELD_SECONDS] = put_seconds,
	[NHI_FIELD_MICRO] = put_micro,
	[NHI_FIELD_CLAIMS] = put_claims,
	/* End of the kinds */
};

/* Make the whole line; what it takes. */
static size_t
put_record(struct writer *w)
{
	nhi_buf_reset(w->b);
	for (size_t i = 0; i < NHI_AUDIT_FIELDS; i++)
		put[nhi_audit_fields[i].kind](w, &nhi_audit_fields[i]);
	nhi_buf_char(w->b, '}');
	return w->b->n;
}

void
nhi_audit_format(const struct nhi_event *ev,
    const struct nhi_audit_stamp *stamp, struct nhi_buf *ret)
{
	NHI_AUTO(nhi_buf_wipe) struct nhi_buf b = NHI_BUF(SCRATCH);
	struct writer w = { .b = &b, .ev = ev, .stamp = stamp,
	    .text = TEXT_FIRST };
	size_t kept = ev->detail == NULL ? 0 :
	    nhi_json_put_text(NULL, nhi_span_str(ev->detail), SIZE_MAX,
	    DETAIL_KEPT) + sizeof(",\"detail\":\"\"") - 1;

	while (put_record(&w) + kept > LINE_ROOM && w.text > TEXT_LAST)
		w.text /= 2;
	w.detail = LINE_ROOM - (b.n > LINE_ROOM ? LINE_ROOM : b.n);
	(void)put_record(&w);
	w.claims = LINE_ROOM - (b.n > LINE_ROOM ? LINE_ROOM : b.n);
	(void)put_record(&w);
	nhi_buf_char(&b, '\n');
	nhi_buf_span(ret, nhi_buf_all(&b));
	if (b.err != NHI_OK && ret->err == NHI_OK)
		ret->err = b.err;
}
