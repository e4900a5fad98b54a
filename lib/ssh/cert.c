/* SPDX-License-Identifier: BSD-2-Clause */
#include "config.h"

#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

#include "lib/ssh/base64.h"
#include "lib/ssh/cert.h"
#include "lib/ssh/cert_read.h"
#include "lib/ssh/wire.h"

bool
nhi_ssh_cert_is_type(struct nhi_span name)
{
	struct nhi_span plain;

	return nhi_ssh_cert_plain(name, &plain);
}

static enum nhi_err
parse_blob(struct nhi_span blob, bool self, struct nhi_ssh_cert **ret,
    struct nhi_why *why)
{
	NHI_AUTO(nhi_ssh_cert_freep) struct nhi_ssh_cert *c = NULL;
	enum nhi_err err;

	if (blob.n > NHI_SSH_CERT_MAX)
		return nhi_fail(why, NHI_ERR_INPUT,
		    "a certificate of %zu bytes", blob.n);
	if ((c = calloc(1, sizeof(*c))) == NULL)
		return nhi_fail(why, NHI_ERR_NO_MEMORY, "out of memory");
	c->self = self;
	c->blob = (struct nhi_buf)NHI_BUF(NHI_SSH_CERT_MAX);
	nhi_buf_span(&c->blob, blob);
	if ((err = nhi_buf_check(&c->blob, why)) != NHI_OK ||
	    (err = nhi_ssh_cert_read(c, why)) != NHI_OK)
		return err;
	*ret = c;
	c = NULL;
	return NHI_OK;
}

enum nhi_err
nhi_ssh_cert_parse_blob(struct nhi_span blob, struct nhi_ssh_cert **ret,
    struct nhi_why *why)
{
	return parse_blob(blob, false, ret, why);
}

static enum nhi_err
check_name(struct nhi_span type, struct nhi_span blob, struct nhi_why *why)
{
	struct nhi_span inner;

	if (type.p != NULL && (!nhi_wire_string(&blob, &inner) ||
	    !nhi_span_equal(type, inner)))
		return nhi_fail(why, NHI_ERR_CERT_TYPE,
		    "called another type than the one inside");
	return NHI_OK;
}

static enum nhi_err
decode(struct nhi_span type, struct nhi_span base64, struct nhi_buf *blob,
    struct nhi_why *why)
{
	if (!nhi_ssh_base64_decode(base64, blob)) {
		if (blob->err == NHI_ERR_NO_MEMORY)
			return nhi_fail(why, blob->err, "out of memory");
		return nhi_fail(why, NHI_ERR_INPUT, "the certificate is not "
		    "strict base64 of at most %d bytes", NHI_SSH_CERT_MAX);
	}
	return check_name(type, nhi_buf_all(blob), why);
}

enum nhi_err
nhi_ssh_cert_parse(struct nhi_span type, struct nhi_span base64,
    struct nhi_ssh_cert **ret, struct nhi_why *why)
{
	NHI_AUTO(nhi_buf_wipe) struct nhi_buf blob = NHI_BUF(NHI_SSH_CERT_MAX);
	enum nhi_err err;

	if ((err = decode(type, base64, &blob, why)) != NHI_OK)
		return err;
	return parse_blob(nhi_buf_all(&blob), false, ret, why);
}

enum nhi_err
nhi_ssh_cert_parse_self(struct nhi_span type, struct nhi_span base64,
    struct nhi_ssh_cert **ret, struct nhi_why *why)
{
	NHI_AUTO(nhi_buf_wipe) struct nhi_buf blob = NHI_BUF(NHI_SSH_CERT_MAX);
	enum nhi_err err;

	if ((err = decode(type, base64, &blob, why)) != NHI_OK)
		return err;
	return parse_blob(nhi_buf_all(&blob), true, ret, why);
}

enum nhi_err
nhi_ssh_cert_parse_line(struct nhi_span line, struct nhi_ssh_cert **ret,
    struct nhi_why *why)
{
	struct nhi_ssh_line l;

	if (nhi_ssh_line_split(line, &l, NULL) != NHI_OK)
		return nhi_fail(why, NHI_ERR_INPUT,
		    "not a line of type, base64 and comment");
	return nhi_ssh_cert_parse(l.type, l.base64, ret, why);
}

enum nhi_err
nhi_ssh_cert_check_time(const struct nhi_ssh_cert *c, int64_t now,
    struct nhi_why *why)
{
	if (now < 0 || (uint64_t)now < c->valid_after)
		return nhi_fail(why, NHI_ERR_CERT_EXPIRED,
		    "valid from %" PRIu64 ", now is %" PRId64,
		    c->valid_after, now);
	if ((uint64_t)now >= c->valid_before)
		return nhi_fail(why, NHI_ERR_CERT_EXPIRED,
		    "valid before %" PRIu64 ", now is %" PRId64,
		    c->valid_before, now);
	return NHI_OK;
}

enum nhi_err
nhi_ssh_cert_check_principal(const struct nhi_ssh_cert *c,
    const char *account, struct nhi_why *why)
{
	if (c->nprincipals != 1)
		return nhi_fail(why, NHI_ERR_CERT_PRINCIPAL,
		    "%zu principals instead of one", c->nprincipals);
	if (!nhi_span_is(c->principals[0], account))
		return nhi_fail(why, NHI_ERR_CERT_PRINCIPAL,
		    "the principal is %.*s",
		    (int)c->principals[0].n, c->principals[0].p);
	return NHI_OK;
}

void
nhi_ssh_cert_free(struct nhi_ssh_cert *c)
{
	if (c == NULL)
		return;
	nhi_ssh_key_free(c->subject);
	nhi_ssh_key_free(c->ca);
	nhi_buf_wipe(&c->blob);
	free(c);
}

void
nhi_ssh_cert_freep(struct nhi_ssh_cert **c)
{
	nhi_ssh_cert_free(*c);
	*c = NULL;
}
