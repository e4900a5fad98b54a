/* SPDX-License-Identifier: BSD-2-Clause */
#include "config.h"

#include <arpa/inet.h>
#include <stdio.h>
#include <string.h>

#include "lib/base/num.h"
#include "lib/base/source.h"

#define MINUTES_DAY	(24 * 60)
#define MINUTES_WEEK	(7 * MINUTES_DAY)

/* An address: 4 bytes or 16, in network order. */
struct address {
	uint8_t p[16];
	unsigned int n;
};

static bool
parse(struct nhi_span s, struct address *a)
{
	static const uint8_t mapped[12] = {
		0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0xff, 0xff
	};
	char text[INET6_ADDRSTRLEN];

	if (s.n == 0 || s.n >= sizeof(text) ||
	    memchr(s.p, '\0', s.n) != NULL)
		return false;
	memcpy(text, s.p, s.n);
	text[s.n] = '\0';
	memset(a, 0, sizeof(*a));
	if (inet_pton(AF_INET, text, a->p) == 1) {
		a->n = 4;
		return true;
	}
	if (inet_pton(AF_INET6, text, a->p) != 1)
		return false;
	a->n = 16;
	if (memcmp(a->p, mapped, sizeof(mapped)) == 0) {
		memmove(a->p, a->p + 12, 4);
		memset(a->p + 4, 0, 12);
		a->n = 4;
	}
	return true;
}

static bool
format(const struct address *a, char *out)
{
	return inet_ntop(a->n == 4 ? AF_INET : AF_INET6, a->p, out,
	    NHI_SOURCE_SIZE) != NULL;
}

bool
nhi_source_from_connection(const char *s, char ret[static NHI_SOURCE_SIZE])
{
	struct nhi_span rest = nhi_span_str(s), field, part;
	struct address a;

	/* Four fields; one alone is something else's variable. */
	if (!nhi_span_cut(&rest, ' ', &field) || rest.p == NULL ||
	    !nhi_span_cut(&field, '%', &part))
		return false;
	return parse(part, &a) && format(&a, ret);
}

bool
nhi_source_key(const char *address, char ret[static NHI_SOURCE_SIZE])
{
	struct address a;

	if (!parse(nhi_span_str(address), &a))
		return false;
	if (a.n == 16)
		memset(a.p + 8, 0, 8);
	return format(&a, ret);
}

/* The network, and how many of its bits count. */
static bool
parse_cidr(const char *s, struct address *a, unsigned int *bits)
{
	struct nhi_span rest = nhi_span_str(s), part;
	uint64_t n;
	bool mapped;

	if (!nhi_span_cut(&rest, '/', &part) || !parse(part, a))
		return false;
	*bits = a->n * 8;
	if (rest.p == NULL)
		return true;
	/* ::ffff:0:0/96 and what is in it: write it as IPv4. */
	mapped = a->n == 4 && memchr(part.p, ':', part.n) != NULL;
	if (mapped || !nhi_num_parse(rest, *bits, &n))
		return false;
	*bits = (unsigned int)n;
	return true;
}

/* Byte i of the mask of so many bits. */
static uint8_t
mask(unsigned int i, unsigned int bits)
{
	if (bits >= 8 * (i + 1))
		return 0xff;
	if (bits <= 8 * i)
		return 0;
	return (uint8_t)(0xff << (8 - (bits - 8 * i)));
}

static bool
has_host(const struct address *a, unsigned int bits)
{
	for (unsigned int i = 0; i < a->n; i++)
		if ((a->p[i] & (uint8_t)~mask(i, bits)) != 0)
			return true;
	return false;
}

bool
nhi_source_cidr_valid(const char *cidr)
{
	struct address a;
	unsigned int bits;

	return parse_cidr(cidr, &a, &bits) && !has_host(&a, bits);
}

bool
nhi_source_cidr_host(const char *cidr)
{
	struct address a;
	unsigned int bits;

	return parse_cidr(cidr, &a, &bits) && has_host(&a, bits);
}

