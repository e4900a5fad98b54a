/* SPDX-License-Identifier: BSD-2-Clause */
#include "config.h"

#include <string.h>

#include "nhictl/nhictl.h"

void
nhi_ctl_print_usage(const struct nhi_verb *v, FILE *f)
{
	(void)fprintf(f, "usage: nhictl %s%s%s\n", v->name,
	    v->args[0] == '\0' ? "" : " ", v->args);
}

int
nhi_ctl_usage(const char *verb)
{
	for (const struct nhi_verb *v = nhi_verbs; v->name != NULL; v++) {
		if (strcmp(v->name, verb) == 0)
			nhi_ctl_print_usage(v, stderr);
	}
	return NHI_CTL_USAGE;
}

/* Reasons may hold hostile bytes; a terminal must not obey them. */
int
nhi_ctl_fail(enum nhi_err err, const struct nhi_why *why)
{
	const char *text = why != NULL && why->text[0] != '\0' ? why->text :
	    nhi_err_text(err);

	(void)fputs("nhictl: ", stderr);
	for (const char *p = text; *p != '\0'; p++) {
		if (*p >= ' ' && *p <= '~')
			(void)putc(*p, stderr);
		else
			(void)fprintf(stderr, "\\x%02x", (unsigned char)*p);
	}
	(void)putc('\n', stderr);
	switch (nhi_err_class(err)) {
	case NHI_CLASS_FAULT:
	case NHI_CLASS_KEYS:
	case NHI_CLASS_NONE:
		return NHI_CTL_FAULT;
	case NHI_CLASS_INPUT:
	case NHI_CLASS_TOKEN:
	case NHI_CLASS_POLICY:
	case NHI_CLASS_BUSY:
	case NHI_CLASS_CERT:
		break;
	}
	return NHI_CTL_NO;
}
