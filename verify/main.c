/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * nhi-verify: one token or certificate in, one answer out, under a user of
 * its own and confined before it reads a byte of it.
 *
 *	nhi-verify token|certificate|direct GENERATION ACCOUNT KEY
 *	    a request (lib/base/verdict.h) in, a verdict out, exit 0
 *	nhi-verify check OPTIONS	descriptor 3 is the key set
 *	    a token in, text out; exit 0 accepted, 1 refused, 2 cannot tell
 *	nhi-verify explain GENERATION ACCOUNT token|claims UNIXTIME text|json KEY
 *	    a token or claims in; out: reason code, index of the identity or
 *	    "-", mark or a sentence, each on a line, then the explanation
 *	nhi-verify show
 *	    a token in, header and claims out, not verified
 *
 * Started by nhi-drop, which has set the user, the alarm and the descriptors.
 */
#include "config.h"

#include <string.h>
#include <time.h>
#include <unistd.h>

#include "lib/base/file.h"
#include "lib/base/num.h"
#include "lib/base/paths.h"
#include "lib/base/service.h"
#include "lib/token/warm_up.h"
#include "verify/certificate.h"
#include "verify/check.h"
#include "verify/confine.h"
#include "verify/direct.h"
#include "verify/explain.h"
#include "verify/token.h"

#define JWKS_FD	3

/* Loading and trying an algorithm costs up to 2 ms: only what will be used. */
static enum nhi_err
confine(uint32_t algs, struct nhi_why *why)
{
	enum nhi_err err;

	if ((err = nhi_token_warm_up(algs, why)) != NHI_OK)
		return err;
	return nhi_confine_end(why);
}

static enum nhi_err
read_request(struct nhi_buf *text, struct nhi_request *ret,
    struct nhi_why *why)
{
	enum nhi_err err;

	if ((err = nhi_file_slurp(STDIN_FILENO, text, why)) != NHI_OK)
		return err;
	return nhi_request_parse(nhi_buf_all(text), ret, why);
}

static enum nhi_err
answer(const struct nhi_request *r, enum nhi_err reason,
    const struct nhi_why *said, const struct nhi_question *q,
    struct nhi_verdict *v)
{
	NHI_AUTO(nhi_buf_wipe) struct nhi_buf text = NHI_BUF(NHI_VERDICT_MAX);
	struct nhi_why why;
	enum nhi_err err;

	memcpy(v->nonce, r->nonce, sizeof(v->nonce));
	v->reason = reason;
	if (!nhi_num_unhex(nhi_span_str(q->policy.digest), v->digest,
	    sizeof(v->digest)))
		memset(v->digest, 0, sizeof(v->digest));
	if (reason != NHI_OK) {
		v->identity = NHI_VERDICT_NONE;
		nhi_verdict_line(v, "detail", nhi_span_str(said->text));
	}
	nhi_verdict_format(v, &text);
	if ((err = nhi_buf_check(&text, &why)) != NHI_OK)
		return err;
	return nhi_file_put(STDOUT_FILENO, nhi_buf_all(&text), &why);
}

static enum nhi_err
verify(const struct nhi_question *q, const struct nhi_request *r,
    struct nhi_verdict *v, struct nhi_why *why)
{
	switch (r->kind) {
	case NHI_KIND_TOKEN:
		return nhi_verify_token(q, r, v, why);
	case NHI_KIND_CERTIFICATE:
		return nhi_verify_certificate(q, r, v, why);
	case NHI_KIND_DIRECT:
		break;
	}
	return nhi_verify_direct(q, r, v, why);
}

/*
 * What could not be opened is answered, too: the caller's question is read
 * all the same, inside the sandbox.
 */
static int
ask(enum nhi_verdict_kind kind, char **argv)
{
	NHI_AUTO(nhi_question_wipe) struct nhi_question q = NHI_QUESTION;
	NHI_AUTO(nhi_buf_wipe) struct nhi_buf text =
	    NHI_BUF(NHI_REQUEST_FIXED + NHI_VERDICT_BYTES);
	struct nhi_verdict v = { .identity = NHI_VERDICT_NONE };
	struct nhi_why why = { "" }, ignored;
	struct nhi_request r;
	enum nhi_err err;

	q.account = argv[1];
	q.key = strcmp(argv[2], "-") == 0 ? NULL : argv[2];
	err = nhi_question_open(&q, kind, argv[0], (int64_t)time(NULL), &why);
	if (confine(nhi_question_algs(&q, kind), &ignored) != NHI_OK ||
	    read_request(&text, &r, &ignored) != NHI_OK || r.kind != kind)
		return NHI_EXIT_FAULT;
	if (err == NHI_OK)
		err = verify(&q, &r, &v, &why);
	return answer(&r, err, &why, &q, &v) == NHI_OK ? NHI_EXIT_OK :
	    NHI_EXIT_FAULT;
}

