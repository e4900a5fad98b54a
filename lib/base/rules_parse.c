/* SPDX-License-Identifier: BSD-2-Clause */
/* Reading the compiled rules, as rules_format.c writes them. */
#include "config.h"

#include <stdlib.h>
#include <string.h>

#include "lib/base/num.h"
#include "lib/base/rules.h"
#include "lib/base/rules_cut.h"
#include "lib/base/rules_format.h"

#define SECONDS_MAX	((uint64_t)INT64_MAX / 2)

/* What the lines so far have built. */
struct reader {
	struct nhi_rules *rules;
	bool ended;
};

static enum nhi_err
read_issuer(struct reader *r, struct nhi_span *line)
{
	struct nhi_issuer *i = nhi_rules_add((void **)&r->rules->issuers,
	    &r->rules->nissuers, sizeof(*i), NHI_RULES_IDENTITIES);
	enum nhi_err err;
	int64_t algs = 0;

	if (i == NULL)
		return NHI_ERR_NO_MEMORY;
	if ((err = nhi_word_cut(line, &i->name)) != NHI_OK ||
	    (err = nhi_word_cut(line, &i->preset)) != NHI_OK ||
	    (err = nhi_word_cut(line, &i->url)) != NHI_OK ||
	    (err = nhi_word_cut(line, &i->jwks)) != NHI_OK ||
	    (err = nhi_rules_cut_num(line, NHI_ALG_ALL, &algs)) != NHI_OK ||
	    (err = nhi_rules_cut_num(line, SECONDS_MAX, &i->skew)) != NHI_OK ||
	    (err = nhi_rules_cut_num(line, SECONDS_MAX,
	    &i->max_lifetime)) != NHI_OK ||
	    (err = nhi_rules_cut_num(line, SECONDS_MAX,
	    &i->max_age)) != NHI_OK ||
	    (err = nhi_rules_cut_num(line, SECONDS_MAX, &i->grace)) != NHI_OK ||
	    (err = nhi_rules_cut_num(line, SECONDS_MAX, &i->floor)) != NHI_OK ||
	    (err = nhi_rules_cut_num(line, SECONDS_MAX, &i->stale)) != NHI_OK ||
	    (err = nhi_rules_cut_bool(line, &i->pinned)) != NHI_OK ||
	    (err = nhi_rules_cut_bool(line, &i->need_iss)) != NHI_OK ||
	    (err = nhi_rules_cut_bool(line, &i->need_iat)) != NHI_OK ||
	    (err = nhi_rules_cut_bool(line, &i->bind_key)) != NHI_OK ||
	    (err = nhi_rules_cut_bool(line, &i->reuse_never)) != NHI_OK)
		return err;
	i->algs = (uint32_t)algs;
	return NHI_OK;
}

static enum nhi_err
read_identity(struct reader *r, struct nhi_span *line)
{
	struct nhi_identity *i = nhi_rules_add((void **)&r->rules->identities,
	    &r->rules->nidentities, sizeof(*i), NHI_RULES_IDENTITIES);
	enum nhi_err err;
	int64_t issuer = 0, sessions = 0;

	if (i == NULL)
		return NHI_ERR_NO_MEMORY;
	if (r->rules->nissuers == 0)
		return NHI_ERR_POLICY_INVALID;
	if ((err = nhi_word_cut(line, &i->name)) != NHI_OK ||
	    (err = nhi_word_cut(line, &i->owner)) != NHI_OK ||
	    (err = nhi_word_cut(line, &i->purpose)) != NHI_OK ||
	    (err = nhi_word_cut(line, &i->account)) != NHI_OK ||
	    (err = nhi_word_cut(line, &i->force_command)) != NHI_OK ||
	    (err = nhi_rules_cut_num(line, SECONDS_MAX,
	    &i->expires)) != NHI_OK ||
	    (err = nhi_rules_cut_num(line, r->rules->nissuers - 1,
	    &issuer)) != NHI_OK ||
	    (err = nhi_rules_cut_num(line, SECONDS_MAX, &i->ttl)) != NHI_OK ||
	    (err = nhi_rules_cut_num(line, UINT32_MAX, &sessions)) != NHI_OK ||
	    (err = nhi_rules_cut_bool(line, &i->pty)) != NHI_OK ||
	    (err = nhi_rules_cut_bool(line, &i->forwarding)) != NHI_OK ||
	    (err = nhi_rules_cut_bool(line, &i->cron)) != NHI_OK)
		return err;
	i->issuer = (size_t)issuer;
	i->max_sessions = (uint32_t)sessions;
	return NHI_OK;
}

