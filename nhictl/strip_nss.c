/* SPDX-License-Identifier: BSD-2-Clause */
#include "config.h"

#include <string.h>

#include "nhictl/strip.h"

static bool
is_blank(char c)
{
	return c == ' ' || c == '\t';
}

static bool
is_ours(struct nhi_span name)
{
	while (name.n > 0 && is_blank(*name.p)) {
		name.p++;
		name.n--;
	}
	while (name.n > 0 && is_blank(name.p[name.n - 1]))
		name.n--;
	return nhi_span_is(name, "passwd") || nhi_span_is(name, "group") ||
	    nhi_span_is(name, "initgroups");
}

/* The next piece: a word or a bracket with the blanks before it. */
static struct nhi_span
piece(struct nhi_span *rest)
{
	struct nhi_span p = { rest->p, 0 };
	bool bracket;

	while (p.n < rest->n && is_blank(p.p[p.n]))
		p.n++;
	bracket = p.n < rest->n && p.p[p.n] == '[';
	for (; p.n < rest->n; p.n++) {
		char c = p.p[p.n];

		if (bracket && c == ']') {
			p.n++;
			break;
		}
		if (!bracket && (is_blank(c) || c == '[' || c == '#'))
			break;
	}
	/* A comment, or blanks alone: never stand still. */
	if (p.n == 0 || (!bracket && p.n < rest->n && p.p[p.n] == '#'))
		p.n = rest->n;
	rest->p += p.n;
	rest->n -= p.n;
	return p;
}

static struct nhi_span
bare(struct nhi_span p)
{
	while (p.n > 0 && is_blank(*p.p)) {
		p.p++;
		p.n--;
	}
	return p;
}

/* An action before nhi says that the one behind it was made for nhi. */
static void
put_sources(struct nhi_buf *b, struct nhi_span rest)
{
	bool action = false, skip = false;

	while (rest.n > 0) {
		struct nhi_span p = piece(&rest), w = bare(p);
		bool bracket = w.n > 0 && *w.p == '[';

		if (nhi_span_is(w, "nhi")) {
			skip = action;
			continue;
		}
		if (!(skip && bracket))
			nhi_buf_span(b, p);
		skip = false;
		action = bracket;
	}
}

enum nhi_err
nhi_strip_nss(struct nhi_span old, struct nhi_buf *new, struct nhi_why *why)
{
	struct nhi_span line, rest, name;

	while (old.n > 0 && nhi_span_cut(&old, '\n', &line)) {
		rest = line;
		if (memchr(line.p, ':', line.n) == NULL ||
		    !nhi_span_cut(&rest, ':', &name) || !is_ours(name)) {
			nhi_buf_span(new, line);
		} else {
			nhi_buf_span(new, name);
			nhi_buf_char(new, ':');
			put_sources(new, rest);
		}
		/* A last line without an end stays one. */
		if (old.p != NULL)
			nhi_buf_char(new, '\n');
	}
	return nhi_buf_check(new, why);
}
