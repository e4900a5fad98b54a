/* SPDX-License-Identifier: BSD-2-Clause */
#include "config.h"

#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <stdio.h>
#include <string.h>
#include <time.h>

#include "lib/base/file.h"
#include "lib/base/num.h"
#include "lib/base/path.h"
#include "nhictl/tick_time.h"

#define SLACK	NHI_TICK_TIME_SLACK

/* How long the kernel counted; of another boot, nothing. */
static int64_t
counted(const struct nhi_stamp *from, const struct nhi_stamp *to)
{
	if (strcmp(from->boot, to->boot) != 0 || from->ticks > to->ticks)
		return 0;
	return (int64_t)(to->ticks - from->ticks);
}

enum side { BEHIND, RIGHT, AHEAD };

static enum side
side(int64_t time, int64_t now)
{
	if (now > time + SLACK)
		return AHEAD;
	return now < time - SLACK ? BEHIND : RIGHT;
}

/*
 * The claim is the earliest of its day: a host that is never up for a whole
 * one claims another time at each boot, and would wait for ever if each began
 * anew.
 */
static void
wait_day(struct nhi_tick_time *t, struct nhi_tick_claim *c, int64_t now,
    int64_t went)
{
	if (c->time == 0) {
		c->time = now;
		c->waited = 0;
		return;
	}
	c->waited += went;
	if (now < c->time)
		c->time = now;
	if (c->waited >= NHI_TICK_TIME_WAIT) {
		t->time = c->time;
		c->time = c->waited = 0;
	}
}

static void
count(struct nhi_tick_time *t, int64_t went)
{
	if (t->time != 0)
		t->time += went;
	if (t->ahead.time != 0)
		t->ahead.time += went;
	if (t->behind.time != 0)
		t->behind.time += went;
}

/*
 * Ahead and behind wait each for itself, and each only while it is so from one
 * tick to the next: a host that boots with its clock behind, before it is set,
 * would otherwise lose what it waited ahead.
 */
void
nhi_tick_time_step(struct nhi_tick_time *t, int64_t now,
    const struct nhi_stamp *at)
{
	const int64_t went = counted(&t->at, at);
	const enum side before = side(t->time, t->wall);
	enum side is;

	t->at = *at;
	t->last = t->wall;
	t->wall = now;
	count(t, went);
	if ((is = side(t->time, now)) != RIGHT) {
		wait_day(t, is == AHEAD ? &t->ahead : &t->behind, now,
		    is == before ? went : 0);
		return;
	}
	t->time = now;
	t->ahead = t->behind = (struct nhi_tick_claim){ .time = 0 };
}

enum nhi_err
nhi_tick_time_pass(struct nhi_tick_time *t, int64_t now, struct nhi_why *why)
{
	struct nhi_stamp at;
	struct timespec up;
	enum nhi_err err;

	if ((err = nhi_stamp_boot(at.boot, why)) != NHI_OK)
		return err;
	/* A clock that is wrong at a resume would move CLOCK_BOOTTIME, too. */
	if (clock_gettime(CLOCK_MONOTONIC, &up) != 0)
		return nhi_fail(why, NHI_ERR_STATE, "CLOCK_MONOTONIC: %s",
		    strerror(errno));
	at.ticks = (uint64_t)up.tv_sec;
	nhi_tick_time_step(t, now, &at);
	return NHI_OK;
}

int64_t
nhi_tick_time_over(const struct nhi_tick_time *t, int64_t now)
{
	if (t->time == 0)
		return now;
	return t->time > now + SLACK ? 0 : t->time;
}

bool
nhi_tick_time_known(const struct nhi_tick_time *t)
{
	return t->time != 0;
}

static bool
cut(struct nhi_span *text, int64_t *ret)
{
	struct nhi_span word;
	uint64_t v;

	if (!nhi_span_cut(text, ' ', &word) ||
	    !nhi_num_parse(word, INT64_MAX / 4, &v))
		return false;
	*ret = (int64_t)v;
	return true;
}

/* Of versions that had one claim for both. */
static void
tell_apart(struct nhi_tick_time *t)
{
	if (t->ahead.time >= t->time)
		return;
	t->behind = t->ahead;
	t->ahead = (struct nhi_tick_claim){ .time = 0 };
}

void
nhi_tick_time_load(const char *dir, struct nhi_tick_time *ret)
{
	char path[NHI_PATH_SIZE], text[NHI_LINK_MAX + 1];
	struct nhi_tick_time t = { .time = 0 };
	struct nhi_span rest, word;

	memset(ret, 0, sizeof(*ret));
	if (!nhi_path_join(path, dir, "/clock", NHI_SPAN("")) ||
	    nhi_link_read(AT_FDCWD, path, text) != 1)
		return;
	rest = nhi_span_str(text);
	if (!cut(&rest, &t.time) || !cut(&rest, &t.ahead.time) ||
	    !cut(&rest, &t.ahead.waited) || !cut(&rest, &t.wall) ||
	    !nhi_span_cut(&rest, ' ', &word) || !nhi_stamp_parse(word, &t.at))
		return;
	if (rest.p == NULL)
		tell_apart(&t);
	else if (!cut(&rest, &t.behind.time) || !cut(&rest, &t.behind.waited) ||
	    rest.p != NULL)
		return;
	*ret = t;
}

/* A link is whole or not there, also after a crash. */
enum nhi_err
nhi_tick_time_save(const char *dir, const struct nhi_tick_time *t,
    struct nhi_why *why)
{
	char path[NHI_PATH_SIZE], at[NHI_STAMP_TEXT], text[256];

	nhi_stamp_format(&t->at, at);
	(void)snprintf(text, sizeof(text), "%" PRId64 " %" PRId64 " %" PRId64
	    " %" PRId64 " %s %" PRId64 " %" PRId64, t->time, t->ahead.time,
	    t->ahead.waited, t->wall, at, t->behind.time, t->behind.waited);
	if (!nhi_path_join(path, dir, "/clock", NHI_SPAN("")) ||
	    nhi_link_replace(AT_FDCWD, path, text) != 0)
		return nhi_fail(why, NHI_ERR_STATE, "%s/clock: %s", dir,
		    strerror(errno));
	return NHI_OK;
}

bool
nhi_tick_time_old(int64_t mtime, int64_t age, int64_t wall)
{
	return mtime < wall - age || mtime > wall + age;
}
