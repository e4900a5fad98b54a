/* SPDX-License-Identifier: BSD-2-Clause */
#include "config.h"

#include <stdlib.h>

#include "lib/ssh/keyid.h"
#include "lib/ssh/trusted.h"

static struct nhi_ssh_key *
find(const struct nhi_ssh_trusted *t, const struct nhi_ssh_key *key)
{
	for (size_t i = 0; i < t->n; i++)
		if (nhi_ssh_key_equal(t->keys[i], key))
			return t->keys[i];
	return NULL;
}

static enum nhi_err
add_line(struct nhi_ssh_trusted *t, struct nhi_span line, size_t number,
    struct nhi_why *why)
{
	NHI_AUTO(nhi_ssh_key_freep) struct nhi_ssh_key *key = NULL;
	struct nhi_why detail = { "" };
	enum nhi_err err;

	err = nhi_ssh_key_parse_line(line, &key, &detail);
	if (err == NHI_ERR_NO_MEMORY)
		return nhi_fail(why, err, "out of memory");
	if (err != NHI_OK)
		return nhi_fail(why, NHI_ERR_CA_KEY, "trusted keys, line %zu: "
		    "%.120s", number, detail.text);
	if (!nhi_ssh_host_valid(nhi_span_str(key->comment)))
		return nhi_fail(why, NHI_ERR_CA_KEY, "trusted keys, line %zu: "
		    "the last word is not the id of a host", number);
	if (find(t, key) != NULL)
		return nhi_fail(why, NHI_ERR_CA_KEY, "trusted keys, line %zu: "
		    "the key is there twice", number);
	if (t->n == NHI_SSH_TRUSTED_MAX)
		return nhi_fail(why, NHI_ERR_CA_KEY,
		    "more than %d trusted keys", NHI_SSH_TRUSTED_MAX);
	t->keys[t->n++] = key;
	key = NULL;
	return NHI_OK;
}

static bool
is_blank(struct nhi_span line)
{
	for (size_t i = 0; i < line.n; i++)
		if (line.p[i] != ' ' && line.p[i] != '\t')
			return line.p[i] == '#' && i == 0;
	return true;
}

enum nhi_err
nhi_ssh_trusted_parse(struct nhi_span text, struct nhi_ssh_trusted **ret,
    struct nhi_why *why)
{
	NHI_AUTO(nhi_ssh_trusted_freep) struct nhi_ssh_trusted *t = NULL;
	struct nhi_span line;
	enum nhi_err err;

	if (text.n > NHI_SSH_TRUSTED_TEXT)
		return nhi_fail(why, NHI_ERR_CA_KEY,
		    "%zu bytes of trusted keys", text.n);
	if ((t = calloc(1, sizeof(*t))) == NULL ||
	    (t->keys = calloc(NHI_SSH_TRUSTED_MAX, sizeof(*t->keys))) == NULL)
		return nhi_fail(why, NHI_ERR_NO_MEMORY, "out of memory");
	for (size_t number = 1; nhi_span_cut(&text, '\n', &line); number++)
		if (!is_blank(line) &&
		    (err = add_line(t, line, number, why)) != NHI_OK)
			return err;
	*ret = t;
	t = NULL;
	return NHI_OK;
}

enum nhi_err
nhi_ssh_trusted_find(const struct nhi_ssh_trusted *t,
    const struct nhi_ssh_key *ca, const char **ret_host, struct nhi_why *why)
{
	const struct nhi_ssh_key *key = find(t, ca);

	if (key == NULL)
		return nhi_fail(why, NHI_ERR_CERT_CA,
		    "the CA is not one of %zu trusted keys", t->n);
	*ret_host = key->comment;
	return NHI_OK;
}

void
nhi_ssh_trusted_free(struct nhi_ssh_trusted *t)
{
	if (t == NULL)
		return;
	for (size_t i = 0; i < t->n; i++)
		nhi_ssh_key_free(t->keys[i]);
	free(t->keys);
	free(t);
}

void
nhi_ssh_trusted_freep(struct nhi_ssh_trusted **t)
{
	nhi_ssh_trusted_free(*t);
	*t = NULL;
}
