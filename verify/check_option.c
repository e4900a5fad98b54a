/* SPDX-License-Identifier: BSD-2-Clause */
/* The options of `nhictl token check`. */
#include "config.h"

#include <getopt.h>
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
add_audience(struct nhi_check *c, const char *value, struct nhi_why *why)
{
	if (value[0] == '\0')
		return nhi_fail(why, NHI_ERR_INPUT, "--audience is empty");
	return nhi_list_add(&c->issuer.audience, nhi_span_str(value));
}

static enum nhi_err
set_option(struct nhi_check *c, int option, const char *value,
    struct nhi_why *why)
{
	switch (option) {
	case 'j':
		c->json = true;
		return NHI_OK;
	case 'o':
		c->signature_only = true;
		return NHI_OK;
	case 'k':
		c->jwks = value;
		return NHI_OK;
	case 'i':
		return set_text(&c->issuer.url, "--issuer", value, why);
	case 'u':
		return add_audience(c, value, why);
	case 'a':
		return set_algs(&c->issuer.algs, value, why);
	case 't':
		return set_time(&c->now, value, why);
	case 's':
		return set_duration(&c->issuer.skew, value, why);
	case 'l':
		return set_limit(&c->issuer.max_lifetime, value, why);
	case 'm':
		return set_limit(&c->issuer.max_age, value, why);
	default:
		/* getopt_long has said what is wrong. */
		why->text[0] = '\0';
		return NHI_ERR_INPUT;
	}
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
	static const struct option options[] = {
		{ "json", no_argument, NULL, 'j' },
		{ "signature-only", no_argument, NULL, 'o' },
		{ "audience", required_argument, NULL, 'u' },
		{ "jwks", required_argument, NULL, 'k' },
		{ "issuer", required_argument, NULL, 'i' },
		{ "alg", required_argument, NULL, 'a' },
		{ "at", required_argument, NULL, 't' },
		{ "skew", required_argument, NULL, 's' },
		{ "max-lifetime", required_argument, NULL, 'l' },
		{ "max-age", required_argument, NULL, 'm' },
		{ NULL, 0, NULL, 0 },
	};
	uint32_t given = 0;
	enum nhi_err err;
	int o, at = 0;

	*c = (struct nhi_check){
		.now = (int64_t)time(NULL),
		.issuer = {
			.algs = NHI_ALG_ALL, .skew = DEFAULT_SKEW,
			.max_lifetime = DEFAULT_LIFETIME, .need_iss = true,
		},
	};
	while ((o = getopt_long(argc, argv, "", options, &at)) != -1) {
		if (o != '?' && o != 'u' && options[at].has_arg != no_argument) {
			if ((given >> at & 1) != 0)
				return nhi_fail(why, NHI_ERR_INPUT,
				    "--%s is given twice", options[at].name);
			given |= UINT32_C(1) << at;
		}
		if ((err = set_option(c, o, optarg, why)) != NHI_OK)
			return err;
	}
	if (optind != argc)
		return nhi_fail(why, NHI_ERR_INPUT,
		    "%.40s: the token comes by standard input", argv[optind]);
	return check_complete(c, why);
}
