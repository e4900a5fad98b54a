/* SPDX-License-Identifier: BSD-2-Clause */
/* What a plan looks like as text: rules, links, the digest's canonical text. */
#include "config.h"

#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

#include <openssl/evp.h>

#include "conf/compile.h"
#include "lib/base/num.h"

#define CANONICAL_MAX	(1024U << 20)

struct subset {
	struct nhi_issuer *issuers;	/* borrowed elements */
	size_t n;
	struct nhi_identity *identities;
	size_t *map;			/* of the plan's indices; n + 1 */
};

static void
subset_free(struct subset *s)
{
	free(s->issuers);
	free(s->identities);
	free(s->map);
}

/* The issuers that these identities name, and their new indices. */
static bool
make_subset(const struct nhi_plan *p, const struct nhi_plan_account *a,
    struct subset *s)
{
	s->issuers = calloc(p->nissuers + 1, sizeof(*s->issuers));
	s->map = calloc(p->nissuers + 1, sizeof(*s->map));
	s->identities = calloc(a->n + 1, sizeof(*s->identities));
	if (s->issuers == NULL || s->map == NULL || s->identities == NULL)
		return false;
	for (size_t i = 0; i < a->n; i++)
		s->map[p->identities[a->first + i].issuer] = 1;
	for (size_t i = 0; i < p->nissuers; i++)
		if (s->map[i] != 0) {
			s->map[i] = s->n;
			s->issuers[s->n++] = p->issuers[i];
		}
	for (size_t i = 0; i < a->n; i++) {
		s->identities[i] = p->identities[a->first + i];
		s->identities[i].issuer = s->map[s->identities[i].issuer];
	}
	return true;
}

enum nhi_err
nhi_plan_rules(const struct nhi_plan *p, const struct nhi_plan_account *a,
    struct nhi_buf *b, struct nhi_why *why)
{
	NHI_AUTO(subset_free) struct subset s = { NULL, 0, NULL, NULL };
	struct nhi_rules rules = { .digest = "" };

	if (!make_subset(p, a, &s))
		return nhi_fail(why, NHI_ERR_NO_MEMORY, "policy");
	memcpy(rules.digest, p->digest, sizeof(rules.digest));
	rules.issuers = s.issuers;
	rules.nissuers = s.n;
	rules.identities = s.identities;
	rules.nidentities = a->n;
	nhi_rules_format(&rules, b);
	return nhi_buf_check(b, why);
}

void
nhi_plan_link(const struct nhi_plan_account *a, struct nhi_buf *b)
{
	if (a->name.is_template)
		nhi_buf_printf(b, "%s:", a->name.pattern);
	nhi_buf_printf(b, "%s:%s:", a->home, a->shell);
	for (size_t i = 0; i < a->ngids; i++)
		nhi_buf_printf(b, "%s%" PRIu32, i == 0 ? "" : ",", a->gids[i]);
}

static void
put_account(const struct nhi_plan_account *a, struct nhi_buf *b)
{
	nhi_buf_printf(b, "account %s %s %s %s %" PRIu32, a->name.key,
	    a->name.pattern, a->home, a->shell, a->uid);
	for (size_t i = 0; i < a->groups.n; i++)
		nhi_word_put(b, nhi_span_str(a->groups.p[i]));
	nhi_buf_char(b, '\n');
}

void
nhi_plan_canonical(const struct nhi_plan *p, struct nhi_buf *b)
{
	struct nhi_rules rules = { .digest = "" };
	struct nhi_host host = p->host;

	host.id = p->host_id;
	nhi_host_format(&host, b);
	nhi_buf_printf(b, "uid_range %" PRIu32 " %" PRIu32 "\n", p->uids.lo,
	    p->uids.hi);
	for (size_t i = 0; i < p->trust.n; i++)
		nhi_buf_printf(b, "trust %s\n", p->trust.p[i]);
	for (size_t i = 0; i < p->naccounts; i++)
		put_account(&p->accounts[i], b);
	for (size_t i = 0; i < p->nissuers; i++)
		nhi_provider_format(&p->providers[i], b);
	rules.issuers = p->issuers;
	rules.nissuers = p->nissuers;
	rules.identities = p->identities;
	rules.nidentities = p->nidentities;
	nhi_rules_format(&rules, b);
}

enum nhi_err
nhi_plan_digest(struct nhi_plan *p, struct nhi_why *why)
{
	NHI_AUTO(nhi_buf_wipe) struct nhi_buf text = NHI_BUF(CANONICAL_MAX);
	uint8_t digest[NHI_DIGEST_HEX / 2];
	unsigned int n = 0;
	enum nhi_err err;

	nhi_plan_canonical(p, &text);
	if ((err = nhi_buf_check(&text, why)) != NHI_OK)
		return err;
	if (EVP_Digest(text.p, text.n, digest, &n, EVP_sha256(), NULL) != 1 ||
	    n != sizeof(digest))
		return nhi_fail(why, NHI_ERR_INTERNAL, "SHA-256 failed");
	nhi_num_hex(digest, sizeof(digest), p->digest);
	return NHI_OK;
}
