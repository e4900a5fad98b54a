/* SPDX-License-Identifier: BSD-2-Clause */
#include "config.h"

#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "lib/base/file.h"
#include "lib/base/num.h"
#include "lib/base/provider.h"

#define HEAD	"nhi-provider 1\n"
#define END	"end\n"

/* The words of the first line, in their order. */
static char **
word(struct nhi_provider *p, size_t i)
{
	char **const all[] = { &p->name, &p->preset, &p->url, &p->jwks,
		&p->jwks_url, &p->ca_file, &p->bearer_file, &p->proxy };

	return i < sizeof(all) / sizeof(all[0]) ? all[i] : NULL;
}

void
nhi_provider_format(const struct nhi_provider *p, struct nhi_buf *b)
{
	struct nhi_provider copy = *p;
	char **w;

	nhi_buf_str(b, HEAD);
	for (size_t i = 0; (w = word(&copy, i)) != NULL; i++)
		nhi_word_put(b, nhi_span_str(*w == NULL ? "" : *w));
	nhi_buf_printf(b, " %" PRId64 " %d", p->stale, p->pinned);
	for (size_t i = 0; i < p->hosts.n; i++)
		nhi_word_put(b, nhi_span_str(p->hosts.p[i]));
	nhi_buf_str(b, "\n" END);
}

static bool
cut_number(struct nhi_span *line, uint64_t max, uint64_t *ret)
{
	struct nhi_span s;

	return nhi_span_cut(line, ' ', &s) && nhi_num_parse(s, max, ret);
}

static enum nhi_err
read_words(struct nhi_span line, struct nhi_provider *p)
{
	uint64_t stale, pinned;
	enum nhi_err err = NHI_OK;
	char **w, *host;

	for (size_t i = 0; (w = word(p, i)) != NULL; i++)
		if ((err = nhi_word_cut(&line, w)) != NHI_OK)
			return err;
	if (!cut_number(&line, INT64_MAX / 2, &stale) ||
	    !cut_number(&line, 1, &pinned))
		return NHI_ERR_POLICY_INVALID;
	p->stale = (int64_t)stale;
	p->pinned = pinned != 0;
	while (line.p != NULL && err == NHI_OK) {
		if ((err = nhi_word_cut(&line, &host)) != NHI_OK)
			return err;
		err = nhi_list_add(&p->hosts, nhi_span_str(host));
		free(host);
	}
	return err;
}

enum nhi_err
nhi_provider_parse(struct nhi_span text, struct nhi_provider *ret,
    struct nhi_why *why)
{
	NHI_AUTO(nhi_provider_wipe) struct nhi_provider p = { .name = NULL };
	struct nhi_span line;
	enum nhi_err err = NHI_ERR_POLICY_INVALID;
	const size_t head = sizeof(HEAD) - 1;

	if (text.n > head && memcmp(text.p, HEAD, head) == 0) {
		text.p += head;
		text.n -= head;
		if (nhi_span_cut(&text, '\n', &line) &&
		    text.p != NULL && nhi_span_is(text, END))
			err = read_words(line, &p);
	}
	if (err != NHI_OK)
		return nhi_fail(why, err, "published issuer: %s",
		    err == NHI_ERR_NO_MEMORY ? "no memory" : "malformed");
	*ret = p;
	p = (struct nhi_provider){ .name = NULL };
	return NHI_OK;
}

enum nhi_err
nhi_provider_find(const struct nhi_policy *policy, const char *name,
    struct nhi_provider *ret, struct nhi_why *why)
{
	NHI_AUTO(nhi_buf_wipe) struct nhi_buf text = NHI_BUF(NHI_PROVIDER_MAX);
	NHI_AUTO(nhi_provider_wipe) struct nhi_provider p = { .name = NULL };
	char path[sizeof(policy->path) + 96];
	enum nhi_err err;

	if (!nhi_name_label(name))
		return nhi_fail(why, NHI_ERR_INPUT, "not the name of an issuer");
	(void)snprintf(path, sizeof(path), "%s/" NHI_PROVIDER_DIR "/%s",
	    policy->path, name);
	errno = 0;
	err = nhi_file_read(AT_FDCWD, path, NHI_FILE_OWN, &text, why);
	if (err != NHI_OK && errno == ENOENT)
		return nhi_fail(why, NHI_ERR_INPUT,
		    "the policy has no issuer %s", name);
	if (err != NHI_OK)
		return NHI_ERR_POLICY_UNREADABLE;
	if ((err = nhi_provider_parse(nhi_buf_all(&text), &p, why)) != NHI_OK)
		return err;
	if (strcmp(p.name, name) != 0)
		return nhi_fail(why, NHI_ERR_POLICY_INVALID,
		    "published issuer %s names another one", name);
	*ret = p;
	p = (struct nhi_provider){ .name = NULL };
	return NHI_OK;
}

void
nhi_provider_wipe(struct nhi_provider *p)
{
	char **w;

	for (size_t i = 0; (w = word(p, i)) != NULL; i++)
		free(*w);
	nhi_list_wipe(&p->hosts);
	*p = (struct nhi_provider){ .name = NULL };
}
