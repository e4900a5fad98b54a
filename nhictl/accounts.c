/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * nhictl accounts: what the policy declares, its templates, the accounts that
 * were made from them, and with --all the names that once had a UID.
 */
#include "config.h"

#include <errno.h>
#include <fcntl.h>
#include <getopt.h>
#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

#include "lib/base/file.h"
#include "lib/base/lease.h"
#include "lib/base/list.h"
#include "lib/base/paths.h"
#include "lib/base/policy.h"
#include "lib/base/registry.h"
#include "nhictl/nhictl.h"
#include "nhictl/show.h"

enum kind { DECLARED, TEMPLATE, INSTANCE, FORMER };

static const char *const kinds[] = { "declared", "template", "instance",
	"former" };

struct row {
	enum kind kind;
	char name[NHI_NAME_MAX + 1];	/* of a template: its pattern */
	char home[NHI_ACCOUNT_TEXT];
	struct nhi_uid_entry uid;
	bool has_uid;
	bool lease;
};

struct rows {
	struct row *p;
	size_t n;
	size_t size;
	bool all;
	char generation[512];
};

static struct row *
add(struct rows *rows, enum kind kind, const char *name)
{
	struct row *r;

	if (rows->n == rows->size) {
		size_t size = rows->size == 0 ? 64 : rows->size * 2;

		if (size > SIZE_MAX / sizeof(*r) || (r =
		    realloc(rows->p, size * sizeof(*r))) == NULL)
			return NULL;
		rows->p = r;
		rows->size = size;
	}
	r = &rows->p[rows->n++];
	*r = (struct row){ .kind = kind };
	(void)snprintf(r->name, sizeof(r->name), "%s", name);
	return r;
}

static void
wipe(struct rows *rows)
{
	free(rows->p);
	rows->p = NULL;
}

static bool
add_account(struct rows *rows, enum kind kind, const char *name)
{
	struct nhi_account account;
	struct row *r = add(rows, kind, name);

	if (r == NULL)
		return false;
	if (kind != FORMER && nhi_account_find(rows->generation, name,
	    &account) == 1)
		(void)snprintf(r->home, sizeof(r->home), "%s", account.home);
	r->has_uid = nhi_registry_find(NHI_UIDS_DIR, name, &r->uid) == 1;
	r->lease = nhi_lease_live(NHI_LEASES_DIR, name) == 1;
	return true;
}

static bool
on_declared(struct rows *rows, const char *name)
{
	return !nhi_name_valid(name) || add_account(rows, DECLARED, name);
}

static bool
on_template(struct rows *rows, const char *prefix)
{
	char path[768], text[NHI_LINK_MAX + 1];

	if (prefix[0] == '.')
		return true;
	(void)snprintf(path, sizeof(path), "%s/templates/%s",
	    rows->generation, prefix);
	if (nhi_link_read(AT_FDCWD, path, text) != 1)
		return true;
	text[strcspn(text, ":")] = '\0';
	return add(rows, TEMPLATE, text) != NULL;
}

static bool
on_registered(struct rows *rows, const char *name)
{
	struct nhi_account account;
	int found;

	if (!nhi_name_valid(name))
		return true;
	found = nhi_account_find(rows->generation, name, &account);
	if (found == 1 && account.kind == NHI_ACCOUNT_DECLARED)
		return true;
	if (found != 1 && !rows->all)
		return true;
	return add_account(rows, found == 1 ? INSTANCE : FORMER, name);
}

/* A directory that is not there is empty: no policy, or no UID yet. */
static enum nhi_err
walk(struct rows *rows, const char *path,
    bool (*fn)(struct rows *, const char *), struct nhi_why *why)
{
	NHI_AUTO(nhi_list_close) DIR *list = opendir(path);
	const struct dirent *de;

	if (list == NULL && errno == ENOENT)
		return NHI_OK;
	while (list != NULL && (de = nhi_list_next(list)) != NULL)
		if (!fn(rows, de->d_name))
			return nhi_fail(why, NHI_ERR_NO_MEMORY, "accounts");
	if (errno != 0)
		return nhi_fail(why, NHI_ERR_STATE, "%s: %s", path,
		    strerror(errno));
	return NHI_OK;
}

