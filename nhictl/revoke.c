/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * nhictl revoke: on this host, at the next login.  In force before its record
 * is written, like a hold.
 */
#include "config.h"

#include <getopt.h>
#include <inttypes.h>
#include <string.h>

#include "lib/base/file.h"
#include "lib/base/lease.h"
#include "lib/base/num.h"
#include "lib/base/paths.h"
#include "lib/base/revoke.h"
#include "lib/ssh/fingerprint.h"
#include "nhictl/nhictl.h"
#include "nhictl/published.h"
#include "nhictl/record.h"
#include "nhictl/revoke_open.h"
#include "nhictl/run.h"
#include "nhictl/show.h"
#include "nhictl/when.h"

#define MARK_HEX	16

static const char *const kinds[] = { "serial", "identity", "mark", "key" };

struct args {
	struct nhi_revocation r;
	const char *shown;		/* the name as it was given */
	unsigned int names;
	const char *run;		/* by run: its id */
	bool list;
	bool json;
	bool bad;
};

/* The fingerprint that ssh-keygen -l prints, as hex. */
static bool
key_hex(const char *text, char out[2 * NHI_SSH_HASH + 1])
{
	uint8_t hash[NHI_SSH_HASH];

	if (!nhi_ssh_fingerprint_parse(nhi_span_str(text), hash))
		return false;
	nhi_num_hex(hash, sizeof(hash), out);
	return true;
}

static void
set_name(struct args *a, enum nhi_revoke_kind kind, const char *text)
{
	char hex[2 * NHI_SSH_HASH + 1];
	size_t n;

	a->names++;
	a->shown = text;
	a->r.kind = kind;
	if (kind == NHI_REVOKE_KEY && !key_hex(text, hex)) {
		(void)fputs("nhictl: a key is SHA256: and 43 characters, as "
		    "ssh-keygen -l prints it\n", stderr);
		a->bad = true;
		return;
	}
	if (kind == NHI_REVOKE_KEY)
		text = hex;
	if ((n = strlen(text)) >= sizeof(a->r.name)) {
		a->bad = true;
		return;
	}
	/* Of a whole mark the first digits are looked up. */
	if (kind == NHI_REVOKE_MARK && n > MARK_HEX)
		n = MARK_HEX;
	memcpy(a->r.name, text, n);
	a->r.name[n] = '\0';
	if (!nhi_revoke_valid(kind, a->r.name)) {
		(void)fprintf(stderr, "nhictl: not a valid %s: %s\n", kinds[kind],
		    a->shown);
		a->bad = true;
	}
}

static void
set_reason(struct args *a, const char *text)
{
	if (text[0] == '\0' || strlen(text) >= sizeof(a->r.reason)) {
		(void)fprintf(stderr, "nhictl: a reason has 1 to %zu bytes\n",
		    sizeof(a->r.reason) - 1);
		a->bad = true;
		return;
	}
	(void)snprintf(a->r.reason, sizeof(a->r.reason), "%s", text);
}

static void
set_option(struct args *a, int option, const char *text)
{
	switch (option) {
	case 's':
		set_name(a, NHI_REVOKE_SERIAL, text);
		break;
	case 'i':
		set_name(a, NHI_REVOKE_IDENTITY, text);
		break;
	case 'm':
		set_name(a, NHI_REVOKE_MARK, text);
		break;
	case 'k':
		set_name(a, NHI_REVOKE_KEY, text);
		break;
	case 'R':
		a->names++;
		a->run = text;
		break;
	case 'r':
		set_reason(a, text);
		break;
	case 'l':
		a->list = true;
		break;
	case 'j':
		a->json = true;
		break;
	default:
		a->bad = true;
	}
}

static enum nhi_err
record(const struct args *a, struct nhi_why *why)
{
	uint64_t serial = 0;
	char detail[512];

	if (a->r.kind == NHI_REVOKE_SERIAL)
		(void)nhi_num_parse(nhi_span_str(a->r.name), UINT64_MAX,
		    &serial);
	(void)snprintf(detail, sizeof(detail), "%s %s is revoked by %s: %s",
	    kinds[a->r.kind], a->shown, a->r.by, a->r.reason);
	return nhi_record(&(struct nhi_event){ .event = NHI_EVENT_REVOKE,
	    .outcome = NHI_INFO, .detail = detail, .serial = serial,
	    .identity = a->r.kind == NHI_REVOKE_IDENTITY ? a->r.name : NULL,
	    .mark = a->r.kind == NHI_REVOKE_MARK ? a->r.name : NULL,
	    .key = a->r.kind == NHI_REVOKE_KEY ? a->shown : NULL }, why);
}

/* Its time is that of the lock: what was made while we waited is struck. */
static enum nhi_err
enter(struct args *a, int *ret_lock, struct nhi_why *why)
{
	enum nhi_err err;

	if ((err = nhi_revoke_init(NHI_REVOKED_DIR, why)) != NHI_OK ||
	    (err = nhi_state_lock(NHI_REVOKED_DIR, NHI_LOCK_MS, ret_lock,
	    why)) != NHI_OK)
		return err;
	a->r.time = nhi_when_now();
	nhi_audit_id(a->r.time * 1000, a->r.id);
	nhi_record_who(a->r.by);
	return nhi_revoke_add(NHI_REVOKED_DIR, &a->r, why);
}

