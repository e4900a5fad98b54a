/* SPDX-License-Identifier: BSD-2-Clause */
#include "config.h"

#include <string.h>

#include "conf/shape.h"

#define HEX	"0123456789abcdefABCDEF"
#define MAX	4096	/* bytes of a text that has a shape */

struct hole {
	struct nhi_span name;
	struct nhi_span kind;
	const char *rest;		/* of the shape, after it */
};

/* A placeholder at the beginning? */
static bool
cut_hole(const char *shape, struct hole *ret)
{
	size_t name = strcspn(shape, ":>"), all = strcspn(shape, ">");

	if (shape[0] != '<' || shape[name] != ':' || shape[all] != '>')
		return false;
	ret->name = (struct nhi_span){ shape + 1, name - 1 };
	ret->kind = (struct nhi_span){ shape + name + 1, all - name - 1 };
	ret->rest = shape + all + 1;
	return true;
}

static bool
in_set(char c, const char *set)
{
	return c != '\0' && strchr(set, c) != NULL;
}

static bool
may_have(struct nhi_span kind, char c)
{
	if (nhi_span_is(kind, "digits"))
		return in_set(c, "0123456789");
	if (nhi_span_is(kind, "hex"))
		return in_set(c, HEX);
	if (nhi_span_is(kind, "uuid"))
		return in_set(c, HEX "-");
	return c != '\0' && (c != '/' || nhi_span_is(kind, "rest"));
}

static bool
is_uuid(const char *p)
{
	for (size_t i = 0; i < 36; i++) {
		bool dash = i == 8 || i == 13 || i == 18 || i == 23;

		if ((p[i] == '-') != dash)
			return false;
	}
	return true;
}

/* Shapes are our own and short, so this is not deep. */
static bool
fits(const char *shape, struct nhi_span text)
{
	struct hole h;

	for (; !cut_hole(shape, &h); shape++, text.p++, text.n--)
		if (*shape == '\0' || text.n == 0 || text.p[0] != *shape)
			return *shape == '\0' && text.n == 0;
	for (size_t n = 1; n <= text.n && may_have(h.kind, text.p[n - 1]); n++)
		if ((!nhi_span_is(h.kind, "uuid") ||
		    (n == 36 && is_uuid(text.p))) && fits(h.rest,
		    (struct nhi_span){ text.p + n, text.n - n }))
			return true;
	return false;
}

bool
nhi_shape_fits(const char *shape, struct nhi_span text)
{
	return text.p != NULL && text.n <= MAX && fits(shape, text);
}

static void
put(const char *shape, const char *before, const char *after,
    struct nhi_buf *b)
{
	struct hole h;

	while (*shape != '\0') {
		if (!cut_hole(shape, &h)) {
			nhi_buf_char(b, *shape++);
			continue;
		}
		nhi_buf_str(b, before);
		nhi_buf_span(b, h.name);
		nhi_buf_str(b, after);
		shape = h.rest;
	}
}

void
nhi_shape_put(const char *shape, struct nhi_buf *b)
{
	put(shape, "<", ">", b);
}

void
nhi_shape_blank(const char *shape, struct nhi_buf *b)
{
	put(shape, NHI_BLANK " ", "@", b);
}
