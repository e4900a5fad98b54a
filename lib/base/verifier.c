/* SPDX-License-Identifier: BSD-2-Clause */
#include "config.h"

#include <errno.h>
#include <string.h>
#include <sys/random.h>

#include "lib/base/num.h"
#include "lib/base/spawn.h"
#include "lib/base/verifier.h"

#define DROP_MS	200

/*
 * execve takes strings that may be written to; the texts here are ours and
 * nobody writes to them between fork and exec.
 */
static char *
arg(const char *s)
{
	union { const char *in; char *out; } u = { .in = s };

	return u.out;
}

static const char *
word(enum nhi_verdict_kind kind)
{
	switch (kind) {
	case NHI_KIND_TOKEN:
		return "token";
	case NHI_KIND_CERTIFICATE:
		return "certificate";
	case NHI_KIND_DIRECT:
		break;
	}
	return "direct";
}

static enum nhi_err
start(const struct nhi_verifier *v, struct nhi_spawn *ret,
    struct nhi_why *why)
{
	char *argv[8] = { arg(v->program), arg("verify") };
	size_t n = v->bare ? 1 : 2;

	argv[n++] = arg(word(v->kind));
	argv[n++] = arg(v->policy->generation);
	argv[n++] = arg(v->account);
	argv[n++] = arg(v->key == NULL ? "-" : v->key);
	argv[n] = NULL;
	return nhi_spawn_start(argv, ret, why);
}

void
nhi_verifier_start(const struct nhi_verifier *v,
    struct nhi_verifier_ahead *a)
{
	struct nhi_why ignored;

	nhi_verifier_drop(a);
	if (start(v, &a->child, &ignored) != NHI_OK)
		return;
	nhi_spawn_pause(&a->child);
	memcpy(a->generation, v->policy->generation, sizeof(a->generation));
	a->kind = v->kind;
	a->started = true;
}

void
nhi_verifier_drop(struct nhi_verifier_ahead *a)
{
	if (!a->started)
		return;
	a->started = false;
	nhi_spawn_resume(&a->child);
	/* It reads the end of its question, and ends. */
	(void)nhi_spawn_end(&a->child, nhi_clock_ms() + DROP_MS, false);
}

static enum nhi_err
talk(struct nhi_spawn *child, int64_t deadline,
    const struct nhi_buf *request, struct nhi_buf *answer,
    struct nhi_why *why)
{
	enum nhi_err err;
	bool good;

	err = nhi_spawn_talk(child, nhi_buf_all(request), deadline, answer,
	    why);
	good = nhi_spawn_end(child, err == NHI_OK ? deadline : nhi_clock_ms(),
	    err == NHI_OK);
	if (err == NHI_OK && !good)
		return nhi_fail(why, NHI_ERR_VERIFIER,
		    "the verifier did not end well");
	return err;
}

/* The one that waits, where it is of this policy still. */
static bool
take_ahead(const struct nhi_verifier *v, struct nhi_spawn *ret)
{
	struct nhi_verifier_ahead *a = v->ahead;

	if (a == NULL || !a->started)
		return false;
	if (a->kind != v->kind ||
	    strcmp(a->generation, v->policy->generation) != 0) {
		nhi_verifier_drop(a);
		return false;
	}
	a->started = false;
	*ret = a->child;
	nhi_spawn_resume(ret);
	return true;
}

/* What waited may have died of its alarm: that was no answer. */
static enum nhi_err
talk_any(const struct nhi_verifier *v, const struct nhi_buf *request,
    struct nhi_buf *answer, struct nhi_why *why)
{
	int64_t deadline = nhi_clock_ms() + NHI_VERIFIER_MS;
	struct nhi_spawn child;
	enum nhi_err err;

	if (take_ahead(v, &child)) {
		err = talk(&child, deadline, request, answer, why);
		if (err == NHI_OK || answer->n > 0 ||
		    nhi_clock_ms() >= deadline)
			return err;
	}
	if ((err = start(v, &child, why)) != NHI_OK)
		return err;
	return talk(&child, deadline, request, answer, why);
}

static enum nhi_err
check(const struct nhi_verifier *v, const struct nhi_request *q,
    const struct nhi_verdict *got, struct nhi_why *why)
{
	uint8_t digest[32];

	if (memcmp(got->nonce, q->nonce, sizeof(q->nonce)) != 0)
		return nhi_fail(why, NHI_ERR_VERIFIER,
		    "the verdict answers another question");
	if (!nhi_num_unhex(nhi_span_str(v->policy->digest), digest,
	    sizeof(digest)) || memcmp(got->digest, digest, 32) != 0)
		return nhi_fail(why, NHI_ERR_VERIFIER,
		    "the verdict is for another policy");
	if (got->reason == NHI_ERR_BY_PERSON)
		return nhi_fail(why, NHI_ERR_VERIFIER,
		    "the verdict is none");
	return NHI_OK;
}

enum nhi_err
nhi_verifier_ask(const struct nhi_verifier *v, struct nhi_verdict *ret,
    struct nhi_why *why)
{
	NHI_AUTO(nhi_buf_wipe) struct nhi_buf request =
	    NHI_BUF(NHI_REQUEST_FIXED + NHI_VERDICT_BYTES);
	NHI_AUTO(nhi_buf_wipe) struct nhi_buf answer =
	    NHI_BUF(NHI_VERDICT_MAX);
	struct nhi_request q = {
		.now = v->now, .kind = v->kind, .bytes = v->bytes,
	};
	struct nhi_verdict got;
	enum nhi_err err;

	if (getrandom(q.nonce, sizeof(q.nonce), 0) != sizeof(q.nonce))
		return nhi_fail(why, NHI_ERR_VERIFIER, "getrandom: %s",
		    strerror(errno));
	nhi_request_format(&q, &request);
	if ((err = nhi_buf_check(&request, why)) != NHI_OK ||
	    (err = talk_any(v, &request, &answer, why)) != NHI_OK ||
	    (err = nhi_verdict_parse(nhi_buf_all(&answer), &got,
	    why)) != NHI_OK ||
	    (err = check(v, &q, &got, why)) != NHI_OK)
		return err;
	*ret = got;
	return NHI_OK;
}
