/* SPDX-License-Identifier: BSD-2-Clause */
#include "config.h"

#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#include "lib/base/file.h"
#include "lib/base/grant.h"
#include "lib/base/num.h"
#include "lib/base/paths.h"
#include "lib/base/policy.h"
#include "lib/base/spool.h"
#include "lib/ssh/admit.h"
#include "lib/ssh/sha256.h"
#include "lib/ssh/trusted.h"
#include "sshd_helper/answer.h"
#include "sshd_helper/principals.h"

#define LINE_MAX_BYTES	(NHI_SSH_FORCE_MAX * 2 + 1024)

struct query {
	const char *account;
	int64_t now;
	struct nhi_policy policy;
	struct nhi_rules *rules;
	struct nhi_ssh_cert *cert;
	struct nhi_ssh_trusted *trusted;
	struct nhi_ssh_keyid keyid;
	bool ours;			/* key id and principal are NHI's */
	const struct nhi_identity *identity;
};

static void
wipe(struct query *q)
{
	nhi_rules_freep(&q->rules);
	nhi_ssh_cert_freep(&q->cert);
	nhi_ssh_trusted_freep(&q->trusted);
}

static enum nhi_err
load_trusted(struct query *q, struct nhi_why *why)
{
	NHI_AUTO(nhi_buf_wipe) struct nhi_buf text =
	    NHI_BUF(NHI_SSH_TRUSTED_TEXT);
	enum nhi_err err;

	if ((err = nhi_file_read(AT_FDCWD, NHI_CA_TRUSTED, NHI_FILE_ROOT,
	    &text, why)) != NHI_OK)
		return err;
	return nhi_ssh_trusted_parse(nhi_buf_all(&text), &q->trusted, why);
}

/* Whose the certificate is, by what stands in it. */
static enum nhi_err
read_certificate(struct query *q, const char *base64, struct nhi_why *why)
{
	struct nhi_ssh_admit a = { .account = q->account };
	enum nhi_err err;

	if ((err = nhi_ssh_cert_parse((struct nhi_span){ NULL, 0 },
	    nhi_span_str(base64), &q->cert, why)) != NHI_OK)
		return err;
	a.cert = q->cert;
	if ((err = nhi_ssh_admit_ours(&a, &q->keyid, why)) != NHI_OK)
		return err;
	q->ours = true;
	return NHI_OK;
}

static enum nhi_err
check_state(struct query *q, struct nhi_why *why)
{
	/* Where it comes from is asked where a refusal is told: by pam_nhi. */
	struct nhi_grant g = {
		.account = q->account, .rules = q->rules,
		.identity = q->identity, .now = q->now,
	};
	char key[2 * NHI_SSH_HASH + 1];
	uint8_t hash[NHI_SSH_HASH];

	nhi_ssh_sha256(nhi_buf_all(&q->cert->subject->blob), hash);
	nhi_num_hex(hash, sizeof(hash), key);
	g.evidence = (struct nhi_revoke_query){
		.serial = q->cert->serial, .mark = q->keyid.mark, .key = key,
		.valid_after = (int64_t)q->cert->valid_after,
	};
	return nhi_grant_check(&g, why);
}

static enum nhi_err
check(struct query *q, struct nhi_why *why)
{
	struct nhi_ssh_admit a = {
		.cert = q->cert, .account = q->account, .now = q->now,
	};
	struct nhi_account account;
	enum nhi_err err;
	size_t index;

	if ((err = nhi_policy_open(NHI_PUBLISHED_DIR, &q->policy,
	    why)) != NHI_OK ||
	    (err = nhi_policy_rules(&q->policy, q->account, &account,
	    &q->rules, why)) != NHI_OK ||
	    (err = load_trusted(q, why)) != NHI_OK ||
	    (err = nhi_ssh_trusted_find(q->trusted, q->cert->ca, &a.host,
	    why)) != NHI_OK)
		return err;
	a.rules = q->rules;
	if ((err = nhi_ssh_admit_check(&a, &q->keyid, &index,
	    why)) != NHI_OK)
		return err;
	q->identity = &q->rules->identities[index];
	return check_state(q, why);
}

static void
record(const struct query *q, enum nhi_err err, const struct nhi_why *why)
{
	char keyid[NHI_SSH_KEYID_MAX + 1] = "";
	struct nhi_event e = {
		.event = NHI_EVENT_LOGIN_DENY, .outcome = NHI_DENY,
		.reason = err, .detail = why->text,
		.component = "nhi-sshd-helper", .service = "sshd",
		.account = q->account, .keyid = keyid,
	};
	struct nhi_audit_stamp stamp = { .id = "" };
	struct nhi_why ignored;

	if (q->cert != NULL) {
		e.serial = q->cert->serial;
		(void)snprintf(keyid, sizeof(keyid), "%.*s",
		    (int)q->cert->keyid.n, q->cert->keyid.p);
	}
	/* Queries are free: once for each certificate, reason and hour. */
	stamp.time_ms = q->now * 1000;
	stamp.pid = getpid();
	nhi_audit_id(stamp.time_ms, stamp.id);
	(void)!nhi_spool_put_once(NHI_SPOOL_DIR, &e, &stamp, &ignored);
}

/*
 * Let it in to be told.  Where the certificate has a forced command sshd wants
 * the same here, or refuses by itself, which costs the client's address a
 * penalty: it is pam_nhi alone then that refuses, before anything runs.
 */
static bool
put_refused(const struct query *q, enum nhi_err err, struct nhi_buf *b)
{
	if (!q->ours)
		return false;
	if (q->cert->force_command.p == NULL)
		return nhi_answer_refuse(q->account, err, b);
	/* Of a name that is no longer policy's pam_nhi knows nothing. */
	return q->rules != NULL &&
	    nhi_answer_forced(q->cert->force_command, b);
}

int
nhi_ssh_principals(int argc, char **argv)
{
	NHI_AUTO(wipe) struct query q = { .now = (int64_t)time(NULL) };
	NHI_AUTO(nhi_buf_wipe) struct nhi_buf line = NHI_BUF(LINE_MAX_BYTES);
	struct nhi_why why = { "" };
	enum nhi_err err;

	if (argc != 5 || !nhi_name_valid(argv[0]) ||
	    nhi_name_reserved(argv[0]))
		return 0;
	q.account = argv[0];
	if ((err = read_certificate(&q, argv[4], &why)) == NHI_OK &&
	    (err = check(&q, &why)) == NHI_OK)
		nhi_answer_grant(q.identity, &line);
	else if (!put_refused(&q, err, &line))
		record(&q, err, &why);
	if (line.n > 0)
		nhi_buf_printf(&line, " %s\n", q.account);
	if (nhi_buf_check(&line, &why) == NHI_OK)
		(void)!nhi_file_put(STDOUT_FILENO, nhi_buf_all(&line), &why);
	return 0;
}
