/* SPDX-License-Identifier: BSD-2-Clause */
#include "config.h"

#include <inttypes.h>
#include <string.h>
#include <unistd.h>

#include "lib/base/file.h"
#include "lib/base/num.h"
#include "lib/base/spawn.h"
#include "sshd_helper/issue.h"

enum nhi_err
nhi_issue_claims(struct nhi_issue *i, struct nhi_why *why)
{
	nhi_verdict_claims(&i->verdict, &i->claims);
	return nhi_buf_check(&i->claims, why);
}

/* Texts of the verdict, for as long as the record is made. */
struct texts {
	char subject[512];
	char jti[128];
	char alg[16];
	char kid[272];
	char issuer[65];
	char detail[200];
};

static void
read_texts(const struct nhi_issue *i, struct texts *t)
{
	const struct nhi_verdict *v = &i->verdict;

	nhi_verdict_value(v, "subject", t->subject, sizeof(t->subject));
	nhi_verdict_value(v, "jti", t->jti, sizeof(t->jti));
	nhi_verdict_value(v, "alg", t->alg, sizeof(t->alg));
	nhi_verdict_value(v, "kid", t->kid, sizeof(t->kid));
	nhi_verdict_value(v, "issuer", t->issuer, sizeof(t->issuer));
	nhi_verdict_value(v, "detail", t->detail, sizeof(t->detail));
}

static const char *
some(const char *s)
{
	return s == NULL || s[0] == '\0' ? NULL : s;
}

static void
fill(struct nhi_issue *i, const struct texts *t, struct nhi_event *e)
{
	e->component = "nhi-issue";
	e->service = "sshd";
	e->host = i->host.id;
	e->account = i->name;
	e->source = some(i->source);
	e->key = some(i->fingerprint);
	e->policy = some(i->policy.digest);
	e->mark = some(i->mark);
	e->subject = some(t->subject);
	e->jti = some(t->jti);
	e->alg = some(t->alg);
	e->kid = some(t->kid);
	e->issuer = some(t->issuer);
	e->took_us = (nhi_clock_ms() - i->started) * 1000;
	e->claims = nhi_buf_all(&i->claims);
	if (i->identity != NULL) {
		e->identity = i->identity->name;
		e->owner = i->identity->owner;
		e->issuer = i->issuer->name;
	}
}

static enum nhi_audit_outcome
outcome(enum nhi_err err)
{
	if (err == NHI_OK)
		return NHI_GRANT;
	return nhi_err_class(err) == NHI_CLASS_FAULT ||
	    nhi_err_class(err) == NHI_CLASS_KEYS ? NHI_FAULT : NHI_DENY;
}

enum nhi_err
nhi_issue_record(struct nhi_issue *i, enum nhi_err err, struct nhi_why *why)
{
	struct nhi_event e = {
		.event = err == NHI_OK ? NHI_EVENT_CERT_ISSUE :
		    NHI_EVENT_CERT_DENY,
		.outcome = outcome(err), .reason = err,
	};
	struct texts t = { .subject = "" };
	struct nhi_why ignored;

	if (i->answered)
		read_texts(i, &t);
	/* A refusal, too, says what was refused. */
	if (i->answered && i->claims.n == 0)
		(void)!nhi_issue_claims(i, &ignored);
	fill(i, &t, &e);
	if (err != NHI_OK) {
		e.detail = why->text;
		return nhi_audit(&e, i->id, &ignored);
	}
	e.detail = some(t.detail);
	e.serial = i->result.serial;
	e.keyid = nhi_buf_text(&i->result.keyid);
	e.expires = i->valid_before;
	return nhi_audit(&e, i->id, why);
}

void
nhi_issue_tell(const struct nhi_issue *i, enum nhi_err err)
{
	NHI_AUTO(nhi_buf_wipe) struct nhi_buf line = NHI_BUF(512);
	const char *id = i->id[0] == '\0' ? "-" : i->id;
	char until[NHI_TIME_SIZE];
	struct nhi_why why;

	nhi_num_time(i->valid_before * 1000, until);
	if (err == NHI_OK)
		nhi_buf_printf(&line, "nhi: issued: %s until %s %s\n",
		    i->name, until, id);
	else
		nhi_buf_printf(&line, "nhi: refused: %s %s\n",
		    nhi_err_public(i->again ? NHI_ERR_CAP : err), id);
	(void)!nhi_file_put(STDERR_FILENO, nhi_buf_all(&line), &why);
}
