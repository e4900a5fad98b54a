/* SPDX-License-Identifier: BSD-2-Clause */
/* Strict base64url: what is taken has this one text, and OpenSSL reads it alike. */
#include "config.h"

#include <string.h>

#include <openssl/evp.h>

#include "lib/token/base64url.h"
#include "tests/fuzz/fuzz.h"

/* The same by another decoder, which wants the other alphabet and padding. */
static void
compare(struct nhi_span text, const struct nhi_buf *octets)
{
	uint8_t *out = malloc(text.n + 4);
	char *in = calloc(1, text.n + 4);
	size_t pad = (4 - text.n % 4) % 4;
	int n;

	MUST(out != NULL && in != NULL);
	for (size_t i = 0; i < text.n; i++)
		in[i] = text.p[i] == '-' ? '+' :
		    text.p[i] == '_' ? '/' : text.p[i];
	memset(in + text.n, '=', pad);
	n = EVP_DecodeBlock(out, (const uint8_t *)in, (int)(text.n + pad));
	MUST(n >= 0 && (size_t)n - pad == octets->n);
	MUST(octets->n == 0 || memcmp(out, octets->p, octets->n) == 0);
	free(out);
	free(in);
}

FUZZ_TARGET(base64url)(const uint8_t *data, size_t size)
{
	NHI_AUTO(nhi_buf_wipe) struct nhi_buf octets = NHI_BUF(1 << 16);
	NHI_AUTO(nhi_buf_wipe) struct nhi_buf again = NHI_BUF(1 << 17);
	struct nhi_span text = fuzz_span(data, size);
	struct nhi_why why;

	if (nhi_base64url_decode(text, &octets, &why) != NHI_OK)
		return 0;
	fuzz_taken = true;
	nhi_base64url_put(&again, nhi_buf_all(&octets));
	MUST(nhi_span_equal(text, nhi_buf_all(&again)));
	compare(text, &octets);
	return 0;
}
