/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Writing and reading the compiled rules.  Both directions stand in one file,
 * so that a field cannot be added to one only.
 */
#include "config.h"

#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

#include "lib/base/num.h"
#include "lib/base/rules.h"

#define MAGIC		"nhi-rules"
#define FORMAT		"1"
#define SECONDS_MAX	((uint64_t)INT64_MAX / 2)

static const char *const alg_names[] = {
	"RS256", "RS384", "RS512", "PS256", "PS384", "PS512",
	"ES256", "ES384", "ES512", "EdDSA",
};
#define ALGS	(sizeof(alg_names) / sizeof(alg_names[0]))

const char *
nhi_alg_name(uint32_t bit)
{
	for (size_t i = 0; i < ALGS; i++)
		if (bit == UINT32_C(1) << i)
			return alg_names[i];
	return NULL;
}

uint32_t
nhi_alg_find(struct nhi_span s)
{
	for (size_t i = 0; i < ALGS; i++)
		if (nhi_span_is(s, alg_names[i]))
			return UINT32_C(1) << i;
	return 0;
}

/* Lists */

enum nhi_err
nhi_list_add(struct nhi_list *l, struct nhi_span s)
{
	char **p, *copy;

	if (l->n >= NHI_RULES_LIST)
		return NHI_ERR_TOO_LARGE;
	if ((copy = malloc(s.n + 1)) == NULL)
		return NHI_ERR_NO_MEMORY;
	if (s.n > 0)
		memcpy(copy, s.p, s.n);
	copy[s.n] = '\0';
	if ((p = realloc(l->p, (l->n + 1) * sizeof(*p))) == NULL) {
		free(copy);
		return NHI_ERR_NO_MEMORY;
	}
	l->p = p;
	l->p[l->n++] = copy;
	return NHI_OK;
}

bool
nhi_list_has(const struct nhi_list *l, const char *s)
{
	for (size_t i = 0; i < l->n; i++)
		if (strcmp(l->p[i], s) == 0)
			return true;
	return false;
}

void
nhi_list_wipe(struct nhi_list *l)
{
	for (size_t i = 0; i < l->n; i++)
		free(l->p[i]);
	free(l->p);
	*l = (struct nhi_list){ NULL, 0 };
}

void
nhi_match_wipe(struct nhi_match *m)
{
	nhi_list_wipe(&m->claim);
	nhi_list_wipe(&m->values);
}

void
nhi_issuer_wipe(struct nhi_issuer *i)
{
	free(i->name);
	free(i->preset);
	free(i->url);
	free(i->jwks);
	nhi_list_wipe(&i->audience);
	for (size_t k = 0; k < i->nprovenance; k++)
		nhi_list_wipe(&i->provenance[k]);
	free(i->provenance);
	*i = (struct nhi_issuer){ 0 };
}

void
nhi_identity_wipe(struct nhi_identity *i)
{
	free(i->name);
	free(i->owner);
	free(i->purpose);
	free(i->account);
	free(i->force_command);
	for (size_t k = 0; k < i->nmatches; k++)
		nhi_match_wipe(&i->matches[k]);
	free(i->matches);
	nhi_list_wipe(&i->source);
	nhi_list_wipe(&i->window);
	nhi_list_wipe(&i->sudo);
	*i = (struct nhi_identity){ 0 };
}

void
nhi_rules_free(struct nhi_rules *r)
{
	if (r == NULL)
		return;
	for (size_t i = 0; i < r->nissuers; i++)
		nhi_issuer_wipe(&r->issuers[i]);
	for (size_t i = 0; i < r->nidentities; i++)
		nhi_identity_wipe(&r->identities[i]);
	free(r->issuers);
	free(r->identities);
	free(r);
}

void
nhi_rules_freep(struct nhi_rules **r)
{
	nhi_rules_free(*r);
	*r = NULL;
}

bool
nhi_identity_direct(const struct nhi_rules *r, const struct nhi_identity *i)
{
	return i->direct && r->issuers[i->issuer].bind_key;
}

bool
nhi_rules_direct(const struct nhi_rules *r)
{
	for (size_t i = 0; i < r->nidentities; i++)
		if (nhi_identity_direct(r, &r->identities[i]))
			return true;
	return false;
}

