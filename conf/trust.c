/* SPDX-License-Identifier: BSD-2-Clause */
#include "config.h"

#include <errno.h>
#include <fcntl.h>
#include <stdint.h>
#include <string.h>

#include "conf/trust.h"
#include "lib/base/file.h"

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

/* "<type> <base64> <host>": is it this key? */
static bool
is_key(const char *trusted, struct nhi_span type, struct nhi_span base64)
{
	struct nhi_span rest = nhi_span_str(trusted), word;

	return nhi_span_cut(&rest, ' ', &word) &&
	    nhi_span_equal(word, type) && nhi_span_cut(&rest, ' ', &word) &&
	    nhi_span_equal(word, base64);
}

/* A key has one host: who reads the file refuses all of it otherwise. */
static enum nhi_err
check_others(const struct nhi_list *trust, struct nhi_span type,
    struct nhi_span base64, struct nhi_why *why)
{
	for (size_t i = 0; i < trust->n; i++)
		if (is_key(trust->p[i], type, base64))
			return nhi_fail(why, NHI_ERR_HOST,
			    "trust names this host's own CA key as that of "
			    "another host");
	return NHI_OK;
}

static enum nhi_err
put_own(struct nhi_span text, const char *host, const struct nhi_list *trust,
    struct nhi_buf *b, struct nhi_why *why)
{
	struct nhi_span line, type, base64;
	enum nhi_err err;

	while (nhi_span_cut(&text, '\n', &line)) {
		if (line.n == 0 || line.p[0] == '#')
			continue;
		if (!nhi_span_cut(&line, ' ', &type) ||
		    !nhi_span_cut(&line, ' ', &base64) ||
		    !key_valid(type, base64))
			return nhi_fail(why, NHI_ERR_CA_KEY,
			    "a line of ca.pub is not a public key");
		if ((err = check_others(trust, type, base64, why)) != NHI_OK)
			return err;
		nhi_buf_span(b, type);
		nhi_buf_char(b, ' ');
		nhi_buf_span(b, base64);
		nhi_buf_printf(b, " %s\n", host);
	}
	return NHI_OK;
}

enum nhi_err
nhi_trust_format(struct nhi_span ca_pub, const char *host,
    const struct nhi_list *trust, struct nhi_buf *b, struct nhi_why *why)
{
	enum nhi_err err;

	nhi_buf_str(b, "# Made by nhictl apply.\n");
	if ((err = put_own(ca_pub, host, trust, b, why)) != NHI_OK)
		return err;
	for (size_t i = 0; i < trust->n; i++)
		nhi_buf_printf(b, "%s\n", trust->p[i]);
	return nhi_buf_check(b, why);
}

/* A file that is not there is empty. */
static enum nhi_err
read_or_empty(const char *path, struct nhi_buf *b, bool *ret_there,
    struct nhi_why *why)
{
	enum nhi_err err = nhi_file_read(AT_FDCWD, path, NHI_FILE_OWN, b, why);

	if (err != NHI_OK && errno != ENOENT)
		return err;
	*ret_there = err == NHI_OK;
	return NHI_OK;
}

enum nhi_err
nhi_trust_write(const struct nhi_trust_paths *paths,
    const struct nhi_trust *t, struct nhi_buf *old, bool *ret_own,
    struct nhi_why *why)
{
	NHI_AUTO(nhi_buf_wipe) struct nhi_buf own = NHI_BUF(NHI_TRUST_FILE);
	NHI_AUTO(nhi_buf_wipe) struct nhi_buf new = NHI_BUF(NHI_TRUST_FILE);
	bool there = false, has_own = false;
	enum nhi_err err;

	if ((t->own && (err = read_or_empty(paths->ca_pub, &own, &has_own,
	    why)) != NHI_OK) ||
	    (err = nhi_trust_format(nhi_buf_all(&own), t->host, t->trust, &new,
	    why)) != NHI_OK ||
	    (err = read_or_empty(paths->trusted, old, &there, why)) != NHI_OK)
		return err;
	if ((!there ||
	    !nhi_span_equal(nhi_buf_all(old), nhi_buf_all(&new))) &&
	    (err = nhi_file_replace(AT_FDCWD, paths->trusted, 0644,
	    nhi_buf_all(&new), why)) != NHI_OK)
		return err;
	*ret_own = has_own;
	return NHI_OK;
}

enum nhi_err
nhi_trust_restore(const struct nhi_trust_paths *paths,
    const struct nhi_buf *old, struct nhi_why *why)
{
	return nhi_file_replace(AT_FDCWD, paths->trusted, 0644,
	    nhi_buf_all(old), why);
}
