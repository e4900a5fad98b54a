/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * nhictl explain: would this token be let in, and why.  What needs the token
 * is asked of nhi-verify (by root) or done here (by somebody else, under his
 * own uid); what is root's own data is held against it here.
 */
#include "config.h"

#include <string.h>
#include <time.h>
#include <unistd.h>

#include "lib/base/file.h"
#include "lib/base/grant.h"
#include "lib/base/hold.h"
#include "lib/base/num.h"
#include "lib/base/paths.h"
#include "lib/base/source.h"
#include "lib/base/verdict.h"
#include "lib/ssh/fingerprint.h"
#include "nhictl/explain_ask.h"
#include "nhictl/nhictl.h"

static void
wipe(struct nhi_ask *a)
{
	nhi_rules_freep(&a->rules);
	nhi_buf_wipe(&a->bytes);
	nhi_buf_wipe(&a->text);
}

/* One option and its value; false when it is none of ours. */
static bool
set_option(struct nhi_ask *a, const char *name, const char *value)
{
	char address[NHI_SOURCE_SIZE];
	uint8_t hash[NHI_SSH_HASH];
	uint64_t at;

	if (strcmp(name, "--account") == 0 && a->account == NULL)
		a->account = value;
	else if (strcmp(name, "--source") == 0 && a->source == NULL &&
	    nhi_source_key(value, address))
		a->source = value;
	else if (strcmp(name, "--key") == 0 && a->key == NULL &&
	    nhi_ssh_fingerprint_parse(nhi_span_str(value), hash))
		a->key = value;
	else if (strcmp(name, "--token") == 0 && a->file == NULL)
		a->file = value;
	else if (strcmp(name, "--claims") == 0 && a->file == NULL) {
		a->file = value;
		a->claims = true;
	} else if (strcmp(name, "--at") == 0 && !a->timed && nhi_num_parse(
	    nhi_span_str(value), INT64_MAX / 2, &at)) {
		a->now = (int64_t)at;
		a->timed = true;
	} else
		return false;
	return true;
}

static bool
read_options(struct nhi_ask *a, int argc, char **argv)
{
	for (int i = 1; i < argc; i++) {
		if (strcmp(argv[i], "--json") == 0) {
			a->json = true;
			continue;
		}
		if (i + 1 == argc || !set_option(a, argv[i], argv[i + 1]))
			return false;
		i++;
	}
	return a->account != NULL && a->file != NULL;
}

static enum nhi_err
read_bytes(struct nhi_ask *a, struct nhi_why *why)
{
	NHI_AUTO(nhi_fd_close) int fd = -1;
	enum nhi_err err;

	if (strcmp(a->file, "-") == 0)
		return nhi_file_slurp(STDIN_FILENO, &a->bytes, why);
	if ((err = nhi_ctl_open(a->file, &fd, why)) != NHI_OK)
		return err;
	return nhi_file_slurp(fd, &a->bytes, why);
}

/* What a login would be held against besides the token. */
static enum nhi_err
check_rest(struct nhi_ask *a, const struct nhi_identity *i, struct nhi_why *why)
{
	const struct nhi_issuer *issuer = &a->rules->issuers[i->issuer];
	enum nhi_err err;

	if ((err = nhi_grant_place(i, a->source, a->now, why)) != NHI_OK ||
	    (err = nhi_hold_check(NHI_HOLDS_DIR, a->account, i->name,
	    issuer->name, a->now, why)) != NHI_OK)
		return err;
	return nhi_explain_used(a->found.mark, issuer->reuse_never, &a->used,
	    why);
}

/* NHI_OK: there is an answer, in a->reason. */
static enum nhi_err
run(struct nhi_ask *a, struct nhi_why *why)
{
	enum nhi_err err;

	if ((err = nhi_policy_open(NHI_PUBLISHED_DIR, &a->policy,
	    why)) != NHI_OK)
		return err;
	if ((err = read_bytes(a, why)) == NHI_ERR_TOO_LARGE) {
		a->reason = err;
		a->why = *why;
		return NHI_OK;
	}
	if (err != NHI_OK)
		return err;
	a->reason = nhi_policy_rules(&a->policy, a->account, &a->entry,
	    &a->rules, &a->why);
	if (a->reason != NHI_OK)
		return NHI_OK;
	err = nhi_ask_verifier(a, why);
	if (err == NHI_OK && a->reason == NHI_OK)
		a->reason = check_rest(a, &a->rules->identities[a->found.identity],
		    &a->why);
	return err;
}

int
nhi_verb_explain(int argc, char **argv)
{
	NHI_AUTO(wipe) struct nhi_ask a = {
		.now = (int64_t)time(NULL),
		.found = { .identity = NHI_EXPLAIN_NONE },
		.bytes = NHI_BUF(NHI_VERDICT_BYTES + 1),
		.text = NHI_BUF(NHI_EXPLAIN_TEXT),
	};
	struct nhi_why why = { "" };
	enum nhi_err err;

	if (!read_options(&a, argc, argv))
		return nhi_ctl_usage("explain");
	if ((err = run(&a, &why)) != NHI_OK) {
		(void)nhi_ctl_fail(err, &why);
		return NHI_CTL_FAULT;
	}
	if (a.json)
		nhi_ask_json(&a);
	else
		nhi_ask_text(&a);
	return nhi_ctl_end(nhi_ctl_code(a.reason));
}
