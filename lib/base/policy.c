/* SPDX-License-Identifier: BSD-2-Clause */
#include "config.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "lib/base/file.h"
#include "lib/base/num.h"
#include "lib/base/policy.h"

#define GENERATION_MAX	UINT64_C(999999999999999999)
#define DIGEST_FILE	(NHI_DIGEST_HEX + 1)	/* with its newline */

static enum nhi_err
read_digest(struct nhi_policy *p, struct nhi_why *why)
{
	NHI_AUTO(nhi_buf_wipe) struct nhi_buf text = NHI_BUF(DIGEST_FILE);
	struct nhi_span all, line;
	uint8_t digest[NHI_DIGEST_HEX / 2];
	char path[600];

	(void)snprintf(path, sizeof(path), "%s/digest", p->path);
	if (nhi_file_read(AT_FDCWD, path, NHI_FILE_OWN, &text, why) != NHI_OK)
		return NHI_ERR_POLICY_UNREADABLE;
	all = nhi_buf_all(&text);
	if (!nhi_span_cut(&all, '\n', &line) || all.p == NULL || all.n != 0 ||
	    !nhi_num_unhex(line, digest, sizeof(digest)))
		return nhi_fail(why, NHI_ERR_POLICY_INVALID,
		    "%s: not a digest", path);
	nhi_num_hex(digest, sizeof(digest), p->digest);
	return NHI_OK;
}

enum nhi_err
nhi_policy_open_generation(const char *published, const char *generation,
    struct nhi_policy *ret, struct nhi_why *why)
{
	struct nhi_policy p = { .path = "" };
	uint64_t number;
	enum nhi_err err;

	if (!nhi_num_parse(nhi_span_str(generation), GENERATION_MAX, &number))
		return nhi_fail(why, NHI_ERR_POLICY_INVALID,
		    "not the number of a generation");
	(void)snprintf(p.generation, sizeof(p.generation), "%llu",
	    (unsigned long long)number);
	if (snprintf(p.path, sizeof(p.path), "%s/%s", published,
	    p.generation) >= (int)sizeof(p.path))
		return nhi_fail(why, NHI_ERR_POLICY_UNREADABLE,
		    "the path of the published policy is too long");
	if ((err = read_digest(&p, why)) != NHI_OK)
		return err;
	*ret = p;
	return NHI_OK;
}

enum nhi_err
nhi_policy_open(const char *published, struct nhi_policy *ret,
    struct nhi_why *why)
{
	char path[600], text[NHI_LINK_MAX + 1];
	int r;

	if (snprintf(path, sizeof(path), "%s/current", published) >=
	    (int)sizeof(path))
		return nhi_fail(why, NHI_ERR_POLICY_UNREADABLE,
		    "the path of the published policy is too long");
	if ((r = nhi_link_read(AT_FDCWD, path, text)) == 0)
		return nhi_fail(why, NHI_ERR_POLICY_UNREADABLE,
		    "no policy is published");
	if (r < 0)
		return nhi_fail(why, NHI_ERR_POLICY_UNREADABLE, "%s: %s",
		    path, strerror(errno));
	return nhi_policy_open_generation(published, text, ret, why);
}

enum nhi_err
nhi_policy_host(const struct nhi_policy *p, struct nhi_host *ret,
    struct nhi_why *why)
{
	NHI_AUTO(nhi_buf_wipe) struct nhi_buf text = NHI_BUF(NHI_RULES_MAX);
	char path[600];

	(void)snprintf(path, sizeof(path), "%s/host", p->path);
	if (nhi_file_read(AT_FDCWD, path, NHI_FILE_OWN, &text, why) != NHI_OK)
		return NHI_ERR_POLICY_UNREADABLE;
	return nhi_host_parse(nhi_buf_all(&text), ret, why);
}

static enum nhi_err
find_account(const struct nhi_policy *p, const char *name,
    struct nhi_account *ret, struct nhi_why *why)
{
	int r;

	if (nhi_name_reserved(name))
		return nhi_fail(why, NHI_ERR_ACCOUNT_RESERVED,
		    "the name \"%.64s\" is reserved", name);
	r = nhi_account_find(p->path, name, ret);
	if (r < 0)
		return nhi_fail(why, NHI_ERR_POLICY_UNREADABLE,
		    "account \"%.64s\": %s", name, strerror(errno));
	if (r == 0)
		return nhi_fail(why, NHI_ERR_ACCOUNT_UNKNOWN,
		    "the policy has no account \"%.64s\"", name);
	return NHI_OK;
}

enum nhi_err
nhi_policy_rules(const struct nhi_policy *p, const char *name,
    struct nhi_account *ret_account, struct nhi_rules **ret,
    struct nhi_why *why)
{
	NHI_AUTO(nhi_buf_wipe) struct nhi_buf text = NHI_BUF(NHI_RULES_MAX);
	NHI_AUTO(nhi_rules_freep) struct nhi_rules *rules = NULL;
	struct nhi_account account;
	char path[1024];
	enum nhi_err err;

	if ((err = find_account(p, name, &account, why)) != NHI_OK)
		return err;
	(void)snprintf(path, sizeof(path), "%s/rules/%s", p->path,
	    account.key);
	if (nhi_file_read(AT_FDCWD, path, NHI_FILE_OWN, &text, why) != NHI_OK)
		return NHI_ERR_POLICY_UNREADABLE;
	if ((err = nhi_rules_parse(nhi_buf_all(&text), &rules, why)) != NHI_OK)
		return err;
	if (strcmp(rules->digest, p->digest) != 0)
		return nhi_fail(why, NHI_ERR_POLICY_INVALID,
		    "the rules of \"%s\" are of another generation", name);
	*ret_account = account;
	*ret = rules;
	rules = NULL;
	return NHI_OK;
}
