/* SPDX-License-Identifier: BSD-2-Clause */
#include "config.h"

#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "lib/base/file.h"
#include "lib/base/num.h"
#include "tests/unit/corpus.h"

#define FILE_MAX	(64U << 20)
#define FIELD_MAX	(1U << 20)
#define NOW		1800000000

unsigned long *corpus_before_verify;
unsigned long corpus_countdown;

/* An issuer as a setting changes it, with room for what it owns. */
struct setup {
	struct nhi_issuer issuer;
	struct nhi_token_source source;
	struct nhi_token_request req;
	char *fingerprint;
};

static void
wipe(struct setup *s)
{
	nhi_issuer_wipe(&s->issuer);
	nhi_free(&s->fingerprint);
}

static bool
read_hex(struct nhi_span field, struct nhi_buf *b)
{
	char *room;

	b->limit = FIELD_MAX;
	if (nhi_span_is(field, "-") || field.n == 0)
		return true;
	if ((room = nhi_buf_room(b, field.n / 2)) == NULL ||
	    !nhi_num_unhex(field, (uint8_t *)room, field.n / 2))
		return false;
	b->n = field.n / 2;
	return true;
}

static bool
read_case(struct nhi_span line, struct corpus_case *c)
{
	NHI_AUTO(nhi_free) char *code = NULL;
	struct nhi_span slug, jwks, token;

	if (!nhi_span_cut(&line, '\t', &c->name) ||
	    !nhi_span_cut(&line, '\t', &slug) ||
	    !nhi_span_cut(&line, '\t', &c->settings) ||
	    !nhi_span_cut(&line, '\t', &jwks) ||
	    !nhi_span_cut(&line, '\t', &token) || line.p != NULL ||
	    (code = strndup(slug.p, slug.n)) == NULL)
		return false;
	c->expected = nhi_err_find(code);
	return c->expected != NHI_ERR_COUNT && read_hex(jwks, &c->jwks) &&
	    read_hex(token, &c->token);
}

bool
corpus_load(struct corpus *c, const char *path)
{
	struct nhi_why why;
	struct nhi_span rest, line;

	c->text.limit = FILE_MAX;
	if (nhi_file_read(AT_FDCWD, path, NHI_FILE_ANY, &c->text,
	    &why) != NHI_OK) {
		(void)fprintf(stderr, "%s\n", why.text);
		return false;
	}
	rest = nhi_buf_all(&c->text);
	while (nhi_span_cut(&rest, '\n', &line) && line.n > 0) {
		if (c->n == CORPUS_MAX || !read_case(line, &c->cases[c->n])) {
			(void)fprintf(stderr, "bad case %zu\n", c->n);
			return false;
		}
		c->n++;
	}
	return c->n > 0;
}

void
corpus_free(struct corpus *c)
{
	for (size_t i = 0; i < c->n; i++) {
		nhi_buf_wipe(&c->cases[i].jwks);
		nhi_buf_wipe(&c->cases[i].token);
	}
	nhi_buf_wipe(&c->text);
	c->n = 0;
}

static void
set_algs(struct setup *s, struct nhi_span list)
{
	struct nhi_span word;

	s->issuer.algs = 0;
	while (nhi_span_cut(&list, ',', &word))
		s->issuer.algs |= nhi_alg_find(word);
}

static void
set_audience(struct setup *s, struct nhi_span list)
{
	struct nhi_span word;

	nhi_list_wipe(&s->issuer.audience);
	while (nhi_span_cut(&list, ',', &word))
		if (word.n == 0 ||
		    nhi_list_add(&s->issuer.audience, word) != NHI_OK)
			return;
}

static void
set_text(struct setup *s, const char *key, struct nhi_span value)
{
	char *copy = strndup(value.p, value.n);

	if (copy == NULL)
		abort();
	if (strcmp(key, "url") == 0) {
		free(s->issuer.url);
		s->issuer.url = copy;
	} else if (strcmp(key, "fp") == 0) {
		s->req.fingerprint = s->fingerprint = copy;
	} else {
		s->source.fault = nhi_err_find(copy);
		free(copy);
	}
}

static bool
set_number(struct setup *s, struct nhi_span key, struct nhi_span value)
{
	const struct {
		const char *name;
		int64_t *number;
		bool *flag;
	} settings[] = {
		{ "skew", &s->issuer.skew, NULL },
		{ "max_lifetime", &s->issuer.max_lifetime, NULL },
		{ "max_age", &s->issuer.max_age, NULL },
		{ "floor", &s->issuer.floor, NULL },
		{ "need_iss", NULL, &s->issuer.need_iss },
		{ "need_iat", NULL, &s->issuer.need_iat },
		{ "bind", NULL, &s->issuer.bind_key },
		/* End of the settings */
	};
	uint64_t v;

	for (size_t i = 0; i < sizeof(settings) / sizeof(settings[0]); i++) {
		if (!nhi_span_is(key, settings[i].name))
			continue;
		if (!nhi_num_parse(value, INT64_MAX, &v))
			return false;
		if (settings[i].number != NULL)
			*settings[i].number = (int64_t)v;
		else
			*settings[i].flag = v != 0;
		return true;
	}
	return false;
}

static void
set(struct setup *s, struct nhi_span word)
{
	struct nhi_span key;

	if (nhi_span_is(word, "-") || !nhi_span_cut(&word, '=', &key))
		return;
	if (nhi_span_is(key, "algs"))
		set_algs(s, word);
	else if (nhi_span_is(key, "aud"))
		set_audience(s, word);
	else if (nhi_span_is(key, "url"))
		set_text(s, "url", word);
	else if (nhi_span_is(key, "fp"))
		set_text(s, "fp", word);
	else if (nhi_span_is(key, "fault"))
		set_text(s, "fault", word);
	else if (!set_number(s, key, word))
		abort();
}

enum nhi_err
corpus_verify(const struct corpus_case *c, struct nhi_span token,
    struct nhi_why *why)
{
	NHI_AUTO(nhi_token_freep) struct nhi_token *ret = NULL;
	NHI_AUTO(wipe) struct setup s = {
		.issuer = {
			.name = strdup("test"), .algs = NHI_ALG_ALL,
			.skew = 60, .max_lifetime = 24 * 60 * 60,
			.need_iss = true,
		},
	};
	struct nhi_span rest = c->settings, word;
	enum nhi_err err;

	set_text(&s, "url", NHI_SPAN("https://issuer.example.com"));
	set_audience(&s, NHI_SPAN("ssh://web-1.example.com"));
	s.req.now = NOW;
	while (nhi_span_cut(&rest, ' ', &word))
		set(&s, word);
	s.source.issuer = &s.issuer;
	if (c->jwks.n > 0)
		s.source.jwks = nhi_buf_all(&c->jwks);
	s.req.token = token;
	s.req.sources = &s.source;
	s.req.nsources = 1;
	if (corpus_before_verify != NULL)
		*corpus_before_verify = corpus_countdown;
	err = nhi_token_verify(&s.req, &ret, why);
	if (corpus_before_verify != NULL)
		*corpus_before_verify = 0;
	/* A token comes with success and never without. */
	return (err == NHI_OK) == (ret != NULL) ? err : NHI_ERR_INTERNAL;
}
