/* SPDX-License-Identifier: BSD-2-Clause */
/* What lies in the spool, and what of it comes into the trail. */
#include "config.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>
#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include "tests/unit/spool_place.h"

static void
test_grant(void **state)
{
	struct json_object *o;
	size_t n;

	(void)state;
	if (geteuid() != 0)
		skip();
	put(grant, ISSUER);
	assert_int_equal(files(), 1);
	assert_int_equal(drain(), 1);
	assert_int_equal(files(), 0);
	o = last(&n);
	assert_int_equal(n, 1);
	assert_string_equal(get(o, "event"), "cert.issue");
	assert_string_equal(get(o, "outcome"), "grant");
	assert_string_equal(get(o, "component"), "nhi-issue");
	assert_string_equal(get(o, "subject"),
	    "a \"b\" %41 \xc3\xa9 \xef\xbf\xbd\n");
	assert_string_equal(get(o, "serial"), "18446744073709551615");
	assert_string_equal(get(o, "expires"), "2025-11-22T03:05:00.000Z");
	assert_string_equal(get(o, "claims"),
	    "{ \"a\": \"1\", \"b\": \"2\" }");
	assert_string_equal(get(o, "took_us"), "99");
	/* Not theirs to say. */
	assert_string_equal(get(o, "uid"), "(none)");
	assert_string_equal(get(o, "session"), "(none)");
	assert_string_equal(get(o, "auid_session"), "(none)");
	json_object_put(o);
}

/* A record that somebody else may take away is none, so there is no grant. */
static void
test_place(void **state)
{
	(void)state;
	if (geteuid() != 0)
		skip();
	assert_int_equal(put_event(&grant), NHI_OK);
	assert_int_equal(chmod(spool, 0777), 0);
	assert_int_equal(put_event(&grant), NHI_ERR_AUDIT_UNAVAILABLE);
	assert_int_equal(chmod(spool, 01733), 0);
	assert_int_equal(put_event(&grant), NHI_ERR_AUDIT_UNAVAILABLE);
	assert_int_equal(chmod(spool, 01730), 0);
	assert_int_equal(chown(spool, OTHER, TEMP_GID), 0);
	assert_int_equal(put_event(&grant), NHI_ERR_AUDIT_UNAVAILABLE);
	assert_int_equal(chown(spool, 0, TEMP_GID), 0);
	assert_int_equal(put_event(&grant), NHI_OK);
	assert_int_equal(files(), 2);
}

static const struct {
	const char *name;
	const char *text;
	uid_t uid;
	bool good;
} planted[] = {
	{ "g." ID, DENY "end\n", ISSUER, true },
	{ "d.x", DENY "end\n", VERIFY, true },
	{ ".hidden", DENY "end\n", ISSUER, true },
	{ "fetch", HEAD "event fetch.ok\noutcome grant\nend\n", FETCH, true },
	{ "fetch2", HEAD "event fetch.ok\noutcome grant\nend\n", VERIFY,
	    false },
	{ "issue", HEAD "event cert.issue\noutcome grant\nend\n", ISSUER,
	    true },
	{ "issue2", HEAD "event cert.issue\noutcome grant\nend\n", VERIFY,
	    false },
	{ "apply", HEAD "event policy.apply\noutcome info\nend\n", ISSUER,
	    false },
	{ "login", HEAD "event login.grant\noutcome grant\nend\n", VERIFY,
	    false },
	{ "lie", HEAD "event login.deny\noutcome grant\nend\n", VERIFY, false },
	{ "other", DENY "end\n", OTHER, false },
	{ "root", DENY "end\n", 0, false },
	{ "json", "{\"v\":1,\"event\":\"cert.issue\"}\n", ISSUER, false },
	{ "empty", "", ISSUER, false },
	{ "cut", DENY, ISSUER, false },
	{ "cut2", DENY "end", ISSUER, false },
	{ "more", DENY "end\nx\n", ISSUER, false },
	{ "twice", DENY "jti a\njti b\nend\n", ISSUER, false },
	{ "future", HEAD "event token.later\noutcome deny\nend\n", ISSUER,
	    false },
	{ "field", DENY "colour red\nend\n", ISSUER, false },
	{ "component", DENY "component pam_nhi\nend\n", ISSUER, false },
	{ "time", DENY "time 1\nend\n", ISSUER, false },
	{ "uid", DENY "uid 0\nend\n", ISSUER, false },
	{ "v", DENY "v 1\nend\n", ISSUER, false },
	{ "words", DENY "jti a b\nend\n", ISSUER, false },
	{ "escape", DENY "jti %41\nend\n", ISSUER, false },
	{ "nul", DENY "jti %00\nend\n", ISSUER, false },
	{ "number", DENY "serial -1\nend\n", ISSUER, false },
	{ "id", NHI_SPOOL_MAGIC "\nid ../../../../../../../../x\npid 7\n"
	    "event token.deny\noutcome deny\nend\n", ISSUER, false },
	{ "no-id", NHI_SPOOL_MAGIC "\npid 7\n"
	    "event token.deny\noutcome deny\nend\n", ISSUER, false },
	{ "no-event", HEAD "outcome deny\nend\n", ISSUER, false },
	{ "reason", DENY "reason because\nend\n", ISSUER, false },
	{ "c.", "+", ISSUER, false },
	{ "c.1.none.x", "+", ISSUER, false },
	/* End of the files */
};

