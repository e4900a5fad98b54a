/* SPDX-License-Identifier: BSD-2-Clause */
#include "config.h"

#include "lib/token/date.h"

/* Over the digits that any token has room for. */
#define POWER_MAX	1000000

struct number {
	struct nhi_span digits;	/* before the exponent */
	size_t dot;		/* where in them a point may be */
	int64_t point;		/* how many of them are whole seconds */
};

static bool
is_digit(char c)
{
	return c >= '0' && c <= '9';
}

/* [+-]digits; far out of range is as good as any other such. */
static bool
take_power(struct nhi_span s, int64_t *ret)
{
	bool minus = s.n > 0 && s.p[0] == '-';
	int64_t v = 0;

	if (s.n > 0 && (minus || s.p[0] == '+')) {
		s.p++;
		s.n--;
	}
	for (size_t i = 0; i < s.n; i++) {
		if (!is_digit(s.p[i]))
			return false;
		v = v * 10 + s.p[i] - '0';
		v = v > POWER_MAX ? POWER_MAX : v;
	}
	*ret = minus ? -v : v;
	return s.n > 0;
}

static bool
split(struct nhi_span s, struct number *ret)
{
	struct number n = { .digits = s };
	int64_t power = 0;

	for (size_t i = 0; i < s.n; i++) {
		if (s.p[i] != 'e' && s.p[i] != 'E')
			continue;
		n.digits.n = i;
		if (!take_power((struct nhi_span){ s.p + i + 1, s.n - i - 1 },
		    &power))
			return false;
		break;
	}
	while (n.dot < n.digits.n && is_digit(n.digits.p[n.dot]))
		n.dot++;
	n.point = (int64_t)n.dot + power;
	*ret = n;
	return n.dot > 0;
}

/* Zeros behind the last digit, as far as the point is away. */
static bool
shift(int64_t *seconds, int64_t places)
{
	for (; places > 0 && *seconds > 0; places--) {
		*seconds *= 10;
		if (*seconds > NHI_DATE_MAX)
			return false;
	}
	return true;
}

bool
nhi_date_parse(struct nhi_span s, struct nhi_date *ret)
{
	struct number n;
	int64_t seconds = 0, at = 0;
	bool part = false;

	if (!split(s, &n))
		return false;
	for (size_t i = 0; i < n.digits.n; i++) {
		char c = n.digits.p[i];

		if (c == '.' && i == n.dot)
			continue;
		if (!is_digit(c))
			return false;
		if (at++ >= n.point)
			part = part || c != '0';
		else
			seconds = seconds * 10 + c - '0';
		if (seconds > NHI_DATE_MAX)
			return false;
	}
	if (!shift(&seconds, n.point - at) || seconds + part > NHI_DATE_MAX)
		return false;
	*ret = (struct nhi_date){ seconds, seconds + part };
	return true;
}
