/* SPDX-License-Identifier: BSD-2-Clause */
/* The walk over steps: what is done stays, what is not is made, and stays. */
#include "config.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <cmocka.h>

#include "nhictl/step.h"

struct thing {
	bool done, sticks, here;
	enum nhi_err check, apply;
	unsigned int applied, described;
};

static struct thing *
thing(const void *arg)
{
	struct thing *const *p = arg;

	return *p;
}

static enum nhi_err
check(const void *arg, bool *ret_done, struct nhi_why *why)
{
	(void)why;
	*ret_done = thing(arg)->done;
	return thing(arg)->check;
}

static enum nhi_err
describe(const void *arg, FILE *out, struct nhi_why *why)
{
	(void)out;
	(void)why;
	thing(arg)->described++;
	return NHI_OK;
}

static enum nhi_err
apply(const void *arg, struct nhi_why *why)
{
	(void)why;
	thing(arg)->applied++;
	thing(arg)->done = thing(arg)->sticks;
	return thing(arg)->apply;
}

static bool
here(const void *arg, const char **ret_note)
{
	*ret_note = "not here";
	return thing(arg)->here;
}

static enum nhi_err
walk(struct thing *t, bool dry_run, struct nhi_step_walk *w,
    char text[static 256])
{
	struct nhi_why why = { "" };
	const struct nhi_step steps[] = {
		{ .what = "thing", .check = check, .describe = describe,
		    .apply = apply, .here = here, .arg = &t },
		{ .what = NULL },
	};
	FILE *out = fmemopen(text, 256, "w");
	enum nhi_err err;

	assert_non_null(out);
	w->dry_run = dry_run;
	w->out = out;
	err = nhi_step_walk(steps, w, &why);
	assert_int_equal(fclose(out), 0);
	return err;
}

static void
makes(void **state)
{
	struct thing t = { .sticks = true, .here = true };
	struct nhi_step_walk count = { .out = NULL };
	char text[256] = "";

	(void)state;
	assert_int_equal(walk(&t, false, &count, text), NHI_OK);
	assert_string_equal(text, "changed: thing\n");
	assert_int_equal(walk(&t, false, &count, text), NHI_OK);
	assert_int_equal(t.applied, 1);
	assert_int_equal(count.changed, 1);
	assert_int_equal(count.already, 1);
}

static void
only_tells(void **state)
{
	struct thing t = { .sticks = true, .here = true };
	struct nhi_step_walk count = { .out = NULL };
	char text[256] = "";

	(void)state;
	assert_int_equal(walk(&t, true, &count, text), NHI_OK);
	assert_string_equal(text, "would change: thing\n");
	assert_int_equal(t.applied, 0);
	assert_int_equal(t.described, 1);
}

static void
stops(void **state)
{
	struct thing unwilling = { .here = true, .check = NHI_ERR_HOST };
	struct thing broken = { .here = true, .apply = NHI_ERR_STATE };
	struct thing slippery = { .here = true };
	struct nhi_step_walk count = { .out = NULL };
	char text[256] = "";

	(void)state;
	assert_int_equal(walk(&unwilling, false, &count, text), NHI_ERR_HOST);
	assert_int_equal(unwilling.applied, 0);
	assert_int_equal(walk(&broken, false, &count, text), NHI_ERR_STATE);
	assert_int_equal(walk(&slippery, false, &count, text), NHI_ERR_STATE);
	assert_int_equal(count.changed, 0);
}

static void
skips(void **state)
{
	struct thing t = { .here = false };
	struct nhi_step_walk count = { .out = NULL };
	char text[256] = "";

	(void)state;
	assert_int_equal(walk(&t, false, &count, text), NHI_OK);
	assert_string_equal(text, "skipped: thing: not here\n");
	assert_int_equal(count.skipped, 1);
	assert_int_equal(t.applied, 0);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(makes),
		cmocka_unit_test(only_tells),
		cmocka_unit_test(stops),
		cmocka_unit_test(skips),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
