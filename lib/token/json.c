/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * json-c cuts integers that do not fit to the largest or smallest that does;
 * the two values that such a cut can leave are not taken for integers.
 */
#include "config.h"

#include <inttypes.h>
#include <json-c/json.h>

#include "lib/base/rules.h"
#include "lib/token/json.h"
#include "lib/token/scan.h"

static const struct nhi_value none = { NHI_JSON_NONE, NULL };

static enum nhi_json_type
int_type(const struct json_object *o)
{
	return json_object_get_uint64(o) > INT64_MAX ||
	    json_object_get_int64(o) == INT64_MIN ? NHI_JSON_NUMBER :
	    NHI_JSON_INTEGER;
}

static struct nhi_value
wrap(struct json_object *o)
{
	switch (json_object_get_type(o)) {
	case json_type_null:
		return (struct nhi_value){ NHI_JSON_NULL, o };
	case json_type_boolean:
		return (struct nhi_value){ NHI_JSON_BOOLEAN, o };
	case json_type_int:
		return (struct nhi_value){ int_type(o), o };
	case json_type_double:
		return (struct nhi_value){ NHI_JSON_NUMBER, o };
	case json_type_string:
		return (struct nhi_value){ NHI_JSON_STRING, o };
	case json_type_array:
		return (struct nhi_value){ NHI_JSON_ARRAY, o };
	case json_type_object:
		return (struct nhi_value){ NHI_JSON_OBJECT, o };
	}
	return none;
}

/* json-c's parser: kept, for making one takes a tenth of what parsing takes. */
static struct json_tokener *
parser(void)
{
	static struct json_tokener *kept;

	if (kept == NULL)
		kept = json_tokener_new_ex(2 * NHI_SCAN_DEPTH);
	else
		json_tokener_reset(kept);
	return kept;
}

enum nhi_err
nhi_json_parse(struct nhi_span text, struct nhi_value *ret,
    struct nhi_why *why)
{
	NHI_AUTO(nhi_json_wipe) struct nhi_value v = none;
	struct json_tokener *t;
	enum nhi_err err;

	if ((err = nhi_scan_json(text, why)) != NHI_OK)
		return err;
	if ((t = parser()) == NULL)
		return nhi_fail(why, NHI_ERR_NO_MEMORY, "JSON parser");
	v = wrap(json_tokener_parse_ex(t, text.p, (int)text.n));
	if (v.type == NHI_JSON_NULL &&
	    json_tokener_get_error(t) > json_tokener_continue)
		return nhi_fail(why, NHI_ERR_JSON, "json-c: %s",
		    json_tokener_error_desc(json_tokener_get_error(t)));
	if (v.type != NHI_JSON_OBJECT)
		return nhi_fail(why, NHI_ERR_JSON,
		    "not a JSON object (RFC 7515 4, RFC 7519 7.2)");
	*ret = v;
	v = none;
	return NHI_OK;
}

void
nhi_json_wipe(struct nhi_value *v)
{
	(void)json_object_put(v->o);
	*v = none;
}

const char *
nhi_json_type_name(enum nhi_json_type type)
{
	static const char *const names[] = {
		[NHI_JSON_NONE] = "missing",
		[NHI_JSON_NULL] = "null",
		[NHI_JSON_BOOLEAN] = "a boolean",
		[NHI_JSON_INTEGER] = "an integer",
		[NHI_JSON_NUMBER] = "a number but no integer",
		[NHI_JSON_STRING] = "a string",
		[NHI_JSON_ARRAY] = "an array",
		[NHI_JSON_OBJECT] = "an object",
	};

	return names[type];
}

struct nhi_value
nhi_json_member(struct nhi_value v, const char *name)
{
	struct json_object *o;

	if (v.type != NHI_JSON_OBJECT ||
	    !json_object_object_get_ex(v.o, name, &o))
		return none;
	return wrap(o);
}

struct nhi_value
nhi_json_find(struct nhi_value v, const struct nhi_list *path)
{
	for (size_t i = 0; i < path->n; i++)
		v = nhi_json_member(v, path->p[i]);
	return v;
}

size_t
nhi_json_count(struct nhi_value v)
{
	return v.type != NHI_JSON_ARRAY ? 0 : json_object_array_length(v.o);
}

struct nhi_value
nhi_json_at(struct nhi_value v, size_t i)
{
	return i < nhi_json_count(v) ?
	    wrap(json_object_array_get_idx(v.o, i)) : none;
}

struct nhi_span
nhi_json_string(struct nhi_value v)
{
	if (v.type != NHI_JSON_STRING)
		return (struct nhi_span){ NULL, 0 };
	return (struct nhi_span){ json_object_get_string(v.o),
	    (size_t)json_object_get_string_len(v.o) };
}

/* json-c keeps the text of what it reads as a double, and makes integers'. */
struct nhi_span
nhi_json_number(struct nhi_value v)
{
	if (v.type != NHI_JSON_INTEGER && v.type != NHI_JSON_NUMBER)
		return (struct nhi_span){ NULL, 0 };
	return nhi_span_str(json_object_get_string(v.o));
}

bool
nhi_json_integer(struct nhi_value v, int64_t *ret)
{
	if (v.type != NHI_JSON_INTEGER)
		return false;
	*ret = json_object_get_int64(v.o);
	return true;
}

bool
nhi_json_boolean(struct nhi_value v, bool *ret)
{
	if (v.type != NHI_JSON_BOOLEAN)
		return false;
	*ret = json_object_get_boolean(v.o);
	return true;
}

bool
nhi_json_text(struct nhi_value v, struct nhi_buf *b)
{
	int64_t n;
	bool yes;

	if (v.type == NHI_JSON_STRING)
		nhi_buf_span(b, nhi_json_string(v));
	else if (nhi_json_integer(v, &n))
		nhi_buf_printf(b, "%" PRId64, n);
	else if (nhi_json_boolean(v, &yes))
		nhi_buf_str(b, yes ? "true" : "false");
	else
		return false;
	return true;
}
