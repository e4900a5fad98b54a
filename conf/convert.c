/* SPDX-License-Identifier: BSD-2-Clause */
#include "config.h"

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "conf/convert.h"
#include "conf/convert_list.h"
#include "conf/scan.h"
#include "conf/shape.h"
#include "conf/value.h"
#include "lib/base/num.h"

void
nhi_convert_fault(const struct nhi_convert *c, const char *fmt, ...)
{
	char text[400];
	va_list ap;

	va_start(ap, fmt);
	(void)vsnprintf(text, sizeof(text), fmt, ap);
	va_end(ap);
	nhi_fault(c->faults, c->at, "%s%s%s: %s", c->section->path,
	    c->section->path[0] == '\0' ? "" : ".", c->setting->name, text);
}

#define FAULT(c, ...)	nhi_convert_fault((c), __VA_ARGS__)

bool
nhi_convert_limited(const struct nhi_convert *c, int64_t v)
{
	if (v >= c->setting->least && v <= c->setting->most)
		return true;
	FAULT(c, "must be between %" PRId64 " and %" PRId64,
	    c->setting->least, c->setting->most);
	return false;
}

/* Values that are written as strings */

static void
put_duration(const struct nhi_convert *c, const char *s, int64_t *ret)
{
	int64_t v;

	if (!nhi_num_duration(nhi_span_str(s), INT64_C(1) << 40, &v))
		FAULT(c, "\"%.40s\" is not a duration such as \"15m\"", s);
	else if (v < c->setting->least || v > c->setting->most)
		FAULT(c, "\"%.40s\" is not between %" PRId64 "s and %" PRId64
		    "s", s, c->setting->least, c->setting->most);
	else
		*ret = v;
}

static void
put_date(const struct nhi_convert *c, const char *s, int64_t *ret)
{
	if (!nhi_num_date(nhi_span_str(s), ret))
		FAULT(c, "\"%.40s\" is not a date such as \"2027-06-30\"", s);
}

static void
put_choice(const struct nhi_convert *c, const char *s, bool *ret)
{
	bool binding = c->setting->type == NHI_SET_BINDING;
	const char *off = binding ? "none" : "same-key";
	const char *on = binding ? "key" : "never";

	if (strcmp(s, off) == 0)
		*ret = false;
	else if (strcmp(s, on) == 0)
		*ret = true;
	else
		FAULT(c, "must be \"%s\" or \"%s\"", off, on);
}

/* A blank of a policy to start from that nobody filled in. */
static bool
is_filled(const struct nhi_convert *c, const char *s)
{
	const char *blank = strstr(s, NHI_BLANK);

	if (blank == NULL)
		return true;
	FAULT(c, "\"%.*s\" is a blank that is still to be filled in",
	    (int)strcspn(blank + 1, "@") + 2, blank);
	return false;
}

/* Is this text of the setting (or of one of its members) right? */
bool
nhi_convert_right(const struct nhi_convert *c, const char *s)
{
	const char *wrong;

	/* libconfig does not look whether it got memory. */
	if (s == NULL) {
		c->faults->no_memory = true;
		return false;
	}
	wrong = nhi_value_wrong(c->setting->type, s);
	if (!is_filled(c, s))
		return false;
	if (!nhi_scan_text(s)) {
		FAULT(c, "control characters or bytes that are not UTF-8");
		return false;
	}
	if (wrong != NULL) {
		FAULT(c, "\"%.100s\" is not %s", s, wrong);
		return false;
	}
	return true;
}

static void
put_text(const struct nhi_convert *c, const char *s, char **ret)
{
	size_t n;

	if (!nhi_convert_right(c, s))
		return;
	n = strlen(s);
	if (n < (size_t)c->setting->least || n > (size_t)c->setting->most) {
		FAULT(c, "must be of %" PRId64 " to %" PRId64 " bytes",
		    c->setting->least, c->setting->most);
		return;
	}
	if ((*ret = strdup(s)) == NULL)
		c->faults->no_memory = true;
}

static void
put_string(const struct nhi_convert *c, const char *s, void *member)
{
	if (s == NULL)
		c->faults->no_memory = true;
	else if (c->setting->type == NHI_SET_DURATION)
		put_duration(c, s, member);
	else if (c->setting->type == NHI_SET_DATE && is_filled(c, s))
		put_date(c, s, member);
	else if (c->setting->type == NHI_SET_BINDING ||
	    c->setting->type == NHI_SET_REUSE)
		put_choice(c, s, member);
	else if (c->setting->type != NHI_SET_DATE)
		put_text(c, s, member);
}

/* Everything */

static void
put_int(const struct nhi_convert *c, const config_setting_t *from,
    int64_t *ret)
{
	int type = config_setting_type(from);

	if (type != CONFIG_TYPE_INT && type != CONFIG_TYPE_INT64)
		FAULT(c, "must be a whole number");
	else if (nhi_convert_limited(c, config_setting_get_int64(from)))
		*ret = config_setting_get_int64(from);
}

static void
put_bool(const struct nhi_convert *c, const config_setting_t *from, bool *ret)
{
	if (config_setting_type(from) != CONFIG_TYPE_BOOL)
		FAULT(c, "must be true or false");
	else
		*ret = config_setting_get_bool(from) != 0;
}

void
nhi_convert(const struct nhi_convert *c, const config_setting_t *from,
    void *member)
{
	enum nhi_setting_type type = c->setting->type;

	if (type == NHI_SET_INT)
		put_int(c, from, member);
	else if (type == NHI_SET_BOOL)
		put_bool(c, from, member);
	else if (type == NHI_SET_VALUE)
		nhi_convert_value(c, from, member);
	else if (type >= NHI_SET_TEXTS)
		nhi_convert_list(c, from, member);
	else if (config_setting_type(from) != CONFIG_TYPE_STRING)
		FAULT(c, "must be a string: \"...\"");
	else
		put_string(c, config_setting_get_string(from), member);
}

void
nhi_convert_default(const struct nhi_convert *c, void *member)
{
	const char *s = c->setting->fallback;
	uint64_t v = 0;

	if (c->setting->type == NHI_SET_BOOL)
		*(bool *)member = strcmp(s, "true") == 0;
	else if (c->setting->type != NHI_SET_INT)
		put_string(c, s, member);
	else if (nhi_num_parse(nhi_span_str(s), INT64_MAX, &v))
		*(int64_t *)member = (int64_t)v;
}
