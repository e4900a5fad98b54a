/* SPDX-License-Identifier: BSD-2-Clause */
#include "config.h"

#include <string.h>

#include "nhictl/edit.h"
#include "nhictl/edit_nss.h"

/*
 * A line taken apart.  `action` is the bracket that belongs to files:
 * "files [SUCCESS=merge] sss".
 */
struct line {
	struct nhi_span head;	/* up to and with files */
	struct nhi_span action;	/* with its blanks; empty: none */
	struct nhi_span tail;	/* what follows both */
	bool files, nhi;
};

static bool
ends_word(char c)
{
	return c == ' ' || c == '\t' || c == '[' || c == '#';
}

static struct nhi_span
from_to(const char *from, const char *to)
{
	return (struct nhi_span){ from, (size_t)(to - from) };
}

/* The bracket at p, with blanks before it, or nothing. */
static struct nhi_span
bracket(const char *p, const char *end)
{
	const char *q = p;

	while (q < end && (*q == ' ' || *q == '\t'))
		q++;
	if (q == end || *q != '[' ||
	    (q = memchr(q, ']', (size_t)(end - q))) == NULL)
		return from_to(p, p);
	return from_to(p, q + 1);
}

/* text is what follows "passwd:". */
static struct line
take_apart(struct nhi_span text, const char *start)
{
	const char *p = text.p, *end = text.p + text.n;
	struct line l = { .head = from_to(start, end) };

	while (p < end && *p != '#') {
		const char *w = p;

		while (p < end && !ends_word(*p))
			p++;
		if (p == w) {
			struct nhi_span skip = bracket(p, end);

			p = skip.n > 0 ? skip.p + skip.n : p + 1;
			continue;
		}
		l.nhi = l.nhi || nhi_span_is(from_to(w, p), "nhi");
		if (!l.files && (nhi_span_is(from_to(w, p), "files") ||
		    nhi_span_is(from_to(w, p), "compat"))) {
			l.files = true;
			l.head = from_to(start, p);
			l.action = bracket(p, end);
			l.tail = from_to(p + l.action.n, end);
		}
	}
	return l;
}

/*
 * nhi comes before the action of files, so that [NOTFOUND=return] still ends
 * the search; but a merge must be said of both, or the search for groups
 * would end at nhi.
 */
static void
put_nhi(struct nhi_buf *b, const struct line *l)
{
	nhi_buf_span(b, l->head);
	if (memmem(l->action.p, l->action.n, "=merge", 6) != NULL ||
	    memmem(l->action.p, l->action.n, "=MERGE", 6) != NULL)
		nhi_buf_span(b, l->action);
	nhi_buf_str(b, " nhi");
	nhi_buf_span(b, l->action);
	nhi_buf_span(b, l->tail);
	nhi_buf_char(b, '\n');
}

/* "passwd", "group", "initgroups" as number, -1 for other lines. */
static int
database(struct nhi_span line, struct nhi_span *ret_text)
{
	static const char *const names[] = { "passwd", "group", "initgroups" };
	struct nhi_span rest = line, name;

	while (rest.n > 0 && (*rest.p == ' ' || *rest.p == '\t')) {
		rest.p++;
		rest.n--;
	}
	if (memchr(rest.p, ':', rest.n) == NULL ||
	    !nhi_span_cut(&rest, ':', &name))
		return -1;
	while (name.n > 0 && (name.p[name.n - 1] == ' ' ||
	    name.p[name.n - 1] == '\t'))
		name.n--;
	for (int i = 0; i < 3; i++) {
		if (nhi_span_is(name, names[i])) {
			*ret_text = rest;
			return i;
		}
	}
	return -1;
}

enum nhi_err
nhi_edit_nss(struct nhi_span old, struct nhi_buf *new, struct nhi_why *why)
{
	bool seen[3] = { false, false, false };
	struct nhi_span line, text;

	while (old.n > 0 && nhi_span_cut(&old, '\n', &line)) {
		int which = database(line, &text);
		struct line l = { .nhi = true };

		if (which >= 0) {
			l = take_apart(text, line.p);
			seen[which] = true;
		}
		if (l.nhi) {
			nhi_buf_span(new, line);
			nhi_buf_char(new, '\n');
		} else if (l.files) {
			put_nhi(new, &l);
		} else {
			return nhi_fail(why, NHI_ERR_HOST, "nsswitch.conf: "
			    "neither files nor compat in \"%.*s\"",
			    (int)line.n, line.p);
		}
	}
	if (!seen[0])
		nhi_buf_str(new, "passwd: files nhi\n");
	if (!seen[1])
		nhi_buf_str(new, "group: files nhi\n");
	return nhi_buf_check(new, why);
}
