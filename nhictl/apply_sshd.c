/* SPDX-License-Identifier: BSD-2-Clause */
#include "config.h"

#include <stdio.h>
#include <string.h>

#include "lib/base/paths.h"
#include "lib/base/policy.h"
#include "nhictl/apply_sshd.h"
#include "nhictl/dropin.h"

/* CIDRs by commas. */
static enum nhi_err
put_from(const struct nhi_list *from, struct nhi_dropin_options *o,
    struct nhi_why *why)
{
	NHI_AUTO(nhi_buf_wipe) struct nhi_buf b = NHI_BUF(NHI_DROPIN_FROM);

	for (size_t i = 0; i < from->n; i++)
		nhi_buf_printf(&b, "%s%s", i == 0 ? "" : ",", from->p[i]);
	if (b.err != NHI_OK)
		return nhi_fail(why, NHI_ERR_POLICY_INVALID,
		    "issue_from is too long for sshd");
	memcpy(o->issue_from, nhi_buf_text(&b), b.n + 1);
	return NHI_OK;
}

/* What is there decides about the road through PAM, policy about the rest. */
static enum nhi_err
make_options(const struct nhi_plan *plan, const struct nhi_buf *old,
    struct nhi_dropin_options *o, struct nhi_why *why)
{
	enum nhi_err err;

	if (!nhi_dropin_parse(nhi_buf_all(old), o))
		return nhi_fail(why, NHI_ERR_HOST, NHI_SSHD_CONF_DIR "/"
		    NHI_DROPIN_NAME " is there and is not nhictl's");
	o->issue = plan->host.issues;
	o->permit_tty = plan->host.permit_tty;
	o->permit_forwarding = plan->host.permit_forwarding;
	o->keyboard = plan->host.keyboard;
	o->direct = plan->host.direct;
	if ((err = put_from(&plan->host.issue_from, o, why)) != NHI_OK)
		return err;
	return nhi_dropin_probe(o, why);
}

#define SPREAD	4

struct sample {
	char names[NHI_APPLY_SSHD_ACCOUNTS][NHI_NAME_MAX + 1];
	const char *list[NHI_APPLY_SSHD_ACCOUNTS];
	const struct nhi_plan_account *from[NHI_APPLY_SSHD_ACCOUNTS];
	size_t n;
};

static void
add_sample(const struct nhi_plan_account *a, struct sample *s)
{
	if (s->n >= NHI_APPLY_SSHD_ACCOUNTS)
		return;
	nhi_pattern_sample(&a->name, s->names[s->n]);
	s->from[s->n] = a;
	s->list[s->n] = s->names[s->n];
	s->n++;
}

static bool
has_groups(const struct sample *s, const struct nhi_plan_account *a)
{
	for (size_t i = 0; i < s->n; i++)
		if (s->from[i]->ngids == a->ngids &&
		    memcmp(s->from[i]->gids, a->gids,
		    a->ngids * sizeof(a->gids[0])) == 0)
			return true;
	return false;
}

/*
 * What the host's own configuration can tell apart are names and groups: a
 * few over all the names, a template, and one for each set of groups.
 */
static void
make_sample(const struct nhi_plan *plan, struct sample *s)
{
	size_t step = plan->naccounts / SPREAD + 1;
	bool template = false;

	for (size_t i = 0; i < plan->naccounts; i += step)
		add_sample(&plan->accounts[i], s);
	for (size_t i = 0; i < plan->naccounts; i++) {
		const struct nhi_plan_account *a = &plan->accounts[i];

		if (!has_groups(s, a) || (a->name.is_template && !template))
			add_sample(a, s);
		template = template || a->name.is_template;
	}
}

enum nhi_err
nhi_apply_sshd(const struct nhi_plan *plan, struct nhi_buf *old,
    struct nhi_why *why)
{
	struct nhi_dropin_options o = NHI_DROPIN_DEFAULT;
	struct sample s = { .n = 0 };
	bool there = false;
	enum nhi_err err;

	if ((err = nhi_dropin_load(old, &there, why)) != NHI_OK || !there)
		return err;
	make_sample(plan, &s);
	if ((err = make_options(plan, old, &o, why)) != NHI_OK)
		return err;
	return nhi_dropin_install(&o, s.list, s.n, why);
}

/* Of whom the name service knows by the policy that is in force. */
static void
keep_known(struct sample *s)
{
	struct nhi_account account;
	size_t n = 0;

	for (size_t i = 0; i < s->n; i++)
		if (nhi_account_find(NHI_PUBLISHED_DIR "/current", s->list[i],
		    &account) == 1)
			s->list[n++] = s->list[i];
	s->n = n;
}

enum nhi_err
nhi_apply_sshd_try(const struct nhi_plan *plan, bool *ret_there,
    struct nhi_why *why)
{
	NHI_AUTO(nhi_buf_wipe) struct nhi_buf old =
	    NHI_BUF(NHI_APPLY_SSHD_TEXT);
	NHI_AUTO(nhi_buf_wipe) struct nhi_buf text =
	    NHI_BUF(NHI_APPLY_SSHD_TEXT);
	struct nhi_dropin_options now = NHI_DROPIN_DEFAULT, then = now;
	struct sample s = { .n = 0 };
	enum nhi_err err;

	if ((err = nhi_dropin_load(&old, ret_there, why)) != NHI_OK ||
	    !*ret_there)
		return err;
	if ((err = make_options(plan, &old, &then, why)) != NHI_OK ||
	    (err = nhi_dropin_try(&then, why)) != NHI_OK)
		return err;
	(void)nhi_dropin_parse(nhi_buf_all(&old), &now);
	if ((err = nhi_dropin_probe(&now, why)) != NHI_OK)
		return err;
	nhi_dropin_format(&now, &text);
	/* Of another nhictl or another sshd: apply will write it anew. */
	if (!nhi_span_equal(nhi_buf_all(&text), nhi_buf_all(&old)))
		return NHI_OK;
	make_sample(plan, &s);
	keep_known(&s);
	return nhi_dropin_judge(&now, s.list, s.n, why);
}

enum nhi_err
nhi_apply_sshd_restore(const struct nhi_buf *old, struct nhi_why *why)
{
	struct nhi_dropin_options o = NHI_DROPIN_DEFAULT;
	enum nhi_err err;

	if (old->n == 0)
		return NHI_OK;
	if (!nhi_dropin_parse(nhi_buf_all(old), &o))
		return nhi_fail(why, NHI_ERR_HOST, "the former drop-in of "
		    "sshd is not nhictl's");
	if ((err = nhi_dropin_probe(&o, why)) != NHI_OK)
		return err;
	return nhi_dropin_install(&o, NULL, 0, why);
}
