/* SPDX-License-Identifier: BSD-2-Clause */
/* doctor: the list of findings, the report, and the clock. */
#include "config.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>
#include <stdio.h>
#include <string.h>
#include <sys/timex.h>

#include "nhictl/doctor.h"
#include "nhictl/doctor_clock.h"

#define HOST_PIDS	0xEFFFFFFCU

/* An id is what scripts compare: short, lower case, once. */
static void
ids(void **state)
{
	(void)state;
	assert_true(NHI_DOCTOR_COUNT >= 25);
	for (size_t i = 0; i < NHI_DOCTOR_COUNT; i++) {
		const struct nhi_doctor_kind *k = &nhi_doctor_kinds[i];

		assert_int_equal(strspn(k->id, "abcdefghijklmnopqrstuvwxyz-"),
		    strlen(k->id));
		assert_in_range(strlen(k->id), 4, 24);
		assert_true(k->severity < NHI_DOCTOR_SEVERITIES);
		assert_in_range(strlen(k->text), 10, 120);
		assert_in_range(strlen(k->remedy), 4, 80);
		for (size_t j = 0; j < i; j++)
			assert_string_not_equal(k->id,
			    nhi_doctor_kinds[j].id);
	}
}

static void
counts(void **state)
{
	NHI_AUTO(nhi_doctor_wipe) struct nhi_doctor d = { .now = 0 };

	(void)state;
	assert_false(nhi_doctor_has(&d, NHI_DOCTOR_TICK));
	nhi_doctor_find(&d, NHI_DOCTOR_TICK, "%d", 1);
	nhi_doctor_find(&d, NHI_DOCTOR_TICK, "%d", 1);
	assert_true(nhi_doctor_has(&d, NHI_DOCTOR_TICK));
	assert_int_equal(d.nfound, 1);
	assert_int_equal(d.count[NHI_DOCTOR_TICK], 1);
	for (int i = 0; i < 100; i++)
		nhi_doctor_find(&d, NHI_DOCTOR_SPOOL, "%d", i);
	assert_int_equal(d.nfound, 1 + NHI_DOCTOR_EACH);
	assert_int_equal(d.count[NHI_DOCTOR_SPOOL], 100);
	for (size_t id = 0; id < NHI_DOCTOR_COUNT; id++)
		for (int i = 0; i < 2 * NHI_DOCTOR_EACH; i++)
			nhi_doctor_find(&d, (enum nhi_doctor_id)id, "%d", -i);
	assert_false(d.failed);
	for (int i = 0; i < 2 * NHI_DOCTOR_BLIND; i++)
		nhi_doctor_put_blind(&d, "x", "y");
	assert_int_equal(d.nblind, NHI_DOCTOR_BLIND);
}

/* A long fact is cut and stays a string. */
static void
long_fact(void **state)
{
	NHI_AUTO(nhi_doctor_wipe) struct nhi_doctor d = { .now = 0 };
	char text[2 * NHI_DOCTOR_FACT];

	(void)state;
	memset(text, 'x', sizeof(text));
	text[sizeof(text) - 1] = '\0';
	nhi_doctor_find(&d, NHI_DOCTOR_TICK, "%s", text);
	assert_int_equal(strlen(d.found[0].fact), NHI_DOCTOR_FACT - 1);
}

/* A lab is never the machine's own pid namespace, so this is not planted. */
static void
clock_unsynchronised(void **state)
{
	(void)state;
	assert_true(nhi_doctor_clock_free(STA_UNSYNC, HOST_PIDS));
	assert_true(nhi_doctor_clock_free(STA_UNSYNC | STA_PLL, HOST_PIDS));
	assert_false(nhi_doctor_clock_free(STA_PLL, HOST_PIDS));
	assert_false(nhi_doctor_clock_free(0, HOST_PIDS));
	/* In a container the host keeps the time. */
	assert_false(nhi_doctor_clock_free(STA_UNSYNC, HOST_PIDS + 1));
	assert_string_equal(nhi_doctor_kinds[NHI_DOCTOR_CLOCK_SYNC].id,
	    "clock-unsynchronised");
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(ids),
		cmocka_unit_test(counts),
		cmocka_unit_test(long_fact),
		cmocka_unit_test(clock_unsynchronised),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
