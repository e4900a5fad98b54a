/* SPDX-License-Identifier: BSD-2-Clause */
#include "config.h"

#include <errno.h>
#include <fcntl.h>
#include <json-c/json.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "lib/base/file.h"
#include "lib/token/utf8.h"
#include "nhictl/trail.h"

#define DEPTH	4

enum nhi_err
nhi_trail_open(const char *path, struct nhi_trail *ret, struct nhi_why *why)
{
	enum nhi_err err;

	ret->fd = -1;
	ret->line = (struct nhi_buf)NHI_BUF(NHI_AUDIT_LINE);
	ret->over = ret->whole = false;
	ret->at = ret->n = 0;
	if ((err = nhi_file_open(AT_FDCWD, path, NHI_FILE_OWN, &ret->fd,
	    why)) == NHI_OK)
		return NHI_OK;
	return err;
}

void
nhi_trail_close(struct nhi_trail *t)
{
	nhi_fd_close(&t->fd);
	nhi_buf_wipe(&t->line);
}

/* Add to the line; one that is too long is only skipped. */
static void
keep(struct nhi_trail *t, const char *p, size_t n)
{
	nhi_buf_put(&t->line, p, n);
	if (t->line.err != NHI_OK) {
		nhi_buf_reset(&t->line);
		t->over = true;
	}
}

int
nhi_trail_next(struct nhi_trail *t, struct nhi_span *ret, bool *ret_bad)
{
	if (t->whole) {
		nhi_buf_reset(&t->line);
		t->over = t->whole = false;
	}
	for (;;) {
		const char *p = t->chunk + t->at, *end;
		ssize_t n;

		end = t->n > t->at ? memchr(p, '\n', t->n - t->at) : NULL;
		if (end != NULL) {
			keep(t, p, (size_t)(end - p));
			t->at += (size_t)(end - p) + 1;
			break;
		}
		keep(t, p, t->n - t->at);
		t->at = t->n = 0;
		if ((n = read(t->fd, t->chunk, sizeof(t->chunk))) <= 0)
			return n == 0 || errno == EINTR ? 0 : -1;
		t->n = (size_t)n;
	}
	t->whole = true;
	*ret = nhi_buf_all(&t->line);
	*ret_bad = t->over || (ret->n > 0 && memchr(ret->p, 0, ret->n) != NULL);
	return 1;
}

static const char *
text(struct json_object *o, const char *name)
{
	struct json_object *v;

	if (!json_object_object_get_ex(o, name, &v) ||
	    !json_object_is_type(v, json_type_string))
		return "";
	return json_object_get_string(v);
}

bool
nhi_trail_parse(struct nhi_span line, struct nhi_trail_record *ret)
{
	struct json_tokener *tok;
	struct json_object *o = NULL;

	/* json-c's own check takes what is above U+10FFFF. */
	if (line.n > NHI_AUDIT_LINE || nhi_utf8_check(line, NULL) != NHI_OK ||
	    (tok = json_tokener_new_ex(DEPTH)) == NULL)
		return false;
	json_tokener_set_flags(tok, JSON_TOKENER_STRICT);
	o = json_tokener_parse_ex(tok, line.p, (int)line.n);
	if (json_tokener_get_error(tok) != json_tokener_success ||
	    !json_object_is_type(o, json_type_object) ||
	    text(o, "time")[0] == '\0' || text(o, "event")[0] == '\0') {
		json_object_put(o);
		json_tokener_free(tok);
		return false;
	}
	json_tokener_free(tok);
	*ret = (struct nhi_trail_record){ .json = o, .time = text(o, "time"),
	    .event = text(o, "event"), .outcome = text(o, "outcome"),
	    .reason = text(o, "reason"), .detail = text(o, "detail"),
	    .account = text(o, "account"), .identity = text(o, "identity"),
	    .source = text(o, "source"), .id = text(o, "id") };
	return true;
}

void
nhi_trail_wipe(struct nhi_trail_record *r)
{
	json_object_put(r->json);
	r->json = NULL;
}

/* "login.deny" is itself and one of "login". */
static bool
is_event(const char *event, const char *wanted)
{
	size_t n = strlen(wanted);

	return strncmp(event, wanted, n) == 0 &&
	    (event[n] == '\0' || event[n] == '.');
}

static bool
is(const char *value, const char *wanted)
{
	return wanted == NULL || strcmp(value, wanted) == 0;
}

bool
nhi_trail_wanted(const struct nhi_trail_record *r,
    const struct nhi_trail_filter *f)
{
	return (f->event == NULL || is_event(r->event, f->event)) &&
	    is(r->outcome, f->outcome) && is(r->account, f->account) &&
	    is(r->identity, f->identity) && is(r->id, f->id) &&
	    /* One form, one time zone: text sorts as time. */
	    (f->since[0] == '\0' || strcmp(r->time, f->since) >= 0) &&
	    (f->until[0] == '\0' || strcmp(r->time, f->until) < 0);
}

bool
nhi_trail_event_known(const char *event)
{
	for (unsigned int i = 0; i < NHI_EVENT_COUNT; i++)
		if (is_event(nhi_audit_event_slug((enum nhi_audit_event)i),
		    event))
			return true;
	return false;
}
