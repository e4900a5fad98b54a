/* SPDX-License-Identifier: BSD-2-Clause */
#include "config.h"

#include <errno.h>
#include <stdio.h>
#include <string.h>
#include <time.h>

#include "lib/base/num.h"
#include "nhictl/when.h"

#define SPAN_MAX	(INT64_C(100) * 366 * 24 * 60 * 60)
#define DAY		(INT64_C(24) * 60 * 60)
#define NSEC		1000000000L
#define LATE		20000000L	/* two ticks at 100 Hz */

static bool
digits(struct nhi_span *s, size_t n, int64_t max, int64_t *ret)
{
	struct nhi_span word;
	int64_t v = 0;

	if (!nhi_span_take(s, n, &word))
		return false;
	for (size_t i = 0; i < n; i++) {
		if (word.p[i] < '0' || word.p[i] > '9')
			return false;
		v = v * 10 + (word.p[i] - '0');
	}
	*ret = v;
	return v <= max;
}

static bool
mark(struct nhi_span *s, const char *set)
{
	struct nhi_span c;

	return s->n > 0 && strchr(set, s->p[0]) != NULL &&
	    s->p[0] != '\0' && nhi_span_take(s, 1, &c);
}

/* "Z", "+01:00" or "-01:00" as seconds to take off. */
static bool
offset(struct nhi_span *s, int64_t *ret)
{
	int64_t hours, minutes, sign;

	if (mark(s, "Zz")) {
		*ret = 0;
		return true;
	}
	sign = s->n > 0 && s->p[0] == '-' ? -1 : 1;
	if (!mark(s, "+-") || !digits(s, 2, 23, &hours) || !mark(s, ":") ||
	    !digits(s, 2, 59, &minutes))
		return false;
	*ret = sign * (hours * 3600 + minutes * 60);
	return true;
}

/* RFC 3339 5.6, without its zone and the date alone allowed: UTC. */
static bool
rfc3339(struct nhi_span s, int64_t *ret)
{
	struct nhi_span date;
	int64_t end, hours, minutes, seconds, ahead, v;

	if (!nhi_span_take(&s, 10, &date) || !nhi_num_date(date, &end))
		return false;
	v = end - DAY;
	if (s.n > 0) {
		if (!mark(&s, "Tt ") || !digits(&s, 2, 23, &hours) ||
		    !mark(&s, ":") || !digits(&s, 2, 59, &minutes) ||
		    !mark(&s, ":") || !digits(&s, 2, 60, &seconds))
			return false;
		if (mark(&s, ".")) {
			size_t n = 0;

			while (mark(&s, "0123456789"))
				n++;
			if (n == 0)
				return false;
		}
		/* As in our own tables: UTC. */
		ahead = 0;
		if (s.n > 0 && !offset(&s, &ahead))
			return false;
		v += hours * 3600 + minutes * 60 + seconds - ahead;
	}
	if (s.n != 0 || v > NHI_TIME_FAR)
		return false;
	*ret = v;
	return true;
}

bool
nhi_when_parse(const char *text, int64_t now, bool ahead, int64_t *ret)
{
	static const char ago[] = " ago";
	struct nhi_span s = nhi_span_str(text);
	uint64_t seconds;
	int64_t span;

	if (!ahead && s.n > sizeof(ago) - 1 &&
	    strcmp(s.p + s.n - (sizeof(ago) - 1), ago) == 0)
		s.n -= sizeof(ago) - 1;
	if (nhi_num_duration(s, SPAN_MAX, &span)) {
		*ret = ahead ? now + span : now - span;
		return true;
	}
	if (nhi_num_parse(s, (uint64_t)NHI_TIME_FAR, &seconds)) {
		*ret = (int64_t)seconds;
		return true;
	}
	return rfc3339(s, ret);
}

void
nhi_when_format(int64_t seconds, char out[static 32])
{
	char text[NHI_TIME_SIZE];

	if (seconds > NHI_TIME_FAR)
		seconds = NHI_TIME_FAR;
	nhi_num_time(seconds * 1000, text);
	(void)snprintf(out, 32, "%.10s %.8s", text, text + 11);
}

int64_t
nhi_when_now(void)
{
	return (int64_t)time(NULL);
}

void
nhi_when_pass(void)
{
	struct timespec now, rest = { 1, 0 };

	if (clock_gettime(CLOCK_REALTIME, &now) == 0)
		rest.tv_nsec = LATE - now.tv_nsec;
	if (rest.tv_nsec < 0) {
		rest.tv_sec = 0;
		rest.tv_nsec += NSEC;
	}
	while (nanosleep(&rest, &rest) != 0 && errno == EINTR)
		continue;
}
