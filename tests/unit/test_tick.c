/* SPDX-License-Identifier: BSD-2-Clause */
/* Each step of tick, in a directory of its own. */
#include "config.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>
#include <fcntl.h>
#include <inttypes.h>
#include <signal.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#include "lib/base/hold.h"
#include "lib/base/lease.h"
#include "lib/base/mark.h"
#include "lib/base/revoke.h"
#include "lib/base/session.h"
#include "nhictl/tick.h"
#include "tests/unit/list_fails.h"
#include "tests/unit/temp_dir.h"

#define UID	2000300123

static char paths[17][TEMP_SIZE + 16];
static struct nhi_tick tick;

/* What was recorded, as text. */
static char records[4096];
static enum nhi_err answer;

static enum nhi_err
record(const struct nhi_event *ev, struct nhi_why *why)
{
	size_t n = strlen(records);

	if (answer != NHI_OK)
		return nhi_fail(why, answer, "no");
	(void)snprintf(records + n, sizeof(records) - n, "%s %s %s\n",
	    nhi_audit_event_slug(ev->event),
	    ev->account == NULL ? "-" : ev->account,
	    ev->session == NULL ? "-" : ev->session);
	return NHI_OK;
}

static const char *
make(size_t i, const char *name)
{
	(void)snprintf(paths[i], sizeof(paths[i]), "%s/%s", dir, name);
	return mkdir(paths[i], 0755) == 0 ? paths[i] : NULL;
}

static int
setup(void **state)
{
	(void)temp_setup(state);
	records[0] = '\0';
	answer = NHI_OK;
	tick = (struct nhi_tick){ .spool = make(0, "spool"),
	    .marks = make(1, "marks"), .sessions = make(2, "sessions"),
	    .leases = make(3, "leases"), .issuer = make(4, "issuer"),
	    .holds = make(5, "holds"), .pending = make(6, "pending"),
	    .issued = make(7, "issued"), .revoked = make(8, "revoked"),
	    .uids = make(9, "uids"), .homes = make(10, "homes"),
	    .published = make(11, "published"), .run = make(12, "run"),
	    .ca = make(13, "ca"), .state = make(14, "state"),
	    .stopped = make(15, "stopped"), .reap_ms = 2000,
	    .linger = make(16, "linger"),
	    .now = time(NULL), .record = record };
	tick.wall = tick.now;
	tick.known = true;
	return nhi_hold_init(tick.holds, NULL) != NHI_OK ||
	    nhi_revoke_init(tick.revoked, NULL) != NHI_OK;
}

static void
hold(const char *account, int64_t expires)
{
	struct nhi_hold h = { .scope = NHI_HOLD_ACCOUNT, .id = "h",
	    .expires = expires, .by = "alice", .reason = "r" };

	(void)snprintf(h.name, sizeof(h.name), "%s", account);
	assert_int_equal(nhi_hold_add(tick.holds, &h, NULL), NHI_OK);
}

static void
test_holds(void **state)
{
	struct stat st;
	uint64_t n = 0;

	(void)state;
	hold("over", tick.now);
	hold("later", tick.now + 1);
	hold("ever", 0);
	answer = NHI_ERR_AUDIT_UNAVAILABLE;
	assert_int_equal(nhi_tick_holds(&tick, &n, NULL), answer);
	assert_int_equal(lstat(temp_path(dir, "holds/account/over"), &st), 0);
	answer = NHI_OK;
	assert_int_equal(nhi_tick_holds(&tick, &n, NULL), NHI_OK);
	assert_int_equal(n, 1);
	assert_string_equal(records, "hold.lift over -\n");
	assert_int_equal(lstat(temp_path(dir, "holds/account/over"), &st), -1);
	assert_int_equal(lstat(temp_path(dir, "holds/account/later"), &st), 0);
	assert_int_equal(lstat(temp_path(dir, "holds/account/ever"), &st), 0);
}

