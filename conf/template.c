/* SPDX-License-Identifier: BSD-2-Clause */
#include "config.h"

#include <string.h>

#include "conf/template.h"
#include "lib/token/quote.h"
#include "lib/token/signature.h"

#define CUT		(NHI_NAME_MAX - NHI_NAME_TAIL)
#define TAIL_OCTETS	10	/* 80 bits, 16 characters of base32 */
#define EXPANSION_MAX	(1U << 20)

_Static_assert(NHI_NAME_TAIL == 1 + TAIL_OCTETS * 8 / 5, "the tail");

struct expansion {
	struct nhi_buf plain;		/* as a reader would write it */
	struct nhi_buf exact;		/* each part after its length */
	size_t claims;
	bool dash;			/* a value has a '-' */
	bool touching;			/* no '-' between two placeholders */
};

#define EXPANSION	{						\
	.plain = NHI_BUF(EXPANSION_MAX), .exact = NHI_BUF(EXPANSION_MAX), \
}

static void
wipe(struct expansion *x)
{
	nhi_buf_wipe(&x->plain);
	nhi_buf_wipe(&x->exact);
}

bool
nhi_template_is(const char *account)
{
	return strchr(account, '{') != NULL;
}

static bool
has(struct nhi_span s, char c)
{
	return s.n > 0 && memchr(s.p, c, s.n) != NULL;
}

static void
put(struct expansion *x, struct nhi_span part)
{
	nhi_buf_span(&x->plain, part);
	nhi_buf_u32(&x->exact, (uint32_t)part.n);
	nhi_buf_span(&x->exact, part);
}

/* A member by a name that is not followed by NUL. */
static enum nhi_err
member(struct nhi_value v, struct nhi_span name, struct nhi_value *ret,
    struct nhi_why *why)
{
	NHI_AUTO(nhi_buf_wipe) struct nhi_buf text = NHI_BUF(EXPANSION_MAX);
	enum nhi_err err;

	nhi_buf_span(&text, name);
	if ((err = nhi_buf_check(&text, why)) != NHI_OK)
		return err;
	*ret = nhi_json_member(v, nhi_buf_text(&text));
	return NHI_OK;
}

static enum nhi_err
find(struct nhi_value claims, struct nhi_span name, struct nhi_value *ret,
    struct nhi_why *why)
{
	struct nhi_value v;
	struct nhi_span part;
	enum nhi_err err;

	if ((err = member(claims, name, &v, why)) != NHI_OK)
		return err;
	if (v.type == NHI_JSON_NONE && has(name, '/')) {
		v = claims;
		while (nhi_span_cut(&name, '/', &part))
			if ((err = member(v, part, &v, why)) != NHI_OK)
				return err;
	}
	*ret = v;
	return NHI_OK;
}

static enum nhi_err
put_claim(struct expansion *x, struct nhi_value claims, struct nhi_span name,
    struct nhi_why *why)
{
	NHI_AUTO(nhi_buf_wipe) struct nhi_buf text = NHI_BUF(EXPANSION_MAX);
	struct nhi_value v;
	enum nhi_err err;

	if ((err = find(claims, name, &v, why)) != NHI_OK)
		return err;
	if (v.type == NHI_JSON_NONE)
		return nhi_fail(why, NHI_ERR_CLAIM_MISSING,
		    "the account's claim %s is missing", NHI_QUOTE(name));
	if (v.type != NHI_JSON_STRING && v.type != NHI_JSON_INTEGER)
		return nhi_fail(why, NHI_ERR_CLAIM_TYPE,
		    "the account's claim %s is %s", NHI_QUOTE(name),
		    nhi_json_type_name(v.type));
	(void)nhi_json_text(v, &text);
	if ((err = nhi_buf_check(&text, why)) != NHI_OK)
		return err;
	if (text.n == 0)
		return nhi_fail(why, NHI_ERR_CLAIM_MISSING,
		    "the account's claim %s is empty", NHI_QUOTE(name));
	x->claims++;
	x->dash = x->dash || has(nhi_buf_all(&text), '-');
	put(x, nhi_buf_all(&text));
	return NHI_OK;
}

static enum nhi_err
expand(struct expansion *x, struct nhi_span rest, struct nhi_value claims,
    struct nhi_why *why)
{
	struct nhi_span literal, name;
	enum nhi_err err;

	while (nhi_span_cut(&rest, '{', &literal)) {
		put(x, literal);
		if (rest.p == NULL)
			break;
		if (x->claims > 0 && !has(literal, '-'))
			x->touching = true;
		if (!nhi_span_cut(&rest, '}', &name) || rest.p == NULL ||
		    name.n == 0)
			return nhi_fail(why, NHI_ERR_POLICY_INVALID,
			    "the account has an open or empty placeholder");
		if ((err = put_claim(x, claims, name, why)) != NHI_OK)
			return err;
	}
	if ((err = nhi_buf_check(&x->plain, why)) != NHI_OK)
		return err;
	return nhi_buf_check(&x->exact, why);
}

static bool
is_clear(const struct expansion *x)
{
	const char *plain = nhi_buf_text(&x->plain);

	if (!nhi_name_valid(plain))
		return false;
	return x->claims == 0 || (!nhi_name_tailed(plain) &&
	    (x->claims == 1 || (!x->dash && !x->touching)));
}

static char
clean(char c)
{
	if (c >= 'A' && c <= 'Z')
		return (char)(c - 'A' + 'a');
	return (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') ? c : '-';
}

static enum nhi_err
put_tail(const struct expansion *x, char name[static NHI_NAME_MAX + 1],
    struct nhi_why *why)
{
	static const char digits[] = "abcdefghijklmnopqrstuvwxyz234567";
	uint8_t hash[NHI_SHA256_SIZE];
	uint32_t bits = 0;
	unsigned int held = 0;
	size_t n = CUT;
	enum nhi_err err;

	if ((err = nhi_signature_sha256(nhi_buf_all(&x->exact), hash,
	    why)) != NHI_OK)
		return err;
	name[n++] = '-';
	for (size_t i = 0; i < TAIL_OCTETS; i++) {
		bits = bits << 8 | hash[i];
		for (held += 8; held >= 5; held -= 5)
			name[n++] = digits[bits >> (held - 5) & 31];
	}
	name[n] = '\0';
	return NHI_OK;
}

enum nhi_err
nhi_template_expand(const char *account, struct nhi_value claims,
    char ret[static NHI_NAME_MAX + 1], struct nhi_why *why)
{
	NHI_AUTO(wipe) struct expansion x = EXPANSION;
	char name[NHI_NAME_MAX + 1];
	enum nhi_err err;

	if ((err = expand(&x, nhi_span_str(account), claims, why)) != NHI_OK)
		return err;
	if (is_clear(&x)) {
		memcpy(ret, nhi_buf_text(&x.plain), x.plain.n + 1);
		return NHI_OK;
	}
	for (size_t i = 0; i < CUT; i++)
		name[i] = i < x.plain.n ? clean(x.plain.p[i]) : 'x';
	if ((err = put_tail(&x, name, why)) != NHI_OK)
		return err;
	if (x.claims == 0 || !nhi_name_valid(name))
		return nhi_fail(why, NHI_ERR_POLICY_INVALID,
		    "the account %s makes no name", NHI_QUOTE(
		    nhi_span_str(account)));
	memcpy(ret, name, sizeof(name));
	return NHI_OK;
}
