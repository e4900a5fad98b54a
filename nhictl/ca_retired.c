/* SPDX-License-Identifier: BSD-2-Clause */
#include "config.h"

#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>

#include "lib/base/file.h"
#include "lib/base/num.h"
#include "lib/base/paths.h"
#include "lib/base/rules.h"
#include "lib/ssh/trusted.h"
#include "nhictl/ca_retired.h"

/* The other host's clock may be behind. */
#define LATE	(24 * 60 * 60)

static enum nhi_err
read_text(struct nhi_buf *ret, struct nhi_why *why)
{
	enum nhi_err err;

	err = nhi_file_read(AT_FDCWD, NHI_CA_RETIRED, NHI_FILE_ROOT, ret, why);
	return err != NHI_OK && errno == ENOENT ? NHI_OK : err;
}

/* Until when, and the key's own line. */
static enum nhi_err
cut(struct nhi_span *text, struct nhi_span *ret_line, int64_t *ret_until,
    struct nhi_span *ret_key, struct nhi_why *why)
{
	struct nhi_span word;
	uint64_t v;

	(void)nhi_span_cut(text, '\n', ret_line);
	*ret_key = *ret_line;
	if (!nhi_span_cut(ret_key, ' ', &word) ||
	    !nhi_num_parse(word, INT64_MAX, &v) || ret_key->n == 0)
		return nhi_fail(why, NHI_ERR_CA_KEY, "%s: not a retired key",
		    NHI_CA_RETIRED);
	*ret_until = (int64_t)v;
	return NHI_OK;
}

static bool
is_key(struct nhi_span line, const struct nhi_ssh_key *key)
{
	NHI_AUTO(nhi_ssh_key_freep) struct nhi_ssh_key *k = NULL;

	return nhi_ssh_key_parse_line(line, &k, NULL) == NHI_OK &&
	    nhi_ssh_key_equal(k, key);
}

enum nhi_err
nhi_ca_retired_add(const struct nhi_ssh_key *key, int64_t now,
    struct nhi_why *why)
{
	NHI_AUTO(nhi_buf_wipe) struct nhi_buf old =
	    NHI_BUF(NHI_SSH_TRUSTED_TEXT);
	NHI_AUTO(nhi_buf_wipe) struct nhi_buf new =
	    NHI_BUF(NHI_SSH_TRUSTED_TEXT);
	struct nhi_span rest, line, one;
	int64_t until;
	enum nhi_err err;

	if ((err = read_text(&old, why)) != NHI_OK)
		return err;
	nhi_buf_printf(&new, "%" PRId64 " ", now + NHI_CERT_TTL_MAX + LATE);
	nhi_ssh_key_format(key, &new);
	nhi_buf_char(&new, '\n');
	rest = nhi_buf_all(&old);
	while (rest.n > 0) {
		/* What cannot be read stays: a key must go all the same. */
		if (cut(&rest, &line, &until, &one, NULL) == NHI_OK &&
		    (until < now || is_key(one, key)))
			continue;
		nhi_buf_span(&new, line);
		nhi_buf_char(&new, '\n');
	}
	if ((err = nhi_buf_check(&new, why)) != NHI_OK)
		return err;
	return nhi_file_replace(AT_FDCWD, NHI_CA_RETIRED, 0644,
	    nhi_buf_all(&new), why);
}

enum nhi_err
nhi_ca_retired_load(int64_t now, struct nhi_ssh_trusted **ret,
    struct nhi_why *why)
{
	NHI_AUTO(nhi_buf_wipe) struct nhi_buf text =
	    NHI_BUF(NHI_SSH_TRUSTED_TEXT);
	NHI_AUTO(nhi_buf_wipe) struct nhi_buf keys =
	    NHI_BUF(NHI_SSH_TRUSTED_TEXT);
	struct nhi_span rest, line, one;
	int64_t until;
	enum nhi_err err;

	if ((err = read_text(&text, why)) != NHI_OK)
		return err;
	rest = nhi_buf_all(&text);
	while (rest.n > 0) {
		err = cut(&rest, &line, &until, &one, why);
		if (line.n == 0 || line.p[0] == '#')
			continue;
		if (err != NHI_OK)
			return err;
		if (until < now)
			continue;
		nhi_buf_span(&keys, one);
		nhi_buf_char(&keys, '\n');
	}
	if ((err = nhi_buf_check(&keys, why)) != NHI_OK)
		return err;
	return nhi_ssh_trusted_parse(nhi_buf_all(&keys), ret, why);
}
