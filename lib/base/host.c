/* SPDX-License-Identifier: BSD-2-Clause */
/* The published file `host`: written and read in one place, see policy.h. */
#include "config.h"

#include <inttypes.h>
#include <stdlib.h>

#include "lib/base/num.h"
#include "lib/base/policy.h"

#define MAGIC	"nhi-host 1"

void
nhi_host_wipe(struct nhi_host *h)
{
	free(h->id);
	nhi_list_wipe(&h->labels);
	nhi_list_wipe(&h->issue_from);
	*h = (struct nhi_host){ 0 };
}

static void
put_list(struct nhi_buf *b, const char *key, const struct nhi_list *l)
{
	nhi_buf_str(b, key);
	for (size_t i = 0; i < l->n; i++)
		nhi_word_put(b, nhi_span_str(l->p[i]));
	nhi_buf_char(b, '\n');
}

void
nhi_host_format(const struct nhi_host *h, struct nhi_buf *b)
{
	nhi_buf_str(b, MAGIC "\nid");
	nhi_word_put(b, nhi_span_str(h->id == NULL ? "" : h->id));
	nhi_buf_char(b, '\n');
	put_list(b, "labels", &h->labels);
	nhi_buf_printf(b, "issuer %d %" PRIu32 " %" PRIu32 "\n",
	    h->issues ? 1 : 0, h->per_source, h->total);
	put_list(b, "issue_from", &h->issue_from);
	nhi_buf_printf(b, "sshd %d %d %d%s\n", h->permit_tty ? 1 : 0,
	    h->permit_forwarding ? 1 : 0, h->keyboard ? 1 : 0,
	    h->direct ? " 1" : "");
	nhi_buf_printf(b, "retention %" PRId64 "\nend\n", h->retention);
}

/* The line that must come next, without its key. */
static bool
cut_line(struct nhi_span *text, const char *key, struct nhi_span *ret)
{
	struct nhi_span word;

	if (!nhi_span_cut(text, '\n', ret) || text->p == NULL ||
	    !nhi_span_cut(ret, ' ', &word))
		return false;
	return nhi_span_is(word, key);
}

static bool
cut_num(struct nhi_span *line, uint64_t max, uint64_t *ret)
{
	struct nhi_span word;

	return nhi_span_cut(line, ' ', &word) && nhi_num_parse(word, max, ret);
}

static enum nhi_err
read_list(struct nhi_span line, struct nhi_list *l)
{
	enum nhi_err err = NHI_OK;

	while (err == NHI_OK && line.p != NULL) {
		NHI_AUTO(nhi_free) char *word = NULL;

		if ((err = nhi_word_cut(&line, &word)) == NHI_OK)
			err = nhi_list_add(l, nhi_span_str(word));
	}
	return err == NHI_ERR_TOO_LARGE ? NHI_ERR_POLICY_INVALID : err;
}

/* Only there when it is true, as a last word. */
static bool
cut_direct(struct nhi_span rest, uint64_t *ret)
{
	return rest.p == NULL || (cut_num(&rest, 1, ret) && *ret == 1 &&
	    rest.p == NULL);
}

/* `issuer` and `sshd` */
static bool
read_numbers(struct nhi_span issuer, struct nhi_span sshd,
    struct nhi_span retention, struct nhi_host *h)
{
	uint64_t v[8] = { 0 };

	if (!cut_num(&issuer, 1, &v[0]) ||
	    !cut_num(&issuer, UINT32_MAX, &v[1]) ||
	    !cut_num(&issuer, UINT32_MAX, &v[2]) || issuer.p != NULL ||
	    !cut_num(&sshd, 1, &v[3]) || !cut_num(&sshd, 1, &v[4]) ||
	    !cut_num(&sshd, 1, &v[6]) || !cut_direct(sshd, &v[7]) ||
	    !cut_num(&retention, INT64_MAX / 2, &v[5]) ||
	    retention.p != NULL)
		return false;
	h->issues = v[0] == 1;
	h->per_source = (uint32_t)v[1];
	h->total = (uint32_t)v[2];
	h->permit_tty = v[3] == 1;
	h->permit_forwarding = v[4] == 1;
	h->keyboard = v[6] == 1;
	h->direct = v[7] == 1;
	h->retention = (int64_t)v[5];
	return true;
}

static enum nhi_err
parse(struct nhi_span text, struct nhi_host *h)
{
	struct nhi_span line, id, labels, issuer, from, sshd, retention;
	enum nhi_err err;

	if (!nhi_span_cut(&text, '\n', &line) || !nhi_span_is(line, MAGIC) ||
	    !cut_line(&text, "id", &id) ||
	    !cut_line(&text, "labels", &labels) ||
	    !cut_line(&text, "issuer", &issuer) ||
	    !cut_line(&text, "issue_from", &from) ||
	    !cut_line(&text, "sshd", &sshd) ||
	    !cut_line(&text, "retention", &retention) ||
	    !nhi_span_is(text, "end\n") ||
	    !read_numbers(issuer, sshd, retention, h))
		return NHI_ERR_POLICY_INVALID;
	if ((err = nhi_word_cut(&id, &h->id)) != NHI_OK ||
	    (err = read_list(labels, &h->labels)) != NHI_OK ||
	    (err = read_list(from, &h->issue_from)) != NHI_OK)
		return err;
	return id.p == NULL ? NHI_OK : NHI_ERR_POLICY_INVALID;
}

enum nhi_err
nhi_host_parse(struct nhi_span text, struct nhi_host *ret,
    struct nhi_why *why)
{
	NHI_AUTO(nhi_host_wipe) struct nhi_host h = { 0 };
	enum nhi_err err;

	if ((err = parse(text, &h)) != NHI_OK)
		return nhi_fail(why, err, "published host: %s",
		    nhi_err_text(err));
	*ret = h;
	h = (struct nhi_host){ 0 };
	return NHI_OK;
}
