/* SPDX-License-Identifier: BSD-2-Clause */
#include "config.h"

#include <stdlib.h>
#include <stdio.h>
#include <string.h>

#include "conf/fault.h"

#define FAULT_TEXT	512

static bool
grow(struct nhi_faults *f)
{
	size_t room = f->room == 0 ? 16 : f->room * 2;
	struct nhi_fault *p;

	if (f->n < f->room)
		return true;
	if ((p = realloc(f->p, room * sizeof(*p))) == NULL)
		return false;
	f->p = p;
	f->room = room;
	return true;
}

/*
 * The policy's own text may stand in it, cut anywhere: nothing that a terminal
 * obeys, nothing that is not ASCII.
 */
static void
quieten(char *s)
{
	for (; *s != '\0'; s++)
		if (*s < ' ' || *s > '~')
			*s = '?';
}

static void
put(struct nhi_faults *f, struct nhi_place at, const char *text, bool warning)
{
	struct nhi_fault *new;

	if (f->n >= NHI_FAULTS_MAX)
		return;
	if (!grow(f)) {
		f->no_memory = true;
		return;
	}
	new = &f->p[f->n];
	*new = (struct nhi_fault){ .line = at.line, .warning = warning,
	    .order = f->n };
	new->file = strdup(at.file == NULL ? "policy" : at.file);
	new->text = strdup(text);
	f->n++;
	if (new->file == NULL || new->text == NULL)
		f->no_memory = true;
	else
		quieten(new->text);
}

void
nhi_fault(struct nhi_faults *f, struct nhi_place at, const char *fmt, ...)
{
	char text[FAULT_TEXT];
	va_list ap;

	va_start(ap, fmt);
	(void)vsnprintf(text, sizeof(text), fmt, ap);
	va_end(ap);
	f->errors++;
	put(f, at, text, false);
}

void
nhi_fault_warn(struct nhi_faults *f, struct nhi_place at, const char *fmt, ...)
{
	char text[FAULT_TEXT];
	va_list ap;

	va_start(ap, fmt);
	(void)vsnprintf(text, sizeof(text), fmt, ap);
	va_end(ap);
	f->warnings++;
	put(f, at, text, true);
}

static int
compare(const void *a, const void *b)
{
	const struct nhi_fault *x = a, *y = b;
	int r = x->file == NULL || y->file == NULL ? 0 :
	    strcmp(x->file, y->file);

	if (r != 0)
		return r;
	if (x->line != y->line)
		return x->line < y->line ? -1 : 1;
	return x->order < y->order ? -1 : x->order > y->order;
}

void
nhi_faults_sort(struct nhi_faults *f)
{
	if (f->n > 1)
		qsort(f->p, f->n, sizeof(*f->p), compare);
}

static const struct nhi_fault *
first(const struct nhi_faults *f)
{
	for (size_t i = 0; i < f->n; i++)
		if (!f->p[i].warning)
			return &f->p[i];
	return NULL;
}

enum nhi_err
nhi_faults_check(const struct nhi_faults *f, struct nhi_why *why)
{
	const struct nhi_fault *x = first(f);

	if (f->no_memory)
		return nhi_fail(why, NHI_ERR_NO_MEMORY, "faults");
	if (x != NULL)
		return nhi_fail(why, NHI_ERR_POLICY_INVALID, "%s:%u: %s",
		    x->file, x->line, x->text);
	if (f->errors > 0)
		return nhi_fail(why, NHI_ERR_POLICY_INVALID, "%zu faults",
		    f->errors);
	return NHI_OK;
}

void
nhi_faults_format(const struct nhi_faults *f, struct nhi_buf *b)
{
	for (size_t i = 0; i < f->n; i++) {
		const struct nhi_fault *x = &f->p[i];

		if (x->file == NULL || x->text == NULL)
			continue;
		nhi_buf_str(b, x->file);
		if (x->line > 0)
			nhi_buf_printf(b, ":%u", x->line);
		nhi_buf_printf(b, ": %s%s\n", x->warning ? "warning: " : "",
		    x->text);
	}
	if (f->errors + f->warnings > f->n)
		nhi_buf_printf(b, "and %zu more\n",
		    f->errors + f->warnings - f->n);
}

void
nhi_faults_wipe(struct nhi_faults *f)
{
	for (size_t i = 0; i < f->n; i++) {
		free(f->p[i].file);
		free(f->p[i].text);
	}
	free(f->p);
	*f = (struct nhi_faults){ 0 };
}
