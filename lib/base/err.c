/* SPDX-License-Identifier: BSD-2-Clause */
/* The list of reasons as tables. */
#include "config.h"

#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#include "lib/base/err.h"

static const struct {
	const char *slug;
	const char *text;
	enum nhi_err_class class;
} table[] = {
#define X(sym, class, slug, text) { slug, text, NHI_CLASS_##class },
	NHI_ERR_LIST(X)
#undef X
};

_Static_assert(sizeof(table) / sizeof(table[0]) == NHI_ERR_COUNT,
    "one row for each code");

static size_t
row(enum nhi_err err)
{
	return (unsigned int)err < NHI_ERR_COUNT ? (size_t)err :
	    (size_t)NHI_ERR_INTERNAL;
}

const char *
nhi_err_slug(enum nhi_err err)
{
	return table[row(err)].slug;
}

const char *
nhi_err_text(enum nhi_err err)
{
	return table[row(err)].text;
}

enum nhi_err_class
nhi_err_class(enum nhi_err err)
{
	return table[row(err)].class;
}

const char *
nhi_err_public(enum nhi_err err)
{
	switch (nhi_err_class(err)) {
	case NHI_CLASS_INPUT:
		return "input";
	case NHI_CLASS_TOKEN:
		return "token";
	case NHI_CLASS_POLICY:
	case NHI_CLASS_CERT:
		return "policy";
	case NHI_CLASS_BUSY:
		return "busy";
	case NHI_CLASS_NONE:
	case NHI_CLASS_KEYS:
	case NHI_CLASS_FAULT:
		break;
	}
	return "fault";
}

int
nhi_err_exit(enum nhi_err err)
{
	switch (nhi_err_class(err)) {
	case NHI_CLASS_INPUT:
	case NHI_CLASS_TOKEN:
	case NHI_CLASS_POLICY:
	case NHI_CLASS_CERT:
		return NHI_EXIT_REFUSED;
	case NHI_CLASS_BUSY:
		return NHI_EXIT_AGAIN;
	case NHI_CLASS_NONE:
		return err == NHI_OK ? NHI_EXIT_OK : NHI_EXIT_FAULT;
	case NHI_CLASS_KEYS:
	case NHI_CLASS_FAULT:
		break;
	}
	return NHI_EXIT_FAULT;
}

enum nhi_err
nhi_err_find(const char *slug)
{
	for (size_t i = 0; i < NHI_ERR_COUNT; i++)
		if (strcmp(slug, table[i].slug) == 0)
			return (enum nhi_err)i;
	return NHI_ERR_COUNT;
}

enum nhi_err
nhi_fail(struct nhi_why *why, enum nhi_err err, const char *fmt, ...)
{
	va_list ap;

	if (why != NULL) {
		va_start(ap, fmt);
		(void)vsnprintf(why->text, sizeof(why->text), fmt, ap);
		va_end(ap);
	}
	return err;
}
