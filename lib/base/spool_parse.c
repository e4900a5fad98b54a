/* SPDX-License-Identifier: BSD-2-Clause */
#include "config.h"

#include <stdlib.h>
#include <string.h>

#include "lib/base/num.h"
#include "lib/base/spool_name.h"
#include "lib/base/spool_parse.h"

#define PID_MAX		(INT64_C(1) << 22)	/* of Linux */

static const struct nhi_audit_field *
find_field(struct nhi_span name, size_t *ret_index)
{
	for (size_t i = 0; i < NHI_AUDIT_FIELDS; i++) {
		if (nhi_audit_fields[i].spooled &&
		    nhi_span_is(name, nhi_audit_fields[i].name)) {
			*ret_index = i;
			return &nhi_audit_fields[i];
		}
	}
	return NULL;
}

static bool
set_number(const char *word, uint64_t max, void *at)
{
	uint64_t v;

	if (!nhi_num_parse(nhi_span_str(word), max, &v))
		return false;
	memcpy(at, &v, sizeof(v));
	return true;
}

static bool
set_event(const char *word, struct nhi_event *ev)
{
	for (unsigned int i = 0; i < NHI_EVENT_COUNT; i++) {
		ev->event = (enum nhi_audit_event)i;
		if (strcmp(word, nhi_audit_event_slug(ev->event)) == 0)
			return true;
	}
	return false;
}

static bool
set_outcome(const char *word, struct nhi_event *ev)
{
	for (unsigned int i = NHI_GRANT; i <= NHI_INFO; i++) {
		ev->outcome = (enum nhi_audit_outcome)i;
		if (strcmp(word, nhi_audit_outcome_slug(ev->outcome)) == 0)
			return true;
	}
	return false;
}

static bool
set_reason(const char *word, struct nhi_event *ev)
{
	ev->reason = nhi_err_find(word);
	return ev->reason != NHI_ERR_COUNT;
}

static bool
set_id(const char *word, struct nhi_audit_stamp *stamp)
{
	if (strlen(word) != NHI_AUDIT_ID ||
	    strspn(word, "0123456789abcdefghjkmnpqrstvwxyz") != NHI_AUDIT_ID)
		return false;
	memcpy(stamp->id, word, NHI_AUDIT_ID + 1);
	return true;
}

static bool
set_pid(const char *word, struct nhi_audit_stamp *stamp)
{
	uint64_t v;

	if (!nhi_num_parse(nhi_span_str(word), PID_MAX, &v))
		return false;
	stamp->pid = (pid_t)v;
	return true;
}

static bool
set_field(struct nhi_spool_record *r, const struct nhi_audit_field *f,
    const char *word)
{
	void *at = nhi_audit_field_at(f, &r->ev);

	switch (f->kind) {
	case NHI_FIELD_ID:
		return set_id(word, &r->stamp);
	case NHI_FIELD_PID:
		return set_pid(word, &r->stamp);
	case NHI_FIELD_EVENT:
		return set_event(word, &r->ev);
	case NHI_FIELD_OUTCOME:
		return set_outcome(word, &r->ev);
	case NHI_FIELD_REASON:
		return set_reason(word, &r->ev);
	case NHI_FIELD_SERIAL:
		return set_number(word, UINT64_MAX, at);
	case NHI_FIELD_SECONDS:
	case NHI_FIELD_MICRO:
		return set_number(word, INT64_MAX, at);
	case NHI_FIELD_CLAIMS:
		r->ev.claims = nhi_span_str(word);
		return true;
	case NHI_FIELD_HOST:
	case NHI_FIELD_TEXT:
	case NHI_FIELD_DETAIL:
	case NHI_FIELD_HEX:
		memcpy(at, &word, sizeof(word));
		return true;
	case NHI_FIELD_VERSION:
	case NHI_FIELD_TIME:
	case NHI_FIELD_U32:
	case NHI_FIELD_AUDIT_SESSION:
	case NHI_FIELD_KINDS:
		break;
	}
	return false;
}

static enum nhi_err
read_line(struct nhi_spool_record *r, struct nhi_span line,
    struct nhi_why *why)
{
	const struct nhi_audit_field *f;
	struct nhi_span name;
	enum nhi_err err;
	size_t i;

	if (!nhi_span_cut(&line, ' ', &name) ||
	    (f = find_field(name, &i)) == NULL)
		return nhi_fail(why, NHI_ERR_INPUT, "an unknown field");
	if (r->words[i] != NULL)
		return nhi_fail(why, NHI_ERR_INPUT, "%s: twice", f->name);
	if ((err = nhi_word_cut(&line, &r->words[i])) == NHI_ERR_NO_MEMORY)
		return nhi_fail(why, err, "spool");
	if (err != NHI_OK || line.p != NULL ||
	    !set_field(r, f, r->words[i]))
		return nhi_fail(why, NHI_ERR_INPUT, "%s: bad", f->name);
	return NHI_OK;
}

/* What every record has. */
static bool
complete(const struct nhi_spool_record *r)
{
	for (size_t i = 0; i < NHI_AUDIT_FIELDS; i++) {
		enum nhi_audit_kind kind = nhi_audit_fields[i].kind;

		if (r->words[i] == NULL && (kind == NHI_FIELD_ID ||
		    kind == NHI_FIELD_PID || kind == NHI_FIELD_EVENT ||
		    kind == NHI_FIELD_OUTCOME))
			return false;
	}
	return true;
}

enum nhi_err
nhi_spool_parse(struct nhi_span text, struct nhi_spool_record *ret,
    struct nhi_why *why)
{
	NHI_AUTO(nhi_spool_wipe) struct nhi_spool_record r = { .words =
	    { NULL } };
	struct nhi_span line;
	enum nhi_err err;

	if (!nhi_span_cut(&text, '\n', &line) ||
	    !nhi_span_is(line, NHI_SPOOL_MAGIC))
		return nhi_fail(why, NHI_ERR_INPUT, "not a record");
	while (nhi_span_cut(&text, '\n', &line) && !nhi_span_is(line, "end"))
		if ((err = read_line(&r, line, why)) != NHI_OK)
			return err;
	if (!nhi_span_is(line, "end") || text.p == NULL || text.n != 0)
		return nhi_fail(why, NHI_ERR_INPUT, "cut short");
	if (!complete(&r))
		return nhi_fail(why, NHI_ERR_INPUT, "a field is missing");
	*ret = r;
	r = (struct nhi_spool_record){ .words = { NULL } };
	return NHI_OK;
}

void
nhi_spool_wipe(struct nhi_spool_record *r)
{
	for (size_t i = 0; i < NHI_AUDIT_FIELDS; i++)
		free(r->words[i]);
	*r = (struct nhi_spool_record){ .words = { NULL } };
}