/* A session of the account: of this process, or of none. */
static void
session(const char *account, const char *identity, pid_t pid, bool alive)
{
	struct nhi_session s = { .uid = UID, .service = "sshd",
	    .audit_session = UINT32_MAX, .pid = alive ? getpid() : pid };

	(void)snprintf(s.account, sizeof(s.account), "%s", account);
	(void)snprintf(s.identity, sizeof(s.identity), "%s", identity);
	assert_int_equal(nhi_stamp_boot(s.start.boot, NULL), NHI_OK);
	if (alive)
		assert_int_equal(nhi_stamp_process(s.pid, &s.start.ticks,
		    NULL), NHI_OK);
	nhi_session_name(&s);
	assert_int_equal(nhi_session_write(tick.sessions, &s, NULL), NHI_OK);
}

static void
check_lease(const char *account, uint32_t sessions)
{
	char text[128] = "";
	char want[16];
	ssize_t n = readlink(temp_path(tick.leases, account), text,
	    sizeof(text) - 1);

	if (sessions == 0) {
		assert_int_equal(n, -1);
		return;
	}
	assert_true(n > 0);
	(void)snprintf(want, sizeof(want), ":%" PRIu32, sessions);
	assert_string_equal(strrchr(text, ':'), want);
}

static void
test_sessions(void **state)
{
	uint64_t n = 0;

	(void)state;
	session("web", "bot", 1 << 22, false);
	session("web", "bot", 0, true);
	session("db", "bot", (1 << 22) + 1, false);
	session("job", "", (1 << 22) + 2, false);
	for (unsigned int i = 0; i < 3; i++)
		assert_int_equal(nhi_lease_set(tick.leases,
		    i == 0 ? "web" : i == 1 ? "db" : "job", UID, 2, NULL),
		    NHI_OK);
	answer = NHI_ERR_AUDIT_UNAVAILABLE;
	assert_int_equal(nhi_tick_sessions(&tick, &n, NULL), answer);
	assert_int_equal(n, 0);
	check_lease("db", 2);
	answer = NHI_OK;
	assert_int_equal(nhi_tick_sessions(&tick, &n, NULL), NHI_OK);
	assert_int_equal(n, 3);
	check_lease("web", 1);
	check_lease("db", 0);
	check_lease("job", 2);	/* not the session's to end */
	assert_non_null(strstr(records,
	    "session.end web 4294967295-4194304-0\n"));
	assert_non_null(strstr(records, "session.end db "));
	assert_non_null(strstr(records, "session.end job "));
	n = 0;
	assert_int_equal(nhi_tick_sessions(&tick, &n, NULL), NHI_OK);
	assert_int_equal(n, 0);
}

/* More than one round of them. */
static void
test_many(void **state)
{
	uint64_t n = 0;

	(void)state;
	for (int i = 0; i < 200; i++)
		session("web", "bot", (1 << 22) + i, false);
	assert_int_equal(nhi_tick_sessions(&tick, &n, NULL), NHI_OK);
	assert_int_equal(n, 200);
}

static void
test_leases(void **state)
{
	uint64_t n = 0;

	(void)state;
	session("web", "bot", 0, true);
	assert_int_equal(nhi_lease_set(tick.leases, "web", UID, 1, NULL),
	    NHI_OK);
	assert_int_equal(nhi_lease_set(tick.leases, "new", UID, 1, NULL),
	    NHI_OK);
	assert_int_equal(symlink("01234567-89ab-cdef-0123-456789abcdef:"
	    "2000300123:1", temp_path(tick.leases, "boot")), 0);
	temp_write(temp_path(tick.linger, "boot"), "");
	temp_write(temp_path(tick.linger, "new"), "");
	assert_int_equal(nhi_tick_leases(&tick, &n, NULL), NHI_OK);
	assert_int_equal(n, 1);
	assert_int_not_equal(access(temp_path(tick.linger, "boot"), F_OK), 0);
	assert_int_equal(access(temp_path(tick.linger, "new"), F_OK), 0);
	check_lease("boot", 0);
	check_lease("new", 1);
	tick.wall += 600;
	assert_int_equal(nhi_tick_leases(&tick, &n, NULL), NHI_OK);
	check_lease("new", 0);
	check_lease("web", 1);
}