/* A record gives its record; anything else one spool.dropped. */
static void
test_planted(void **state)
{
	int64_t later = now_ms() + 10000;

	(void)state;
	if (geteuid() != 0)
		skip();
	for (size_t i = 0; i < sizeof(planted) / sizeof(planted[0]); i++) {
		size_t n, taken = 0;
		struct json_object *o;
		bool dropped;

		plant(planted[i].name, planted[i].text, planted[i].uid);
		assert_int_equal(drain_at(later, 10, &taken), NHI_OK);
		assert_int_equal(taken, 1);
		assert_int_equal(files(), 0);
		o = last(&n);
		assert_int_equal(n, i + 1);
		dropped = strcmp(get(o, "event"), "spool.dropped") == 0;
		if (dropped == planted[i].good)
			fail_msg("%s: %s", planted[i].name,
			    json_object_to_json_string(o));
		json_object_put(o);
	}
}

/* A file that is being written is left alone; after five seconds it is not. */
static void
test_unfinished(void **state)
{
	size_t taken = 0;

	(void)state;
	if (geteuid() != 0)
		skip();
	plant("d.x", DENY, ISSUER);
	assert_int_equal(drain(), 0);
	assert_int_equal(files(), 1);
	plant("d.x", DENY "end\n", ISSUER);
	assert_int_equal(drain(), 1);
	plant("d.x", DENY, ISSUER);
	assert_int_equal(drain_at(now_ms() + 6000, 10, &taken), NHI_OK);
	assert_int_equal(taken, 1);
	assert_int_equal(lines(), 2);
}

static void
test_hostile(void **state)
{
	const char *secret = temp_path(dir, "secret");
	NHI_AUTO(nhi_free) char *text = NULL;
	struct stat st;
	size_t n;
	struct json_object *o;
	int fd;

	(void)state;
	if (geteuid() != 0)
		skip();
	temp_write(secret, DENY "detail secret\nend\n");
	assert_int_equal(chown(secret, ISSUER, TEMP_GID), 0);
	assert_int_equal(symlink(secret, temp_path(spool, "symlink")), 0);
	assert_int_equal(link(secret, temp_path(spool, "hardlink")), 0);
	assert_int_equal(mkfifo(temp_path(spool, "fifo"), 0600), 0);
	assert_int_equal(lchown(temp_path(spool, "fifo"), ISSUER, 0), 0);
	fd = open(temp_path(spool, "large"), O_WRONLY | O_CREAT | O_CLOEXEC,
	    0600);
	assert_int_equal(ftruncate(fd, 64 << 20), 0);
	assert_int_equal(fchown(fd, ISSUER, TEMP_GID), 0);
	(void)close(fd);
	assert_int_equal(mkdir(temp_path(spool, "dir"), 0700), 0);
	assert_int_equal(mkdir(temp_path(spool, "full"), 0700), 0);
	assert_int_equal(mkdir(temp_path(spool, "full/x"), 0700), 0);
	assert_int_equal(drain(), 4);
	assert_int_equal(files(), 1);	/* the full directory */
	o = last(&n);
	assert_int_equal(n, 1);
	assert_non_null(strstr(get(o, "detail"), "4 files"));
	json_object_put(o);
	text = temp_read(temp_path(dir, LOG));
	assert_null(strstr(text, "secret"));
	assert_int_equal(stat(secret, &st), 0);
	assert_int_equal(st.st_nlink, 1);
	assert_int_equal(drain(), 0);
	assert_int_equal(lines(), 1);
}

