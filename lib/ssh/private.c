/* SPDX-License-Identifier: BSD-2-Clause */
/* The container of a private key; its numbers are for private_key.c. */
#include "config.h"

#include <stdlib.h>
#include <string.h>

#include "lib/ssh/base64.h"
#include "lib/ssh/pkey.h"
#include "lib/ssh/private.h"
#include "lib/ssh/private_key.h"
#include "lib/ssh/signature.h"
#include "lib/ssh/wire.h"

static enum nhi_err
malformed(struct nhi_why *why, const char *what)
{
	return nhi_fail(why, NHI_ERR_CA_KEY, "the private key has no valid %s",
	    what);
}

/* The bytes between the two marker lines. */
static bool
dearmour(struct nhi_span text, struct nhi_buf *ret)
{
	NHI_AUTO(nhi_buf_wipe) struct nhi_buf base64 =
	    NHI_BUF(NHI_SSH_PRIVATE_MAX);
	struct nhi_span line;

	if (text.n > NHI_SSH_PRIVATE_MAX ||
	    !nhi_span_cut(&text, '\n', &line) ||
	    !nhi_span_is(line, NHI_SSH_PRIVATE_BEGIN))
		return false;
	while (nhi_span_cut(&text, '\n', &line)) {
		if (nhi_span_is(line, NHI_SSH_PRIVATE_END))
			return text.n == 0 && base64.err == NHI_OK &&
			    nhi_ssh_base64_decode(nhi_buf_all(&base64), ret);
		nhi_buf_span(&base64, line);
	}
	return false;
}

static enum nhi_err
open_container(struct nhi_span in, struct nhi_span *ret_public,
    struct nhi_span *ret_private, struct nhi_why *why)
{
	static const char magic[] = NHI_SSH_PRIVATE_MAGIC;
	struct nhi_span s, kdf, options;
	uint32_t keys;

	if (!nhi_span_take(&in, sizeof(magic), &s) ||
	    memcmp(s.p, magic, sizeof(magic)) != 0)
		return malformed(why, "magic");
	if (!nhi_wire_string(&in, &s) || !nhi_wire_string(&in, &kdf) ||
	    !nhi_wire_string(&in, &options))
		return malformed(why, "cipher");
	if (!nhi_span_is(s, "none") || !nhi_span_is(kdf, "none") ||
	    options.n != 0)
		return nhi_fail(why, NHI_ERR_CA_KEY,
		    "the private key has a passphrase: nobody could enter it");
	if (!nhi_span_u32(&in, &keys) || keys != 1 ||
	    !nhi_wire_string(&in, ret_public) ||
	    !nhi_wire_string(&in, ret_private) || in.n != 0)
		return malformed(why, "content of exactly one key");
	return NHI_OK;
}

/* 1, 2, 3 ... up to a whole block. */
static bool
padding_valid(struct nhi_span pad, size_t whole)
{
	if (pad.n >= NHI_SSH_PRIVATE_BLOCK ||
	    whole % NHI_SSH_PRIVATE_BLOCK != 0)
		return false;
	for (size_t i = 0; i < pad.n; i++)
		if ((size_t)pad.p[i] != i + 1)
			return false;
	return true;
}

static enum nhi_err
read_comment(struct nhi_ssh_key *key, struct nhi_span s, struct nhi_why *why)
{
	char *comment;

	if (s.n > NHI_SSH_COMMENT_MAX || !nhi_wire_printable(s))
		return malformed(why, "comment (printable, at most 1024)");
	if ((comment = strndup(s.n == 0 ? "" : s.p, s.n)) == NULL)
		return nhi_fail(why, NHI_ERR_NO_MEMORY, "out of memory");
	free(key->comment);
	key->comment = comment;
	return NHI_OK;
}

static enum nhi_err
read_private(struct nhi_ssh_private *k, struct nhi_span in,
    struct nhi_why *why)
{
	size_t whole = in.n;
	struct nhi_span type, comment;
	uint32_t one, two;
	enum nhi_err err;

