/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The passwd functions as glibc calls them: every length of the buffer, at
 * every alignment.  What is too small is left as it was.
 */
#include "config.h"

#include <errno.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "lib/base/policy.h"
#include "tests/nss/world.h"

#define NAME	"web-deploy"
#define UID	71000u
#define NEED	(sizeof(NAME) + sizeof("*") + sizeof(NHI_ACCOUNT_GECOS) + \
	sizeof("/home/web") + sizeof("/bin/sh"))
#define FILL	0xa5
#define SLACK	32

typedef enum nss_status call(const struct world *, struct passwd *, char *,
    size_t, int *);

static int
setup(void **state)
{
	const struct world *w;

	if (world_setup(state) != 0)
		return -1;
	w = *state;
	world_link(w, "published/1/names/" NAME, "/home/web:/bin/sh:900");
	world_entry(w, NAME, UID, "set", 1);
	return 0;
}

static enum nss_status
by_name(const struct world *w, struct passwd *pw, char *buf, size_t size,
    int *err)
{
	return nhi_nss_getpwnam_r(&w->paths, NAME, pw, buf, size, err);
}

static enum nss_status
by_uid(const struct world *w, struct passwd *pw, char *buf, size_t size,
    int *err)
{
	return nhi_nss_getpwuid_r(&w->paths, UID, pw, buf, size, err);
}

static bool
filled(const void *p, size_t n)
{
	const unsigned char *c = p;

	for (size_t i = 0; i < n; i++)
		if (c[i] != FILL)
			return false;
	return true;
}

static void
check_entry(const struct passwd *pw, const char *buf, size_t size)
{
	const char *const fields[] = {
		pw->pw_name, pw->pw_passwd, pw->pw_gecos, pw->pw_dir,
		pw->pw_shell };

	for (size_t i = 0; i < sizeof(fields) / sizeof(fields[0]); i++) {
		assert_true(fields[i] >= buf);
		assert_true(fields[i] + strlen(fields[i]) < buf + size);
	}
	assert_string_equal(pw->pw_name, NAME);
	assert_string_equal(pw->pw_passwd, "*");
	assert_string_equal(pw->pw_gecos, NHI_ACCOUNT_GECOS);
	assert_string_equal(pw->pw_dir, "/home/web");
	assert_string_equal(pw->pw_shell, "/bin/sh");
	assert_int_equal(pw->pw_uid, UID);
	assert_int_equal(pw->pw_gid, UID);
}

static void
one_size(const struct world *w, call *fn, size_t align, size_t size)
{
	char room[16 + NEED + SLACK];
	struct passwd pw;
	char *buf = room + align;
	enum nss_status s;
	int err = 7;

	memset(room, FILL, sizeof(room));
	memset(&pw, FILL, sizeof(pw));
	s = fn(w, &pw, buf, size, &err);
	if (size < NEED) {
		assert_int_equal(s, NSS_STATUS_TRYAGAIN);
		assert_int_equal(err, ERANGE);
		assert_true(filled(room, sizeof(room)));
		assert_true(filled(&pw, sizeof(pw)));
		return;
	}
	assert_int_equal(s, NSS_STATUS_SUCCESS);
	assert_int_equal(err, 7);
	check_entry(&pw, buf, size);
	assert_true(filled(room, align));
	assert_true(filled(buf + NEED, sizeof(room) - align - NEED));
}

static void
test_sizes(void **state)
{
	static call *const calls[] = { by_name, by_uid };

	for (size_t i = 0; i < sizeof(calls) / sizeof(calls[0]); i++)
		for (size_t align = 0; align < 16; align++)
			for (size_t n = 0; n <= NEED + 16; n++)
				one_size(*state, calls[i], align, n);
}

static void
test_answers(void **state)
{
	const struct world *w = *state;
	struct passwd pw;
	char buf[512];
	int err = 7;

	assert_int_equal(nhi_nss_getpwnam_r(&w->paths, "nobody", &pw, buf,
	    sizeof(buf), &err), NSS_STATUS_NOTFOUND);
	assert_int_equal(nhi_nss_getpwuid_r(&w->paths, 1000, &pw, buf,
	    sizeof(buf), &err), NSS_STATUS_NOTFOUND);
	world_link(w, "uids/name/" NAME, "0:set:%s:1", w->boot);
	assert_int_equal(nhi_nss_getpwnam_r(&w->paths, NAME, &pw, buf,
	    sizeof(buf), &err), NSS_STATUS_UNAVAIL);
	assert_int_equal(err, EBADMSG);
	assert_int_equal(nhi_nss_getpwuid_r(&w->paths, UID, &pw, buf,
	    sizeof(buf), &err), NSS_STATUS_UNAVAIL);
	/* Not found, rather than too small, where both could be said. */
	assert_int_equal(nhi_nss_getpwnam_r(&w->paths, "nobody", &pw, buf,
	    0, &err), NSS_STATUS_NOTFOUND);
}

int
main(void)
{
#define TEST(fn) cmocka_unit_test_setup_teardown(fn, setup, world_teardown)
	const struct CMUnitTest tests[] = {
		TEST(test_sizes),
		TEST(test_answers),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
