/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * What our parsers see, for tests/fuzz/differ.py to compare with others':
 * one line of words in hex in, one line out.
 *	view cert	blob		-> code serial after before keyid
 *					   principals critical extensions
 *	view token	set token	-> code alg exp iat subject jti
 * An absent text is "-", a list is parted by commas.
 */
#include "config.h"

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "lib/base/num.h"
#include "lib/base/rules.h"
#include "lib/ssh/cert_check.h"
#include "lib/token/verify.h"

#define NOW		1800000000
#define BYTES_MAX	(1U << 20)

static void
put(struct nhi_span s)
{
	if (s.p == NULL)
		(void)printf("-");
	for (size_t i = 0; i < s.n; i++)
		(void)printf("%02x", (unsigned char)s.p[i]);
}

static bool
take(char **rest, struct nhi_buf *b)
{
	const char *word = strsep(rest, " \n");
	size_t n = word == NULL ? 0 : strlen(word) / 2;
	char *room;

	if (word == NULL || (room = nhi_buf_room(b, n)) == NULL ||
	    !nhi_num_unhex(nhi_span_str(word), (uint8_t *)room, n))
		return false;
	b->n = n;
	return true;
}

static void
put_names(const struct nhi_ssh_options *o)
{
	(void)putchar(' ');
	for (size_t i = 0; i < o->n; i++) {
		(void)printf("%s", i == 0 ? "" : ",");
		put(o->v[i].name);
	}
}

static bool
view_cert(char *line)
{
	NHI_AUTO(nhi_ssh_cert_freep) struct nhi_ssh_cert *c = NULL;
	NHI_AUTO(nhi_buf_wipe) struct nhi_buf blob = NHI_BUF(BYTES_MAX);
	struct nhi_why why;
	enum nhi_err err;

	if (!take(&line, &blob))
		return false;
	err = nhi_ssh_cert_parse_blob(nhi_buf_all(&blob), &c, &why);
	if (err == NHI_OK)
		err = nhi_ssh_cert_check_signature(c, &why);
	(void)printf("%s", nhi_err_slug(err));
	if (err != NHI_OK)
		return true;
	(void)printf(" %" PRIu64 " %" PRIu64 " %" PRIu64 " ", c->serial,
	    c->valid_after, c->valid_before);
	put(c->keyid);
	for (size_t i = 0; i < c->nprincipals; i++) {
		(void)printf("%s", i == 0 ? " " : ",");
		put(c->principals[i]);
	}
	put_names(&c->critical);
	put_names(&c->extensions);
	return true;
}

static bool
view_token(char *line)
{
	NHI_AUTO(nhi_token_freep) struct nhi_token *t = NULL;
	NHI_AUTO(nhi_buf_wipe) struct nhi_buf set = NHI_BUF(BYTES_MAX);
	NHI_AUTO(nhi_buf_wipe) struct nhi_buf token = NHI_BUF(BYTES_MAX);
	const struct nhi_issuer issuer = {
		.name = (char[]){ "corp" },
		.url = (char[]){ "https://issuer.example.com" },
		.algs = NHI_ALG_ALL, .skew = 60, .max_lifetime = 3600,
		.need_iss = true,
		.audience = { (char *[]){ (char[]){ "ssh://web-1" } }, 1 },
	};
	struct nhi_token_source source = { &issuer, { NULL, 0 }, NHI_OK };
	struct nhi_token_request request = { .sources = &source,
		.nsources = 1, .now = NOW };
	struct nhi_why why;
	enum nhi_err err;

	if (!take(&line, &set) || !take(&line, &token))
		return false;
	source.jwks = nhi_buf_all(&set);
	request.token = nhi_buf_all(&token);
	err = nhi_token_verify(&request, &t, &why);
	(void)printf("%s", nhi_err_slug(err));
	if (err != NHI_OK)
		return true;
	(void)printf(" %s %" PRId64 " %" PRId64 " ", nhi_alg_name(t->alg),
	    t->exp, t->iat);
	put(t->subject);
	(void)putchar(' ');
	put(t->jti);
	return true;
}

int
main(int argc, char *argv[])
{
	bool (*view)(char *) = argc > 1 && strcmp(argv[1], "cert") == 0 ?
	    view_cert : view_token;
	char *line = NULL;
	size_t room = 0;
	bool good = true;

	while (good && getline(&line, &room, stdin) > 0) {
		good = view(line);
		(void)putchar('\n');
	}
	free(line);
	return good ? 0 : 1;
}
