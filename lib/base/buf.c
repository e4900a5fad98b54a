/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Growing is allocate, copy, wipe, free: realloc may leave a copy of a secret
 * behind.
 */
#include "config.h"

#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "lib/base/buf.h"

#define FIRST_SIZE	256

struct nhi_span
nhi_span_str(const char *s)
{
	return (struct nhi_span){ s, s == NULL ? 0 : strlen(s) };
}

bool
nhi_span_is(struct nhi_span a, const char *s)
{
	return a.p != NULL && strlen(s) == a.n && memcmp(a.p, s, a.n) == 0;
}

bool
nhi_span_equal(struct nhi_span a, struct nhi_span b)
{
	return a.n == b.n && (a.n == 0 || memcmp(a.p, b.p, a.n) == 0);
}

bool
nhi_span_cut(struct nhi_span *rest, char sep, struct nhi_span *ret)
{
	const char *end;

	if (rest->p == NULL)
		return false;
	end = rest->n == 0 ? NULL : memchr(rest->p, sep, rest->n);
	if (end == NULL) {
		*ret = *rest;
		*rest = (struct nhi_span){ NULL, 0 };
		return true;
	}
	ret->p = rest->p;
	ret->n = (size_t)(end - rest->p);
	rest->n -= ret->n + 1;
	rest->p = end + 1;
	return true;
}

static bool
grow(struct nhi_buf *b, size_t need)
{
	size_t size = b->size == 0 ? FIRST_SIZE : b->size;
	char *p;

	while (size < need)
		size = size > SIZE_MAX / 2 ? need : size * 2;
	if ((p = malloc(size)) == NULL) {
		b->err = NHI_ERR_NO_MEMORY;
		return false;
	}
	if (b->p != NULL) {
		memcpy(p, b->p, b->n);
		explicit_bzero(b->p, b->size);
		free(b->p);
	}
	b->p = p;
	b->size = size;
	return true;
}

char *
nhi_buf_room(struct nhi_buf *b, size_t n)
{
	if (b->err != NHI_OK)
		return NULL;
	if (n > b->limit || b->n > b->limit - n) {
		b->err = NHI_ERR_TOO_LARGE;
		return NULL;
	}
	if (b->n + n + 1 > b->size && !grow(b, b->n + n + 1))
		return NULL;
	return b->p + b->n;
}

void
nhi_buf_put(struct nhi_buf *b, const void *p, size_t n)
{
	char *room = nhi_buf_room(b, n);

	if (room == NULL)
		return;
	if (n > 0)
		memcpy(room, p, n);
	b->n += n;
	b->p[b->n] = '\0';
}

void
nhi_buf_str(struct nhi_buf *b, const char *s)
{
	nhi_buf_put(b, s, strlen(s));
}

void
nhi_buf_span(struct nhi_buf *b, struct nhi_span s)
{
	nhi_buf_put(b, s.p, s.n);
}

void
nhi_buf_char(struct nhi_buf *b, char c)
{
	nhi_buf_put(b, &c, 1);
}

void
nhi_buf_printf(struct nhi_buf *b, const char *fmt, ...)
{
	va_list ap;
	char *room;
	int n;

	va_start(ap, fmt);
	n = vsnprintf(NULL, 0, fmt, ap);
	va_end(ap);
	if (n < 0) {
		if (b->err == NHI_OK)
			b->err = NHI_ERR_INTERNAL;
		return;
	}
	if ((room = nhi_buf_room(b, (size_t)n)) == NULL)
		return;
	va_start(ap, fmt);
	(void)vsnprintf(room, (size_t)n + 1, fmt, ap);
	va_end(ap);
	b->n += (size_t)n;
}

static void
put_be(struct nhi_buf *b, uint64_t v, unsigned int bytes)
{
	char out[8];

	for (unsigned int i = 0; i < bytes; i++)
		out[i] = (char)(v >> (8 * (bytes - 1 - i)));
	nhi_buf_put(b, out, bytes);
}

void
nhi_buf_u8(struct nhi_buf *b, uint8_t v)
{
	put_be(b, v, 1);
}

void
nhi_buf_u16(struct nhi_buf *b, uint16_t v)
{
	put_be(b, v, 2);
}

void
nhi_buf_u32(struct nhi_buf *b, uint32_t v)
{
	put_be(b, v, 4);
}

void
nhi_buf_u64(struct nhi_buf *b, uint64_t v)
{
	put_be(b, v, 8);
}

enum nhi_err
nhi_buf_check(const struct nhi_buf *b, struct nhi_why *why)
{
	if (b->err == NHI_ERR_TOO_LARGE)
		return nhi_fail(why, b->err, "more than %zu bytes", b->limit);
	if (b->err != NHI_OK)
		return nhi_fail(why, b->err, "%s", nhi_err_text(b->err));
	return NHI_OK;
}

struct nhi_span
nhi_buf_all(const struct nhi_buf *b)
{
	return (struct nhi_span){ nhi_buf_text(b), b->n };
}

const char *
nhi_buf_text(const struct nhi_buf *b)
{
	return b->p == NULL ? "" : b->p;
}

void
nhi_buf_reset(struct nhi_buf *b)
{
	if (b->p != NULL)
		explicit_bzero(b->p, b->size);
	b->n = 0;
	b->err = NHI_OK;
}

void
nhi_buf_wipe(struct nhi_buf *b)
{
	if (b->p != NULL) {
		explicit_bzero(b->p, b->size);
		free(b->p);
	}
	b->p = NULL;
	b->n = b->size = 0;
}

bool
nhi_span_take(struct nhi_span *s, size_t n, struct nhi_span *ret)
{
	if (n > s->n)
		return false;
	*ret = (struct nhi_span){ s->p, n };
	s->p += n;
	s->n -= n;
	return true;
}

static bool
take_be(struct nhi_span *s, unsigned int bytes, uint64_t *ret)
{
	struct nhi_span field;
	uint64_t v = 0;

	if (!nhi_span_take(s, bytes, &field))
		return false;
	for (unsigned int i = 0; i < bytes; i++)
		v = v << 8 | (unsigned char)field.p[i];
	*ret = v;
	return true;
}

bool
nhi_span_u8(struct nhi_span *s, uint8_t *ret)
{
	uint64_t v;

	if (!take_be(s, 1, &v))
		return false;
	*ret = (uint8_t)v;
	return true;
}

bool
nhi_span_u16(struct nhi_span *s, uint16_t *ret)
{
	uint64_t v;

	if (!take_be(s, 2, &v))
		return false;
	*ret = (uint16_t)v;
	return true;
}

bool
nhi_span_u32(struct nhi_span *s, uint32_t *ret)
{
	uint64_t v;

	if (!take_be(s, 4, &v))
		return false;
	*ret = (uint32_t)v;
	return true;
}

bool
nhi_span_u64(struct nhi_span *s, uint64_t *ret)
{
	return take_be(s, 8, ret);
}

void
nhi_free(char **p)
{
	free(*p);
	*p = NULL;
}
