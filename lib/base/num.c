/* SPDX-License-Identifier: BSD-2-Clause */
#include "config.h"

#include <stdio.h>
#include <time.h>

#include "lib/base/num.h"

bool
nhi_num_parse(struct nhi_span s, uint64_t max, uint64_t *ret)
{
	uint64_t v = 0;

	if (s.n == 0 || s.n > 20 || (s.n > 1 && s.p[0] == '0'))
		return false;
	for (size_t i = 0; i < s.n; i++) {
		uint64_t digit = (uint64_t)(s.p[i] - '0');

		if (s.p[i] < '0' || s.p[i] > '9' ||
		    v > (UINT64_MAX - digit) / 10)
			return false;
		v = v * 10 + digit;
	}
	if (v > max)
		return false;
	*ret = v;
	return true;
}

static int64_t
unit(char c)
{
	switch (c) {
	case 's':
		return 1;
	case 'm':
		return 60;
	case 'h':
		return 60 * 60;
	case 'd':
		return 24 * 60 * 60;
	default:
		return 0;
	}
}

bool
nhi_num_duration(struct nhi_span s, int64_t max, int64_t *ret)
{
	uint64_t v;
	int64_t u;

	if (s.n < 2 || (u = unit(s.p[s.n - 1])) == 0 ||
	    !nhi_num_parse((struct nhi_span){ s.p, s.n - 1 },
	    (uint64_t)(max / u), &v))
		return false;
	*ret = (int64_t)v * u;
	return true;
}

void
nhi_num_hex(const uint8_t *p, size_t n, char *out)
{
	static const char digits[] = "0123456789abcdef";

	for (size_t i = 0; i < n; i++) {
		out[2 * i] = digits[p[i] >> 4];
		out[2 * i + 1] = digits[p[i] & 15];
	}
	out[2 * n] = '\0';
}

static int
nibble(char c)
{
	if (c >= '0' && c <= '9')
		return c - '0';
	if (c >= 'a' && c <= 'f')
		return c - 'a' + 10;
	return -1;
}

bool
nhi_num_unhex(struct nhi_span s, uint8_t *out, size_t n)
{
	if (s.n / 2 != n || s.n % 2 != 0)
		return false;
	for (size_t i = 0; i < n; i++) {
		int hi = nibble(s.p[2 * i]), lo = nibble(s.p[2 * i + 1]);

		if (hi < 0 || lo < 0)
			return false;
		out[i] = (uint8_t)(hi << 4 | lo);
	}
	return true;
}

/* Two or four digits, leading zeros allowed. */
static bool
digits(const char *p, unsigned int n, int *ret)
{
	int v = 0;

	for (unsigned int i = 0; i < n; i++) {
		if (p[i] < '0' || p[i] > '9')
			return false;
		v = v * 10 + (p[i] - '0');
	}
	*ret = v;
	return true;
}

bool
nhi_num_date(struct nhi_span s, int64_t *ret)
{
	struct tm tm = { 0 }, back;
	time_t t;

	if (s.n != 10 || s.p[4] != '-' || s.p[7] != '-' ||
	    !digits(s.p, 4, &tm.tm_year) || !digits(s.p + 5, 2, &tm.tm_mon) ||
	    !digits(s.p + 8, 2, &tm.tm_mday) || tm.tm_year < 1970)
		return false;
	tm.tm_year -= 1900;
	tm.tm_mon -= 1;
	back = tm;
	/* timegm turns 2027-02-30 into March: not a date. */
	if ((t = timegm(&back)) == (time_t)-1 || back.tm_mday != tm.tm_mday ||
	    back.tm_mon != tm.tm_mon)
		return false;
	*ret = (int64_t)t + 24 * 60 * 60;
	return true;
}

void
nhi_num_time(int64_t ms, char out[NHI_TIME_SIZE])
{
	time_t t = (time_t)(ms / 1000);
	struct tm tm;

	if (gmtime_r(&t, &tm) == NULL || tm.tm_year > 9999 - 1900)
		tm = (struct tm){ .tm_year = 70, .tm_mday = 1 };
	(void)snprintf(out, NHI_TIME_SIZE,
	    "%04d-%02d-%02dT%02d:%02d:%02d.%03dZ", (tm.tm_year + 1900) % 10000,
	    (tm.tm_mon + 1) % 100, tm.tm_mday % 100, tm.tm_hour % 100,
	    tm.tm_min % 100, tm.tm_sec % 100, (int)(ms % 1000));
}