static int
add(struct args *a)
{
	NHI_AUTO(nhi_fd_close) int lock = -1;
	struct nhi_why why = { "" };
	bool known = true;
	enum nhi_err err;

	if ((err = enter(a, &lock, &why)) != NHI_OK)
		return nhi_ctl_fail(err, &why);
	nhi_fd_close(&lock);
	(void)printf("revoked on this host: %s %s\n", kinds[a->r.kind],
	    a->shown);
	if (a->r.kind == NHI_REVOKE_IDENTITY) {
		(void)puts("(certificates made up to now; new ones are "
		    "issued)");
		if (nhi_published_knows(NHI_PUBLISHED_IDENTITY, a->r.name,
		    &known) && !known)
			(void)fprintf(stderr, "nhictl: note: the policy has "
			    "no identity %s\n", a->r.name);
	}
	nhi_revoke_tell_open(&a->r);
	if ((err = record(a, &why)) != NHI_OK)
		return nhi_ctl_fail(err, &why);
	/* What is made from now on must not have the second that it strikes. */
	if (a->r.kind == NHI_REVOKE_IDENTITY)
		nhi_when_pass();
	return NHI_CTL_OK;
}

/* What a run got: its tokens, and so all that was or will be made of them. */
static int
add_run(struct args *a)
{
	static struct nhi_run run;
	struct nhi_why why = { "" };
	enum nhi_err err;
	int status = NHI_CTL_OK;

	if ((err = nhi_run_find(NHI_ISSUED_DIR, a->run, &run, &why)) != NHI_OK)
		return nhi_ctl_fail(err, &why);
	if (run.n == 0) {
		(void)fprintf(stderr, "nhictl: nothing that is valid was "
		    "issued here, or logged in, for run %s\n", a->run);
		return NHI_CTL_NO;
	}
	a->r.kind = NHI_REVOKE_MARK;
	/* One whose record cannot be written does not spare the others. */
	for (size_t i = 0; i < run.n; i++) {
		int one;

		(void)snprintf(a->r.name, sizeof(a->r.name), "%s",
		    run.marks[i]);
		a->shown = a->r.name;
		if ((one = add(a)) != NHI_CTL_OK)
			status = one;
	}
	if (status == NHI_CTL_OK && run.more) {
		(void)fprintf(stderr, "nhictl: it has more than %d tokens: "
		    "revoke its identity\n", NHI_RUN_MARKS);
		status = NHI_CTL_FAULT;
	}
	return status;
}

struct listing {
	struct nhi_table *table;
	bool json;
};

/* A key as --key takes it, all else as it is kept. */
static const char *
shown(const struct nhi_revocation *r, char key[static NHI_SSH_FINGERPRINT])
{
	uint8_t hash[NHI_SSH_HASH];

	if (r->kind != NHI_REVOKE_KEY ||
	    !nhi_num_unhex(nhi_span_str(r->name), hash, sizeof(hash)) ||
	    nhi_ssh_fingerprint_format(hash, key, NULL) != NHI_OK)
		return r->name;
	return key;
}

static bool
show(const struct nhi_revocation *r, void *arg)
{
	NHI_AUTO(nhi_buf_wipe) struct nhi_buf b = NHI_BUF(8192);
	char time[32], key[NHI_SSH_FINGERPRINT];
	const char *name = shown(r, key);
	struct listing *l = arg;

	if (l->json) {
		nhi_show_string(&b, "kind", kinds[r->kind]);
		nhi_show_string(&b, "name", name);
		nhi_show_time(&b, "time", r->time);
		nhi_show_string(&b, "by", r->by);
		nhi_show_string(&b, "reason", r->reason);
		nhi_show_string(&b, "id", r->id);
		return nhi_show_line(&b);
	}
	nhi_when_format(r->time, time);
	nhi_table_add(l->table, kinds[r->kind]);
	nhi_table_add(l->table, name);
	nhi_table_add(l->table, time);
	nhi_table_add(l->table, r->by);
	nhi_table_add(l->table, r->reason);
	return true;
}

static int
list(bool json)
{
	static const char *const heads[] = { "REVOKED", "NAME", "TIME (UTC)",
		"BY", "REASON", NULL };
	NHI_AUTO(nhi_table_wipe) struct nhi_table table = { .heads = heads };
	struct listing l = { .table = &table, .json = json };
	struct nhi_why why = { "" };
	enum nhi_err err;

	if ((err = nhi_revoke_each(NHI_REVOKED_DIR, show, &l, &why)) != NHI_OK)
		return nhi_ctl_fail(err, &why);
	if (!json && !nhi_table_print(&table, "nothing is revoked"))
		return nhi_ctl_done(false);
	return nhi_ctl_done(fflush(stdout) == 0);
}

int
nhi_verb_revoke(int argc, char **argv)
{
	static const struct option options[] = {
		{ "serial", required_argument, NULL, 's' },
		{ "identity", required_argument, NULL, 'i' },
		{ "mark", required_argument, NULL, 'm' },
		{ "key", required_argument, NULL, 'k' },
		{ "run", required_argument, NULL, 'R' },
		{ "reason", required_argument, NULL, 'r' },
		{ "list", no_argument, NULL, 'l' },
		{ "json", no_argument, NULL, 'j' },
		{ NULL, 0, NULL, 0 },
	};
	struct args a = { .names = 0 };
	uint64_t given = 0;
	bool reason;
	int c;

	while ((c = nhi_ctl_option(argc, argv, "", options, &given)) != -1)
		set_option(&a, c, optarg);
	reason = a.r.reason[0] != '\0';
	if (a.bad || optind != argc || (a.list ? a.names > 0 || reason :
	    a.names != 1 || a.json || !reason))
		return nhi_ctl_usage("revoke");
	if (a.list)
		return list(a.json);
	return nhi_ctl_end(a.run != NULL ? add_run(&a) : add(&a));
}
