/* SPDX-License-Identifier: BSD-2-Clause */
#include "config.h"

#include "lib/ssh/fingerprint.h"
#include "lib/ssh/krl.h"
#include "lib/ssh/wire.h"

#define MAGIC			"SSHKRL\n"	/* and its NUL */
#define FORMAT			1
#define SECTION_CERTIFICATES	1
#define SECTION_KEYS		2
#define SECTION_SHA256		5
#define CERT_SERIALS		0x20
#define CERT_KEYIDS		0x23

static void
put_section(struct nhi_buf *out, uint8_t type, const struct nhi_buf *in)
{
	if (in->err != NHI_OK && out->err == NHI_OK)
		out->err = in->err;
	nhi_buf_u8(out, type);
	nhi_wire_put(out, nhi_buf_all(in));
}

static enum nhi_err
put_serials(const struct nhi_ssh_krl_ca *ca, struct nhi_buf *out,
    struct nhi_why *why)
{
	NHI_AUTO(nhi_buf_wipe) struct nhi_buf in = NHI_BUF(NHI_SSH_KRL_MAX);

	for (size_t i = 0; i < ca->nserials; i++) {
		if (ca->serials[i] == 0)
			return nhi_fail(why, NHI_ERR_STATE,
			    "serial 0 would spoil the list");
		nhi_buf_u64(&in, ca->serials[i]);
	}
	put_section(out, CERT_SERIALS, &in);
	return NHI_OK;
}

static enum nhi_err
put_keyids(const struct nhi_list *ids, struct nhi_buf *out,
    struct nhi_why *why)
{
	NHI_AUTO(nhi_buf_wipe) struct nhi_buf in = NHI_BUF(NHI_SSH_KRL_MAX);

	for (size_t i = 0; i < ids->n; i++) {
		struct nhi_span id = nhi_span_str(ids->p[i]);

		if (id.n == 0 || !nhi_wire_printable(id))
			return nhi_fail(why, NHI_ERR_STATE,
			    "a key id is empty or not printable");
		nhi_wire_put(&in, id);
	}
	put_section(out, CERT_KEYIDS, &in);
	return NHI_OK;
}

/* Sections and subsections with nothing in them are left out. */
static enum nhi_err
put_ca(const struct nhi_ssh_krl_ca *ca, struct nhi_buf *out,
    struct nhi_why *why)
{
	NHI_AUTO(nhi_buf_wipe) struct nhi_buf in = NHI_BUF(NHI_SSH_KRL_MAX);
	bool keyids = ca->keyids != NULL && ca->keyids->n > 0;
	enum nhi_err err;

	if (ca->nserials == 0 && !keyids)
		return NHI_OK;
	if (ca->ca == NULL)
		nhi_wire_put_str(&in, "");
	else
		nhi_wire_put(&in, nhi_buf_all(&ca->ca->blob));
	nhi_wire_put_str(&in, "");	/* reserved */
	if (ca->nserials > 0 && (err = put_serials(ca, &in, why)) != NHI_OK)
		return err;
	if (keyids && (err = put_keyids(ca->keyids, &in, why)) != NHI_OK)
		return err;
	put_section(out, SECTION_CERTIFICATES, &in);
	return NHI_OK;
}

static void
put_keys(const struct nhi_ssh_krl *krl, struct nhi_buf *out)
{
	NHI_AUTO(nhi_buf_wipe) struct nhi_buf in = NHI_BUF(NHI_SSH_KRL_MAX);

	if (krl->nkeys == 0)
		return;
	for (size_t i = 0; i < krl->nkeys; i++)
		nhi_wire_put(&in, nhi_buf_all(&krl->keys[i]->blob));
	put_section(out, SECTION_KEYS, &in);
}

static enum nhi_err
put_hashes(struct nhi_span hashes, struct nhi_buf *out, struct nhi_why *why)
{
	NHI_AUTO(nhi_buf_wipe) struct nhi_buf in = NHI_BUF(NHI_SSH_KRL_MAX);
	struct nhi_span one;

	if (hashes.n % NHI_SSH_HASH != 0)
		return nhi_fail(why, NHI_ERR_STATE,
		    "a hash of a key has not %d bytes", NHI_SSH_HASH);
	if (hashes.n == 0)
		return NHI_OK;
	while (nhi_span_take(&hashes, NHI_SSH_HASH, &one))
		nhi_wire_put(&in, one);
	put_section(out, SECTION_SHA256, &in);
	return NHI_OK;
}

enum nhi_err
nhi_ssh_krl_format(const struct nhi_ssh_krl *krl, struct nhi_buf *ret,
    struct nhi_why *why)
{
	const char *comment = krl->comment == NULL ? "" : krl->comment;
	enum nhi_err err;

	if (!nhi_wire_printable(nhi_span_str(comment)) || krl->generated < 0)
		return nhi_fail(why, NHI_ERR_STATE,
		    "the list's comment is not printable, or its time not set");
	nhi_buf_put(ret, MAGIC, sizeof(MAGIC));
	nhi_buf_u32(ret, FORMAT);
	nhi_buf_u64(ret, krl->version);
	nhi_buf_u64(ret, (uint64_t)krl->generated);
	nhi_buf_u64(ret, 0);		/* flags */
	nhi_wire_put_str(ret, "");	/* reserved */
	nhi_wire_put_str(ret, comment);
	for (size_t i = 0; i < krl->ncas; i++)
		if ((err = put_ca(&krl->cas[i], ret, why)) != NHI_OK)
			return err;
	put_keys(krl, ret);
	if ((err = put_hashes(krl->hashes, ret, why)) != NHI_OK)
		return err;
	return nhi_buf_check(ret, why);
}
