/* SPDX-License-Identifier: BSD-2-Clause */
#include "config.h"

#include <errno.h>
#include <getopt.h>
#include <stdio.h>
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

int
nhi_ctl_option(int argc, char **argv, const char *shorts,
    const struct option *options, uint64_t *given)
{
	int at = -1, c = getopt_long(argc, argv, shorts, options, &at);

	if (c == -1 || c == '?' || at < 0 ||
	    options[at].has_arg == no_argument)
		return c;
	if ((*given >> at & 1) != 0) {
		(void)fprintf(stderr, "nhictl: --%s is given twice\n",
		    options[at].name);
		return '?';
	}
	*given |= UINT64_C(1) << at;
	return c;
}

bool
nhi_ctl_json(int argc, char **argv, bool *ret)
{
	static const struct option options[] = {
		{ "json", no_argument, NULL, 'j' },
		{ NULL, 0, NULL, 0 },
	};
	int c;

	while ((c = getopt_long(argc, argv, "", options, NULL)) != -1) {
		if (c != 'j')
			return false;
		*ret = true;
	}
	return optind == argc;
}

void
nhi_ctl_put_plain(const char *text, FILE *f)
{
	for (const char *p = text; *p != '\0'; p++) {
		if (*p >= ' ' && *p <= '~')
			(void)putc(*p, f);
		else
			(void)fprintf(f, "\\x%02x", (unsigned char)*p);
	}
}

int
nhi_ctl_fail(enum nhi_err err, const struct nhi_why *why)
{
	const char *text = why != NULL && why->text[0] != '\0' ? why->text :
	    nhi_err_text(err);

	(void)fputs("nhictl: ", stderr);
	nhi_ctl_put_plain(text, stderr);
	(void)putc('\n', stderr);
	return nhi_ctl_code(err);
}

int
nhi_ctl_done(bool good)
{
	if (good)
		return NHI_CTL_OK;
	(void)fprintf(stderr, "nhictl: not all could be written: %s\n",
	    errno != 0 ? strerror(errno) : "standard output");
	return NHI_CTL_FAULT;
}

int
nhi_ctl_end(int code)
{
	/* What was asked first: errno is what the flush leaves. */
	bool good = !ferror(stdout);

	return fflush(stdout) == 0 && good ? code : nhi_ctl_done(false);
}

int
nhi_ctl_code(enum nhi_err err)
{
	if (err == NHI_OK)
		return NHI_CTL_OK;
	switch (nhi_err_class(err)) {
	case NHI_CLASS_BUSY:
	case NHI_CLASS_FAULT:
	case NHI_CLASS_KEYS:
	case NHI_CLASS_NONE:
		return NHI_CTL_FAULT;
	case NHI_CLASS_INPUT:
	case NHI_CLASS_TOKEN:
	case NHI_CLASS_POLICY:
	case NHI_CLASS_CERT:
		break;
	}
	return NHI_CTL_NO;
}
