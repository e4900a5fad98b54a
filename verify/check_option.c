/* SPDX-License-Identifier: BSD-2-Clause */
/* The options of `nhictl token check`. */
#include "config.h"

#include <string.h>
#include <time.h>

#include "lib/base/num.h"
#include "lib/token/verify.h"
#include "verify/check.h"

#define DEFAULT_SKEW		60
#define DEFAULT_LIFETIME	(24 * 60 * 60)
#define DURATION_MAX		(INT64_C(100) * 366 * 24 * 60 * 60)

static enum nhi_err
set_text(char **ret, const char *name, const char *value,
    struct nhi_why *why)
{
	if (value[0] == '\0')
		return nhi_fail(why, NHI_ERR_INPUT, "%s is empty", name);
	*ret = strdup(value);
	return *ret == NULL ? nhi_fail(why, NHI_ERR_NO_MEMORY, "options") :
	    NHI_OK;
}

/* Seconds, or a number with a unit. */
static enum nhi_err
set_duration(int64_t *ret, const char *value, struct nhi_why *why)
{
	uint64_t v;

	if (nhi_num_duration(nhi_span_str(value), DURATION_MAX, ret))
		return NHI_OK;
	if (!nhi_num_parse(nhi_span_str(value), DURATION_MAX, &v))
		return nhi_fail(why, NHI_ERR_INPUT,
		    "%.40s: not a duration such as 60s, 15m or 24h", value);
	*ret = (int64_t)v;
	return NHI_OK;
}

/* 0 would be no limit, which nobody asks for in this way. */
static enum nhi_err
set_limit(int64_t *ret, const char *value, struct nhi_why *why)
{
	int64_t v;
	enum nhi_err err;

	if ((err = set_duration(&v, value, why)) != NHI_OK)
		return err;
	if (v == 0)
		return nhi_fail(why, NHI_ERR_INPUT, "%.40s: a limit of nothing",
		    value);
	*ret = v;
	return NHI_OK;
}

static enum nhi_err
set_algs(uint32_t *ret, const char *value, struct nhi_why *why)
{
	struct nhi_span rest = nhi_span_str(value), word;
	uint32_t algs = 0, bit;

	while (nhi_span_cut(&rest, ',', &word)) {
		if ((bit = nhi_alg_find(word)) == 0)
			return nhi_fail(why, NHI_ERR_INPUT,
			    "\"%.*s\": unknown algorithm",
			    (int)(word.n < 40 ? word.n : 40), word.p);
		algs |= bit;
	}
	*ret = algs;
	return NHI_OK;
}

static enum nhi_err
set_time(int64_t *ret, const char *value, struct nhi_why *why)
{
	uint64_t v;

	if (!nhi_num_parse(nhi_span_str(value), NHI_TIME_FAR, &v))
		return nhi_fail(why, NHI_ERR_INPUT,
		    "%.40s: not a time in seconds since 1970", value);
	*ret = (int64_t)v;
	return NHI_OK;
}

static enum nhi_err
check_once(const char *name, uint32_t *given, struct nhi_why *why)
{
	static const char *const once[] = { "--issuer", "--alg", "--at",
		"--skew", "--max-lifetime", "--max-age" };

	for (size_t i = 0; i < sizeof(once) / sizeof(once[0]); i++) {
		if (strcmp(name, once[i]) != 0)
			continue;
		if ((*given >> i & 1) != 0)
			return nhi_fail(why, NHI_ERR_INPUT,
			    "%s is given twice", name);
		*given |= UINT32_C(1) << i;
	}
	return NHI_OK;
}

static enum nhi_err
add_audience(struct nhi_check *c, const char *value, struct nhi_why *why)
{
	if (value[0] == '\0')
		return nhi_fail(why, NHI_ERR_INPUT, "--audience is empty");
	return nhi_list_add(&c->issuer.audience, nhi_span_str(value));
}

static enum nhi_err
set_option(struct nhi_check *c, const char *name, const char *value,
    struct nhi_why *why)
{
	if (strcmp(name, "--issuer") == 0)
		return set_text(&c->issuer.url, name, value, why);
	if (strcmp(name, "--audience") == 0)
		return add_audience(c, value, why);
	if (strcmp(name, "--alg") == 0)
		return set_algs(&c->issuer.algs, value, why);
	if (strcmp(name, "--at") == 0)
		return set_time(&c->now, value, why);
	if (strcmp(name, "--skew") == 0)
		return set_duration(&c->issuer.skew, value, why);
	if (strcmp(name, "--max-lifetime") == 0)
		return set_limit(&c->issuer.max_lifetime, value, why);
	if (strcmp(name, "--max-age") == 0)
		return set_limit(&c->issuer.max_age, value, why);
	return nhi_fail(why, NHI_ERR_INPUT, "%.40s: unknown option", name);
}

static enum nhi_err
check_complete(const struct nhi_check *c, struct nhi_why *why)
{
	if (c->signature_only)
		return NHI_OK;
	if (c->issuer.url == NULL)
		return nhi_fail(why, NHI_ERR_INPUT, "--issuer is missing");
	if (c->issuer.audience.n == 0)
		return nhi_fail(why, NHI_ERR_INPUT, "--audience is missing");
	return NHI_OK;
}

enum nhi_err
nhi_check_options(int argc, char **argv, struct nhi_check *c,
    struct nhi_why *why)
{
	uint32_t given = 0;
	enum nhi_err err;

	*c = (struct nhi_check){
		.now = (int64_t)time(NULL),
		.issuer = {
			.algs = NHI_ALG_ALL, .skew = DEFAULT_SKEW,
			.max_lifetime = DEFAULT_LIFETIME, .need_iss = true,
		},
	};
	for (int i = 0; i < argc; i++) {
		if (strcmp(argv[i], "--json") == 0) {
			c->json = true;
			continue;
		}
		if (strcmp(argv[i], "--signature-only") == 0) {
			c->signature_only = true;
			continue;
		}
		if (i + 1 == argc)
			return nhi_fail(why, NHI_ERR_INPUT,
			    "%.40s: unknown, or its value is missing",
			    argv[i]);
		if ((err = check_once(argv[i], &given, why)) != NHI_OK ||
		    (err = set_option(c, argv[i], argv[i + 1], why)) != NHI_OK)
			return err;
		i++;
	}
	return check_complete(c, why);
}
