/* SPDX-License-Identifier: BSD-2-Clause */
#include "config.h"

#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "lib/base/file.h"
#include "lib/base/num.h"
#include "lib/base/path.h"
#include "nhictl/tick_clock.h"

#define DRIFT	(10 * 60)		/* s, between two ticks */
#define AWAY	(7 * 24 * 60 * 60)	/* s, for a boot */

/* How long the kernel counted; -1: another boot. */
static int64_t
counted(const struct nhi_stamp *from, const struct nhi_stamp *to)
{
	int64_t hz = sysconf(_SC_CLK_TCK);

	if (hz <= 0 || strcmp(from->boot, to->boot) != 0 ||
	    from->ticks > to->ticks)
		return -1;
	return (int64_t)((to->ticks - from->ticks) / (uint64_t)hz);
}

void
nhi_tick_clock_step(struct nhi_tick_clock *c, int64_t now,
    const struct nhi_stamp *stamp)
{
	int64_t went = now - c->now, kernel = counted(&c->stamp, stamp);

	if (c->now <= 0 || went < -DRIFT || (kernel < 0 ? went > AWAY :
	    went < kernel - DRIFT || went > kernel + DRIFT))
		c->even = 0;
	else if (kernel > 0 && c->even < NHI_TICK_CLOCK_EVEN)
		c->even += kernel;
	c->now = now;
	c->stamp = *stamp;
}

static bool
cut_time(struct nhi_span *text, int64_t *ret)
{
	struct nhi_span word;
	uint64_t v;

	if (!nhi_span_cut(text, ' ', &word) ||
	    !nhi_num_parse(word, INT64_MAX / 4, &v))
		return false;
	*ret = (int64_t)v;
	return true;
}

void
nhi_tick_clock_load(const char *dir, struct nhi_tick_clock *ret)
{
	char path[NHI_PATH_SIZE], text[NHI_LINK_MAX + 1];
	struct nhi_tick_clock c = { .now = 0 };
	struct nhi_span rest, word;

	memset(ret, 0, sizeof(*ret));
	if (!nhi_path_join(path, dir, "/clock", NHI_SPAN("")) ||
	    nhi_link_read(AT_FDCWD, path, text) != 1)
		return;
	rest = nhi_span_str(text);
	if (cut_time(&rest, &c.now) && cut_time(&rest, &c.even) &&
	    cut_time(&rest, &c.swept) && nhi_span_cut(&rest, ' ', &word) &&
	    nhi_stamp_parse(word, &c.stamp) && rest.p == NULL)
		*ret = c;
}

enum nhi_err
nhi_tick_clock_save(const char *dir, const struct nhi_tick_clock *c,
    struct nhi_why *why)
{
	char path[NHI_PATH_SIZE], stamp[NHI_STAMP_TEXT], text[256];

	nhi_stamp_format(&c->stamp, stamp);
	(void)snprintf(text, sizeof(text),
	    "%" PRId64 " %" PRId64 " %" PRId64 " %s", c->now, c->even,
	    c->swept, stamp);
	if (!nhi_path_join(path, dir, "/clock", NHI_SPAN("")) ||
	    nhi_link_replace(AT_FDCWD, path, text) != 0)
		return nhi_fail(why, NHI_ERR_STATE, "%s/clock: %s", dir,
		    strerror(errno));
	return NHI_OK;
}
