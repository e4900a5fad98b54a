/* SPDX-License-Identifier: BSD-2-Clause */
#include "config.h"

#include <string.h>

#include "lib/base/name.h"
#include "lib/base/num.h"
#include "lib/ssh/keyid.h"

#define PREFIX		"nhi1"
#define LABEL_MAX	63	/* bytes between dots */

static bool
label_valid(struct nhi_span s)
{
	static const char chars[] = "abcdefghijklmnopqrstuvwxyz"
	    "ABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789-_";

	if (s.n == 0 || s.n > LABEL_MAX || s.p[0] == '-')
		return false;
	for (size_t i = 0; i < s.n; i++)
		if (s.p[i] == '\0' || strchr(chars, s.p[i]) == NULL)
			return false;
	return true;
}

bool
nhi_ssh_host_valid(struct nhi_span s)
{
	struct nhi_span label;

	if (s.n == 0 || s.n > NHI_SSH_HOST_MAX)
		return false;
	while (nhi_span_cut(&s, '.', &label))
		if (!label_valid(label))
			return false;
	return true;
}

static bool
mark_valid(const char *s)
{
	uint8_t mark[NHI_SSH_MARK_HEX / 2];

	return nhi_num_unhex(nhi_span_str(s), mark, sizeof(mark));
}

static bool
keyid_valid(const struct nhi_ssh_keyid *id)
{
	return nhi_ssh_host_valid(nhi_span_str(id->host)) &&
	    nhi_name_label(id->identity) && mark_valid(id->mark);
}

enum nhi_err
nhi_ssh_keyid_format(const struct nhi_ssh_keyid *id, struct nhi_buf *out,
    struct nhi_why *why)
{
	if (!keyid_valid(id))
		return nhi_fail(why, NHI_ERR_CERT_KEYID,
		    "host, identity or mark is not fit for a key id");
	nhi_buf_printf(out, PREFIX ":%s:%s:%s", id->host, id->identity,
	    id->mark);
	return nhi_buf_check(out, why);
}

static bool
cut_part(struct nhi_span *in, char *ret, size_t max)
{
	struct nhi_span part;

	if (!nhi_span_cut(in, ':', &part) || part.n > max ||
	    (part.n > 0 && memchr(part.p, '\0', part.n) != NULL))
		return false;
	if (part.n > 0)
		memcpy(ret, part.p, part.n);
	ret[part.n] = '\0';
	return true;
}

enum nhi_err
nhi_ssh_keyid_parse(struct nhi_span in, struct nhi_ssh_keyid *ret,
    struct nhi_why *why)
{
	struct nhi_ssh_keyid id;
	struct nhi_span prefix;

	if (!nhi_span_cut(&in, ':', &prefix) ||
	    !nhi_span_is(prefix, PREFIX) ||
	    !cut_part(&in, id.host, NHI_SSH_HOST_MAX) ||
	    !cut_part(&in, id.identity, NHI_SSH_IDENTITY_MAX) ||
	    !cut_part(&in, id.mark, NHI_SSH_MARK_HEX) ||
	    in.p != NULL || !keyid_valid(&id))
		return nhi_fail(why, NHI_ERR_CERT_KEYID, "not " PREFIX
		    ":<host>:<identity>:<mark>");
	*ret = id;
	return NHI_OK;
}
