/* SPDX-License-Identifier: BSD-2-Clause */
/* The registry's writers as a command, for the tests that are scripts. */
#include "config.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "lib/base/lease.h"
#include "lib/base/num.h"
#include "lib/base/paths.h"
#include "lib/base/registry.h"

static uint32_t
number(const char *s)
{
	uint64_t v;

	if (!nhi_num_parse(nhi_span_str(s), UINT32_MAX, &v))
		exit(64);
	return (uint32_t)v;
}

/* As of a connection that begins in a moment. */
static enum nhi_err
claim(const char *name, uint32_t *ret, struct nhi_why *why)
{
	struct nhi_stamp since;
	enum nhi_err err;

	if ((err = nhi_stamp_now(&since, why)) != NHI_OK)
		return err;
	since.ticks++;
	return nhi_registry_claim(NHI_UIDS_DIR, name, &since, ret, why);
}

/* So many names come and go: PREFIX1, PREFIX2 ... */
static enum nhi_err
churn(const char *prefix, uint32_t n, struct nhi_why *why)
{
	char name[NHI_NAME_MAX + 1];
	uint32_t uid;
	enum nhi_err err;

	for (uint32_t i = 1; i <= n; i++) {
		(void)snprintf(name, sizeof(name), "%.20s%u", prefix,
		    (unsigned int)i);
		if ((err = claim(name, &uid, why)) != NHI_OK ||
		    (err = nhi_lease_set(NHI_LEASES_DIR, name, uid, 1,
		    why)) != NHI_OK ||
		    (err = nhi_lease_set(NHI_LEASES_DIR, name, uid, 0,
		    why)) != NHI_OK)
			return err;
	}
	return NHI_OK;
}

static enum nhi_err
run(int n, char **arg, uint32_t *ret, struct nhi_why *why)
{
	if (n == 1 && strcmp(arg[0], "init") == 0)
		return nhi_registry_init(NHI_UIDS_DIR, why);
	if (n == 3 && strcmp(arg[0], "range") == 0)
		return nhi_registry_set_range(NHI_UIDS_DIR, number(arg[1]),
		    number(arg[2]), why);
	if (n == 3 && strcmp(arg[0], "set") == 0)
		return nhi_registry_set(NHI_UIDS_DIR, arg[1],
		    number(arg[2]), ret, why);
	if (n == 2 && strcmp(arg[0], "claim") == 0)
		return claim(arg[1], ret, why);
	if (n == 3 && strcmp(arg[0], "churn") == 0)
		return churn(arg[1], number(arg[2]), why);
	if (n == 4 && strcmp(arg[0], "lease") == 0)
		return nhi_lease_set(NHI_LEASES_DIR, arg[1], number(arg[2]),
		    number(arg[3]), why);
	exit(64);
}

/* "ok <uid>", or the reason code and why. */
int
main(int argc, char **argv)
{
	struct nhi_why why = { "" };
	uint32_t uid = 0;
	enum nhi_err err = run(argc - 1, argv + 1, &uid, &why);

	if (err != NHI_OK) {
		(void)printf("%s %s\n", nhi_err_slug(err), why.text);
		return 1;
	}
	(void)printf("ok %lu\n", (unsigned long)uid);
	return 0;
}
