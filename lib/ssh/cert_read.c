/* SPDX-License-Identifier: BSD-2-Clause */
/* The fields of a certificate, in their order on the wire. */
#include "config.h"

#include <string.h>

#include "lib/ssh/cert_read.h"
#include "lib/ssh/wire.h"

static enum nhi_err
malformed(struct nhi_why *why, const char *what)
{
	return nhi_fail(why, NHI_ERR_INPUT, "the certificate has no valid %s",
	    what);
}

bool
nhi_ssh_cert_plain(struct nhi_span name, struct nhi_span *ret)
{
	struct nhi_span suffix = NHI_SPAN(NHI_SSH_CERT_SUFFIX);

	if (name.n <= suffix.n || memcmp(name.p + name.n - suffix.n,
	    suffix.p, suffix.n) != 0)
		return false;
	*ret = (struct nhi_span){ name.p, name.n - suffix.n };
	return true;
}

/* Type, nonce and key; the key is put together again as a plain one. */
static enum nhi_err
read_subject(struct nhi_ssh_cert *c, struct nhi_span *in, struct nhi_why *why)
{
	NHI_AUTO(nhi_buf_wipe) struct nhi_buf plain = NHI_BUF(NHI_SSH_KEY_MAX);
	struct nhi_span name, fields;
	enum nhi_ssh_type type;
	enum nhi_err err;

	if (!nhi_wire_string(in, &name))
		return malformed(why, "type");
	if (!nhi_ssh_cert_plain(name, &name) || !nhi_ssh_type_find(name, &type))
		return nhi_fail(why, NHI_ERR_CERT_TYPE,
		    "not a certificate of a type that is known here");
	if (!nhi_wire_string(in, &c->nonce) ||
	    c->nonce.n < NHI_SSH_NONCE_MIN || c->nonce.n > NHI_SSH_NONCE_MAX)
		return malformed(why, "nonce");
	if ((err = nhi_ssh_key_fields(type, in, &fields, why)) != NHI_OK)
		return err;
	nhi_wire_put(&plain, name);
	nhi_buf_span(&plain, fields);
	if ((err = nhi_buf_check(&plain, why)) != NHI_OK)
		return err;
	return nhi_ssh_key_parse_blob(nhi_buf_all(&plain), &c->subject, why);
}

static enum nhi_err
read_identity(struct nhi_ssh_cert *c, struct nhi_span *in,
    struct nhi_why *why)
{
	uint32_t type;

	if (!nhi_span_u64(in, &c->serial) || !nhi_span_u32(in, &type) ||
	    !nhi_wire_string(in, &c->keyid))
		return malformed(why, "serial, type and key id");
	if (type != NHI_SSH_CERT_USER)
		return nhi_fail(why, NHI_ERR_CERT_TYPE,
		    "certificate type %u is not a user's", (unsigned int)type);
	if (c->keyid.n > NHI_SSH_KEYID_MAX || !nhi_wire_printable(c->keyid))
		return nhi_fail(why, NHI_ERR_CERT_KEYID,
		    "the key id is not printable, or has %zu bytes",
		    c->keyid.n);
	return NHI_OK;
}

/* No wildcards, lists or blanks: sshd takes some of them for patterns. */
static bool
principal_valid(struct nhi_span s)
{
	if (s.n == 0 || s.n > NHI_SSH_PRINCIPAL_MAX || !nhi_wire_printable(s))
		return false;
	for (size_t i = 0; i < s.n; i++)
		if (strchr(" *?,!", s.p[i]) != NULL)
			return false;
	return true;
}

static enum nhi_err
read_principals(struct nhi_ssh_cert *c, struct nhi_span *in,
    struct nhi_why *why)
{
	struct nhi_span list, one;

	if (!nhi_wire_string(in, &list))
		return malformed(why, "principals");
	while (list.n > 0) {
		if (!nhi_wire_string(&list, &one))
			return malformed(why, "principals");
		if (c->nprincipals == NHI_SSH_PRINCIPALS_MAX ||
		    !principal_valid(one))
			return nhi_fail(why, NHI_ERR_CERT_PRINCIPAL,
			    "principal %zu is not a name, or one too many",
			    c->nprincipals + 1);
		c->principals[c->nprincipals++] = one;
	}
	if (c->nprincipals == 0)
		return nhi_fail(why, NHI_ERR_CERT_PRINCIPAL,
		    "no principal: older servers let it in as anybody");
	return NHI_OK;
}