static int
check(int argc, char **argv)
{
	NHI_AUTO(nhi_check_wipe) struct nhi_check c = { 0 };
	NHI_AUTO(nhi_buf_wipe) struct nhi_buf jwks =
	    NHI_BUF(NHI_QUESTION_JWKS);
	NHI_AUTO(nhi_buf_wipe) struct nhi_buf token =
	    NHI_BUF(NHI_VERDICT_BYTES + 1);
	NHI_AUTO(nhi_buf_wipe) struct nhi_buf text = NHI_BUF(65536);
	struct nhi_why why;
	enum nhi_err err;

	if (nhi_check_options(argc, argv, &c, &why) != NHI_OK ||
	    confine(c.issuer.algs, &why) != NHI_OK)
		return 2;
	if (nhi_file_slurp(JWKS_FD, &jwks, &why) != NHI_OK) {
		err = nhi_fail(&why, NHI_ERR_JWKS,
		    "the key set cannot be read, or is too large");
		nhi_check_refuse(&c, err, &why, &text);
	} else {
		(void)!nhi_file_slurp(STDIN_FILENO, &token, &why);
		err = nhi_check_run(&c, nhi_buf_all(&jwks), &token, &text);
	}
	if (nhi_file_put(STDOUT_FILENO, nhi_buf_all(&text), &why) != NHI_OK)
		return 2;
	if (err == NHI_OK)
		return 0;
	return nhi_err_class(err) == NHI_CLASS_FAULT ||
	    nhi_err_class(err) == NHI_CLASS_KEYS ? 2 : 1;
}

/* NULL where the words are not those of an explanation. */
static bool
explain_words(char **argv, struct nhi_explain *e)
{
	uint64_t now;

	if (!nhi_num_parse(nhi_span_str(argv[3]), NHI_TIME_FAR, &now))
		return false;
	e->account = argv[1];
	e->claims = strcmp(argv[2], "claims") == 0;
	e->now = (int64_t)now;
	e->json = strcmp(argv[4], "json") == 0;
	e->fingerprint = strcmp(argv[5], "-") == 0 ? NULL : argv[5];
	return true;
}

static int
explain(char **argv)
{
	NHI_AUTO(nhi_question_wipe) struct nhi_question q = NHI_QUESTION;
	NHI_AUTO(nhi_buf_wipe) struct nhi_buf in =
	    NHI_BUF(NHI_VERDICT_BYTES + 1);
	NHI_AUTO(nhi_buf_wipe) struct nhi_buf out =
	    NHI_BUF(NHI_EXPLAIN_TEXT + 1024);
	NHI_AUTO(nhi_buf_wipe) struct nhi_buf text =
	    NHI_BUF(NHI_EXPLAIN_TEXT);
	struct nhi_explain e = { .rules = NULL };
	struct nhi_why why = { "" };
	struct nhi_explained found = { .identity = NHI_EXPLAIN_NONE };
	enum nhi_err err;

	if (!explain_words(argv, &e))
		return 2;
	q.account = argv[1];
	if (nhi_question_open(&q, NHI_KIND_TOKEN, argv[0], e.now,
	    &why) != NHI_OK || confine(nhi_question_algs(&q, NHI_KIND_TOKEN),
	    &why) != NHI_OK)
		return 2;
	e.rules = q.rules;
	e.sources = q.sources;
	if ((err = nhi_file_slurp(STDIN_FILENO, &in, &why)) == NHI_OK) {
		e.bytes = nhi_check_token(&in);
		err = nhi_explain_run(&e, &found, &text, &why);
	}
	nhi_explain_head(err, &found, &why, &out);
	nhi_buf_span(&out, nhi_buf_all(&text));
	return nhi_file_put(STDOUT_FILENO, nhi_buf_all(&out),
	    &why) == NHI_OK ? 0 : 2;
}

static int
show(void)
{
	NHI_AUTO(nhi_buf_wipe) struct nhi_buf token =
	    NHI_BUF(NHI_VERDICT_BYTES + 1);
	NHI_AUTO(nhi_buf_wipe) struct nhi_buf text = NHI_BUF(NHI_CHECK_SHOWN);
	struct nhi_why why;
	enum nhi_err err;

	if (confine(0, &why) != NHI_OK)
		return 2;
	(void)!nhi_file_slurp(STDIN_FILENO, &token, &why);
	err = nhi_check_show(&token, &text);
	if (nhi_file_put(STDOUT_FILENO, nhi_buf_all(&text), &why) != NHI_OK)
		return 2;
	return err == NHI_OK ? 0 : 1;
}

int
main(int argc, char *argv[])
{
	struct nhi_why why;
	int status = NHI_EXIT_USAGE;

	if (nhi_service_identity(NHI_ID_VERIFY, &why) != NHI_OK ||
	    nhi_confine_begin(&why) != NHI_OK)
		return NHI_EXIT_FAULT;
	if (argc == 5 && strcmp(argv[1], "token") == 0)
		status = ask(NHI_KIND_TOKEN, argv + 2);
	else if (argc == 5 && strcmp(argv[1], "certificate") == 0)
		status = ask(NHI_KIND_CERTIFICATE, argv + 2);
	else if (argc == 5 && strcmp(argv[1], "direct") == 0)
		status = ask(NHI_KIND_DIRECT, argv + 2);
	else if (argc >= 2 && strcmp(argv[1], "check") == 0)
		status = check(argc - 1, argv + 1);
	else if (argc == 8 && strcmp(argv[1], "explain") == 0)
		status = explain(argv + 2);
	else if (argc == 2 && strcmp(argv[1], "show") == 0)
		status = show();
	/* Handlers of libraries may make calls that kill us now. */
	_exit(status);
}
