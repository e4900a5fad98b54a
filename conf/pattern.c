/* SPDX-License-Identifier: BSD-2-Clause */
#include "config.h"

#include <string.h>

#include "conf/pattern.h"

struct pattern {
	char text[NHI_NAME_MAX + 1];
	size_t n;
};

static bool
put(struct pattern *p, char c)
{
	if (p->n >= NHI_NAME_MAX)
		return false;
	p->text[p->n++] = c;
	p->text[p->n] = '\0';
	return true;
}

static bool
is_literal(char c)
{
	return (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') || c == '-';
}

/* A claim or a path of claims without empty members. */
static bool
is_claim(struct nhi_span s)
{
	struct nhi_span part;

	if (s.n == 0 || memchr(s.p, '{', s.n) != NULL)
		return false;
	while (nhi_span_cut(&s, '/', &part))
		if (part.n == 0)
			return false;
	return true;
}

/* Turn the text into the pattern, each claim into one '*'. */
static const char *
convert(const char *s, struct pattern *p, size_t *claims)
{
	for (; *s != '\0'; s++) {
		bool claim = *s == '{';
		const char *end = s;

		if (claim && ((end = strchr(s, '}')) == NULL || !is_claim(
		    (struct nhi_span){ s + 1, (size_t)(end - s - 1) })))
			return "has a claim that is not written {claim}";
		if (!claim && !is_literal(*s))
			return "has characters other than a-z, 0-9, '-' "
			    "and {claim}";
		if (claim && p->n > 0 && p->text[p->n - 1] == '*')
			return "has two claims without '-' between them";
		if (!put(p, claim ? '*' : *s))
			return "is too long";
		if (claim) {
			s = end;
			(*claims)++;
		}
	}
	return NULL;
}

static const char *
check_template(const struct nhi_pattern *t)
{
	size_t n = strlen(t->key);

	if (n < 3 || t->key[n - 1] != '-')
		return "must begin with at least three characters that end "
		    "in '-'";
	if (n > NHI_PATTERN_PREFIX)
		return "has more than 14 characters before the first claim";
	if (t->nclaims > NHI_PATTERN_CLAIMS)
		return "has more than 8 claims";
	if (!nhi_name_valid(t->key))
		return "does not begin like a name";
	if (nhi_name_reserved(t->key))
		return "begins with a reserved prefix";
	return NULL;
}

const char *
nhi_pattern_parse(const char *account, struct nhi_pattern *ret)
{
	struct nhi_pattern t = { .is_template = false };
	struct pattern p = { .n = 0 };
	const char *wrong;
	size_t literal;

	if (strlen(account) > NHI_PATTERN_MAX)
		return "is too long";
	if ((wrong = convert(account, &p, &t.nclaims)) != NULL)
		return wrong;
	literal = strcspn(p.text, "*");
	memcpy(t.key, p.text, literal);
	memcpy(t.pattern, p.text, sizeof(t.pattern));
	t.is_template = t.nclaims > 0;
	if (t.is_template && (wrong = check_template(&t)) != NULL)
		return wrong;
	if (!t.is_template && !nhi_name_valid(t.key))
		return "must begin with a-z and have at most 31 characters";
	if (!t.is_template && nhi_name_reserved(t.key))
		return "is a reserved name";
	if (!t.is_template && t.key[strlen(t.key) - 1] == '-')
		return "must not end in '-'";
	*ret = t;
	return NULL;
}

void
nhi_pattern_sample(const struct nhi_pattern *p,
    char ret[static NHI_NAME_MAX + 1])
{
	memcpy(ret, p->pattern, sizeof(p->pattern));
	for (char *c = ret; *c != '\0'; c++)
		if (*c == '*')
			*c = '0';
}
