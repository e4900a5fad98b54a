/* SPDX-License-Identifier: BSD-2-Clause */
/* nhictl audit: read the trail; as root, take in the spool first. */
#include "config.h"

#include <errno.h>
#include <fcntl.h>
#include <getopt.h>
#include <inttypes.h>
#include <string.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

#include "lib/base/file.h"
#include "lib/base/num.h"
#include "lib/base/paths.h"
#include "lib/base/spool.h"
#include "nhictl/nhictl.h"
#include "nhictl/row.h"
#include "nhictl/trail_older.h"
#include "nhictl/when.h"

#define DRAIN_FILES	4096
#define DRAIN_WAITS	100	/* of 20 ms */
#define DRAIN_ROUNDS	64
#define FOLLOW_STEP	(500 * 1000 * 1000)	/* nanoseconds */

struct job {
	struct nhi_trail_filter filter;
	struct nhi_row_style style;
	bool json;
	bool follow;
	uint64_t bad;
	uint64_t shown;
};

/*
 * A drain that finds another at work leaves at once, and what that one takes
 * in must be seen here, too.
 */
static void
wait_for_others(void)
{
	const struct timespec step = { .tv_nsec = 20 * 1000 * 1000 };
	NHI_AUTO(nhi_fd_close) int fd = -1;

	fd = open(NHI_SPOOL_DIR, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	for (unsigned int i = 0; fd >= 0 && i < DRAIN_WAITS &&
	    flock(fd, LOCK_EX | LOCK_NB) != 0; i++)
		(void)nanosleep(&step, NULL);
}

static void
drain(void)
{
	struct nhi_why why;
	size_t taken = 1;

	wait_for_others();
	for (unsigned int i = 0; taken > 0 && i < DRAIN_ROUNDS; i++) {
		taken = 0;
		if (nhi_spool_drain(NHI_SPOOL_DIR, DRAIN_FILES, &taken,
		    &why) != NHI_OK) {
			(void)nhi_ctl_fail(NHI_ERR_STATE, &why);
			return;
		}
	}
}

/* False: standard output is gone. */
static bool
print(struct job *job, struct nhi_span line)
{
	NHI_AUTO(nhi_buf_wipe) struct nhi_buf b = NHI_BUF(64 * 1024);
	struct nhi_trail_record r;
	bool wanted;

	if (!nhi_trail_parse(line, &r)) {
		job->bad++;
		return true;
	}
	if ((wanted = nhi_trail_wanted(&r, &job->filter))) {
		if (job->json)
			nhi_buf_printf(&b, "%.*s\n", (int)line.n, line.p);
		else if (job->shown == 0)
			nhi_row_head(&job->style, &b);
		if (!job->json)
			nhi_row_put(&r, &job->style, &b);
		job->shown++;
	}
	nhi_trail_wipe(&r);
	return !wanted || fwrite(nhi_buf_text(&b), 1, b.n, stdout) == b.n;
}

/* All that is there; *ret_good false: standard output is gone. */
static enum nhi_err
print_all(struct job *job, struct nhi_trail *t, bool *ret_good,
    struct nhi_why *why)
{
	struct nhi_span line;
	bool bad;
	int r;

	while ((r = nhi_trail_next(t, &line, &bad)) == 1) {
		if (bad)
			job->bad++;
		else if (line.n > 0 && !(*ret_good = print(job, line)))
			return NHI_OK;
	}
	*ret_good = fflush(stdout) == 0;
	return r == 0 ? NHI_OK : nhi_fail(why, NHI_ERR_STATE, "%s: %s",
	    NHI_AUDIT_FILE, strerror(errno));
}

/* Has the file been rotated away from under us? */
static bool
is_other(const struct nhi_trail *t)
{
	struct stat ours, now;

	return fstat(t->fd, &ours) == 0 && stat(NHI_AUDIT_FILE, &now) == 0 &&
	    (ours.st_ino != now.st_ino || ours.st_dev != now.st_dev);
}

static void
wait_step(void)
{
	const struct timespec step = { 0, FOLLOW_STEP };

	(void)nanosleep(&step, NULL);
	if (geteuid() == 0)
		drain();
}

static enum nhi_err
follow(struct job *job, struct nhi_trail *t, struct nhi_why *why)
{
	enum nhi_err err;
	bool good = true;

	for (;;) {
		bool other = is_other(t);

		if ((err = print_all(job, t, &good, why)) != NHI_OK || !good)
			return err;
		if (other) {
			nhi_trail_close(t);
			if ((err = nhi_trail_open(NHI_AUDIT_FILE, t, why)) !=
			    NHI_OK)
				return err;
			continue;
		}
		wait_step();
	}
}

/* Before the first record there is no file. */
static bool
is_before(void)
{
	return errno == ENOENT && access(NHI_LOG_DIR, X_OK) == 0;
}

static enum nhi_err
show(struct job *job, struct nhi_why *why)
{
	NHI_AUTO(nhi_trail_close) struct nhi_trail t = { .fd = -1 };
	enum nhi_err err;
	bool good = true;

	err = nhi_trail_open(NHI_AUDIT_FILE, &t, why);
	if (err != NHI_OK && is_before()) {
		(void)fputs("nhictl: no records yet\n", stderr);
		if (!job->follow) {
			nhi_trail_tell_older(job->filter.since);
			return NHI_OK;
		}
		do {
			wait_step();
			err = nhi_trail_open(NHI_AUDIT_FILE, &t, why);
		} while (err != NHI_OK && is_before());
	}
	if (err != NHI_OK)
		return err;
	if (job->follow)
		return follow(job, &t, why);
	nhi_trail_tell_older(job->filter.since);
	return print_all(job, &t, &good, why);
}

static bool
set_time(const char *text, char out[32])
{
	int64_t at;

	if (!nhi_when_parse(text, nhi_when_now(), false, &at)) {
		(void)fprintf(stderr, "nhictl: not a time: %s (2h ago as 2h, "
		    "a day, RFC 3339, in UTC without a zone, seconds since "
		    "1970)\n",
		    text);
		return false;
	}
	nhi_num_time(at * 1000, out);
	return true;
}

static bool
set_event(const char *text, const char **out)
{
	*out = text;
	if (nhi_trail_event_known(text))
		return true;
	(void)fprintf(stderr, "nhictl: no such event: %s\nevents:", text);
	for (unsigned int i = 0; i < NHI_EVENT_COUNT; i++)
		(void)fprintf(stderr, " %s",
		    nhi_audit_event_slug((enum nhi_audit_event)i));
	(void)fputc('\n', stderr);
	return false;
}

static bool
set_outcome(const char *text, const char **out)
{
	*out = text;
	for (unsigned int i = NHI_GRANT; i <= NHI_INFO; i++)
		if (strcmp(text, nhi_audit_outcome_slug(
		    (enum nhi_audit_outcome)i)) == 0)
			return true;
	(void)fprintf(stderr,
	    "nhictl: no such outcome: %s (grant, deny, fault, info)\n", text);
	return false;
}

static bool
set_option(struct job *job, int option, const char *text)
{
	struct nhi_trail_filter *f = &job->filter;

	switch (option) {
	case 's':
		return set_time(text, f->since);
	case 'u':
		return set_time(text, f->until);
	case 'e':
		return set_event(text, &f->event);
	case 'o':
		return set_outcome(text, &f->outcome);
	case 'a':
		f->account = text;
		return true;
	case 'i':
		f->identity = text;
		return true;
	case 'I':
		f->id = text;
		return true;
	case 'j':
		return job->json = true;
	case 'f':
		return job->follow = true;
	default:
		return false;
	}
}

int
nhi_verb_audit(int argc, char **argv)
{
	static const struct option options[] = {
		{ "since", required_argument, NULL, 's' },
		{ "until", required_argument, NULL, 'u' },
		{ "event", required_argument, NULL, 'e' },
		{ "outcome", required_argument, NULL, 'o' },
		{ "account", required_argument, NULL, 'a' },
		{ "identity", required_argument, NULL, 'i' },
		{ "id", required_argument, NULL, 'I' },
		{ "json", no_argument, NULL, 'j' },
		{ "follow", no_argument, NULL, 'f' },
		{ NULL, 0, NULL, 0 },
	};
	struct job job = { .json = false };
	struct nhi_why why = { "" };
	enum nhi_err err;
	uint64_t given = 0;
	int c;

	while ((c = nhi_ctl_option(argc, argv, "f", options, &given)) != -1)
		if (!set_option(&job, c, optarg))
			return nhi_ctl_usage("audit");
	/* What is to come has no end. */
	if (optind != argc || (job.follow && job.filter.until[0] != '\0'))
		return nhi_ctl_usage("audit");
	nhi_row_style(&job.style);
	if (geteuid() == 0)
		drain();
	if ((err = show(&job, &why)) != NHI_OK)
		return nhi_ctl_fail(err, &why);
	if (job.bad > 0)
		(void)fprintf(stderr, "nhictl: %" PRIu64
		    " lines of the trail are no records\n", job.bad);
	return nhi_ctl_done(!ferror(stdout));
}
