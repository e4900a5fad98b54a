/* SPDX-License-Identifier: BSD-2-Clause */
#include "config.h"

#include <stdio.h>
#include <string.h>
#include <time.h>

#include "conf/check.h"
#include "lib/base/paths.h"
#include "nhictl/report.h"
#include "nhictl/written.h"

#define SOME_GID	65533

/* Whatever groups the policy names, its host has them. */
static bool
find_group(const char *name, uint32_t *ret)
{
	(void)name;
	*ret = SOME_GID;
	return true;
}

enum nhi_err
nhi_written_load(const char *file, struct nhi_plan **ret,
    struct nhi_why *why)
{
	NHI_AUTO(nhi_faults_wipe) struct nhi_faults faults = { 0 };
	struct nhi_world_span all = { 0, UINT64_C(1) << 32 };
	struct nhi_world world = { .now = (int64_t)time(NULL),
	    .node = "localhost", .uids = { &all, 1, 1 },
	    .gids = { &all, 1, 1 }, .find_group = find_group,
	    .elsewhere = true };
	struct nhi_report report = { stderr, false };
	struct nhi_load_paths paths = { NHI_POLICY_FILE, NHI_POLICY_DROPINS,
	    NHI_FILE_OWN };
	enum nhi_err err;

	if (file != NULL)
		paths = (struct nhi_load_paths){ file, NULL,
		    NHI_FILE_NAMED };
	err = nhi_check(&paths, &world, &faults, ret, why);
	if (err == NHI_ERR_POLICY_INVALID)
		nhi_report_faults(&report, &faults);
	return err;
}

/* As nhi_account_find: a declared name first, then the longest prefix. */
static const struct nhi_plan_account *
find_account(const struct nhi_plan *plan, const char *name)
{
	const struct nhi_plan_account *found = NULL;

	for (size_t i = 0; i < plan->naccounts; i++) {
		const struct nhi_plan_account *a = &plan->accounts[i];

		if (!a->name.is_template && strcmp(a->name.key, name) == 0)
			return a;
		if (a->name.is_template &&
		    strncmp(a->name.key, name, strlen(a->name.key)) == 0 &&
		    nhi_name_fits(name, a->name.pattern) && (found == NULL ||
		    strlen(a->name.key) > strlen(found->name.key)))
			found = a;
	}
	return found;
}

enum nhi_err
nhi_written_rules(const struct nhi_plan *plan, const char *account,
    struct nhi_rules **ret, struct nhi_why *why)
{
	NHI_AUTO(nhi_buf_wipe) struct nhi_buf text = NHI_BUF(NHI_RULES_MAX);
	const struct nhi_plan_account *a;
	enum nhi_err err;

	if (nhi_name_reserved(account))
		return nhi_fail(why, NHI_ERR_ACCOUNT_RESERVED,
		    "\"%.31s\" is reserved", account);
	if (!nhi_name_valid(account) ||
	    (a = find_account(plan, account)) == NULL)
		return nhi_fail(why, NHI_ERR_ACCOUNT_UNKNOWN,
		    "the policy has no account \"%.31s\"", account);
	if ((err = nhi_plan_rules(plan, a, &text, why)) != NHI_OK)
		return err;
	return nhi_rules_parse(nhi_buf_all(&text), ret, why);
}