/* Words */

static bool
is_plain(char c)
{
	return c >= '!' && c <= '~' && c != '%';
}

void
nhi_word_put(struct nhi_buf *b, struct nhi_span s)
{
	if (b->n > 0 && b->p[b->n - 1] != '\n')
		nhi_buf_char(b, ' ');
	if (s.n == 0)
		nhi_buf_char(b, '%');
	for (size_t i = 0; i < s.n; i++) {
		if (is_plain(s.p[i]))
			nhi_buf_char(b, s.p[i]);
		else
			nhi_buf_printf(b, "%%%02x", (unsigned char)s.p[i]);
	}
}

/* Decode a word in place of out, which has room for s.n + 1. */
static bool
decode(struct nhi_span s, char *out)
{
	size_t n = 0;

	if (nhi_span_is(s, "%"))
		s.n = 0;
	for (size_t i = 0; i < s.n; i++) {
		uint8_t byte;

		if (is_plain(s.p[i])) {
			out[n++] = s.p[i];
			continue;
		}
		if (s.p[i] != '%' || s.n - i < 3 || !nhi_num_unhex(
		    (struct nhi_span){ s.p + i + 1, 2 }, &byte, 1) ||
		    byte == 0 || is_plain((char)byte))
			return false;
		out[n++] = (char)byte;
		i += 2;
	}
	out[n] = '\0';
	return true;
}

enum nhi_err
nhi_word_cut(struct nhi_span *line, char **ret)
{
	struct nhi_span word;
	char *out;

	if (!nhi_span_cut(line, ' ', &word) || word.n == 0)
		return NHI_ERR_POLICY_INVALID;
	if ((out = malloc(word.n + 1)) == NULL)
		return NHI_ERR_NO_MEMORY;
	if (!decode(word, out)) {
		free(out);
		return NHI_ERR_POLICY_INVALID;
	}
	*ret = out;
	return NHI_OK;
}

/* Writing */

static void
put_str(struct nhi_buf *b, const char *s)
{
	nhi_word_put(b, nhi_span_str(s == NULL ? "" : s));
}

static void
put_num(struct nhi_buf *b, int64_t v)
{
	nhi_buf_printf(b, " %" PRId64, v < 0 ? 0 : v);
}

static void
put_list(struct nhi_buf *b, const char *key, const struct nhi_list *l)
{
	if (l->n == 0)
		return;
	nhi_buf_str(b, key);
	for (size_t i = 0; i < l->n; i++)
		put_str(b, l->p[i]);
	nhi_buf_char(b, '\n');
}

static void
format_issuer(const struct nhi_issuer *i, struct nhi_buf *b)
{
	nhi_buf_str(b, "issuer");
	put_str(b, i->name);
	put_str(b, i->preset);
	put_str(b, i->url);
	put_str(b, i->jwks);
	put_num(b, i->algs);
	put_num(b, i->skew);
	put_num(b, i->max_lifetime);
	put_num(b, i->max_age);
	put_num(b, i->grace);
	put_num(b, i->floor);
	put_num(b, i->stale);
	put_num(b, i->pinned);
	put_num(b, i->need_iss);
	put_num(b, i->need_iat);
	put_num(b, i->bind_key);
	put_num(b, i->reuse_never);
	nhi_buf_char(b, '\n');
	put_list(b, "audience", &i->audience);
	for (size_t k = 0; k < i->nprovenance; k++)
		put_list(b, "provenance", &i->provenance[k]);
}

static void
format_match(const struct nhi_match *m, struct nhi_buf *b)
{
	nhi_buf_printf(b, "match %d %d %zu", (int)m->op, (int)m->type,
	    m->claim.n);
	for (size_t i = 0; i < m->claim.n; i++)
		put_str(b, m->claim.p[i]);
	for (size_t i = 0; i < m->values.n; i++)
		put_str(b, m->values.p[i]);
	nhi_buf_char(b, '\n');
}

