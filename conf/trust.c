/* SPDX-License-Identifier: BSD-2-Clause */
#include "config.h"

#include <stdint.h>
#include <string.h>

#include "conf/trust.h"

#define BLOB_MAX	2048

static int
digit(char c)
{
	static const char alphabet[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZ"
	    "abcdefghijklmnopqrstuvwxyz0123456789+/";
	const char *p = c == '\0' ? NULL : strchr(alphabet, c);

	return p == NULL ? -1 : (int)(p - alphabet);
}

/* Base64 with its padding (RFC 4648 4); 0 when it is not right. */
static size_t
decode(struct nhi_span s, uint8_t out[static BLOB_MAX])
{
	uint32_t bits = 0;
	size_t n = 0, pad = 0;

	if (s.n == 0 || s.n % 4 != 0 || s.n / 4 * 3 > BLOB_MAX)
		return 0;
	while (pad < 2 && s.p[s.n - 1 - pad] == '=')
		pad++;
	for (size_t i = 0; i < s.n; i++) {
		int v = i >= s.n - pad ? 0 : digit(s.p[i]);

		if (v < 0)
			return 0;
		bits = bits << 6 | (uint32_t)v;
		if (i % 4 != 3)
			continue;
		out[n++] = (uint8_t)(bits >> 16);
		out[n++] = (uint8_t)(bits >> 8);
		out[n++] = (uint8_t)bits;
	}
	return n - pad;
}

static bool
key_valid(struct nhi_span type, struct nhi_span base64)
{
	static const struct {
		const char *name;
		size_t least;		/* bytes of the whole blob */
	} types[] = {
		{ "ssh-ed25519", 51 },
		{ "ssh-rsa", 4 + 7 + 4 + 1 + 4 + 256 },
		{ "ecdsa-sha2-nistp256", 104 },
		{ "ecdsa-sha2-nistp384", 136 },
		{ "ecdsa-sha2-nistp521", 172 },
		/* End of the types */
	};
	uint8_t blob[BLOB_MAX];
	struct nhi_span rest = { (const char *)blob, decode(base64, blob) };
	struct nhi_span name;
	size_t size = rest.n;
	uint32_t n;

	if (!nhi_span_u32(&rest, &n) || !nhi_span_take(&rest, n, &name) ||
	    !nhi_span_equal(name, type))
		return false;
	for (size_t i = 0; i < sizeof(types) / sizeof(types[0]); i++)
		if (nhi_span_is(type, types[i].name))
			return size >= types[i].least;
	return false;
}

bool
nhi_trust_key_valid(const char *s)
{
	struct nhi_span rest = nhi_span_str(s), type;

	return nhi_span_cut(&rest, ' ', &type) && rest.p != NULL &&
	    key_valid(type, rest);
}

enum nhi_err
nhi_trust_put_own(struct nhi_span text, const char *host, struct nhi_buf *b,
    struct nhi_why *why)
{
	struct nhi_span line, type, base64;

	while (nhi_span_cut(&text, '\n', &line)) {
		if (line.n == 0 || line.p[0] == '#')
			continue;
		if (!nhi_span_cut(&line, ' ', &type) ||
		    !nhi_span_cut(&line, ' ', &base64) ||
		    !key_valid(type, base64))
			return nhi_fail(why, NHI_ERR_CA_KEY,
			    "a line of ca.pub is not a public key");
		nhi_buf_span(b, type);
		nhi_buf_char(b, ' ');
		nhi_buf_span(b, base64);
		nhi_buf_printf(b, " %s\n", host);
	}
	return nhi_buf_check(b, why);
}
