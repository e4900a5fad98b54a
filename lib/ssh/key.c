/* SPDX-License-Identifier: BSD-2-Clause */
#include "config.h"

#include <stdlib.h>
#include <string.h>

#include "lib/ssh/base64.h"
#include "lib/ssh/key.h"
#include "lib/ssh/wire.h"

static const struct kind {
	const char *name;
	const char *curve;
	size_t point;		/* bytes; 0: RSA */
} kinds[] = {
	[NHI_SSH_ED25519] = { "ssh-ed25519", NULL, 32 },
	[NHI_SSH_P256] = { "ecdsa-sha2-nistp256", "nistp256", 65 },
	[NHI_SSH_P384] = { "ecdsa-sha2-nistp384", "nistp384", 97 },
	[NHI_SSH_P521] = { "ecdsa-sha2-nistp521", "nistp521", 133 },
	[NHI_SSH_RSA] = { "ssh-rsa", NULL, 0 },
};

_Static_assert(sizeof(kinds) / sizeof(kinds[0]) == NHI_SSH_TYPES,
    "one row for each type");

#define UNCOMPRESSED	0x04

const char *
nhi_ssh_type_name(enum nhi_ssh_type type)
{
	return kinds[type].name;
}

const char *
nhi_ssh_type_curve(enum nhi_ssh_type type)
{
	return kinds[type].curve;
}

bool
nhi_ssh_type_find(struct nhi_span s, enum nhi_ssh_type *ret)
{
	for (size_t i = 0; i < NHI_SSH_TYPES; i++)
		if (nhi_span_is(s, kinds[i].name)) {
			*ret = (enum nhi_ssh_type)i;
			return true;
		}
	return false;
}

static bool
is_odd(struct nhi_span mpint)
{
	return mpint.p[mpint.n - 1] & 1;
}

static enum nhi_err
take_rsa(struct nhi_ssh_key *key, struct nhi_span *in, struct nhi_why *why)
{
	size_t bits;

	if (!nhi_wire_mpint(in, &key->e) || !nhi_wire_mpint(in, &key->n))
		return nhi_fail(why, NHI_ERR_KEY_INVALID,
		    "e and n are not two minimal mpints (RFC 4253 6.6)");
	bits = nhi_wire_bits(key->e);
	if (bits < 2 || bits > NHI_SSH_RSA_E_MAX || !is_odd(key->e))
		return nhi_fail(why, NHI_ERR_KEY_INVALID,
		    "RSA exponent of %zu bits, or even", bits);
	bits = nhi_wire_bits(key->n);
	if (bits < NHI_SSH_RSA_MIN)
		return nhi_fail(why, NHI_ERR_KEY_WEAK,
		    "RSA modulus of %zu bits, %d are needed", bits,
		    NHI_SSH_RSA_MIN);
	if (bits > NHI_SSH_RSA_MAX || !is_odd(key->n))
		return nhi_fail(why, NHI_ERR_KEY_INVALID,
		    "RSA modulus of %zu bits, or even", bits);
	return NHI_OK;
}

static enum nhi_err
take_point(struct nhi_ssh_key *key, struct nhi_span *in, struct nhi_why *why)
{
	const struct kind *kind = &kinds[key->type];
	struct nhi_span curve;

	if (kind->curve != NULL && (!nhi_wire_string(in, &curve) ||
	    !nhi_span_is(curve, kind->curve)))
		return nhi_fail(why, NHI_ERR_KEY_INVALID,
		    "the curve is not %s (RFC 5656 3.1)", kind->curve);
	if (!nhi_wire_string(in, &key->point) || key->point.n != kind->point)
		return nhi_fail(why, NHI_ERR_KEY_INVALID,
		    "the point of %s is not %zu bytes", kind->name,
		    kind->point);
	if (kind->curve != NULL && key->point.p[0] != UNCOMPRESSED)
		return nhi_fail(why, NHI_ERR_KEY_INVALID,
		    "the point is not in uncompressed form");
	return NHI_OK;
}

static enum nhi_err
take_fields(struct nhi_ssh_key *key, struct nhi_span *in, struct nhi_why *why)
{
	return key->type == NHI_SSH_RSA ? take_rsa(key, in, why) :
	    take_point(key, in, why);
}

enum nhi_err
nhi_ssh_key_fields(enum nhi_ssh_type type, struct nhi_span *in,
    struct nhi_span *ret, struct nhi_why *why)
{
	struct nhi_ssh_key key = { .type = type };
	struct nhi_span rest = *in;
	enum nhi_err err;

	if ((err = take_fields(&key, &rest, why)) != NHI_OK)
		return err;
	*ret = (struct nhi_span){ in->p, in->n - rest.n };
	*in = rest;
	return NHI_OK;
}

static enum nhi_err
read_blob(struct nhi_ssh_key *key, struct nhi_why *why)
{
	struct nhi_span in = nhi_buf_all(&key->blob), name;
	enum nhi_err err;

	if (!nhi_wire_string(&in, &name) ||
	    !nhi_ssh_type_find(name, &key->type))
		return nhi_fail(why, NHI_ERR_KEY_INVALID,
		    "not a key of a type that is known here");
	if ((err = take_fields(key, &in, why)) != NHI_OK)
		return err;
	if (in.n != 0)
		return nhi_fail(why, NHI_ERR_KEY_INVALID,
		    "%zu bytes after the key", in.n);
	return NHI_OK;
}