/* What is of this boot grows old while the believed time is years behind. */
static int
setup_behind(void **state)
{
	int r = setup(state);

	tick.now -= 10 * 365 * 86400;
	return r;
}

static pid_t
waiting(uint64_t *ret_start)
{
	pid_t pid = fork();

	if (pid == 0) {
		for (;;)
			(void)pause();
	}
	assert_int_equal(nhi_stamp_process(pid, ret_start, NULL), NHI_OK);
	return pid;
}

static void
connect_one(pid_t pid, uint64_t start)
{
	char name[64];

	(void)snprintf(name, sizeof(name), "%ld-%" PRIu64, (long)pid, start);
	assert_int_equal(symlink("10.0.0.1", temp_path(tick.issuer, name)), 0);
}

static void
test_issuer(void **state)
{
	uint64_t start, n = 0;
	pid_t pid = waiting(&start);
	struct stat st;
	int status;

	(void)state;
	connect_one(pid, start);
	connect_one(pid, start + 1);		/* another's by now */
	connect_one(1 << 22, 5);		/* dead */
	assert_int_equal(symlink("x", temp_path(tick.issuer, ".lock")), 0);
	assert_int_equal(symlink("x", temp_path(tick.issuer, "x-y")), 0);
	assert_int_equal(symlink("1", temp_path(tick.issuer,
	    "told-cap-10.0.0.1-1")), 0);
	assert_int_equal(nhi_tick_issuer(&tick, &n, NULL), NHI_OK);
	assert_int_equal(n, 2);
	assert_int_equal(waitpid(pid, &status, WNOHANG), 0);
	assert_int_equal(lstat(temp_path(tick.issuer, "x-y"), &st), 0);
	assert_int_equal(lstat(temp_path(tick.issuer, "told-cap-10.0.0.1-1"),
	    &st), 0);
	tick.wall += 62;
	assert_int_equal(nhi_tick_issuer(&tick, &n, NULL), NHI_OK);
	assert_int_equal(n, 4);
	assert_int_equal(lstat(temp_path(tick.issuer, "told-cap-10.0.0.1-1"),
	    &st), -1);
	assert_int_equal(waitpid(pid, &status, 0), pid);
	assert_true(WIFSIGNALED(status) && WTERMSIG(status) == SIGTERM);
	assert_int_equal(nhi_tick_issuer(&tick, &n, NULL), NHI_OK);
	assert_int_equal(n, 5);
}

static void
test_pending(void **state)
{
	struct stat st;
	uint64_t n = 0;

	(void)state;
	temp_write(temp_path(tick.pending, "a"), "x");
	assert_int_equal(nhi_tick_pending(&tick, &n, NULL), NHI_OK);
	assert_int_equal(n, 0);
	tick.wall += 700;
	assert_int_equal(mkdir(temp_path(tick.pending, "d"), 0700), 0);
	assert_int_equal(nhi_tick_pending(&tick, &n, NULL), NHI_OK);
	assert_int_equal(n, 1);
	assert_int_equal(lstat(temp_path(tick.pending, "a"), &st), -1);
	assert_int_equal(lstat(temp_path(tick.pending, "d"), &st), 0);
}

/* A file or link of this name, made so long ago; is it there after tick? */
static bool
stays(const char *at, const char *name, bool is_link, int64_t age)
{
	struct timespec times[2] = { { .tv_sec = tick.wall - age },
		{ .tv_sec = tick.wall - age } };
	const char *path = temp_path(at, name);
	struct stat st;
	uint64_t n = 7;

	if (is_link)
		assert_int_equal(symlink("text", path), 0);
	else
		temp_write(path, "x");
	assert_int_equal(utimensat(AT_FDCWD, path, times,
	    AT_SYMLINK_NOFOLLOW), 0);
	assert_int_equal(nhi_tick_temporary(&tick, &n, NULL), NHI_OK);
	assert_int_equal(n, lstat(path, &st) == 0 ? 0 : 1);
	return n == 0;
}