bool
nhi_source_cidr_local(const char *cidr)
{
	struct address a;
	unsigned int bits;

	return parse_cidr(cidr, &a, &bits) && a.n == 16 && bits >= 10 &&
	    a.p[0] == 0xfe && (a.p[1] & 0xc0) == 0x80;
}

static bool
in_one(const struct address *a, const char *cidr)
{
	struct address net;
	unsigned int bits;

	if (!parse_cidr(cidr, &net, &bits) || net.n != a->n)
		return false;
	for (unsigned int i = 0; i < a->n; i++)
		if (((a->p[i] ^ net.p[i]) & mask(i, bits)) != 0)
			return false;
	return true;
}

bool
nhi_source_in(const char *address, const struct nhi_list *cidrs)
{
	struct address a;

	if (cidrs->n == 0)
		return true;
	if (address == NULL || !parse(nhi_span_str(address), &a))
		return false;
	for (size_t i = 0; i < cidrs->n; i++)
		if (in_one(&a, cidrs->p[i]))
			return true;
	return false;
}

/* Windows */

struct window {
	unsigned int first, last;	/* days, Monday is 0 */
	unsigned int from, to;		/* minutes of a day; to may be before */
};

static bool
parse_day(struct nhi_span s, unsigned int *ret)
{
	static const char *const days[] = {
		"mon", "tue", "wed", "thu", "fri", "sat", "sun"
	};

	for (unsigned int i = 0; i < 7; i++)
		if (nhi_span_is(s, days[i])) {
			*ret = i;
			return true;
		}
	return false;
}

static bool
parse_days(struct nhi_span s, struct window *w)
{
	struct nhi_span first;

	if (nhi_span_is(s, "daily")) {
		w->first = 0;
		w->last = 6;
		return true;
	}
	if (!nhi_span_cut(&s, '-', &first) || !parse_day(first, &w->first))
		return false;
	w->last = w->first;
	return s.p == NULL || parse_day(s, &w->last);
}

static bool
parse_time(struct nhi_span s, unsigned int *ret)
{
	unsigned int d[4], k = 0;

	if (s.n != 5 || s.p[2] != ':')
		return false;
	for (size_t i = 0; i < s.n; i++) {
		if (i == 2)
			continue;
		if (s.p[i] < '0' || s.p[i] > '9')
			return false;
		d[k++] = (unsigned int)(s.p[i] - '0');
	}
	*ret = (d[0] * 10 + d[1]) * 60 + d[2] * 10 + d[3];
	return d[2] < 6 && *ret <= MINUTES_DAY;
}

static bool
parse_window(const char *s, struct window *w)
{
	struct nhi_span rest = nhi_span_str(s), days, from;

	return nhi_span_cut(&rest, ' ', &days) && parse_days(days, w) &&
	    nhi_span_cut(&rest, '-', &from) && rest.p != NULL &&
	    parse_time(from, &w->from) && parse_time(rest, &w->to) &&
	    w->from < MINUTES_DAY && w->from != w->to;
}

bool
nhi_window_valid(const char *window)
{
	struct window w;

	return parse_window(window, &w);
}

/* A window that ends before it begins ends on the next day. */
static bool
in_window(const struct window *w, unsigned int minute)
{
	unsigned int days = (w->last + 7 - w->first) % 7 + 1;
	unsigned int length = w->to > w->from ? w->to - w->from :
	    w->to + MINUTES_DAY - w->from;

	for (unsigned int i = 0; i < days; i++) {
		unsigned int start = ((w->first + i) % 7) * MINUTES_DAY +
		    w->from;

		if ((minute + MINUTES_WEEK - start) % MINUTES_WEEK < length)
			return true;
	}
	return false;
}

bool
nhi_window_open(const struct nhi_list *windows, int64_t now)
{
	/* 1 January 1970 was a Thursday. */
	int64_t minutes = now / 60 + 3 * MINUTES_DAY;
	struct window w;

	if (windows->n == 0)
		return true;
	if (now < 0)
		return false;
	for (size_t i = 0; i < windows->n; i++)
		if (parse_window(windows->p[i], &w) &&
		    in_window(&w, (unsigned int)(minutes % MINUTES_WEEK)))
			return true;
	return false;
}
