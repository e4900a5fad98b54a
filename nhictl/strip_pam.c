/* SPDX-License-Identifier: BSD-2-Clause */
#include "config.h"

#include <string.h>
#include <strings.h>

#include "nhictl/edit.h"
#include "nhictl/strip.h"

#define LINES_MAX	1024
#define MODULE		"pam_nhi.so"

struct lines {
	struct nhi_span p[LINES_MAX];
	size_t n;
};

static struct nhi_span
skip_blanks(struct nhi_span s)
{
	while (s.n > 0 && (*s.p == ' ' || *s.p == '\t')) {
		s.p++;
		s.n--;
	}
	return s;
}

static bool
names_module(struct nhi_span line)
{
	line = skip_blanks(line);
	return line.n > 0 && *line.p != '#' &&
	    memmem(line.p, line.n, MODULE, sizeof(MODULE) - 1) != NULL;
}

bool
nhi_strip_names_pam(struct nhi_span text)
{
	struct nhi_span line;

	while (nhi_span_cut(&text, '\n', &line))
		if (names_module(line))
			return true;
	return false;
}

/* "auth" of "-auth [success=1 default=ignore] pam_unix.so". */
static struct nhi_span
type_of(struct nhi_span line)
{
	struct nhi_span w = skip_blanks(line);
	size_t n = 0;

	if (w.n > 0 && *w.p == '-') {
		w.p++;
		w.n--;
	}
	/* Neither a comment nor @include. */
	while (n < w.n && strchr("#@", *w.p) == NULL &&
	    strchr(" \t", w.p[n]) == NULL)
		n++;
	w.n = n;
	return w;
}

static bool
same_type(struct nhi_span a, struct nhi_span b)
{
	struct nhi_span x = type_of(a), y = type_of(b);

	return x.n > 0 && x.n == y.n && strncasecmp(x.p, y.p, x.n) == 0;
}

/* Each number of at least `far` in the bracket of a line is one less. */
static void
put_shorter(struct nhi_buf *b, struct nhi_span line, size_t far)
{
	bool inside = false;

	for (size_t i = 0; i < line.n; i++) {
		size_t number = 0, digits = 0;

		inside = line.p[i] == '[' || (inside && line.p[i] != ']');
		nhi_buf_char(b, line.p[i]);
		if (!inside || line.p[i] != '=')
			continue;
		while (i + 1 + digits < line.n && digits < 4 &&
		    line.p[i + 1 + digits] >= '0' &&
		    line.p[i + 1 + digits] <= '9')
			number = number * 10 +
			    (size_t)(line.p[i + 1 + digits++] - '0');
		if (digits == 0)
			continue;
		nhi_buf_printf(b, "%zu", number >= far ? number - 1 : number);
		i += digits;
	}
}

/* Modules of the same stage from the one after i to k. */
static size_t
distance(const struct lines *l, size_t i, size_t k)
{
	size_t d = 0;

	for (size_t j = i + 1; j <= k; j++)
		d += same_type(l->p[j], l->p[k]);
	return d;
}

/* The next line, with those in which it goes on after a backslash. */
static bool
next_line(struct nhi_span *rest, struct nhi_span *ret)
{
	struct nhi_span line, more;

	if (rest->n == 0 || !nhi_span_cut(rest, '\n', &line))
		return false;
	while (line.n > 0 && *line.p != '#' && line.p[line.n - 1] == '\\' &&
	    rest->n > 0 && nhi_span_cut(rest, '\n', &more))
		line.n = (size_t)(more.p + more.n - line.p);
	*ret = line;
	return true;
}

/* Our blocks go whole; what nobody ended is only a comment. */
static enum nhi_err
split(struct nhi_span text, struct lines *l, struct nhi_why *why)
{
	struct nhi_span line;
	bool ours = false;

	while (next_line(&text, &line)) {
		if (nhi_span_is(line, NHI_EDIT_BEGIN)) {
			ours = true;
			continue;
		}
		if (ours && (nhi_span_is(line, NHI_EDIT_END) ||
		    names_module(line))) {
			ours = !nhi_span_is(line, NHI_EDIT_END);
			continue;
		}
		if (l->n >= LINES_MAX)
			return nhi_fail(why, NHI_ERR_HOST,
			    "a PAM file of more than %d lines", LINES_MAX);
		l->p[l->n++] = line;
	}
	return NHI_OK;
}

static bool
find(const struct lines *l, size_t *ret)
{
	for (size_t i = 0; i < l->n; i++)
		if (names_module(l->p[i])) {
			*ret = i;
			return true;
		}
	return false;
}

/* The lines without the k-th; k behind the last: all of them. */
static void
put_without(struct nhi_buf *b, const struct lines *l, size_t k)
{
	for (size_t i = 0; i < l->n; i++) {
		if (i == k)
			continue;
		if (i < k && k < l->n && same_type(l->p[i], l->p[k]))
			put_shorter(b, l->p[i], distance(l, i, k));
		else
			nhi_buf_span(b, l->p[i]);
		nhi_buf_char(b, '\n');
	}
}

enum nhi_err
nhi_strip_pam(struct nhi_span old, struct nhi_buf *new, struct nhi_why *why)
{
	static struct lines l;
	NHI_AUTO(nhi_buf_wipe) struct nhi_buf text = NHI_BUF(NHI_EDIT_MAX);
	enum nhi_err err;
	size_t k = 0;

	nhi_buf_span(&text, old);
	for (;;) {
		NHI_AUTO(nhi_buf_wipe) struct nhi_buf next =
		    NHI_BUF(NHI_EDIT_MAX);

		l.n = 0;
		if ((err = split(nhi_buf_all(&text), &l, why)) != NHI_OK)
			return err;
		if (!find(&l, &k))
			break;
		put_without(&next, &l, k);
		nhi_buf_reset(&text);
		nhi_buf_span(&text, nhi_buf_all(&next));
		if ((err = nhi_buf_check(&text, why)) != NHI_OK)
			return err;
	}
	put_without(new, &l, l.n);
	return nhi_buf_check(new, why);
}
