/* SPDX-License-Identifier: BSD-2-Clause */
/* From the spool to the trail, once, whatever happens on the way. */
#include "config.h"

#include <inttypes.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>
#include <sys/stat.h>
#include <unistd.h>

#include "tests/unit/list_fails.h"
#include "tests/unit/spool_place.h"

/* A crash after the append: the file is still there, and the marker. */
static void
test_crash(void **state)
{
	char first[] = "first", again[] = "again";
	struct stat st;

	(void)state;
	if (geteuid() != 0)
		skip();
	plant(first, DENY "end\n", ISSUER);
	assert_int_equal(drain(), 1);
	assert_int_equal(lines(), 1);
	plant(again, DENY "end\n", ISSUER);
	assert_int_equal(symlink("0", temp_path(dir, "log/.drain")), 0);
	assert_int_equal(drain(), 1);
	assert_int_equal(lines(), 1);
	assert_int_equal(files(), 0);
	assert_int_equal(lstat(temp_path(dir, "log/.drain"), &st), -1);
	/* Without a crash nobody looks: ids are the writers' own matter. */
	plant(again, DENY "end\n", ISSUER);
	assert_int_equal(drain(), 1);
	assert_int_equal(lines(), 2);
}

/* The file of the crash may be among what could not be listed. */
static void
test_crash_broken_off(void **state)
{
	char first[] = "first", again[] = "again";
	size_t taken = 77;

	(void)state;
	if (geteuid() != 0)
		skip();
	plant(first, DENY "end\n", ISSUER);
	assert_int_equal(drain(), 1);
	plant(again, DENY "end\n", ISSUER);
	assert_int_equal(symlink("0", temp_path(dir, "log/.drain")), 0);
	list_fails = true;
	assert_int_equal(drain_at(now_ms(), 10, &taken), NHI_ERR_STATE);
	list_fails = false;
	assert_int_equal(taken, 77);
	assert_int_equal(drain(), 1);
	assert_int_equal(lines(), 1);
	assert_int_equal(files(), 0);
}

/* What cannot be written stays where it is. */
static void
test_no_trail(void **state)
{
	size_t taken = 77;

	(void)state;
	if (geteuid() != 0)
		skip();
	put(grant, ISSUER);
	plant("junk", "x", OTHER);
	assert_int_equal(chmod(log_dir, 0777), 0);
	assert_int_equal(drain_at(now_ms(), 10, &taken),
	    NHI_ERR_AUDIT_UNAVAILABLE);
	assert_int_equal(taken, 77);
	assert_int_equal(files(), 2);
	assert_int_equal(chmod(log_dir, 0750), 0);
	assert_int_equal(drain(), 2);
	assert_int_equal(lines(), 2);
}

static void
test_dir(void **state)
{
	size_t taken;

	(void)state;
	if (geteuid() != 0)
		skip();
	assert_int_equal(chmod(spool, 01733), 0);
	assert_int_equal(drain_at(now_ms(), 10, &taken), NHI_ERR_STATE);
	assert_int_equal(chmod(spool, 01730), 0);
	assert_int_equal(chown(spool, ISSUER, TEMP_GID), 0);
	assert_int_equal(drain_at(now_ms(), 10, &taken), NHI_ERR_STATE);
	assert_int_equal(rmdir(spool), 0);
	assert_int_equal(drain_at(now_ms(), 10, &taken), NHI_ERR_STATE);
}

static int
put_told(int index, void *arg)
{
	struct nhi_event ev = { .event = NHI_EVENT_LOGIN_DENY,
	    .outcome = NHI_DENY, .reason = NHI_ERR_HOLD, .serial = 7 };
	struct nhi_audit_stamp stamp = { .time_ms = *(const int64_t *)arg };

	(void)index;
	nhi_audit_id(stamp.time_ms, stamp.id);
	return nhi_spool_put_once(spool, &ev, &stamp, NULL) == NHI_OK;
}

/* Told once an hour, however often it is provoked and drained. */
static void
test_once(void **state)
{
	int64_t now = now_ms(), next = now + NHI_SPOOL_HOUR;
	size_t taken = 0;

	(void)state;
	if (geteuid() != 0)
		skip();
	for (unsigned int i = 0; i < 3; i++) {
		assert_int_equal(temp_race(2, VERIFY, put_told, &now), 2);
		assert_int_equal(drain_at(now, 10, &taken), NHI_OK);
		assert_int_equal(taken, i == 0);
		assert_int_equal(lines(), 1);
		assert_int_equal(files(), 1);
	}
	/* The next hour has its own, and the old name goes. */
	assert_int_equal(temp_race(1, VERIFY, put_told, &next), 1);
	assert_int_equal(drain_at(next, 10, &taken), NHI_OK);
	assert_int_equal(lines(), 2);
	assert_int_equal(files(), 1);
	assert_int_equal(drain_at(next + NHI_SPOOL_HOUR, 10, &taken), NHI_OK);
	assert_int_equal(files(), 0);
	assert_int_equal(lines(), 2);
	/* A name of a far hour does not stay until then. */
	next = now + 1000 * NHI_SPOOL_HOUR;
	assert_int_equal(temp_race(1, VERIFY, put_told, &next), 1);
	assert_int_equal(drain_at(now, 10, &taken), NHI_OK);
	assert_int_equal(files(), 0);
}

/* A name of this hour that a drain left. */
static void
plant_told(int64_t hour, int i)
{
	char name[64];

	(void)snprintf(name, sizeof(name), "p.%" PRId64 ".%d.hold", hour, i);
	plant(name, "", 0);
}

