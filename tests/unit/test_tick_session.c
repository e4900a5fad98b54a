/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Sessions whose processes take their time, or do not end at all: how long tick
 * is at each and at all of them, and that it passes by those that stay.  The
 * clock goes on by what the ending of processes took, and by nothing else.
 */
#include "config.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>
#include <dirent.h>
#include <sys/stat.h>

#include "lib/base/reap.h"
#include "lib/base/session.h"
#include "lib/base/spawn.h"
#include "nhictl/tick.h"
#include "tests/unit/temp_dir.h"

#define UID	2000300123
#define STUCK	1000		/* audit sessions from here on do not end */
#define CALLS	256
#define ROUND	64		/* sessions that tick collects at once */
#define ALL_MS	60000
#define SHORT_MS	300
#define ACCOUNT_MS	15000	/* for those of one that stay */

static struct nhi_tick tick;
static int64_t clock_ms;
static int64_t takes_ms;	/* to end one; no longer than it may */
static struct nhi_chase calls[CALLS];
static size_t n_calls, n_records;

int64_t	 __wrap_nhi_clock_ms(void);
bool	 __wrap_nhi_reap_session(const struct nhi_chase *, unsigned int *);

int64_t
__wrap_nhi_clock_ms(void)
{
	return clock_ms;
}

bool
__wrap_nhi_reap_session(const struct nhi_chase *c, unsigned int *ret_found)
{
	assert_in_range(n_calls, 0, CALLS - 1);
	calls[n_calls++] = *c;
	clock_ms += takes_ms < c->ms ? takes_ms : c->ms;
	*ret_found = 1;
	return c->audit_session < STUCK;
}

static enum nhi_err
record(const struct nhi_event *ev, struct nhi_why *why)
{
	(void)why;
	assert_int_equal(ev->event, NHI_EVENT_SESSION_END);
	n_records++;
	return NHI_OK;
}

static const char *
make(const char *name)
{
	const char *path = temp_path(dir, name);

	assert_int_equal(mkdir(path, 0755), 0);
	return path;
}

static int
setup(void **state)
{
	(void)temp_setup(state);
	tick = (struct nhi_tick){ .sessions = make("sessions"),
	    .leases = make("leases"), .linger = make("linger"),
	    .stopped = make("stopped"), .reap_ms = NHI_REAP_TICK_MS,
	    .record = record };
	clock_ms = 1000000;
	takes_ms = 0;
	n_calls = n_records = 0;
	return 0;
}

/* Of no process, as all here: n of them from this audit session on. */
static void
sessions(uint32_t uid, uint32_t first, unsigned int n)
{
	for (unsigned int i = 0; i < n; i++) {
		struct nhi_session s = { .uid = uid, .service = "sshd",
		    .account = "web", .identity = "bot",
		    .audit_session = first + i,
		    .pid = (pid_t)((1 << 22) + first + i) };

		assert_int_equal(nhi_stamp_boot(s.start.boot, NULL), NHI_OK);
		nhi_session_name(&s);
		assert_int_equal(nhi_session_write(tick.sessions, &s, NULL),
		    NHI_OK);
	}
}

static unsigned int
left(void)
{
	DIR *dp = opendir(tick.sessions);
	const struct dirent *d;
	unsigned int n = 0;

	assert_non_null(dp);
	while ((d = readdir(dp)) != NULL)
		n += d->d_name[0] != '.';
	(void)closedir(dp);
	return n;
}

/* Ten seconds each, then what is left of the minute, then another tick. */
static void
test_budget(void **state)
{
	const int64_t begin = clock_ms;
	uint64_t n = 0;

	(void)state;
	assert_int_equal(tick.reap_ms, 10000);
	sessions(UID, 1, 9);
	takes_ms = 9000;
	assert_int_equal(nhi_tick_sessions(&tick, &n, NULL), NHI_OK);
	assert_int_equal(n, 7);
	assert_int_equal(n_calls, 7);
	for (size_t i = 0; i < 6; i++)
		assert_int_equal(calls[i].ms, 10000);
	assert_int_equal(calls[6].ms, 6000);
	assert_int_equal(clock_ms - begin, ALL_MS);
	assert_int_equal(nhi_tick_sessions(&tick, &n, NULL), NHI_OK);
	assert_int_equal(n, 9);
}

/* However many stay, the steps behind this one have a turn. */
static void
test_over(void **state)
{
	const int64_t begin = clock_ms;
	struct nhi_why why = { "" };
	uint64_t n = 0;

	(void)state;
	sessions(UID, STUCK, 3 * ROUND);
	takes_ms = ALL_MS;
	assert_int_equal(nhi_tick_sessions(&tick, &n, &why), NHI_ERR_STATE);
	assert_int_equal(n, 0);
	/* One long try for the account, short ones behind it, then none. */
	assert_int_equal(calls[0].ms, 10000);
	for (size_t i = 1; i < n_calls; i++)
		assert_int_equal(calls[i].ms, SHORT_MS);
	assert_int_equal(n_calls, 1 + 1 + (ACCOUNT_MS - 10000) / SHORT_MS);
	assert_int_equal(clock_ms - begin, 10000 + (n_calls - 1) * SHORT_MS);
	assert_int_equal(left(), 3 * ROUND);
	assert_int_equal(n_records, 0);
	assert_non_null(strstr(why.text, "processes are left"));
}

/* So many accounts that all of the minute would go: it is never more. */
static void
test_many(void **state)
{
	const int64_t begin = clock_ms;
	struct nhi_why why = { "" };
	uint64_t n = 0;

	(void)state;
	for (uint32_t i = 0; i < 8; i++)
		sessions(UID + i, STUCK + 100 * i, 2);
	takes_ms = ALL_MS;
	assert_int_equal(nhi_tick_sessions(&tick, &n, &why), NHI_ERR_STATE);
	assert_int_equal(n, 0);
	assert_int_equal(clock_ms - begin, ALL_MS);
	assert_int_equal(left(), 16);
}

/* Was each of them asked once, and no other's processes? */
static void
check_calls(uint32_t first, unsigned int n)
{
	for (unsigned int i = 0; i < n; i++) {
		unsigned int seen = 0;

		for (size_t k = 0; k < n_calls; k++)
			seen += calls[k].audit_session == first + i &&
			    calls[k].uid == UID;
		assert_int_equal(seen, 1);
	}
}

/* More than a round of those that stay, and whoever is behind them ends. */
static void
test_behind(void **state)
{
	struct nhi_why why = { "" };
	uint64_t n = 0;

	(void)state;
	sessions(UID, STUCK, ROUND + 6);
	sessions(UID, 1, ROUND + 6);
	takes_ms = 10;
	assert_int_equal(nhi_tick_sessions(&tick, &n, &why), NHI_ERR_STATE);
	assert_int_equal(n, ROUND + 6);
	assert_int_equal(n_records, ROUND + 6);
	assert_int_equal(left(), ROUND + 6);
	assert_int_equal(n_calls, 2 * (ROUND + 6));
	check_calls(1, ROUND + 6);
	check_calls(STUCK, ROUND + 6);
	assert_non_null(strstr(why.text, "processes are left"));
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		TEMP_TEST(test_budget, setup),
		TEMP_TEST(test_over, setup),
		TEMP_TEST(test_many, setup),
		TEMP_TEST(test_behind, setup),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
