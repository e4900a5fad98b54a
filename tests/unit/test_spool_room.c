/* SPDX-License-Identifier: BSD-2-Clause */
/* The room that root's own denials have. */
#include "config.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>
#include <inttypes.h>
#include <sys/stat.h>
#include <unistd.h>

#include "tests/unit/spool_place.h"

#define MINUTE	INT64_C(29000000)	/* of the year 2025 */
#define NOW	(MINUTE * NHI_SPOOL_MINUTE + 59000)

static int
room(const char *source, const char *account, int64_t ms)
{
	return nhi_spool_room(spool, &(struct nhi_event){
	    .event = NHI_EVENT_TOKEN_DENY, .source = source,
	    .account = account }, ms);
}

static int
rooms(unsigned int n, const char *source, const char *account)
{
	int got = 0;

	for (unsigned int i = 0; i < n; i++)
		got += room(source, account, NOW);
	return got;
}

static int
race(int index, void *arg)
{
	(void)index;
	return rooms(8, arg, NULL);
}

static const char *
counter(const char *who)
{
	static char name[NHI_SPOOL_NAME];

	(void)snprintf(name, sizeof(name), "c.%lu.%s.%" PRId64,
	    (unsigned long)geteuid(), who, MINUTE);
	return temp_path(spool, name);
}

/* What the drain says of the one counter that is there. */
static void
dropped(size_t nlines, const char *source, const char *account,
    const char *detail)
{
	struct json_object *o;
	size_t n, taken = 0;

	assert_int_equal(files(), 1);
	assert_int_equal(drain_at(NOW, 9, &taken), NHI_OK);
	assert_int_equal(taken, 0);
	assert_int_equal(drain_at(NOW + NHI_SPOOL_MINUTE, 9, &taken), NHI_OK);
	assert_int_equal(taken, 1);
	assert_int_equal(files(), 0);
	o = last(&n);
	assert_int_equal(n, nlines);
	if (detail != NULL) {
		assert_string_equal(get(o, "event"), "spool.dropped");
		assert_string_equal(get(o, "component"), "pam_nhi");
		assert_string_equal(get(o, "source"), source);
		assert_string_equal(get(o, "account"), account);
		assert_string_equal(get(o, "detail"), detail);
	}
	json_object_put(o);
}

static void
test_bounded(void **state)
{
	char source[] = "10.0.0.1";

	(void)state;
	if (geteuid() != 0)
		skip();
	/* Ten at once, eight each: nobody's place is given twice. */
	assert_int_equal(temp_race(10, 0, race, source), 32);
	assert_int_equal(room("10.0.0.1", "web", NOW), 0);
	dropped(1, "10.0.0.1", "(none)",
	    "49 denials of one source and minute found no room");
	assert_int_equal(rooms(40, "2001:db8::1", "web"), 32);
	assert_int_equal(rooms(40, "2001:db8::ffff", "web"), 0);
	dropped(2, "2001:db8::/64", "(none)",
	    "48 denials of one source and minute found no room");
	/* What found room leaves nothing to say. */
	assert_int_equal(rooms(32, "10.0.0.2", "web"), 32);
	dropped(2, NULL, NULL, NULL);
}

static void
test_account(void **state)
{
	(void)state;
	if (geteuid() != 0)
		skip();
	assert_int_equal(rooms(33, NULL, "web"), 32);
	assert_int_equal(rooms(1, NULL, "db"), 1);
	assert_int_equal(unlink(counter("u-db")), 0);
	dropped(1, "(none)", "web",
	    "1 denials of one account and minute found no room");
	assert_int_equal(rooms(33, "x", "../etc"), 32);
	dropped(2, "(none)", "(none)",
	    "1 denials of one source and minute found no room");
}

/* Sources and minutes have rooms of their own. */
static void
test_apart(void **state)
{
	(void)state;
	if (geteuid() != 0)
		skip();
	assert_int_equal(rooms(40, "10.0.0.1", NULL), 32);
	assert_int_equal(rooms(1, "10.0.0.2", NULL), 1);
	assert_int_equal(room("10.0.0.1", NULL, NOW + NHI_SPOOL_MINUTE), 1);
}

/* What is not root's counter, or cannot be one, counts nobody out. */
static void
test_foreign(void **state)
{
	char text[64] = "";

	(void)state;
	if (geteuid() != 0)
		skip();
	(void)memset(text, '+', sizeof(text) - 1);
	temp_write(counter("0a000001"), text);
	assert_int_equal(rooms(1, "10.0.0.1", NULL), 0);
	assert_int_equal(chown(counter("0a000001"), ISSUER, 0), 0);
	assert_int_equal(rooms(1, "10.0.0.1", NULL), 1);
	assert_int_equal(mkfifo(counter("0a000002"), 0600), 0);
	assert_int_equal(rooms(1, "10.0.0.2", NULL), 1);
	assert_int_equal(symlink("x", counter("0a000003")), 0);
	assert_int_equal(rooms(1, "10.0.0.3", NULL), 1);
	assert_int_equal(nhi_spool_room("/none", &(struct nhi_event){
	    .source = "10.0.0.4" }, NOW), 1);
}

/* How many of so many denials are kept; each subject's own is its number. */
static unsigned int
puts_of(unsigned int n, unsigned int first, const char *source,
    const char *mark)
{
	struct nhi_audit_stamp stamp = { .id = ID, .time_ms = NOW, .pid = 7 };
	unsigned int got = 0;
	char subject[32];

	for (unsigned int i = 0; i < n; i++) {
		(void)snprintf(subject, sizeof(subject), "repo:%u", first + i);
		got += nhi_spool_put(spool, &(struct nhi_event){
		    .event = NHI_EVENT_LOGIN_DENY, .outcome = NHI_DENY,
		    .source = source, .mark = mark, .subject = subject,
		    }, &stamp, NULL) == NHI_OK;
	}
	return got;
}

/*
 * Nobody's token takes no room from somebody's, and a flood of these no more
 * than there is, and none from those whose source is known.
 */
static void
test_signed(void **state)
{
	char mark[] = "0123456789abcdef";

	(void)state;
	if (geteuid() != 0)
		skip();
	assert_int_equal(puts_of(40, 0, NULL, NULL), 32);
	assert_int_equal(puts_of(1, 0, NULL, ""), 0);
	assert_int_equal(puts_of(1, 0, NULL, mark), 1);
	for (unsigned int i = 0; i < 40; i++)
		(void)puts_of(1, 0, NULL, mark);
	assert_int_equal(puts_of(1, 0, NULL, mark), 0);
	/* Of eight others, one at least has another room. */
	assert_true(puts_of(8, 1, NULL, mark) > 0);
	(void)puts_of(1000, 9, NULL, mark);
	assert_int_equal(puts_of(100, 9, NULL, mark), 0);
	assert_int_equal(puts_of(1, 0, "10.0.0.1", mark), 1);
	assert_int_equal(files(), 32 + 8 * 32 + 1 + 9);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		TEMP_TEST(test_bounded, setup),
		TEMP_TEST(test_account, setup),
		TEMP_TEST(test_apart, setup),
		TEMP_TEST(test_foreign, setup),
		TEMP_TEST(test_signed, setup),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