	if (!nhi_span_u32(&in, &one) || !nhi_span_u32(&in, &two) || one != two)
		return malformed(why, "check numbers");
	if (!nhi_wire_string(&in, &type) ||
	    !nhi_span_is(type, nhi_ssh_type_name(k->key->type)))
		return malformed(why, "type");
	err = nhi_ssh_private_key_take(k->key, &in, &k->pkey, why);
	if (err != NHI_OK)
		return err;
	if (!nhi_wire_string(&in, &comment))
		return malformed(why, "comment");
	if (!padding_valid(in, whole))
		return malformed(why, "padding");
	return read_comment(k->key, comment, why);
}

/* Do the two halves belong together? */
static enum nhi_err
check_pair(const struct nhi_ssh_private *k, struct nhi_why *why)
{
	NHI_AUTO(nhi_buf_wipe) struct nhi_buf blob = NHI_BUF(4096);
	struct nhi_ssh_signature s = { .data = NHI_SPAN("nhi") };
	struct nhi_span in;
	enum nhi_err err;

	err = nhi_ssh_signature_make(k, s.data, &blob, why);
	if (err != NHI_OK)
		return err;
	in = nhi_buf_all(&blob);
	if (!nhi_wire_string(&in, &s.format) || !nhi_wire_string(&in, &s.sig))
		return malformed(why, "signature");
	if (nhi_ssh_signature_check(k->key, &s, NULL) != NHI_OK)
		return nhi_fail(why, NHI_ERR_CA_KEY,
		    "private and public key do not belong together");
	return NHI_OK;
}

enum nhi_err
nhi_ssh_private_parse(struct nhi_span text, struct nhi_ssh_private **ret,
    struct nhi_why *why)
{
	NHI_AUTO(nhi_buf_wipe) struct nhi_buf blob =
	    NHI_BUF(NHI_SSH_PRIVATE_MAX);
	NHI_AUTO(nhi_ssh_private_freep) struct nhi_ssh_private *k = NULL;
	struct nhi_why detail = { "" };
	struct nhi_span public, private;
	enum nhi_err err;

	if (!dearmour(text, &blob))
		return malformed(why, "openssh-key-v1 armour");
	err = open_container(nhi_buf_all(&blob), &public, &private, why);
	if (err != NHI_OK)
		return err;
	if ((k = calloc(1, sizeof(*k))) == NULL)
		return nhi_fail(why, NHI_ERR_NO_MEMORY, "out of memory");
	if (nhi_ssh_key_parse_blob(public, &k->key, &detail) != NHI_OK)
		return nhi_fail(why, NHI_ERR_CA_KEY, "%s", detail.text);
	if ((err = read_private(k, private, why)) != NHI_OK ||
	    (err = check_pair(k, why)) != NHI_OK)
		return err;
	*ret = k;
	k = NULL;
	return NHI_OK;
}

enum nhi_err
nhi_ssh_private_agent(struct nhi_span text, struct nhi_ssh_private **ret,
    struct nhi_why *why)
{
	NHI_AUTO(nhi_ssh_private_freep) struct nhi_ssh_private *k = NULL;
	struct nhi_why detail = { "" };

	if ((k = calloc(1, sizeof(*k))) == NULL)
		return nhi_fail(why, NHI_ERR_NO_MEMORY, "out of memory");
	if (nhi_ssh_key_parse_line(text, &k->key, &detail) != NHI_OK)
		return nhi_fail(why, NHI_ERR_CA_KEY, "%s", detail.text);
	if (k->key->comment[0] != '/')
		return nhi_fail(why, NHI_ERR_CA_KEY,
		    "the key of the agent has no socket");
	if ((k->agent = strdup(k->key->comment)) == NULL)
		return nhi_fail(why, NHI_ERR_NO_MEMORY, "out of memory");
	*ret = k;
	k = NULL;
	return NHI_OK;
}

void
nhi_ssh_private_free(struct nhi_ssh_private *k)
{
	if (k == NULL)
		return;
	nhi_ssh_key_free(k->key);
	EVP_PKEY_free(k->pkey);
	free(k->agent);
	free(k);
}

void
nhi_ssh_private_freep(struct nhi_ssh_private **k)
{
	nhi_ssh_private_free(*k);
	*k = NULL;
}