static struct nhi_issuer *
last_issuer(struct reader *r)
{
	return r->rules->nissuers == 0 ? NULL :
	    &r->rules->issuers[r->rules->nissuers - 1];
}

static struct nhi_identity *
last_identity(struct reader *r)
{
	return r->rules->nidentities == 0 ? NULL :
	    &r->rules->identities[r->rules->nidentities - 1];
}

static enum nhi_err
read_audience(struct reader *r, struct nhi_span *line)
{
	struct nhi_issuer *i = last_issuer(r);

	if (i == NULL || i->audience.n > 0)
		return NHI_ERR_POLICY_INVALID;
	return nhi_rules_cut_list(line, SIZE_MAX, &i->audience);
}

static enum nhi_err
read_provenance(struct reader *r, struct nhi_span *line)
{
	struct nhi_issuer *i = last_issuer(r);
	struct nhi_list *l;

	if (i == NULL)
		return NHI_ERR_POLICY_INVALID;
	l = nhi_rules_add((void **)&i->provenance, &i->nprovenance, sizeof(*l),
	    NHI_RULES_LIST);
	return l == NULL ? NHI_ERR_NO_MEMORY :
	    nhi_rules_cut_list(line, SIZE_MAX, l);
}

static enum nhi_err
read_source(struct reader *r, struct nhi_span *line)
{
	struct nhi_identity *i = last_identity(r);

	return i == NULL || i->source.n > 0 ? NHI_ERR_POLICY_INVALID :
	    nhi_rules_cut_list(line, SIZE_MAX, &i->source);
}

static enum nhi_err
read_window(struct reader *r, struct nhi_span *line)
{
	struct nhi_identity *i = last_identity(r);

	return i == NULL || i->window.n > 0 ? NHI_ERR_POLICY_INVALID :
	    nhi_rules_cut_list(line, SIZE_MAX, &i->window);
}

static enum nhi_err
read_sudo(struct reader *r, struct nhi_span *line)
{
	struct nhi_identity *i = last_identity(r);

	return i == NULL || i->sudo.n > 0 ? NHI_ERR_POLICY_INVALID :
	    nhi_rules_cut_list(line, SIZE_MAX, &i->sudo);
}

/* Only there when it is true: without it the file is what it always was. */
static enum nhi_err
read_flag(struct nhi_span *line, bool *flag)
{
	enum nhi_err err;

	if (*flag)
		return NHI_ERR_POLICY_INVALID;
	if ((err = nhi_rules_cut_bool(line, flag)) != NHI_OK)
		return err;
	return *flag ? NHI_OK : NHI_ERR_POLICY_INVALID;
}

static enum nhi_err
read_direct(struct reader *r, struct nhi_span *line)
{
	struct nhi_identity *i = last_identity(r);

	return i == NULL ? NHI_ERR_POLICY_INVALID :
	    read_flag(line, &i->direct);
}

static enum nhi_err
read_remove_home(struct reader *r, struct nhi_span *line)
{
	struct nhi_identity *i = last_identity(r);

	return i == NULL ? NHI_ERR_POLICY_INVALID :
	    read_flag(line, &i->remove_home);
}

