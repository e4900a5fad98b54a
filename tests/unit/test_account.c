/* SPDX-License-Identifier: BSD-2-Clause */
#include "config.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "lib/base/file.h"
#include "lib/base/policy.h"
#include "tests/nss/world.h"

#define THIRTY_TWO	"/h:/s:1,2,3,4,5,6,7,8,9,10,11,12,13,14,15,16,17,18,"	\
	"19,20,21,22,23,24,25,26,27,28,29,30,31,32"

static int
find(const struct world *w, const char *name, struct nhi_account *a)
{
	memset(a, 0x5a, sizeof(*a));
	errno = 0;
	return nhi_account_find(w->generation, name, a);
}

static bool
untouched(const struct nhi_account *a)
{
	const unsigned char *p = (const void *)a;

	for (size_t i = 0; i < sizeof(*a); i++)
		if (p[i] != 0x5a)
			return false;
	return true;
}

static void
test_declared(void **state)
{
	const struct world *w = *state;
	struct nhi_account a;

	world_link(w, "published/1/names/web-deploy",
	    "/home/web-deploy:/bin/sh:900,33,4294967294");
	assert_int_equal(find(w, "web-deploy", &a), 1);
	assert_int_equal(a.kind, NHI_ACCOUNT_DECLARED);
	assert_string_equal(a.name, "web-deploy");
	assert_string_equal(a.key, "web-deploy");
	assert_string_equal(a.home, "/home/web-deploy");
	assert_string_equal(a.shell, "/bin/sh");
	assert_int_equal(a.ngroups, 3);
	assert_int_equal(a.groups[0], 900);
	assert_int_equal(a.groups[2], 4294967294);
	world_link(w, "published/1/names/many", "%s", THIRTY_TWO);
	assert_int_equal(find(w, "many", &a), 1);
	assert_int_equal(a.ngroups, NHI_ACCOUNT_GROUPS);
	assert_int_equal(a.groups[NHI_ACCOUNT_GROUPS - 1], 32);
	/* A declared home that ends in '/' means what it says. */
	world_link(w, "published/1/names/rooted", "/:/bin/sh:900");
	assert_int_equal(find(w, "rooted", &a), 1);
	assert_string_equal(a.home, "/");
	assert_int_equal(find(w, "web", &a), 0);
	assert_true(untouched(&a));
}

static void
test_template(void **state)
{
	const struct world *w = *state;
	struct nhi_account a;

	world_link(w, "published/1/templates/pr-", "pr-*-*:/h/:/bin/sh:900");
	world_link(w, "published/1/templates/pr-x-", "pr-x-*:/x:/bin/sh:901");
	assert_int_equal(find(w, "pr-74-1", &a), 1);
	assert_int_equal(a.kind, NHI_ACCOUNT_TEMPLATE);
	assert_string_equal(a.key, "pr-");
	assert_string_equal(a.home, "/h/pr-74-1");
	/* The longest key that fits, whichever else would fit too. */
	assert_int_equal(find(w, "pr-x-1", &a), 1);
	assert_string_equal(a.key, "pr-x-");
	assert_string_equal(a.home, "/x");
	/* One that does not fit leaves the name to a shorter key. */
	world_link(w, "published/1/templates/pr-y-", "pr-y-z*:/x:/bin/sh:9");
	assert_int_equal(find(w, "pr-y-1", &a), 1);
	assert_string_equal(a.key, "pr-");
	assert_int_equal(find(w, "pr-y-z1", &a), 1);
	assert_string_equal(a.key, "pr-y-");
	/* A declared name comes before every template. */
	world_link(w, "published/1/names/pr-74-2", "/d:/bin/sh:900");
	assert_int_equal(find(w, "pr-74-2", &a), 1);
	assert_int_equal(a.kind, NHI_ACCOUNT_DECLARED);
}

static void
test_template_misses(void **state)
{
	static const char *const names[] = {
		"pr-", "pr-74", "pr--", "pr", "prx-1-2", "p-1-2",
		"xpr-1-2",
	};
	const struct world *w = *state;
	struct nhi_account a;

	world_link(w, "published/1/templates/pr-", "pr-*-*:/h/:/bin/sh:900");
	/* Keys of less than three characters are not asked for. */
	world_link(w, "published/1/templates/p-", "p-*:/h/:/bin/sh:900");
	for (size_t i = 0; i < sizeof(names) / sizeof(names[0]); i++) {
		assert_int_equal(find(w, names[i], &a), 0);
		assert_true(untouched(&a));
	}
}

/* Checked before any I/O: the directory does not even exist. */
static void
test_hostile_names(void **state)
{
	static const char *const names[] = {
		"", "-", "1a", "A", "a_b", "a.b", "a:b", "a/b", "../a", ".",
		"..", "a ", "a\n", "\303\244", "a\377",
		"a123456789012345678901234567890x",
		"../../../../../../etc/passwd",
	};
	struct nhi_account a;
	char big[301];

	(void)state;
	memset(big, 'a', sizeof(big) - 1);
	big[300] = '\0';
	for (size_t i = 0; i < sizeof(names) / sizeof(names[0]); i++) {
		errno = 0;
		assert_int_equal(nhi_account_find("/proc/self/comm/x",
		    names[i], &a), 0);
		assert_int_equal(errno, 0);
	}
	assert_int_equal(nhi_account_find("/proc/self/comm/x", big, &a), 0);
	assert_int_equal(nhi_account_find("/proc/self/comm/x", "a", &a), -1);
	assert_int_equal(errno, ENOTDIR);
}

