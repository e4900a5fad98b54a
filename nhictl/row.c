/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * On a terminal the detail takes lines of its own where it does not fit; in a
 * pipe a record is one line, for grep.
 */
#include "config.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <unistd.h>

#include "nhictl/row.h"
#include "nhictl/show.h"

#define RESULT		4	/* the column that is coloured */
#define INDENT		21
#define WIDTH_MIN	60

static const struct {
	const char *head;
	size_t width;
} columns[] = {
	{ "TIME (UTC)", 19 },
	{ "EVENT", 13 },
	{ "ACCOUNT", 14 },
	{ "IDENTITY", 14 },
	{ "RESULT", 18 },
	{ "SOURCE", 12 },
	/* End of the columns */
};

#define COLUMNS	(sizeof(columns) / sizeof(columns[0]))

void
nhi_row_style(struct nhi_row_style *ret)
{
	struct winsize ws = { .ws_col = 0 };
	const char *off = getenv("NO_COLOR");
	bool tty = isatty(STDOUT_FILENO) == 1;

	ret->colour = tty && (off == NULL || off[0] == '\0');
	ret->width = 0;
	if (tty)
		ret->width = ioctl(STDOUT_FILENO, TIOCGWINSZ, &ws) == 0 &&
		    ws.ws_col >= WIDTH_MIN ? ws.ws_col : 100;
}

/* Returns the columns used. */
static size_t
put_cell(struct nhi_buf *b, const char *text, size_t width, const char *colour)
{
	size_t before, n;

	nhi_buf_str(b, colour);
	before = b->n;
	nhi_show_text(b, text[0] == '\0' ? "-" : text);
	n = b->n - before;
	nhi_buf_str(b, colour[0] == '\0' ? "" : "\033[0m");
	nhi_buf_printf(b, "%*s", n < width ? (int)(width - n) + 2 : 2, "");
	return n < width ? width + 2 : n + 2;
}

static const char *
colour_of(const char *outcome)
{
	if (strcmp(outcome, "grant") == 0)
		return "\033[32m";
	if (strcmp(outcome, "deny") == 0)
		return "\033[33m";
	if (strcmp(outcome, "fault") == 0)
		return "\033[1;31m";
	return "";
}

static void
trim(struct nhi_buf *b)
{
	while (b->n > 0 && b->p[b->n - 1] == ' ')
		b->p[--b->n] = '\0';
}

/* Break at blanks; what has none is cut where the line ends. */
static void
put_lines(struct nhi_buf *b, struct nhi_span text, size_t width)
{
	while (text.n > 0) {
		size_t n = text.n < width ? text.n : width;

		while (n < text.n && n > width / 2 && text.p[n] != ' ')
			n--;
		if (n < text.n && text.p[n] != ' ')
			n = width;
		nhi_buf_printf(b, "\n%*s%.*s", INDENT, "", (int)n, text.p);
		if (n < text.n && text.p[n] == ' ')
			n++;
		text.p += n;
		text.n -= n;
	}
}

static void
put_detail(const char *detail, const struct nhi_row_style *style, size_t used,
    struct nhi_buf *b)
{
	NHI_AUTO(nhi_buf_wipe) struct nhi_buf text =
	    NHI_BUF(4 * NHI_AUDIT_LINE);
	bool fits;

	nhi_show_text(&text, detail);
	fits = style->width == 0 || used + text.n <= style->width;
	if (!fits)
		trim(b);
	if (style->colour)
		nhi_buf_str(b, "\033[2m");
	if (fits)
		nhi_buf_span(b, nhi_buf_all(&text));
	else
		put_lines(b, nhi_buf_all(&text), style->width - INDENT);
	if (style->colour)
		nhi_buf_str(b, "\033[0m");
}

void
nhi_row_head(const struct nhi_row_style *style, struct nhi_buf *b)
{
	if (style->colour)
		nhi_buf_str(b, "\033[1m");
	for (size_t i = 0; i < COLUMNS; i++)
		(void)put_cell(b, columns[i].head, columns[i].width, "");
	nhi_buf_str(b, style->colour ? "DETAIL\033[0m\n" : "DETAIL\n");
}

void
nhi_row_put(const struct nhi_trail_record *r,
    const struct nhi_row_style *style, struct nhi_buf *b)
{
	const char *cells[COLUMNS] = { NULL, r->event, r->account,
		r->identity, NULL, r->source };
	char time[32], result[64];
	size_t used = 0;

	(void)snprintf(time, sizeof(time), "%.10s %.8s", r->time,
	    strlen(r->time) > 11 ? r->time + 11 : "");
	(void)snprintf(result, sizeof(result), "%s%s%s", r->outcome,
	    r->reason[0] == '\0' ? "" : " ", r->reason);
	cells[0] = time;
	cells[RESULT] = result;
	for (size_t i = 0; i < COLUMNS; i++)
		used += put_cell(b, cells[i], columns[i].width,
		    i == RESULT && style->colour ? colour_of(r->outcome) : "");
	if (r->detail[0] == '\0')
		trim(b);
	else
		put_detail(r->detail, style, used, b);
	nhi_buf_char(b, '\n');
}
