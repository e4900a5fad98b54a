/* SPDX-License-Identifier: BSD-2-Clause */
#include "config.h"

#include <openssl/rand.h>
#include <string.h>

#include "lib/base/name.h"
#include "lib/ssh/base64.h"
#include "lib/ssh/cert_check.h"
#include "lib/ssh/keyid.h"
#include "lib/ssh/pkey.h"
#include "lib/ssh/sign.h"
#include "lib/ssh/signature.h"
#include "lib/ssh/wire.h"

#define NONCE		32	/* bytes */
#define OPTIONS_MAX	16384	/* bytes of all options of one kind */

static bool
is_set(const char *s)
{
	return s != NULL && s[0] != '\0';
}

enum nhi_err
nhi_ssh_cert_serial(uint64_t *ret, struct nhi_why *why)
{
	uint64_t serial = 0;

	while (serial == 0) {
		if (RAND_bytes((unsigned char *)&serial,
		    sizeof(serial)) != 1)
			return nhi_fail(why, NHI_ERR_INTERNAL,
			    "no random bytes");
		serial &= INT64_MAX;
	}
	*ret = serial;
	return NHI_OK;
}

static enum nhi_err
check_subject(const struct nhi_ssh_cert_request *r,
    const struct nhi_ssh_private *ca, struct nhi_why *why)
{
	NHI_AUTO(nhi_ssh_pkey_freep) EVP_PKEY *pkey = NULL;

	if (nhi_ssh_key_equal(r->subject, ca->key))
		return nhi_fail(why, NHI_ERR_KEY_INVALID,
		    "the key is the CA's own");
	return nhi_ssh_pkey_make(r->subject, &pkey, why);
}

static enum nhi_err
check_names(const struct nhi_ssh_cert_request *r, struct nhi_why *why)
{
	struct nhi_ssh_keyid id;

	if (r->serial == 0 || r->serial > INT64_MAX)
		return nhi_fail(why, NHI_ERR_INTERNAL,
		    "a serial is 1 to 2^63 - 1: 0 spoils a KRL");
	if (r->principal == NULL || !nhi_name_valid(r->principal))
		return nhi_fail(why, NHI_ERR_CERT_PRINCIPAL,
		    "the principal is not the name of an account");
	if (r->keyid == NULL)
		return nhi_fail(why, NHI_ERR_CERT_KEYID, "no key id");
	return nhi_ssh_keyid_parse(nhi_span_str(r->keyid), &id, why);
}

static enum nhi_err
check_limits(const struct nhi_ssh_cert_request *r, struct nhi_why *why)
{
	struct nhi_span text;

	if (r->valid_after < 0 || r->valid_after >= r->valid_before)
		return nhi_fail(why, NHI_ERR_CERT_EXPIRED,
		    "it would be valid at no time");
	text = nhi_span_str(r->force_command);
	if (is_set(r->force_command) && !nhi_ssh_force_valid(text))
		return nhi_fail(why, NHI_ERR_CERT_OPTIONS,
		    "the forced command has control characters, or %zu bytes",
		    text.n);
	text = nhi_span_str(r->provenance);
	if (is_set(r->provenance) && (text.n > NHI_SSH_PROVENANCE_MAX ||
	    !nhi_wire_printable(text)))
		return nhi_fail(why, NHI_ERR_CERT_OPTIONS,
		    "provenance is not printable, or has %zu bytes", text.n);
	return NHI_OK;
}

/* "10.0.0.0/8,2001:db8::/32"; each entry for itself, so that none is two. */
static enum nhi_err
put_source(const struct nhi_list *source, struct nhi_buf *out,
    struct nhi_why *why)
{
	for (size_t i = 0; i < source->n; i++) {
		struct nhi_span one = nhi_span_str(source->p[i]);

		if (!nhi_ssh_source_valid(one) ||
		    memchr(one.p, ',', one.n) != NULL)
			return nhi_fail(why, NHI_ERR_CERT_OPTIONS,
			    "a source is not an address");
		if (i > 0)
			nhi_buf_char(out, ',');
		nhi_buf_span(out, one);
	}
	return nhi_buf_check(out, why);
}

/* Names in rising order. */
static enum nhi_err
put_critical(const struct nhi_ssh_cert_request *r, struct nhi_buf *out,
    struct nhi_why *why)
{
	NHI_AUTO(nhi_buf_wipe) struct nhi_buf list = NHI_BUF(OPTIONS_MAX);
	NHI_AUTO(nhi_buf_wipe) struct nhi_buf source =
	    NHI_BUF(NHI_SSH_SOURCE_MAX);
	enum nhi_err err;

	if (is_set(r->force_command))
		nhi_ssh_option_put(&list, "force-command",
		    nhi_span_str(r->force_command));
	if (r->source != NULL && r->source->n > 0) {
		if ((err = put_source(r->source, &source, why)) != NHI_OK)
			return err;
		nhi_ssh_option_put(&list, "source-address",
		    nhi_buf_all(&source));
	}
	if ((err = nhi_buf_check(&list, why)) != NHI_OK)
		return err;
	nhi_wire_put(out, nhi_buf_all(&list));
	return NHI_OK;
}

static enum nhi_err
put_extensions(const struct nhi_ssh_cert_request *r, struct nhi_buf *out,
    struct nhi_why *why)
{
	NHI_AUTO(nhi_buf_wipe) struct nhi_buf list = NHI_BUF(OPTIONS_MAX);
	enum nhi_err err;