static enum nhi_err
read_match(struct reader *r, struct nhi_span *line)
{
	struct nhi_identity *i = last_identity(r);
	struct nhi_match *m;
	int64_t op, type, parts;
	enum nhi_err err;

	if (i == NULL)
		return NHI_ERR_POLICY_INVALID;
	m = nhi_rules_add((void **)&i->matches, &i->nmatches, sizeof(*m),
	    NHI_RULES_MATCHES);
	if (m == NULL)
		return NHI_ERR_NO_MEMORY;
	if ((err = nhi_rules_cut_num(line, NHI_OP_GLOB, &op)) != NHI_OK ||
	    (err = nhi_rules_cut_num(line, NHI_TYPE_BOOLEAN,
	    &type)) != NHI_OK ||
	    (err = nhi_rules_cut_num(line, NHI_RULES_LIST, &parts)) != NHI_OK ||
	    (err = nhi_rules_cut_list(line, (size_t)parts,
	    &m->claim)) != NHI_OK ||
	    (err = nhi_rules_cut_list(line, SIZE_MAX, &m->values)) != NHI_OK)
		return err;
	m->op = (enum nhi_op)op;
	m->type = (enum nhi_type)type;
	return m->claim.n != (size_t)parts || parts == 0 || m->values.n == 0 ?
	    NHI_ERR_POLICY_INVALID : NHI_OK;
}

static enum nhi_err
read_line(struct reader *r, struct nhi_span line)
{
	static const struct {
		const char *key;
		enum nhi_err (*read)(struct reader *, struct nhi_span *);
	} records[] = {
		{ "issuer", read_issuer },
		{ "audience", read_audience },
		{ "provenance", read_provenance },
		{ "identity", read_identity },
		{ "source", read_source },
		{ "window", read_window },
		{ "sudo", read_sudo },
		{ "direct", read_direct },
		{ "remove_home", read_remove_home },
		{ "match", read_match },
		/* End of the records */
	};
	struct nhi_span key;
	enum nhi_err err;

	if (!nhi_span_cut(&line, ' ', &key) || r->ended)
		return NHI_ERR_POLICY_INVALID;
	for (size_t i = 0; i < sizeof(records) / sizeof(records[0]); i++) {
		if (!nhi_span_is(key, records[i].key))
			continue;
		if ((err = records[i].read(r, &line)) != NHI_OK)
			return err;
		return line.p == NULL ? NHI_OK : NHI_ERR_POLICY_INVALID;
	}
	if (!nhi_span_is(key, "end"))
		return NHI_ERR_POLICY_INVALID;
	r->ended = true;
	return NHI_OK;
}

static bool
read_head(struct nhi_span *text, struct nhi_rules *rules)
{
	struct nhi_span line, word;
	uint8_t digest[NHI_DIGEST_HEX / 2];

	if (!nhi_span_cut(text, '\n', &line) ||
	    !nhi_span_cut(&line, ' ', &word) ||
	    !nhi_span_is(word, NHI_RULES_MAGIC) ||
	    !nhi_span_cut(&line, ' ', &word) ||
	    !nhi_span_is(word, NHI_RULES_FORMAT) ||
	    !nhi_num_unhex(line, digest, sizeof(digest)))
		return false;
	nhi_num_hex(digest, sizeof(digest), rules->digest);
	return true;
}

enum nhi_err
nhi_rules_parse(struct nhi_span text, struct nhi_rules **ret,
    struct nhi_why *why)
{
	NHI_AUTO(nhi_rules_freep) struct nhi_rules *rules = NULL;
	struct reader r = { 0 };
	struct nhi_span line;
	enum nhi_err err;
	unsigned int number = 1;

	if ((rules = calloc(1, sizeof(*rules))) == NULL)
		return nhi_fail(why, NHI_ERR_NO_MEMORY, "rules");
	r.rules = rules;
	if (text.n == 0 || text.n > NHI_RULES_MAX ||
	    text.p[text.n - 1] != '\n' || !read_head(&text, rules))
		return nhi_fail(why, NHI_ERR_POLICY_INVALID,
		    "published rules: no header");
	while (nhi_span_cut(&text, '\n', &line) && text.p != NULL) {
		number++;
		if ((err = read_line(&r, line)) != NHI_OK)
			return nhi_fail(why, err,
			    "published rules: line %u: %s", number,
			    nhi_err_text(err));
	}
	if (!r.ended || rules->nidentities == 0)
		return nhi_fail(why, NHI_ERR_POLICY_INVALID,
		    "published rules: cut short");
	*ret = rules;
	rules = NULL;
	return NHI_OK;
}
