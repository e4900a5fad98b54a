/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * nhictl explain: would this token be let in, and why.  What needs the token
 * is asked of nhi-verify (by root) or done here (by somebody else, under his
 * own uid); what is root's own data is held against it here.
 */
#include "config.h"

#include <fcntl.h>
#include <getopt.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#include "lib/base/file.h"
#include "lib/base/grant.h"
#include "lib/base/num.h"
#include "lib/base/paths.h"
#include "lib/base/source.h"
#include "lib/base/verdict.h"
#include "lib/ssh/fingerprint.h"
#include "nhictl/explain_ask.h"
#include "nhictl/nhictl.h"

#define REVOKED_DIGITS	16	/* of a mark, in revocations and records */

static void
wipe(struct nhi_ask *a)
{
	nhi_rules_freep(&a->rules);
	nhi_buf_wipe(&a->bytes);
	nhi_buf_wipe(&a->text);
}

static bool
wrong(const char *name, const char *value, const char *what)
{
	(void)fprintf(stderr, "nhictl: --%s: not %s: ", name, what);
	nhi_ctl_put_plain(value, stderr);
	(void)putc('\n', stderr);
	return false;
}

/* False: said what is wrong with it. */
static bool
set_option(struct nhi_ask *a, int c, const char *value)
{
	char address[NHI_SOURCE_SIZE];
	uint8_t hash[NHI_SSH_HASH];
	uint64_t at;

	switch (c) {
	case 'a':
		a->account = value;
		return true;
	case 'c':
	case 't':
		a->claims = c == 'c';
		a->file = value;
		return true;
	case 's':
		a->source = value;
		return nhi_source_key(value, address) ||
		    wrong("source", value, "an address");
	case 'k':
		a->key = value;
		return nhi_ssh_fingerprint_parse(nhi_span_str(value), hash) ||
		    wrong("key", value, "a fingerprint such as SHA256:...");
	case 'w':
		if (!nhi_num_parse(nhi_span_str(value), NHI_TIME_FAR, &at))
			return wrong("at", value,
			    "a time in seconds since 1970");
		a->now = (int64_t)at;
		return true;
	case 'j':
		a->json = true;
		return true;
	}
	return false;
}

static bool
read_options(struct nhi_ask *a, int argc, char **argv)
{
	static const struct option options[] = {
		{ "account", required_argument, NULL, 'a' },
		{ "token", required_argument, NULL, 't' },
		{ "claims", required_argument, NULL, 'c' },
		{ "source", required_argument, NULL, 's' },
		{ "key", required_argument, NULL, 'k' },
		{ "at", required_argument, NULL, 'w' },
		{ "json", no_argument, NULL, 'j' },
		{ NULL, 0, NULL, 0 },
	};
	uint64_t given = 0;
	int c;

	while ((c = nhi_ctl_option(argc, argv, "", options, &given)) != -1) {
		if ((c == 't' || c == 'c') && a->file != NULL)
			return false;
		if (!set_option(a, c, optarg))
			return false;
	}
	return optind == argc && a->account != NULL && a->file != NULL;
}

static enum nhi_err
read_bytes(struct nhi_ask *a, struct nhi_why *why)
{
	NHI_AUTO(nhi_fd_close) int fd = -1;
	enum nhi_err err;

	if (strcmp(a->file, "-") == 0)
		return nhi_file_slurp(STDIN_FILENO, &a->bytes, why);
	if ((err = nhi_file_open(AT_FDCWD, a->file, NHI_FILE_NAMED, &fd,
	    why)) != NHI_OK)
		return err;
	return nhi_file_slurp(fd, &a->bytes, why);
}

/*
 * What a login would be held against besides the token.  What is revoked of an
 * identity is what there is, and no new token.
 */
static enum nhi_err
check_rest(struct nhi_ask *a, const struct nhi_identity *i, struct nhi_why *why)
{
	char mark[REVOKED_DIGITS + 1], key[2 * NHI_SSH_HASH + 1];
	struct nhi_grant g = {
		.account = a->account, .rules = a->rules, .identity = i,
		.source = a->source, .now = a->now,
		.evidence = { .valid_after = INT64_MAX },
	};
	uint8_t hash[NHI_SSH_HASH];
	enum nhi_err err;

	if (a->found.mark[0] != '\0') {
		(void)snprintf(mark, sizeof(mark), "%s", a->found.mark);
		g.evidence.mark = mark;
	}
	if (a->key != NULL &&
	    nhi_ssh_fingerprint_parse(nhi_span_str(a->key), hash)) {
		nhi_num_hex(hash, sizeof(hash), key);
		g.evidence.key = key;
	}
	if ((err = nhi_grant_check(&g, why)) != NHI_OK)
		return err;
	return nhi_explain_used(a->found.mark, a->key,
	    a->rules->issuers[i->issuer].reuse_never, &a->used, why);
}

/* NHI_OK: there is an answer, in a->reason. */
static enum nhi_err
run(struct nhi_ask *a, struct nhi_why *why)
{
	enum nhi_err err;

	a->reason = nhi_policy_open(NHI_PUBLISHED_DIR, &a->policy, &a->why);
	if (a->reason != NHI_OK)
		return NHI_OK;
	if ((err = read_bytes(a, why)) == NHI_ERR_TOO_LARGE) {
		a->reason = err;
		a->why = *why;
		return NHI_OK;
	}
	if (err != NHI_OK)
		return err;
	if (!nhi_name_valid(a->account)) {
		a->reason = nhi_fail(&a->why, NHI_ERR_INPUT,
		    "what was asked for is no account name");
		return NHI_OK;
	}
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