enum nhi_err
nhi_ssh_key_parse_blob(struct nhi_span blob, struct nhi_ssh_key **ret,
    struct nhi_why *why)
{
	NHI_AUTO(nhi_ssh_key_freep) struct nhi_ssh_key *key = NULL;
	enum nhi_err err;

	if (blob.n > NHI_SSH_KEY_MAX)
		return nhi_fail(why, NHI_ERR_KEY_INVALID,
		    "a key of %zu bytes", blob.n);
	if ((key = calloc(1, sizeof(*key))) == NULL ||
	    (key->comment = calloc(1, 1)) == NULL)
		return nhi_fail(why, NHI_ERR_NO_MEMORY, "out of memory");
	key->blob = (struct nhi_buf)NHI_BUF(NHI_SSH_KEY_MAX);
	nhi_buf_span(&key->blob, blob);
	if ((err = nhi_buf_check(&key->blob, why)) != NHI_OK ||
	    (err = read_blob(key, why)) != NHI_OK)
		return err;
	*ret = key;
	key = NULL;
	return NHI_OK;
}

enum nhi_err
nhi_ssh_key_parse(struct nhi_span type, struct nhi_span base64,
    struct nhi_ssh_key **ret, struct nhi_why *why)
{
	NHI_AUTO(nhi_buf_wipe) struct nhi_buf blob = NHI_BUF(NHI_SSH_KEY_MAX);
	NHI_AUTO(nhi_ssh_key_freep) struct nhi_ssh_key *key = NULL;
	enum nhi_err err;

	if (!nhi_ssh_base64_decode(base64, &blob)) {
		if (blob.err == NHI_ERR_NO_MEMORY)
			return nhi_fail(why, blob.err, "out of memory");
		return nhi_fail(why, NHI_ERR_KEY_INVALID,
		    "the key is not strict base64 of at most %d bytes",
		    NHI_SSH_KEY_MAX);
	}
	err = nhi_ssh_key_parse_blob(nhi_buf_all(&blob), &key, why);
	if (err != NHI_OK)
		return err;
	if (!nhi_span_is(type, kinds[key->type].name))
		return nhi_fail(why, NHI_ERR_KEY_INVALID,
		    "called another type than %s, which it is",
		    kinds[key->type].name);
	*ret = key;
	key = NULL;
	return NHI_OK;
}

static bool
has_control(struct nhi_span s)
{
	for (size_t i = 0; i < s.n; i++)
		if ((unsigned char)s.p[i] < ' ' || s.p[i] == 0x7f)
			return true;
	return false;
}

enum nhi_err
nhi_ssh_line_split(struct nhi_span line, struct nhi_ssh_line *ret,
    struct nhi_why *why)
{
	struct nhi_ssh_line l = { .comment = { NULL, 0 } };

	if (line.n > 0 && line.p[line.n - 1] == '\n')
		line.n--;
	if (line.p == NULL || has_control(line) ||
	    !nhi_span_cut(&line, ' ', &l.type) || l.type.n == 0 ||
	    !nhi_span_cut(&line, ' ', &l.base64) || l.base64.n == 0)
		return nhi_fail(why, NHI_ERR_KEY_INVALID,
		    "not a line of type, base64 and comment");
	if (line.n > NHI_SSH_COMMENT_MAX)
		return nhi_fail(why, NHI_ERR_KEY_INVALID,
		    "a comment of %zu bytes", line.n);
	l.comment = line;
	*ret = l;
	return NHI_OK;
}

enum nhi_err
nhi_ssh_key_parse_line(struct nhi_span line, struct nhi_ssh_key **ret,
    struct nhi_why *why)
{
	NHI_AUTO(nhi_ssh_key_freep) struct nhi_ssh_key *key = NULL;
	struct nhi_ssh_line l;
	enum nhi_err err;
	char *comment;

	if ((err = nhi_ssh_line_split(line, &l, why)) != NHI_OK ||
	    (err = nhi_ssh_key_parse(l.type, l.base64, &key, why)) != NHI_OK)
		return err;
	if (l.comment.n > 0) {
		comment = strndup(l.comment.p, l.comment.n);
		if (comment == NULL)
			return nhi_fail(why, NHI_ERR_NO_MEMORY,
			    "out of memory");
		free(key->comment);
		key->comment = comment;
	}
	*ret = key;
	key = NULL;
	return NHI_OK;
}

void
nhi_ssh_key_format(const struct nhi_ssh_key *key, struct nhi_buf *out)
{
	nhi_buf_str(out, kinds[key->type].name);
	nhi_buf_char(out, ' ');
	nhi_ssh_base64_encode(nhi_buf_all(&key->blob), out);
	if (key->comment[0] != '\0') {
		nhi_buf_char(out, ' ');
		nhi_buf_str(out, key->comment);
	}
}

bool
nhi_ssh_key_equal(const struct nhi_ssh_key *a, const struct nhi_ssh_key *b)
{
	return nhi_span_equal(nhi_buf_all(&a->blob), nhi_buf_all(&b->blob));
}

void
nhi_ssh_key_free(struct nhi_ssh_key *key)
{
	if (key == NULL)
		return;
	nhi_buf_wipe(&key->blob);
	free(key->comment);
	free(key);
}

void
nhi_ssh_key_freep(struct nhi_ssh_key **key)
{
	nhi_ssh_key_free(*key);
	*key = NULL;
}
