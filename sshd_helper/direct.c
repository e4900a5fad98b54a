/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The token is read by nhi-verify alone; this looks for the extension and
 * hands the certificate on.  The client's own words limit nothing: what limits
 * stands in the options that are printed.
 */
#include "config.h"

#include <errno.h>
#include <signal.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#include "lib/base/file.h"
#include "lib/base/grant.h"
#include "lib/base/num.h"
#include "lib/base/paths.h"
#include "lib/base/share.h"
#include "lib/base/source.h"
#include "lib/base/spool.h"
#include "lib/base/verifier.h"
#include "lib/ssh/direct.h"
#include "lib/ssh/sha256.h"
#include "sshd_helper/answer.h"
#include "sshd_helper/direct.h"
#include "sshd_helper/recall.h"

#define LINE_MAX_BYTES	(4 * NHI_SSH_KEY_MAX + NHI_SSH_FORCE_MAX * 2)

struct query {
	const char *account;
	const char *type;
	struct nhi_ssh_line line;
	char source[NHI_SOURCE_SIZE];	/* "": sshd does not say */
	int64_t now;
	struct nhi_policy policy;
	struct nhi_rules *rules;
	struct nhi_ssh_cert *cert;	/* NULL: not of this road */
	char key[2 * NHI_SSH_HASH + 1];
	char fingerprint[NHI_SSH_FINGERPRINT];
	bool answered;			/* verdict is one */
	struct nhi_verdict verdict;
	const struct nhi_identity *identity;	/* the token's */
};

static void
wipe(struct query *q)
{
	nhi_rules_freep(&q->rules);
	nhi_ssh_cert_freep(&q->cert);
}

/* The cheap look first: plain keys and other certificates end here. */
static enum nhi_err
read_certificate(struct query *q, struct nhi_why *why)
{
	struct nhi_span token;
	uint8_t hash[NHI_SSH_HASH];
	enum nhi_err err;

	if ((err = nhi_ssh_direct_parse(&q->line, &q->cert, &token,
	    why)) != NHI_OK)
		return err;
	nhi_ssh_sha256(nhi_buf_all(&q->cert->subject->blob), hash);
	nhi_num_hex(hash, sizeof(hash), q->key);
	return nhi_ssh_fingerprint_format(hash, q->fingerprint, why);
}

static enum nhi_err
open_policy(struct query *q, struct nhi_why *why)
{
	struct nhi_account account;
	enum nhi_err err;

	if ((err = nhi_policy_open(NHI_PUBLISHED_DIR, &q->policy,
	    why)) != NHI_OK ||
	    (err = nhi_policy_rules(&q->policy, q->account, &account,
	    &q->rules, why)) != NHI_OK)
		return err;
	return nhi_rules_direct(q->rules) ? NHI_OK : nhi_fail(why,
	    NHI_ERR_NO_MATCH, "no identity of %s has direct = true",
	    q->account);
}

/* The policy, the account and what is asked: another question, if one differs. */
static void
set_question(const struct query *q, struct nhi_span text,
    struct nhi_recall *ret)
{
	NHI_AUTO(nhi_buf_wipe) struct nhi_buf all =
	    NHI_BUF(NHI_VERDICT_BYTES + 512);

	nhi_buf_printf(&all, "%s\n%s\n", q->policy.generation, q->account);
	nhi_buf_span(&all, text);
	nhi_ssh_sha256(nhi_buf_all(&all), ret->question);
	ret->dir = all.err == NHI_OK ? NHI_DIRECT_DIR : "";
	ret->now = q->now;
}

/*
 * The key is not proved yet, so strangers can ask: within their share.  Root
 * makes the directory; where it is missing nobody has logged in this way since
 * the boot, and the first one must not be kept out by that.
 */
static enum nhi_err
take_share(struct query *q, int *ret_fd, struct nhi_why *why)
{
	enum nhi_err err;

	if (access(NHI_DIRECT_DIR, F_OK) != 0 && errno == ENOENT)
		return NHI_OK;
	err = nhi_share_take(NHI_DIRECT_DIR,
	    q->source[0] == '\0' ? NULL : q->source, ret_fd, why);
	q->now = (int64_t)time(NULL);
	return err;
}

/* Another one may have asked the same while we waited. */
static enum nhi_err
ask_verifier(struct query *q, struct nhi_span text, struct nhi_why *why)
{
	NHI_AUTO(nhi_fd_close) int share = -1;
	struct nhi_verifier v = {
		.program = NHI_VERIFY, .bare = true, .policy = &q->policy,
		.account = q->account, .key = q->type,
		.kind = NHI_KIND_DIRECT, .bytes = text,
	};
	struct nhi_recall recall = { .dir = "" };
	enum nhi_err err;

	set_question(q, text, &recall);
	if (nhi_recall_find(&recall, &q->verdict))
		return NHI_OK;
	if ((err = take_share(q, &share, why)) != NHI_OK)
		return err;
	recall.now = v.now = q->now;
	if (nhi_recall_find(&recall, &q->verdict))
		return NHI_OK;
	if ((err = nhi_verifier_ask(&v, &q->verdict, why)) != NHI_OK)
		return err;
	if (q->verdict.reason == NHI_OK)
		nhi_recall_put(&recall, &q->verdict);
	return NHI_OK;
}