static int
compare(const void *a, const void *b)
{
	const struct row *x = a, *y = b;

	return x->kind != y->kind ? (int)x->kind - (int)y->kind :
	    strcmp(x->name, y->name);
}

static enum nhi_err
collect(struct rows *rows, struct nhi_why *why)
{
	struct nhi_policy policy;
	char path[600];
	enum nhi_err err;

	if ((err = nhi_policy_open(NHI_PUBLISHED_DIR, &policy, why)) != NHI_OK)
		return err;
	(void)snprintf(rows->generation, sizeof(rows->generation), "%s",
	    policy.path);
	(void)snprintf(path, sizeof(path), "%s/names", policy.path);
	if ((err = walk(rows, path, on_declared, why)) != NHI_OK)
		return err;
	(void)snprintf(path, sizeof(path), "%s/templates", policy.path);
	if ((err = walk(rows, path, on_template, why)) != NHI_OK ||
	    (err = walk(rows, NHI_UIDS_DIR "/name", on_registered, why)) !=
	    NHI_OK)
		return err;
	if (rows->n > 0)
		qsort(rows->p, rows->n, sizeof(*rows->p), compare);
	return NHI_OK;
}

static bool
print_json(const struct row *r)
{
	NHI_AUTO(nhi_buf_wipe) struct nhi_buf b = NHI_BUF(4096);

	nhi_show_string(&b, r->kind == TEMPLATE ? "pattern" : "name", r->name);
	nhi_show_string(&b, "kind", kinds[r->kind]);
	if (r->has_uid) {
		nhi_show_number(&b, "uid", r->uid.uid);
		nhi_show_string(&b, "how", r->uid.first ? "first" : "set");
	}
	if (r->kind != TEMPLATE)
		nhi_show_bool(&b, "lease", r->lease);
	nhi_show_string(&b, "home", r->home);
	return nhi_show_line(&b);
}

static bool
print(const struct rows *rows, bool json)
{
	static const char *const heads[] = { "ACCOUNT", "KIND", "UID", "HOW",
		"LEASE", "HOME", NULL };
	NHI_AUTO(nhi_table_wipe) struct nhi_table table = { .heads = heads };
	bool good = true;

	for (size_t i = 0; good && i < rows->n; i++) {
		const struct row *r = &rows->p[i];
		char uid[24] = "-";

		if (json) {
			good = print_json(r);
			continue;
		}
		if (r->has_uid)
			(void)snprintf(uid, sizeof(uid), "%" PRIu32,
			    r->uid.uid);
		nhi_table_add(&table, r->name);
		nhi_table_add(&table, kinds[r->kind]);
		nhi_table_add(&table, uid);
		nhi_table_add(&table, !r->has_uid ? "-" :
		    r->uid.first ? "first" : "set");
		nhi_table_add(&table, r->lease ? "live" : "-");
		nhi_table_add(&table, r->home[0] == '\0' ? "-" : r->home);
	}
	return good && (json || nhi_table_print(&table, "no accounts")) &&
	    fflush(stdout) == 0;
}

int
nhi_verb_accounts(int argc, char **argv)
{
	static const struct option options[] = {
		{ "all", no_argument, NULL, 'a' },
		{ "json", no_argument, NULL, 'j' },
		{ NULL, 0, NULL, 0 },
	};
	NHI_AUTO(wipe) struct rows rows = { .n = 0 };
	struct nhi_why why = { "" };
	enum nhi_err err;
	bool json = false;
	int c;

	while ((c = getopt_long(argc, argv, "", options, NULL)) != -1) {
		if (c == 'a')
			rows.all = true;
		else if (c == 'j')
			json = true;
		else
			return nhi_ctl_usage("accounts");
	}
	if (optind != argc)
		return nhi_ctl_usage("accounts");
	if ((err = collect(&rows, &why)) != NHI_OK)
		return nhi_ctl_fail(err, &why);
	return nhi_ctl_done(print(&rows, json));
}