static void
test_temporary(void **state)
{
	static const char *const kept[] = { "1-2-3", "x.tmp-", "x.tmp-1",
		"x.tmp-1-2", "x.tmp-9-9-9-9", "x.tmp-9-9-x", "x.tmp--9-9-9",
		"tmp-9-9-9" };
	char dead[64], alive[64];
	pid_t pid = fork();

	(void)state;
	if (pid == 0)
		_exit(0);
	assert_int_equal(waitpid(pid, NULL, 0), pid);
	(void)snprintf(dead, sizeof(dead), "x.tmp-%ld-123456789-0", (long)pid);
	(void)snprintf(alive, sizeof(alive), "x.tmp-%ld-1-0", (long)getpid());
	assert_true(stays(tick.sessions, dead, false, 100));
	assert_int_equal(unlink(temp_path(tick.sessions, dead)), 0);
	assert_true(stays(tick.sessions, alive, false, 1000));
	for (size_t i = 0; i < sizeof(kept) / sizeof(kept[0]); i++)
		assert_true(stays(tick.leases, kept[i], true, 1000));
	assert_false(stays(tick.sessions, dead, false, 130));
	assert_false(stays(tick.leases, dead, true, 130));
	assert_false(stays(tick.run, dead, false, 130));
	assert_false(stays(tick.state, dead, true, 130));
	assert_false(stays(tick.ca, dead, false, 130));
	assert_false(stays(tick.published, dead, true, 130));
	assert_false(stays(tick.marks, dead, true, 130));
	assert_false(stays(tick.issued, dead, false, 130));
	assert_false(stays(tick.uids, dead, true, 130));
	assert_false(stays(temp_path(tick.holds, "account"), dead, true, 130));
	/* Where others may make directories, none is entered. */
	assert_int_equal(mkdir(temp_path(tick.issued, "d"), 0755), 0);
	assert_true(stays(temp_path(tick.issued, "d"), dead, false, 130));
}

static void
strike(enum nhi_revoke_kind kind, const char *name, int64_t age)
{
	struct nhi_revocation r = { .kind = kind, .time = tick.now - age,
	    .id = "i", .by = "alice", .reason = "r" };

	(void)snprintf(r.name, sizeof(r.name), "%s", name);
	assert_int_equal(nhi_revoke_add(tick.revoked, &r, NULL), NHI_OK);
}

static bool
is_revoked(const char *path)
{
	struct stat st;

	return lstat(temp_path(tick.revoked, path), &st) == 0;
}

/* What a session of before may still be asked about stays. */
static void
test_revoked(void **state)
{
	static const char mark[] = "0123456789abcdef";
	static const char key[] = "0123456789abcdef0123456789abcdef"
	    "0123456789abcdef0123456789abcdef";
	const int64_t day = 24 * 60 * 60;
	uint64_t n = 0;

	(void)state;
	session("web", "bot", 0, true);		/* opened in 1970 */
	strike(NHI_REVOKE_SERIAL, "1", 2 * day);
	strike(NHI_REVOKE_SERIAL, "2", 2 * day + 1);
	strike(NHI_REVOKE_IDENTITY, "bot", 11 * day);
	strike(NHI_REVOKE_IDENTITY, "other", 10 * day + 1);
	/* A token that it strikes may live a week. */
	strike(NHI_REVOKE_IDENTITY, "week", 10 * day);
	strike(NHI_REVOKE_MARK, mark, 399 * day);
	strike(NHI_REVOKE_KEY, key, 4000 * day);
	assert_int_equal(nhi_tick_revoked(&tick, &n, NULL), NHI_OK);
	assert_int_equal(n, 2);
	assert_true(is_revoked("serial/1"));
	assert_false(is_revoked("serial/2"));
	assert_true(is_revoked("identity/bot"));
	assert_false(is_revoked("identity/other"));
	assert_true(is_revoked("identity/week"));
	assert_true(is_revoked("mark/0123456789abcdef"));
	tick.now += 2 * day;
	assert_int_equal(nhi_tick_revoked(&tick, &n, NULL), NHI_OK);
	assert_false(is_revoked("mark/0123456789abcdef"));
	assert_true(is_revoked(temp_path("key", key)));
}