static enum nhi_err
ask(struct query *q, struct nhi_why *why)
{
	NHI_AUTO(nhi_buf_wipe) struct nhi_buf text =
	    NHI_BUF(NHI_VERDICT_BYTES);
	enum nhi_err err;

	nhi_buf_span(&text, q->line.type);
	nhi_buf_char(&text, ' ');
	nhi_buf_span(&text, q->line.base64);
	if ((err = nhi_buf_check(&text, why)) != NHI_OK ||
	    (err = ask_verifier(q, nhi_buf_all(&text), why)) != NHI_OK)
		return err;
	q->answered = true;
	if (q->verdict.reason != NHI_OK)
		nhi_verdict_value(&q->verdict, "detail", why->text,
		    sizeof(why->text));
	return q->verdict.reason;
}

static enum nhi_err
find_identity(struct query *q, struct nhi_why *why)
{
	const struct nhi_identity *i;
	enum nhi_err err;

	if ((err = nhi_grant_find(q->rules, q->verdict.identity, &i,
	    why)) != NHI_OK ||
	    (err = nhi_grant_direct(q->rules, i, why)) != NHI_OK)
		return err;
	q->identity = i;
	return NHI_OK;
}

static enum nhi_err
check(struct query *q, struct nhi_why *why)
{
	struct nhi_grant g = { .account = q->account, .now = q->now };
	char mark[17];
	enum nhi_err err;

	if ((err = open_policy(q, why)) != NHI_OK ||
	    (err = nhi_ssh_direct_check(q->cert, q->account,
	    why)) != NHI_OK ||
	    (err = ask(q, why)) != NHI_OK ||
	    (err = find_identity(q, why)) != NHI_OK)
		return err;
	nhi_verdict_mark(&q->verdict, mark);
	g.rules = q->rules;
	g.identity = q->identity;
	g.evidence.mark = mark;
	g.evidence.key = q->key;
	g.evidence.valid_after = q->verdict.iat - NHI_CERT_BACKDATE;
	return nhi_grant_check(&g, why);
}

/*
 * Of this key, as this account, nothing else.  No from=: sshd would refuse
 * without a record; pam_nhi refuses, tells and records it.
 */
static void
put_key(const struct query *q, struct nhi_buf *b)
{
	nhi_buf_printf(b, ",cert-authority,principals=\"%s\" ", q->account);
	nhi_ssh_key_format(q->cert->subject, b);
	nhi_buf_char(b, '\n');
}

static void
record(const struct query *q, enum nhi_err err, const struct nhi_why *why)
{
	char issuer[65] = "", subject[512] = "", mark[17] = "";
	struct nhi_event e = {
		.event = NHI_EVENT_LOGIN_DENY, .outcome = NHI_DENY,
		.reason = err, .detail = why->text,
		.component = "nhi-sshd-helper", .service = "sshd",
		.account = q->account, .key = q->fingerprint,
		.policy = q->policy.digest, .issuer = issuer,
		.subject = subject, .mark = mark, .source = q->source,
	};
	struct nhi_audit_stamp stamp = { .id = "" };
	struct nhi_why ignored;

	if (nhi_err_class(err) == NHI_CLASS_FAULT ||
	    nhi_err_class(err) == NHI_CLASS_KEYS)
		e.outcome = NHI_FAULT;
	if (q->answered) {
		nhi_verdict_value(&q->verdict, "issuer", issuer,
		    sizeof(issuer));
		nhi_verdict_value(&q->verdict, "subject", subject,
		    sizeof(subject));
		if (q->verdict.exp > 0)
			nhi_verdict_mark(&q->verdict, mark);
	}
	stamp.time_ms = q->now * 1000;
	stamp.pid = getpid();
	nhi_audit_id(stamp.time_ms, stamp.id);
	(void)!nhi_spool_put(NHI_SPOOL_DIR, &e, &stamp, &ignored);
}

/* A helper that a signal ends has its command line logged, token and all. */
static void
leave(int sig)
{
	(void)sig;
	_exit(0);
}

int
nhi_ssh_direct(int argc, char **argv)
{
	NHI_AUTO(wipe) struct query q = { .now = (int64_t)time(NULL) };
	NHI_AUTO(nhi_buf_wipe) struct nhi_buf line = NHI_BUF(LINE_MAX_BYTES);
	struct nhi_why why = { "" };
	enum nhi_err err;

	(void)signal(SIGALRM, leave);
	if (!nhi_name_valid(argv[0]) || nhi_name_reserved(argv[0]))
		return 0;
	q.account = argv[0];
	q.type = argv[1];
	q.line.type = nhi_span_str(q.type);
	q.line.base64 = nhi_span_str(argv[2]);
	if (argc > 3 && !nhi_source_from_connection(argv[3], q.source))
		q.source[0] = '\0';
	if (read_certificate(&q, &why) != NHI_OK)
		return 0;
	if ((err = check(&q, &why)) == NHI_OK)
		nhi_answer_grant(q.identity, &line);
	else if (q.identity == NULL ||
	    !nhi_answer_refuse(q.account, err, &line)) {
		record(&q, err, &why);
		return 0;
	}
	put_key(&q, &line);
	if (nhi_buf_check(&line, &why) == NHI_OK)
		(void)!nhi_file_put(STDOUT_FILENO, nhi_buf_all(&line), &why);
	return 0;
}
