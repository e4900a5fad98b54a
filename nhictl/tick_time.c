/* SPDX-License-Identifier: BSD-2-Clause */
#include "config.h"

#include <fcntl.h>
#include <inttypes.h>
#include <stdio.h>
#include <string.h>
#include <time.h>

#include "lib/base/file.h"
#include "lib/base/num.h"
#include "nhictl/tick_time.h"

#define TEXT_MAX	256

void
nhi_tick_time_step(struct nhi_tick_time *t, int64_t now, int64_t uptime,
    const char *boot)
{
	const int64_t offset = now - uptime;

	if (strcmp(t->boot, boot) != 0) {
		(void)snprintf(t->boot, sizeof(t->boot), "%s", boot);
		t->ref = t->seen = offset;
		t->since = uptime;
		return;
	}
	if (offset > t->seen + NHI_TICK_TIME_SLACK ||
	    offset < t->seen - NHI_TICK_TIME_SLACK)
		t->since = uptime;
	t->seen = offset;
	if (offset <= t->ref + NHI_TICK_TIME_SLACK ||
	    uptime - t->since >= NHI_TICK_TIME_EVEN)
		t->ref = offset;
}

static bool
cut(struct nhi_span *rest, int64_t *ret)
{
	struct nhi_span word;
	bool minus;
	uint64_t v;

	if (!nhi_span_cut(rest, ' ', &word))
		return false;
	minus = word.n > 0 && word.p[0] == '-';
	if (minus) {
		word.p++;
		word.n--;
	}
	if (!nhi_num_parse(word, INT64_MAX / 4, &v))
		return false;
	*ret = minus ? -(int64_t)v : (int64_t)v;
	return true;
}

/* "<boot> <ref> <seen> <since>"; anything else: nothing is known. */
static void
load(const char *path, struct nhi_tick_time *ret)
{
	NHI_AUTO(nhi_buf_wipe) struct nhi_buf b = NHI_BUF(TEXT_MAX);
	struct nhi_tick_time t = { .boot = "" };
	struct nhi_span rest, line, word;

	*ret = t;
	if (nhi_file_read(AT_FDCWD, path, NHI_FILE_OWN, &b, NULL) != NHI_OK)
		return;
	rest = nhi_buf_all(&b);
	if (!nhi_span_cut(&rest, '\n', &line) ||
	    !nhi_span_cut(&line, ' ', &word) || word.n != NHI_BOOT_ID)
		return;
	memcpy(t.boot, word.p, word.n);
	if (cut(&line, &t.ref) && cut(&line, &t.seen) && cut(&line, &t.since))
		*ret = t;
}

static enum nhi_err
save(const char *path, const struct nhi_tick_time *t)
{
	NHI_AUTO(nhi_buf_wipe) struct nhi_buf b = NHI_BUF(TEXT_MAX);
	struct nhi_why why;

	nhi_buf_printf(&b, "%s %" PRId64 " %" PRId64 " %" PRId64 "\n",
	    t->boot, t->ref, t->seen, t->since);
	return nhi_file_replace(AT_FDCWD, path, 0644, nhi_buf_all(&b), &why);
}

int64_t
nhi_tick_time(const char *path, int64_t now)
{
	struct nhi_tick_time t;
	char boot[NHI_BOOT_ID + 1];
	struct timespec up;

	if (nhi_stamp_boot(boot, NULL) != NHI_OK ||
	    clock_gettime(CLOCK_BOOTTIME, &up) != 0)
		return now;
	load(path, &t);
	nhi_tick_time_step(&t, now, (int64_t)up.tv_sec, boot);
	(void)!save(path, &t);
	return (int64_t)up.tv_sec + t.ref;
}

bool
nhi_tick_time_old(int64_t mtime, int64_t age, int64_t wall)
{
	return mtime < wall - age || mtime > wall + age;
}
