/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * nhictl certs: what was issued here, or logged in without a certificate of
 * this host, and has not expired.
 */
#include "config.h"

#include <getopt.h>
#include <inttypes.h>
#include <string.h>

#include "lib/base/issued.h"
#include "lib/base/num.h"
#include "lib/base/paths.h"
#include "lib/base/revoke.h"
#include "lib/ssh/fingerprint.h"
#include "nhictl/nhictl.h"
#include "nhictl/show.h"
#include "nhictl/when.h"

/* An entry of the ledger has 70,000 bytes at most; each takes six at most. */
#define JSON_LINE	(1U << 20)

struct listing {
	struct nhi_table *table;
	bool json;
	int64_t now;
	const char *identity;		/* only these; NULL: all */
	const char *account;
};

/* As a login would ask: in force, or why not. */
static enum nhi_err
check(const struct nhi_issued *e, struct nhi_why *why)
{
	char key[2 * NHI_SSH_HASH + 1] = "";
	uint8_t hash[NHI_SSH_HASH];

	if (nhi_ssh_fingerprint_parse(nhi_span_str(e->key), hash))
		nhi_num_hex(hash, sizeof(hash), key);
	return nhi_revoke_check(NHI_REVOKED_DIR, &(struct nhi_revoke_query){
	    .serial = e->serial, .identity = e->identity,
	    .mark = nhi_revoke_valid(NHI_REVOKE_MARK, e->mark) ? e->mark :
	    NULL, .key = key[0] == '\0' ? NULL : key,
	    .valid_after = e->valid_after }, why);
}

static bool
show_json(const struct nhi_issued *e, const char *serial, const char *revoked)
{
	NHI_AUTO(nhi_buf_wipe) struct nhi_buf b = NHI_BUF(JSON_LINE);

	nhi_show_string(&b, "serial", serial);
	nhi_show_bool(&b, "direct", e->serial == 0);
	nhi_show_string(&b, "identity", e->identity);
	nhi_show_string(&b, "account", e->account);
	nhi_show_string(&b, "key", e->key);
	nhi_show_time(&b, "issued", e->valid_after + NHI_CERT_BACKDATE);
	nhi_show_time(&b, "expires", e->valid_before);
	nhi_show_string(&b, "source", e->source);
	nhi_show_string(&b, "mark", e->mark);
	nhi_show_string(&b, "jti", e->jti);
	nhi_show_string(&b, "keyid", e->keyid);
	nhi_show_string(&b, "claims", e->claims);
	nhi_show_bool(&b, "revoked", revoked[0] != '\0');
	nhi_show_string(&b, "why", revoked);
	return nhi_show_line(&b);
}

static bool
show(const struct nhi_issued *e, void *arg)
{
	struct listing *l = arg;
	char issued[32], expires[32], serial[24] = "";
	struct nhi_why why = { "" };
	bool revoked;

	if (e->valid_before <= l->now ||
	    (l->identity != NULL && strcmp(l->identity, e->identity) != 0) ||
	    (l->account != NULL && strcmp(l->account, e->account) != 0))
		return true;
	if (e->serial > 0)
		(void)snprintf(serial, sizeof(serial), "%" PRIu64, e->serial);
	revoked = check(e, &why) != NHI_OK;
	if (l->json)
		return show_json(e, serial, revoked ? why.text : "");
	nhi_when_format(e->valid_after + NHI_CERT_BACKDATE, issued);
	nhi_when_format(e->valid_before, expires);
	nhi_table_add(l->table, serial[0] == '\0' ? "-" : serial);
	nhi_table_add(l->table, e->identity);
	nhi_table_add(l->table, e->account);
	nhi_table_add(l->table, e->key[0] == '\0' ? "-" : e->key);
	nhi_table_add(l->table, issued);
	nhi_table_add(l->table, expires);
	nhi_table_add(l->table, e->source[0] == '\0' ? "-" : e->source);
	nhi_table_add(l->table, revoked ? "revoked" : "-");
	return true;
}

static bool
parse(int argc, char **argv, struct listing *l)
{
	static const struct option options[] = {
		{ "json", no_argument, NULL, 'j' },
		{ "identity", required_argument, NULL, 'i' },
		{ "account", required_argument, NULL, 'a' },
		{ NULL, 0, NULL, 0 },
	};
	uint64_t given = 0;
	int c;

	while ((c = nhi_ctl_option(argc, argv, "", options, &given)) != -1) {
		if (c == 'j')
			l->json = true;
		else if (c == 'i')
			l->identity = optarg;
		else if (c == 'a')
			l->account = optarg;
		else
			return false;
	}
	return optind == argc;
}

int
nhi_verb_certs(int argc, char **argv)
{
	static const char *const heads[] = { "SERIAL", "IDENTITY", "ACCOUNT",
		"KEY", "ISSUED (UTC)", "EXPIRES (UTC)", "SOURCE", "STATE",
		NULL };
	NHI_AUTO(nhi_table_wipe) struct nhi_table table = { .heads = heads };
	struct listing l = { .table = &table, .now = nhi_when_now() };
	struct nhi_why why = { "" };
	enum nhi_err err;

	if (!parse(argc, argv, &l))
		return nhi_ctl_usage("certs");
	if ((err = nhi_issued_each(NHI_ISSUED_DIR, show, &l, &why)) != NHI_OK)
		return nhi_ctl_fail(err, &why);
	if (!l.json && !nhi_table_print(&table, "no certificates"))
		return nhi_ctl_done(false);
	return nhi_ctl_done(fflush(stdout) == 0);
}