static void
test_marks(void **state)
{
	struct nhi_mark mark = { .exp = tick.now - 1 };
	uint64_t n = 0;

	(void)state;
	assert_int_equal(nhi_mark_spend(tick.marks, &mark, NULL), NHI_OK);
	mark.hash[0] = 1;
	mark.exp = tick.now;
	assert_int_equal(nhi_mark_spend(tick.marks, &mark, NULL), NHI_OK);
	assert_int_equal(nhi_tick_marks(&tick, &n, NULL), NHI_OK);
	assert_int_equal(n, 1);
}

/* A place that is not there is a fault, never "nothing to do". */
static void
test_missing(void **state)
{
	uint64_t n = 0;

	(void)state;
	tick.issued = tick.revoked = tick.uids = tick.homes = tick.marks =
	    tick.sessions = tick.leases = tick.issuer = tick.holds =
	    tick.pending = tick.spool = temp_path(dir, "nowhere");
	assert_int_equal(nhi_tick_spool(&tick, &n, NULL), NHI_ERR_STATE);
	assert_int_equal(nhi_tick_marks(&tick, &n, NULL), NHI_ERR_STATE);
	/* No directory of sessions means no session: /run after a boot. */
	assert_int_equal(nhi_tick_sessions(&tick, &n, NULL), NHI_OK);
	assert_int_equal(nhi_tick_leases(&tick, &n, NULL), NHI_ERR_STATE);
	assert_int_equal(nhi_tick_issuer(&tick, &n, NULL), NHI_ERR_STATE);
	assert_int_equal(nhi_tick_holds(&tick, &n, NULL), NHI_ERR_STATE);
	assert_int_equal(nhi_tick_pending(&tick, &n, NULL), NHI_ERR_STATE);
	assert_int_equal(nhi_tick_issued(&tick, &n, NULL), NHI_ERR_STATE);
	assert_int_equal(nhi_tick_revoked(&tick, &n, NULL), NHI_ERR_STATE);
	/* Homes are made by the first session. */
	assert_int_equal(nhi_tick_homes(&tick, &n, NULL), NHI_OK);
	/* And not every host has systemd. */
	tick.linger = temp_path(dir, "nowhere");
	assert_int_equal(nhi_tick_linger(&tick, &n, NULL), NHI_OK);
	/* Without a policy no UID is anybody's to give back. */
	assert_int_equal(nhi_tick_uids(&tick, &n, NULL), NHI_OK);
	assert_int_equal(n, 0);
}

/* A step that has not seen all does not say that it is done. */
static void
test_broken_off(void **state)
{
	static enum nhi_err (*const steps[])(const struct nhi_tick *,
	    uint64_t *, struct nhi_why *) = {
		nhi_tick_sessions, nhi_tick_leases, nhi_tick_issuer,
		nhi_tick_holds, nhi_tick_pending, nhi_tick_issued,
		nhi_tick_revoked, nhi_tick_temporary, nhi_tick_linger,
		/* End of the steps */
	};
	enum nhi_err err;
	uint64_t n = 0;

	(void)state;
	for (size_t i = 0; i < sizeof(steps) / sizeof(steps[0]); i++) {
		assert_int_equal(steps[i](&tick, &n, NULL), NHI_OK);
		list_fails = true;
		err = steps[i](&tick, &n, NULL);
		list_fails = false;
		assert_int_equal(err, NHI_ERR_STATE);
	}
	assert_int_equal(n, 0);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		TEMP_TEST(test_broken_off, setup),
		TEMP_TEST(test_holds, setup),
		TEMP_TEST(test_sessions, setup),
		TEMP_TEST(test_many, setup),
		TEMP_TEST(test_leases, setup),
		TEMP_TEST(test_leases, setup_behind),
		TEMP_TEST(test_issuer, setup),
		TEMP_TEST(test_issuer, setup_behind),
		TEMP_TEST(test_temporary, setup),
		TEMP_TEST(test_temporary, setup_behind),
		TEMP_TEST(test_pending, setup),
		TEMP_TEST(test_pending, setup_behind),
		TEMP_TEST(test_marks, setup),
		TEMP_TEST(test_revoked, setup),
		TEMP_TEST(test_missing, setup),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