static void
format_identity(const struct nhi_identity *i, struct nhi_buf *b)
{
	nhi_buf_str(b, "identity");
	put_str(b, i->name);
	put_str(b, i->owner);
	put_str(b, i->purpose);
	put_str(b, i->account);
	put_str(b, i->force_command);
	put_num(b, i->expires);
	put_num(b, (int64_t)i->issuer);
	put_num(b, i->ttl);
	put_num(b, i->max_sessions);
	put_num(b, i->pty);
	put_num(b, i->forwarding);
	put_num(b, i->cron);
	nhi_buf_char(b, '\n');
	put_list(b, "source", &i->source);
	put_list(b, "window", &i->window);
	put_list(b, "sudo", &i->sudo);
	if (i->direct)
		nhi_buf_str(b, "direct 1\n");
	if (i->remove_home)
		nhi_buf_str(b, "remove_home 1\n");
	for (size_t k = 0; k < i->nmatches; k++)
		format_match(&i->matches[k], b);
}

void
nhi_rules_format(const struct nhi_rules *r, struct nhi_buf *b)
{
	nhi_buf_printf(b, MAGIC " " FORMAT " %s\n", r->digest);
	for (size_t i = 0; i < r->nissuers; i++)
		format_issuer(&r->issuers[i], b);
	for (size_t i = 0; i < r->nidentities; i++)
		format_identity(&r->identities[i], b);
	nhi_buf_str(b, "end\n");
}

/* Reading.  A reader state: what the lines so far have built. */

struct reader {
	struct nhi_rules *rules;
	bool ended;
};

/*
 * Room for one more element of an array that grows by one; the new element is
 * zeroed.  The arrays are short and made once for each login.
 */
static void *
add_one(void **array, size_t *n, size_t size, size_t max)
{
	char *p;

	if (*n >= max || (p = realloc(*array, (*n + 1) * size)) == NULL)
		return NULL;
	*array = p;
	p += *n * size;
	memset(p, 0, size);
	(*n)++;
	return p;
}

static enum nhi_err
cut_num(struct nhi_span *line, uint64_t max, int64_t *ret)
{
	struct nhi_span word;
	uint64_t v;

	if (!nhi_span_cut(line, ' ', &word) || !nhi_num_parse(word, max, &v))
		return NHI_ERR_POLICY_INVALID;
	*ret = (int64_t)v;
	return NHI_OK;
}

static enum nhi_err
cut_bool(struct nhi_span *line, bool *ret)
{
	int64_t v;
	enum nhi_err err;

	if ((err = cut_num(line, 1, &v)) == NHI_OK)
		*ret = v == 1;
	return err;
}

static enum nhi_err
cut_list(struct nhi_span *line, size_t max, struct nhi_list *l)
{
	enum nhi_err err = NHI_OK;

	for (size_t i = 0; err == NHI_OK && i < max && line->p != NULL; i++) {
		NHI_AUTO(nhi_free) char *word = NULL;

		if ((err = nhi_word_cut(line, &word)) == NHI_OK)
			err = nhi_list_add(l, nhi_span_str(word));
	}
	return err == NHI_ERR_TOO_LARGE ? NHI_ERR_POLICY_INVALID : err;
}

static enum nhi_err
read_issuer(struct reader *r, struct nhi_span *line)
{
	struct nhi_issuer *i = add_one((void **)&r->rules->issuers,
	    &r->rules->nissuers, sizeof(*i), NHI_RULES_IDENTITIES);
	enum nhi_err err;
	int64_t algs = 0;

	if (i == NULL)
		return NHI_ERR_NO_MEMORY;
	if ((err = nhi_word_cut(line, &i->name)) != NHI_OK ||
	    (err = nhi_word_cut(line, &i->preset)) != NHI_OK ||
	    (err = nhi_word_cut(line, &i->url)) != NHI_OK ||
	    (err = nhi_word_cut(line, &i->jwks)) != NHI_OK ||
	    (err = cut_num(line, NHI_ALG_ALL, &algs)) != NHI_OK ||
	    (err = cut_num(line, SECONDS_MAX, &i->skew)) != NHI_OK ||
	    (err = cut_num(line, SECONDS_MAX, &i->max_lifetime)) != NHI_OK ||
	    (err = cut_num(line, SECONDS_MAX, &i->max_age)) != NHI_OK ||
	    (err = cut_num(line, SECONDS_MAX, &i->grace)) != NHI_OK ||
	    (err = cut_num(line, SECONDS_MAX, &i->floor)) != NHI_OK ||
	    (err = cut_num(line, SECONDS_MAX, &i->stale)) != NHI_OK ||
	    (err = cut_bool(line, &i->pinned)) != NHI_OK ||
	    (err = cut_bool(line, &i->need_iss)) != NHI_OK ||
	    (err = cut_bool(line, &i->need_iat)) != NHI_OK ||
	    (err = cut_bool(line, &i->bind_key)) != NHI_OK ||
	    (err = cut_bool(line, &i->reuse_never)) != NHI_OK)
		return err;
	i->algs = (uint32_t)algs;
	return NHI_OK;
}

