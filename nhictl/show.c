/* SPDX-License-Identifier: BSD-2-Clause */
#include "config.h"

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "lib/base/json_put.h"
#include "lib/base/num.h"
#include "nhictl/show.h"

#define CELL_MAX	4096
#define GAP		2
#define COLUMNS_MAX	16

void
nhi_show_text(struct nhi_buf *b, const char *s)
{
	for (; *s != '\0'; s++) {
		if (*s >= ' ' && *s <= '~')
			nhi_buf_char(b, *s);
		else
			nhi_buf_printf(b, "\\x%02x", (unsigned char)*s);
	}
}

void
nhi_table_add(struct nhi_table *t, const char *cell)
{
	NHI_AUTO(nhi_buf_wipe) struct nhi_buf b = NHI_BUF(CELL_MAX);
	char **cells;

	if (t->n == t->size) {
		size_t size = t->size == 0 ? 64 : t->size * 2;

		if (size > SIZE_MAX / sizeof(*cells) || (cells =
		    realloc(t->cells, size * sizeof(*cells))) == NULL) {
			t->failed = true;
			return;
		}
		t->cells = cells;
		t->size = size;
	}
	nhi_show_text(&b, cell);
	if ((t->cells[t->n] = strdup(nhi_buf_text(&b))) == NULL)
		t->failed = true;
	else
		t->n++;
}

static size_t
columns(const struct nhi_table *t)
{
	size_t n = 0;

	while (t->heads[n] != NULL)
		n++;
	return n;
}

static void
print_row(const char *const cells[], const size_t widths[], size_t n)
{
	for (size_t i = 0; i + 1 < n; i++)
		(void)printf("%-*s", (int)(widths[i] + GAP), cells[i]);
	(void)printf("%s\n", cells[n - 1]);
}

bool
nhi_table_print(const struct nhi_table *t, const char *none)
{
	size_t n = columns(t), widths[COLUMNS_MAX];

	if (t->failed || n > COLUMNS_MAX || t->n % n != 0)
		return false;
	for (size_t i = 0; i < n; i++)
		widths[i] = strlen(t->heads[i]);
	for (size_t i = 0; i < t->n; i++)
		if (strlen(t->cells[i]) > widths[i % n])
			widths[i % n] = strlen(t->cells[i]);
	if (t->n == 0)
		(void)printf("%s\n", none);
	else
		print_row(t->heads, widths, n);
	for (size_t i = 0; i < t->n; i += n)
		print_row((const char *const *)t->cells + i, widths, n);
	return fflush(stdout) == 0;
}

void
nhi_table_wipe(struct nhi_table *t)
{
	for (size_t i = 0; i < t->n; i++)
		free(t->cells[i]);
	free(t->cells);
	t->cells = NULL;
	t->n = t->size = 0;
}

static void
put_name(struct nhi_buf *b, const char *name)
{
	nhi_buf_printf(b, "%c\"%s\":", b->n == 0 ? '{' : ',', name);
}

void
nhi_show_string(struct nhi_buf *b, const char *name, const char *value)
{
	if (value[0] == '\0')
		return;
	put_name(b, name);
	nhi_json_put_string(b, nhi_span_str(value));
}

void
nhi_show_number(struct nhi_buf *b, const char *name, uint64_t value)
{
	put_name(b, name);
	nhi_buf_printf(b, "%" PRIu64, value);
}

void
nhi_show_bool(struct nhi_buf *b, const char *name, bool value)
{
	put_name(b, name);
	nhi_buf_str(b, value ? "true" : "false");
}

void
nhi_show_time(struct nhi_buf *b, const char *name, int64_t seconds)
{
	char text[NHI_TIME_SIZE];

	if (seconds <= 0 || seconds > INT64_MAX / 1000)
		return;
	nhi_num_time(seconds * 1000, text);
	nhi_show_string(b, name, text);
}

bool
nhi_show_line(struct nhi_buf *b)
{
	bool good;

	nhi_buf_str(b, b->n == 0 ? "{}" : "}");
	good = b->err == NHI_OK && puts(nhi_buf_text(b)) >= 0;
	nhi_buf_reset(b);
	return good;
}
