/* SPDX-License-Identifier: BSD-2-Clause */
/* The group functions as glibc calls them, and its growing array. */
#include "config.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "tests/nss/world.h"

#define NAME	"web-deploy"
#define GID	71000u
#define TEXT	(sizeof(NAME) + sizeof("*"))
#define FILL	0xa5
#define ROOM	128

/* The linker puts this in place of realloc (--wrap). */
void		*__real_realloc(void *, size_t);
void		*__wrap_realloc(void *, size_t);
static bool	 no_memory;

void *
__wrap_realloc(void *p, size_t size)
{
	return no_memory ? NULL : __real_realloc(p, size);
}

typedef enum nss_status call(const struct world *, struct group *, char *,
    size_t, int *);

static int
setup(void **state)
{
	const struct world *w;

	if (world_setup(state) != 0)
		return -1;
	w = *state;
	world_link(w, "published/1/names/" NAME,
	    "/home/web:/bin/sh:900,33,4,901");
	world_entry(w, NAME, GID, "set", 1);
	return 0;
}

static enum nss_status
by_name(const struct world *w, struct group *gr, char *buf, size_t size,
    int *err)
{
	return nhi_nss_getgrnam_r(&w->paths, NAME, gr, buf, size, err);
}

static enum nss_status
by_gid(const struct world *w, struct group *gr, char *buf, size_t size,
    int *err)
{
	return nhi_nss_getgrgid_r(&w->paths, GID, gr, buf, size, err);
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
one_size(const struct world *w, call *fn, size_t align, size_t size)
{
	_Alignas(16) char room[ROOM];
	struct group gr;
	size_t pad = (16 - align) % _Alignof(char *);
	size_t need = pad + sizeof(char *) + TEXT;
	char *buf = room + align;
	enum nss_status s;
	int err = 7;

	memset(room, FILL, sizeof(room));
	memset(&gr, FILL, sizeof(gr));
	s = fn(w, &gr, buf, size, &err);
	if (size < need) {
		assert_int_equal(s, NSS_STATUS_TRYAGAIN);
		assert_int_equal(err, ERANGE);
		assert_true(filled(room, sizeof(room)));
		assert_true(filled(&gr, sizeof(gr)));
		return;
	}
	assert_int_equal(s, NSS_STATUS_SUCCESS);
	assert_int_equal((uintptr_t)gr.gr_mem % _Alignof(char *), 0);
	assert_true((char *)gr.gr_mem >= buf);
	assert_true((char *)(gr.gr_mem + 1) <= buf + size);
	assert_null(gr.gr_mem[0]);
	assert_true(gr.gr_name >= buf);
	assert_string_equal(gr.gr_name, NAME);
	assert_string_equal(gr.gr_passwd, "*");
	assert_true(gr.gr_passwd + 2 <= buf + size);
	assert_int_equal(gr.gr_gid, GID);
	assert_true(filled(room, align + pad));
	assert_true(filled(buf + need, sizeof(room) - align - need));
}

static void
test_sizes(void **state)
{
	static call *const calls[] = { by_name, by_gid };

	for (size_t i = 0; i < sizeof(calls) / sizeof(calls[0]); i++)
		for (size_t align = 0; align < 16; align++)
			for (size_t n = 0; n <= ROOM - 16; n++)
				one_size(*state, calls[i], align, n);
}

static void
test_answers(void **state)
{
	const struct world *w = *state;
	struct group gr;
	char buf[512];
	int err = 7;

	assert_int_equal(nhi_nss_getgrnam_r(&w->paths, "nobody", &gr, buf,
	    sizeof(buf), &err), NSS_STATUS_NOTFOUND);
	assert_int_equal(nhi_nss_getgrgid_r(&w->paths, 900, &gr, buf,
	    sizeof(buf), &err), NSS_STATUS_NOTFOUND);
	world_link(w, "uids/name/" NAME, "0:set:%s:1", w->boot);
	assert_int_equal(nhi_nss_getgrnam_r(&w->paths, NAME, &gr, buf,
	    sizeof(buf), &err), NSS_STATUS_UNAVAIL);
	assert_int_equal(nhi_nss_getgrgid_r(&w->paths, GID, &gr, buf,
	    sizeof(buf), &err), NSS_STATUS_UNAVAIL);
}

struct list {
	gid_t *p;
	long int start;
	long int size;
};

static enum nss_status
groups_of(const struct world *w, struct list *l, gid_t skip, long int limit,
    int *err)
{
	return nhi_nss_initgroups_dyn(&w->paths, NAME, skip, &l->start,
	    &l->size, &l->p, limit, err);
}

/* From every size that the array may have, with what is in it kept. */
static void
test_initgroups(void **state)
{
	const gid_t want[] = { GID, 7, 900, 33, 4, 901 };

	for (long int size = 2; size < 40; size++) {
		struct list l = { calloc((size_t)size, sizeof(gid_t)), 2,
		    size };
		int err = 7;

		assert_non_null(l.p);
		l.p[0] = GID;
		l.p[1] = 7;
		assert_int_equal(groups_of(*state, &l, GID, -1, &err),
		    NSS_STATUS_SUCCESS);
		assert_int_equal(l.start, 6);
		assert_true(l.size >= l.start);
		assert_memory_equal(l.p, want, sizeof(want));
		assert_int_equal(err, 7);
		free(l.p);
	}
}

static void
test_initgroups_empty(void **state)
{
	struct list l = { NULL, 0, 0 };
	int err = 7;

	assert_int_equal(groups_of(*state, &l, 33, 0, &err),
	    NSS_STATUS_SUCCESS);
	assert_int_equal(l.start, 3);
	assert_int_equal(l.p[0], 900);
	assert_int_equal(l.p[1], 4);
	assert_int_equal(l.p[2], 901);
	/* Again: all are there already. */
	assert_int_equal(groups_of(*state, &l, 33, 0, &err),
	    NSS_STATUS_SUCCESS);
	assert_int_equal(l.start, 3);
	free(l.p);
}

static void
test_initgroups_limit(void **state)
{
	for (long int limit = 1; limit < 8; limit++) {
		struct list l = { calloc(1, sizeof(gid_t)), 1, 1 };
		long int want = limit < 5 ? limit : 5;
		int err = 7;

		assert_non_null(l.p);
		l.p[0] = GID;
		assert_int_equal(groups_of(*state, &l, GID, limit, &err),
		    NSS_STATUS_SUCCESS);
		assert_int_equal(l.start, want);
		assert_true(l.size <= limit);
		free(l.p);
	}
}

/* What cannot grow is as it was before, and may be asked for again. */
static void
test_initgroups_no_memory(void **state)
{
	struct list l = { calloc(2, sizeof(gid_t)), 1, 2 };
	gid_t *before = l.p;
	int err = 7;

	assert_non_null(l.p);
	l.p[0] = GID;
	no_memory = true;
	assert_int_equal(groups_of(*state, &l, GID, -1, &err),
	    NSS_STATUS_TRYAGAIN);
	no_memory = false;
	assert_int_equal(err, ENOMEM);
	assert_ptr_equal(l.p, before);
	assert_int_equal(l.size, 2);
	assert_int_equal(l.start, 2);
	assert_int_equal(groups_of(*state, &l, GID, -1, &err),
	    NSS_STATUS_SUCCESS);
	assert_int_equal(l.start, 5);
	free(l.p);
}

static void
test_initgroups_nobody(void **state)
{
	const struct world *w = *state;
	gid_t fixed[1] = { GID };
	struct list l = { fixed, 1, 1 };
	int err = 7;

	assert_int_equal(nhi_nss_initgroups_dyn(&w->paths, "nobody", GID,
	    &l.start, &l.size, &l.p, -1, &err), NSS_STATUS_NOTFOUND);
	assert_int_equal(err, ENOENT);
	assert_int_equal(l.start, 1);
	world_link(w, "uids/name/" NAME, "x");
	assert_int_equal(groups_of(w, &l, GID, -1, &err),
	    NSS_STATUS_UNAVAIL);
	assert_int_equal(l.start, 1);
}

int
main(void)
{
#define TEST(fn) cmocka_unit_test_setup_teardown(fn, setup, world_teardown)
	const struct CMUnitTest tests[] = {
		TEST(test_sizes),
		TEST(test_answers),
		TEST(test_initgroups),
		TEST(test_initgroups_empty),
		TEST(test_initgroups_limit),
		TEST(test_initgroups_no_memory),
		TEST(test_initgroups_nobody),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
