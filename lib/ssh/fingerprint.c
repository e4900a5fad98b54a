/* SPDX-License-Identifier: BSD-2-Clause */
#include "config.h"

#include <string.h>

#include "lib/ssh/base64.h"
#include "lib/ssh/fingerprint.h"

#define PREFIX		"SHA256:"
#define PREFIX_LEN	(sizeof(PREFIX) - 1)
#define DIGITS		(NHI_SSH_FINGERPRINT - PREFIX_LEN - 1)
#define ROOM		64

_Static_assert(DIGITS == (NHI_SSH_HASH * 8 + 5) / 6, "unpadded base64");

enum nhi_err
nhi_ssh_fingerprint_format(const uint8_t hash[static NHI_SSH_HASH],
    char ret[static NHI_SSH_FINGERPRINT], struct nhi_why *why)
{
	NHI_AUTO(nhi_buf_wipe) struct nhi_buf text = NHI_BUF(ROOM);
	struct nhi_span in = { (const char *)hash, NHI_SSH_HASH };
	enum nhi_err err;

	nhi_buf_str(&text, PREFIX);
	nhi_ssh_base64_encode(in, &text);
	if ((err = nhi_buf_check(&text, why)) != NHI_OK)
		return err;
	memcpy(ret, text.p, NHI_SSH_FINGERPRINT - 1);	/* without the '=' */
	ret[NHI_SSH_FINGERPRINT - 1] = '\0';
	return NHI_OK;
}

bool
nhi_ssh_fingerprint_parse(struct nhi_span in,
    uint8_t ret[static NHI_SSH_HASH])
{
	NHI_AUTO(nhi_buf_wipe) struct nhi_buf text = NHI_BUF(ROOM);
	NHI_AUTO(nhi_buf_wipe) struct nhi_buf hash = NHI_BUF(ROOM);

	if (in.n != NHI_SSH_FINGERPRINT - 1 ||
	    memcmp(in.p, PREFIX, PREFIX_LEN) != 0)
		return false;
	nhi_buf_put(&text, in.p + PREFIX_LEN, DIGITS);
	nhi_buf_char(&text, '=');
	if (text.err != NHI_OK ||
	    !nhi_ssh_base64_decode(nhi_buf_all(&text), &hash) ||
	    hash.n != NHI_SSH_HASH)
		return false;
	memcpy(ret, hash.p, NHI_SSH_HASH);
	return true;
}