static enum nhi_err
read_identity(struct reader *r, struct nhi_span *line)
{
	struct nhi_identity *i = add_one((void **)&r->rules->identities,
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
	    (err = cut_num(line, SECONDS_MAX, &i->expires)) != NHI_OK ||
	    (err = cut_num(line, r->rules->nissuers - 1,
	    &issuer)) != NHI_OK ||
	    (err = cut_num(line, SECONDS_MAX, &i->ttl)) != NHI_OK ||
	    (err = cut_num(line, UINT32_MAX, &sessions)) != NHI_OK ||
	    (err = cut_bool(line, &i->pty)) != NHI_OK ||
	    (err = cut_bool(line, &i->forwarding)) != NHI_OK ||
	    (err = cut_bool(line, &i->cron)) != NHI_OK)
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
	return cut_list(line, SIZE_MAX, &i->audience);
}

static enum nhi_err
read_provenance(struct reader *r, struct nhi_span *line)
{
	struct nhi_issuer *i = last_issuer(r);
	struct nhi_list *l;

	if (i == NULL)
		return NHI_ERR_POLICY_INVALID;
	l = add_one((void **)&i->provenance, &i->nprovenance, sizeof(*l),
	    NHI_RULES_LIST);
	return l == NULL ? NHI_ERR_NO_MEMORY : cut_list(line, SIZE_MAX, l);
}

static enum nhi_err
read_source(struct reader *r, struct nhi_span *line)
{
	struct nhi_identity *i = last_identity(r);

	return i == NULL || i->source.n > 0 ? NHI_ERR_POLICY_INVALID :
	    cut_list(line, SIZE_MAX, &i->source);
}

static enum nhi_err
read_window(struct reader *r, struct nhi_span *line)
{
	struct nhi_identity *i = last_identity(r);

	return i == NULL || i->window.n > 0 ? NHI_ERR_POLICY_INVALID :
	    cut_list(line, SIZE_MAX, &i->window);
}

static enum nhi_err
read_sudo(struct reader *r, struct nhi_span *line)
{
	struct nhi_identity *i = last_identity(r);

	return i == NULL || i->sudo.n > 0 ? NHI_ERR_POLICY_INVALID :
	    cut_list(line, SIZE_MAX, &i->sudo);
}

/* Only there when it is true: without it the file is what it always was. */
static enum nhi_err
read_flag(struct nhi_span *line, bool *flag)
{
	enum nhi_err err;

	if (*flag)
		return NHI_ERR_POLICY_INVALID;
	if ((err = cut_bool(line, flag)) != NHI_OK)
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
	m = add_one((void **)&i->matches, &i->nmatches, sizeof(*m),
	    NHI_RULES_MATCHES);
	if (m == NULL)
		return NHI_ERR_NO_MEMORY;
	if ((err = cut_num(line, NHI_OP_GLOB, &op)) != NHI_OK ||
	    (err = cut_num(line, NHI_TYPE_BOOLEAN, &type)) != NHI_OK ||
	    (err = cut_num(line, NHI_RULES_LIST, &parts)) != NHI_OK ||
	    (err = cut_list(line, (size_t)parts, &m->claim)) != NHI_OK ||
	    (err = cut_list(line, SIZE_MAX, &m->values)) != NHI_OK)
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
	    !nhi_span_cut(&line, ' ', &word) || !nhi_span_is(word, MAGIC) ||
	    !nhi_span_cut(&line, ' ', &word) || !nhi_span_is(word, FORMAT) ||
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
