/* SPDX-License-Identifier: BSD-2-Clause */
#include "config.h"

#include <string.h>
#include <strings.h>

#include "lib/base/file.h"
#include "nhictl/edit.h"
#include "nhictl/edit_pam.h"

#define DEPTH_MAX	8	/* of @include */

static const char account_line[] = "account    required     pam_nhi.so defer";
static const char session_line[] = "session    requisite    pam_nhi.so";

static bool
is_blank(char c)
{
	return c == ' ' || c == '\t';
}

/* The next word of a line; empty at its end. */
static struct nhi_span
word(struct nhi_span *line)
{
	struct nhi_span w;

	while (line->n > 0 && is_blank(*line->p)) {
		line->p++;
		line->n--;
	}
	w = (struct nhi_span){ line->p, 0 };
	while (line->n > 0 && !is_blank(*line->p)) {
		line->p++;
		line->n--;
		w.n++;
	}
	return w;
}

static bool
word_is(struct nhi_span w, const char *s)
{
	return w.n == strlen(s) && strncasecmp(w.p, s, w.n) == 0;
}

static bool	 text_has(int dir, struct nhi_span, const char *type,
		    unsigned int depth);

/* Does the included file hold lines of this type?  In doubt, yes. */
static bool
included_has(int dir, struct nhi_span name, const char *type,
    unsigned int depth)
{
	NHI_AUTO(nhi_buf_wipe) struct nhi_buf text = NHI_BUF(NHI_EDIT_MAX);
	char path[256];

	if (depth >= DEPTH_MAX || name.n == 0 || name.n >= sizeof(path))
		return true;
	memcpy(path, name.p, name.n);
	path[name.n] = '\0';
	if (nhi_file_read(dir, path, NHI_FILE_ANY, &text, NULL) != NHI_OK)
		return true;
	return text_has(dir, nhi_buf_all(&text), type, depth + 1);
}

static bool
line_has(int dir, struct nhi_span line, const char *type, unsigned int depth)
{
	struct nhi_span w = word(&line);

	if (word_is(w, "@include"))
		return included_has(dir, word(&line), type, depth);
	if (w.n > 0 && *w.p == '-') {
		w.p++;
		w.n--;
	}
	return word_is(w, type);
}

/* A line that ends in a backslash goes on in the next one. */
static bool
continues(struct nhi_span line)
{
	return line.n > 0 && line.p[line.n - 1] == '\\';
}

static bool
text_has(int dir, struct nhi_span text, const char *type, unsigned int depth)
{
	struct nhi_span line;
	bool inside = false;

	while (nhi_span_cut(&text, '\n', &line)) {
		if (!inside && line_has(dir, line, type, depth))
			return true;
		inside = continues(line);
	}
	return false;
}

static bool
mentions(struct nhi_span line, const char *what)
{
	return memmem(line.p, line.n, what, strlen(what)) != NULL;
}

/* A line of the host's that sets pam_nhi for a stage that is ours. */
static bool
is_foreign(struct nhi_span line)
{
	struct nhi_span rest = line, w = word(&rest);

	if (w.n > 0 && *w.p == '-') {
		w.p++;
		w.n--;
	}
	return (word_is(w, "account") || word_is(w, "session")) &&
	    mentions(line, "pam_nhi");
}

static void
put_line(struct nhi_buf *b, struct nhi_span line)
{
	nhi_buf_span(b, line);
	nhi_buf_char(b, '\n');
}

/* The host's own lines: everything but our blocks. */
static enum nhi_err
strip(struct nhi_span old, struct nhi_buf *b, struct nhi_why *why)
{
	struct nhi_span line;
	bool ours = false;

	while (old.n > 0 && nhi_span_cut(&old, '\n', &line)) {
		if (!ours && nhi_span_is(line, NHI_EDIT_BEGIN)) {
			ours = true;
		} else if (ours) {
			ours = !nhi_span_is(line, NHI_EDIT_END);
		} else if (is_foreign(line)) {
			return nhi_fail(why, NHI_ERR_HOST, "pam_nhi stands in "
			    "a line that is not setup's: %.*s", (int)line.n,
			    line.p);
		} else {
			put_line(b, line);
		}
	}
	if (ours)
		return nhi_fail(why, NHI_ERR_HOST, "\"%s\" without \"%s\"",
		    NHI_EDIT_BEGIN, NHI_EDIT_END);
	return nhi_buf_check(b, why);
}

static void
put_block(struct nhi_buf *b, const char *line)
{
	nhi_buf_printf(b, "%s\n%s\n%s\n", NHI_EDIT_BEGIN, line, NHI_EDIT_END);
}

enum nhi_err
nhi_edit_pam(int dir, struct nhi_span old, struct nhi_buf *new,
    struct nhi_why *why)
{
	NHI_AUTO(nhi_buf_wipe) struct nhi_buf host = NHI_BUF(NHI_EDIT_MAX);
	bool account = false, session = false, inside = false;
	struct nhi_span rest, line;
	enum nhi_err err;

	if ((err = strip(old, &host, why)) != NHI_OK)
		return err;
	rest = nhi_buf_all(&host);
	while (rest.n > 0 && nhi_span_cut(&rest, '\n', &line)) {
		if (!inside && !account && line_has(dir, line, "account", 0)) {
			put_block(new, account_line);
			account = true;
		}
		if (!inside && !session && line_has(dir, line, "session", 0)) {
			put_block(new, session_line);
			session = true;
		}
		put_line(new, line);
		inside = continues(line);
	}
	if (!account)
		put_block(new, account_line);
	if (!session)
		put_block(new, session_line);
	return nhi_buf_check(new, why);
}