static enum nhi_err
read_validity(struct nhi_ssh_cert *c, struct nhi_span *in,
    struct nhi_why *why)
{
	if (!nhi_span_u64(in, &c->valid_after) ||
	    !nhi_span_u64(in, &c->valid_before))
		return malformed(why, "validity");
	if (c->valid_after >= c->valid_before)
		return nhi_fail(why, NHI_ERR_CERT_EXPIRED,
		    "it is valid at no time");
	return NHI_OK;
}

static enum nhi_err
read_options(struct nhi_ssh_cert *c, struct nhi_span *in, struct nhi_why *why)
{
	struct nhi_span critical, extensions, reserved;
	enum nhi_err err;

	if (!nhi_wire_string(in, &critical) ||
	    !nhi_wire_string(in, &extensions) ||
	    !nhi_wire_string(in, &reserved))
		return malformed(why, "options");
	if ((err = nhi_ssh_options_parse(critical, &c->critical, why)) !=
	    NHI_OK ||
	    (err = nhi_ssh_critical_check(&c->critical, why)) != NHI_OK ||
	    (err = nhi_ssh_options_parse(extensions, &c->extensions, why)) !=
	    NHI_OK ||
	    (err = nhi_ssh_extensions_check(&c->extensions, why)) != NHI_OK)
		return err;
	(void)nhi_ssh_option_value(&c->critical, "force-command",
	    &c->force_command);
	(void)nhi_ssh_option_value(&c->critical, "source-address",
	    &c->source_address);
	return reserved.n == 0 ? NHI_OK : malformed(why, "reserved field");
}

static enum nhi_err
read_ca(struct nhi_ssh_cert *c, struct nhi_span *in, struct nhi_why *why)
{
	struct nhi_span blob;
	struct nhi_why detail = { "" };
	enum nhi_err err;

	if (!nhi_wire_string(in, &blob))
		return malformed(why, "CA key");
	err = nhi_ssh_key_parse_blob(blob, &c->ca, &detail);
	if (err == NHI_ERR_NO_MEMORY)
		return nhi_fail(why, err, "out of memory");
	if (err != NHI_OK)
		return nhi_fail(why, NHI_ERR_CERT_CA, "the CA key: %.150s",
		    detail.text);
	if (nhi_ssh_key_equal(c->ca, c->subject) == c->self)
		return NHI_OK;
	return nhi_fail(why, NHI_ERR_CERT_CA, c->self ?
	    "the CA is not the certified key itself" :
	    "the CA key is certified by itself");
}

/* RSA with SHA-1 is refused; every other key has one format, its name. */
static bool
format_fits(struct nhi_span format, enum nhi_ssh_type ca)
{
	if (ca == NHI_SSH_RSA)
		return nhi_span_is(format, "rsa-sha2-256") ||
		    nhi_span_is(format, "rsa-sha2-512");
	return nhi_span_is(format, nhi_ssh_type_name(ca));
}

static enum nhi_err
read_signature(struct nhi_ssh_cert *c, struct nhi_span *in,
    struct nhi_why *why)
{
	struct nhi_span blob;

	c->signed_part = (struct nhi_span){ c->blob.p, c->blob.n - in->n };
	if (!nhi_wire_string(in, &blob) || blob.n > NHI_SSH_SIGNATURE_MAX ||
	    !nhi_wire_string(&blob, &c->sig_format) ||
	    !nhi_wire_string(&blob, &c->sig) || c->sig.n == 0 || blob.n != 0)
		return malformed(why, "signature");
	if (!format_fits(c->sig_format, c->ca->type))
		return nhi_fail(why, NHI_ERR_CERT_CA,
		    "the format of the signature is not that of the CA key");
	if (in->n != 0)
		return nhi_fail(why, NHI_ERR_INPUT,
		    "%zu bytes after the certificate", in->n);
	return NHI_OK;
}

enum nhi_err
nhi_ssh_cert_read(struct nhi_ssh_cert *c, struct nhi_why *why)
{
	struct nhi_span in = nhi_buf_all(&c->blob);
	enum nhi_err err;

	if ((err = read_subject(c, &in, why)) != NHI_OK ||
	    (err = read_identity(c, &in, why)) != NHI_OK ||
	    (err = read_principals(c, &in, why)) != NHI_OK ||
	    (err = read_validity(c, &in, why)) != NHI_OK ||
	    (err = read_options(c, &in, why)) != NHI_OK ||
	    (err = read_ca(c, &in, why)) != NHI_OK ||
	    (err = read_signature(c, &in, why)) != NHI_OK)
		return err;
	return NHI_OK;
}