/* Who may write here invents names: they keep nothing else from its place. */
static void
test_told_names(void **state)
{
	const int64_t now = now_ms(), hour = now / NHI_SPOOL_HOUR;
	size_t taken = 0;
	char name[64];

	(void)state;
	if (geteuid() != 0)
		skip();
	/* What is no record leaves no name. */
	(void)snprintf(name, sizeof(name), "p.%" PRId64 ".0.hold", hour);
	plant(name, "x", OTHER);
	assert_int_equal(drain_at(now, 10, &taken), NHI_OK);
	assert_int_equal(files(), 0);
	for (int i = 1; i <= 4000; i++)
		plant_told(hour, i);
	put(grant, ISSUER);
	assert_int_equal(drain_at(now, 10, &taken), NHI_OK);
	assert_int_equal(taken, 1);
	/* That many are enough, in which order they are ever listed. */
	for (int i = 0; i < 10; i++) {
		(void)snprintf(name, sizeof(name), "p.%" PRId64 ".%d.revoked",
		    hour, i);
		plant(name, DENY "end\n", VERIFY);
		assert_int_equal(drain_at(now, 10, &taken), NHI_OK);
		assert_int_equal(taken, 1);
		assert_int_equal(files(), 4000);
	}
	/* Those of another hour take no place. */
	plant(name, DENY "end\n", VERIFY);
	(void)snprintf(name, sizeof(name), "p.%" PRId64 ".1.state", hour + 2);
	plant(name, DENY "end\n", VERIFY);
	assert_int_equal(drain_at(now + 2 * NHI_SPOOL_HOUR, 10, &taken),
	    NHI_OK);
	assert_int_equal(taken, 2);
	assert_int_equal(files(), 1);
}

/* Writers and drains at once: every grant is in the trail, once. */
static int
race(int index, void *arg)
{
	size_t taken;

	(void)arg;
	if (index < 4 && (setresgid(TEMP_GID, TEMP_GID, TEMP_GID) != 0 ||
	    setresuid(ISSUER, ISSUER, ISSUER) != 0))
		return 1;
	for (unsigned int i = 0; i < 50; i++) {
		if (index < 4 && put_event(&grant) != NHI_OK)
			return 1;
		if (index >= 4 &&
		    drain_at(now_ms(), 1000, &taken) != NHI_OK)
			return 1;
	}
	return 0;
}

static int
compare(const void *a, const void *b)
{
	return memcmp(a, b, NHI_AUDIT_ID);
}

static void
test_race(void **state)
{
	NHI_AUTO(nhi_free) char *text = NULL;
	char ids[200][NHI_AUDIT_ID];
	struct nhi_span rest, line;
	size_t n = 0;

	(void)state;
	if (geteuid() != 0)
		skip();
	assert_int_equal(temp_race(8, 0, race, NULL), 0);
	(void)drain();
	assert_int_equal(files(), 0);
	text = temp_read(temp_path(dir, LOG));
	rest = nhi_span_str(text);
	while (nhi_span_cut(&rest, '\n', &line) && rest.p != NULL) {
		assert_true(n < 200);
		memcpy(ids[n++], line.p + strlen("{\"v\":1,\"id\":\""),
		    NHI_AUDIT_ID);
	}
	assert_int_equal(n, 200);
	qsort(ids, n, sizeof(ids[0]), compare);
	for (size_t i = 1; i < n; i++)
		assert_true(memcmp(ids[i - 1], ids[i], NHI_AUDIT_ID) != 0);
}

/* Many files: no more work than allowed, and all of it in the end. */
static void
test_many(void **state)
{
	size_t taken = 0, total = 0;

	(void)state;
	if (geteuid() != 0)
		skip();
	for (unsigned int i = 0; i < 5000; i++) {
		char name[32];

		(void)snprintf(name, sizeof(name), "f%u", i);
		plant(name, DENY "end\n", ISSUER);
	}
	assert_int_equal(drain_at(now_ms(), 100, &taken), NHI_OK);
	assert_int_equal(taken, 100);
	for (total = taken; taken > 0; total += taken)
		assert_int_equal(drain_at(now_ms(), 2000, &taken), NHI_OK);
	assert_int_equal(total, 5000);
	assert_int_equal(lines(), 5000);
}

/* The longest of everything still fits a file. */
static void
test_long(void **state)
{
	struct nhi_event ev = grant;
	char bad[4000], claims[4000];
	struct json_object *o;
	size_t n;

	(void)state;
	if (geteuid() != 0)
		skip();
	memset(bad, '\xff', sizeof(bad) - 1);
	bad[sizeof(bad) - 1] = '\0';
	memset(claims, 'c', sizeof(claims));
	for (size_t i = 0; i < sizeof(claims); i += 50)
		memcpy(claims + i, "\nx=", 3);
	ev.claims = (struct nhi_span){ claims, sizeof(claims) };
	ev.identity = ev.owner = ev.account = ev.issuer = ev.subject =
	    ev.jti = ev.key = ev.alg = ev.kid = ev.keyid = ev.source =
	    ev.service = ev.command = ev.host = ev.detail = bad;
	put(ev, ISSUER);
	assert_int_equal(drain(), 1);
	o = last(&n);
	assert_string_equal(get(o, "event"), "cert.issue");
	json_object_put(o);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		TEMP_TEST(test_crash, setup),
		TEMP_TEST(test_crash_broken_off, setup),
		TEMP_TEST(test_no_trail, setup),
		TEMP_TEST(test_dir, setup),
		TEMP_TEST(test_once, setup),
		TEMP_TEST(test_told_names, setup),
		TEMP_TEST(test_race, setup),
		TEMP_TEST(test_many, setup),
		TEMP_TEST(test_long, setup),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