	if (r->forwarding) {
		nhi_ssh_option_put_flag(&list, "permit-X11-forwarding");
		nhi_ssh_option_put_flag(&list, "permit-agent-forwarding");
		nhi_ssh_option_put_flag(&list, "permit-port-forwarding");
	}
	if (r->pty)
		nhi_ssh_option_put_flag(&list, "permit-pty");
	if (is_set(r->provenance))
		nhi_ssh_option_put(&list, NHI_SSH_PROVENANCE,
		    nhi_span_str(r->provenance));
	if ((err = nhi_buf_check(&list, why)) != NHI_OK)
		return err;
	nhi_wire_put(out, nhi_buf_all(&list));
	return NHI_OK;
}

/* Type, nonce, and the fields of the key: its blob without the type. */
static enum nhi_err
put_subject(const struct nhi_ssh_key *key, struct nhi_buf *out,
    struct nhi_why *why)
{
	const char *type = nhi_ssh_type_name(key->type);
	struct nhi_span fields = nhi_buf_all(&key->blob), name;
	unsigned char nonce[NONCE];

	if (RAND_bytes(nonce, sizeof(nonce)) != 1)
		return nhi_fail(why, NHI_ERR_INTERNAL, "no random bytes");
	if (!nhi_wire_string(&fields, &name))
		return nhi_fail(why, NHI_ERR_INTERNAL, "a key without type");
	nhi_buf_u32(out, (uint32_t)(strlen(type) +
	    strlen(NHI_SSH_CERT_SUFFIX)));
	nhi_buf_str(out, type);
	nhi_buf_str(out, NHI_SSH_CERT_SUFFIX);
	nhi_wire_put(out, (struct nhi_span){ (char *)nonce, sizeof(nonce) });
	nhi_buf_span(out, fields);
	return NHI_OK;
}

static void
put_identity(const struct nhi_ssh_cert_request *r, struct nhi_buf *out)
{
	nhi_buf_u64(out, r->serial);
	nhi_buf_u32(out, NHI_SSH_CERT_USER);
	nhi_wire_put_str(out, r->keyid);
	nhi_buf_u32(out, (uint32_t)strlen(r->principal) + 4);
	nhi_wire_put_str(out, r->principal);
	nhi_buf_u64(out, (uint64_t)r->valid_after);
	nhi_buf_u64(out, (uint64_t)r->valid_before);
}

/* Everything up to and including the CA key, then the signature over it. */
static enum nhi_err
build(const struct nhi_ssh_cert_request *r, const struct nhi_ssh_private *ca,
    struct nhi_buf *out, struct nhi_why *why)
{
	NHI_AUTO(nhi_buf_wipe) struct nhi_buf sig =
	    NHI_BUF(NHI_SSH_SIGNATURE_MAX);
	enum nhi_err err;

	if ((err = put_subject(r->subject, out, why)) != NHI_OK)
		return err;
	put_identity(r, out);
	if ((err = put_critical(r, out, why)) != NHI_OK ||
	    (err = put_extensions(r, out, why)) != NHI_OK)
		return err;
	nhi_wire_put_str(out, "");	/* reserved */
	nhi_wire_put(out, nhi_buf_all(&ca->key->blob));
	if ((err = nhi_buf_check(out, why)) != NHI_OK)
		return err;
	err = nhi_ssh_signature_make(ca, nhi_buf_all(out), &sig, why);
	if (err != NHI_OK)
		return err;
	nhi_wire_put(out, nhi_buf_all(&sig));
	return nhi_buf_check(out, why);
}

/* A fault of the CA's key or machine must not leave the house. */
static enum nhi_err
check_result(struct nhi_span blob, struct nhi_why *why)
{
	NHI_AUTO(nhi_ssh_cert_freep) struct nhi_ssh_cert *cert = NULL;
	enum nhi_err err;

	err = nhi_ssh_cert_parse_blob(blob, &cert, why);
	/* An agent signs as it likes. */
	if (err == NHI_ERR_CERT_CA)
		return NHI_ERR_CA_KEY;
	if (err != NHI_OK)
		return err == NHI_ERR_NO_MEMORY ? err : NHI_ERR_INTERNAL;
	if (nhi_ssh_cert_check_signature(cert, why) != NHI_OK)
		return NHI_ERR_CA_KEY;
	return NHI_OK;
}

enum nhi_err
nhi_ssh_cert_sign(const struct nhi_ssh_cert_request *r,
    const struct nhi_ssh_private *ca, struct nhi_buf *ret,
    struct nhi_why *why)
{
	NHI_AUTO(nhi_buf_wipe) struct nhi_buf blob = NHI_BUF(NHI_SSH_CERT_MAX);
	enum nhi_err err;

	if ((err = check_names(r, why)) != NHI_OK ||
	    (err = check_limits(r, why)) != NHI_OK ||
	    (err = check_subject(r, ca, why)) != NHI_OK ||
	    (err = build(r, ca, &blob, why)) != NHI_OK ||
	    (err = check_result(nhi_buf_all(&blob), why)) != NHI_OK)
		return err;
	nhi_buf_str(ret, nhi_ssh_type_name(r->subject->type));
	nhi_buf_str(ret, NHI_SSH_CERT_SUFFIX " ");
	nhi_ssh_base64_encode(nhi_buf_all(&blob), ret);
	nhi_buf_char(ret, ' ');
	nhi_buf_str(ret, r->keyid);
	return nhi_buf_check(ret, why);
}