static void
test_longest(void **state)
{
	const char *name = "pr-8901234567890123456789012345";
	const struct world *w = *state;
	struct nhi_account a;
	char home[NHI_ACCOUNT_TEXT + 1];

	assert_int_equal(strlen(name), NHI_NAME_MAX);
	world_link(w, "published/1/templates/pr-", "pr-*:/h/:/bin/sh:900");
	assert_int_equal(find(w, name, &a), 1);
	assert_string_equal(a.name, name);
	/* The home that just fits with the name, and one more. */
	memset(home, 'h', sizeof(home));
	home[0] = '/';
	home[NHI_ACCOUNT_TEXT - 1 - NHI_NAME_MAX - 1] = '/';
	home[NHI_ACCOUNT_TEXT - 1 - NHI_NAME_MAX] = '\0';
	world_link(w, "published/1/templates/pr-", "pr-*:%s:/bin/sh:900",
	    home);
	assert_int_equal(find(w, name, &a), 1);
	assert_int_equal(strlen(a.home), NHI_ACCOUNT_TEXT - 1);
	world_link(w, "published/1/templates/pr-", "pr-*:/%s:/bin/sh:900",
	    home);
	assert_int_equal(find(w, name, &a), -1);
	assert_int_equal(errno, EBADMSG);
}

static void
test_reserved(void **state)
{
	const struct world *w = *state;
	struct nhi_account a;

	world_link(w, "published/1/names/root", "/root:/bin/sh:900");
	world_link(w, "published/1/templates/systemd-",
	    "systemd-*:/h/:/bin/sh:900");
	assert_int_equal(find(w, "root", &a), 0);
	assert_int_equal(find(w, "systemd-x", &a), 0);
	assert_true(untouched(&a));
}

static void
test_corrupt(void **state)
{
	static const char *const texts[] = {
		"/h:/s", "/h:/s:", "/h:/s:0", "/h:/s:900,", "/h:/s:900,,1",
		"/h:/s:,900", "/h:/s:900:", "/h:/s:0900", "/h:/s:-1",
		"/h:/s:4294967295", "/h:/s:900 ", "h:/s:900", "/h:s:900",
		":/s:900", "/h::900", "/h\n:/s:900", "/h:/s\033:900", "x",
		THIRTY_TWO ",33",
	};
	const struct world *w = *state;
	struct nhi_account a;

	for (size_t i = 0; i < sizeof(texts) / sizeof(texts[0]); i++) {
		world_link(w, "published/1/names/bad", "%s", texts[i]);
		world_link(w, "published/1/templates/bad-", "bad-*:%s",
		    texts[i]);
		assert_int_equal(find(w, "bad", &a), -1);
		assert_int_equal(errno, EBADMSG);
		assert_int_equal(find(w, "bad-x", &a), -1);
		assert_int_equal(errno, EBADMSG);
		assert_true(untouched(&a));
	}
	/* A pattern that is not the key's. */
	world_link(w, "published/1/templates/bad-", "*:/h:/s:900");
	assert_int_equal(find(w, "bad-x", &a), -1);
	world_link(w, "published/1/templates/bad-", "bad");
	assert_int_equal(find(w, "bad-x", &a), -1);
}

static void
test_text_lengths(void **state)
{
	const struct world *w = *state;
	struct nhi_account a;
	char long_text[200], over[NHI_LINK_MAX + 2];
	int fd;

	for (size_t n = 185; n < 200; n++) {
		memset(long_text, 'h', n);
		long_text[0] = '/';
		long_text[n] = '\0';
		world_link(w, "published/1/names/long", "%s:/s:9", long_text);
		assert_int_equal(find(w, "long", &a),
		    n < NHI_ACCOUNT_TEXT ? 1 : -1);
		world_link(w, "published/1/names/long", "/h:%s:9", long_text);
		assert_int_equal(find(w, "long", &a),
		    n < NHI_ACCOUNT_TEXT ? 1 : -1);
	}
	/* A link text over the limit, and things that are no links. */
	world_remove(w, "published/1/names/long");
	memset(over, 'x', sizeof(over));
	over[sizeof(over) - 1] = '\0';
	assert_int_equal(symlink(over, world_path(w,
	    "published/1/names/long")), 0);
	assert_int_equal(find(w, "long", &a), -1);
	fd = open(world_path(w, "published/1/names/plain"),
	    O_CREAT | O_WRONLY, 0644);
	assert_true(fd >= 0);
	(void)close(fd);
	assert_int_equal(find(w, "plain", &a), -1);
	assert_int_equal(errno, EINVAL);
}

/* No policy: nobody is the policy's. */
static void
test_no_generation(void **state)
{
	const struct world *w = *state;
	struct nhi_account a;

	world_remove(w, "published/current");
	assert_int_equal(find(w, "web-deploy", &a), 0);
}

int
main(void)
{
#define TEST(fn) cmocka_unit_test_setup_teardown(fn, world_setup, \
	world_teardown)
	const struct CMUnitTest tests[] = {
		TEST(test_declared),
		TEST(test_template),
		TEST(test_template_misses),
		TEST(test_hostile_names),
		TEST(test_longest),
		TEST(test_reserved),
		TEST(test_corrupt),
		TEST(test_text_lengths),
		TEST(test_no_generation),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
