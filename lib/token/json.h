/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * JSON documents after the strict scan.  A value borrows from its document;
 * it is small and passed by value, and one that is not there has the type
 * NHI_JSON_NONE, so that a path can be walked without a test at each step.
 */
#ifndef NHI_TOKEN_JSON_H
#define NHI_TOKEN_JSON_H

#include "lib/base/buf.h"

struct json_object;
struct nhi_list;

enum nhi_json_type {
	NHI_JSON_NONE,		/* there is no such member */
	NHI_JSON_NULL,
	NHI_JSON_BOOLEAN,
	NHI_JSON_INTEGER,	/* -2^63 < n < 2^63, no fraction or exponent */
	NHI_JSON_NUMBER,	/* any other number */
	NHI_JSON_STRING,
	NHI_JSON_ARRAY,
	NHI_JSON_OBJECT,
};

struct nhi_value {
	enum nhi_json_type type;
	struct json_object *o;
};

/*
 * One JSON object and nothing else; not for threads.  NHI_ERR_JSON,
 * NHI_ERR_JSON_DUPLICATE, NHI_ERR_JSON_DEPTH, NHI_ERR_UTF8,
 * NHI_ERR_TOO_LARGE, NHI_ERR_NO_MEMORY.
 * The document is freed by nhi_json_wipe, which also serves NHI_AUTO; no
 * other value is.
 */
enum nhi_err	 nhi_json_parse(struct nhi_span, struct nhi_value *ret,
		    struct nhi_why *) NHI_MUST;
void		 nhi_json_wipe(struct nhi_value *);

/* "a string", "an object" ... */
const char	*nhi_json_type_name(enum nhi_json_type);

/* Member of an object, by its exact name or by a path of names. */
struct nhi_value nhi_json_member(struct nhi_value, const char *name);
struct nhi_value nhi_json_find(struct nhi_value, const struct nhi_list *path);

/* Elements of an array; none of anything else. */
size_t		 nhi_json_count(struct nhi_value);
struct nhi_value nhi_json_at(struct nhi_value, size_t);

/* Of a value of that type; p NULL, false and untouched for others. */
struct nhi_span	 nhi_json_string(struct nhi_value);
/* A number as it stands in the text; p NULL also without memory. */
struct nhi_span	 nhi_json_number(struct nhi_value);
bool		 nhi_json_integer(struct nhi_value, int64_t *ret);
bool		 nhi_json_boolean(struct nhi_value, bool *ret);

/*
 * Append the text of a string, integer or boolean ("true", "false") as
 * policy writes it.  False, and nothing appended, for other types.
 */
bool		 nhi_json_text(struct nhi_value, struct nhi_buf *);

#endif