static int
put_many(int index, void *arg)
{
	struct nhi_event ev = { .event = NHI_EVENT_TOKEN_DENY,
	    .outcome = NHI_DENY, .source = arg };
	int n = 0;

	(void)index;
	for (unsigned int i = 0; i < 40; i++)
		n += put_event(&ev) == NHI_OK;
	return n;
}

/* The counted ones come as one record when the minute is over. */
static void
check_dropped(const char *source, const char *detail)
{
	struct json_object *o;
	size_t n, before = lines(), taken = 0;

	assert_int_equal(drain_at(now_ms() + 120000, 1000, &taken), NHI_OK);
	assert_int_equal(taken, 1);
	o = last(&n);
	assert_int_equal(n, before + 1);
	assert_string_equal(get(o, "event"), "spool.dropped");
	assert_string_equal(get(o, "component"), "nhi-issue");
	assert_string_equal(get(o, "source"), source);
	assert_string_equal(get(o, "detail"), detail);
	json_object_put(o);
}

static void
test_room(void **state)
{
	char source[] = "10.0.0.1", other[] = "10.0.0.2";
	size_t taken = 0;

	(void)state;
	if (geteuid() != 0)
		skip();
	while (now_ms() % NHI_SPOOL_MINUTE > 55000)
		(void)usleep(200000);
	assert_int_equal(temp_race(1, ISSUER, put_many, source), 32);
	assert_int_equal(files(), 33);
	/* Another writer and another source have rooms of their own. */
	assert_int_equal(temp_race(1, VERIFY, put_many, source), 32);
	assert_int_equal(temp_race(1, VERIFY, put_many, other), 32);
	assert_int_equal(files(), 99);
	assert_int_equal(drain(), 96);
	assert_int_equal(files(), 3);
	assert_int_equal(unlink(temp_path(spool, "README")), -1);
	assert_int_equal(drain_at(now_ms() + 120000, 2, &taken), NHI_OK);
	assert_int_equal(taken, 2);
	assert_int_equal(drain_at(now_ms() + 120000, 2, &taken), NHI_OK);
	assert_int_equal(taken, 1);
	assert_int_equal(lines(), 99);
}

static void
test_room_one(void **state)
{
	char source[] = "::ffff:10.0.0.1", six[] = "2001:db8::1";
	char near[] = "2001:db8::2", none[] = "; rm -rf /";

	(void)state;
	if (geteuid() != 0)
		skip();
	while (now_ms() % NHI_SPOOL_MINUTE > 55000)
		(void)usleep(200000);
	assert_int_equal(temp_race(1, ISSUER, put_many, source), 32);
	assert_int_equal(drain(), 32);
	check_dropped("10.0.0.1",
	    "8 denials of one source and minute found no room");
	assert_int_equal(temp_race(1, ISSUER, put_many, six), 32);
	assert_int_equal(temp_race(1, ISSUER, put_many, near), 0);
	assert_int_equal(drain(), 32);
	check_dropped("2001:db8::/64",
	    "48 denials of one source and minute found no room");
	assert_int_equal(temp_race(1, ISSUER, put_many, none), 32);
	assert_int_equal(drain(), 32);
	check_dropped("(none)",
	    "8 denials of one source and minute found no room");
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		TEMP_TEST(test_grant, setup),
		TEMP_TEST(test_place, setup),
		TEMP_TEST(test_planted, setup),
		TEMP_TEST(test_unfinished, setup),
		TEMP_TEST(test_hostile, setup),
		TEMP_TEST(test_room, setup),
		TEMP_TEST(test_room_one, setup),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
