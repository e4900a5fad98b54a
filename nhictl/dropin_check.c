/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * What sshd would do is asked of sshd itself: reading its files instead
 * would miss Match, Include, initgroups and the version's own rules.
 */
#include "config.h"

#include <string.h>
#include <strings.h>

#include "lib/base/paths.h"
#include "nhictl/dropin.h"
#include "nhictl/dropin_admit.h"
#include "nhictl/sshd.h"
#include "nhictl/sshd_match.h"

/* What is demanded though the drop-in cannot, or must not, say it. */
static const struct nhi_dropin_line demands[] = {
	/* Without PAM a certificate logs in with no hold and no record. */
	{ "UsePAM", "yes" },
	{ "PubkeyAuthentication", "yes" },
	/* It would beat the forced command by which a login is refused. */
	{ "ForceCommand", "none" },
	/* End of demands */
};

struct job {
	const struct nhi_dropin_options *options;
	const char *const *accounts;
	size_t n;
	struct nhi_buf *findings;
};

/* sshd prints these a value a line, whatever line they were set in. */
static bool
is_list(const char *word)
{
	return strcasecmp(word, "AcceptEnv") == 0 ||
	    strcasecmp(word, "SetEnv") == 0;
}

static bool
in_list(struct nhi_span list, struct nhi_span value)
{
	struct nhi_span item;

	while (nhi_span_cut(&list, ' ', &item)) {
		if (nhi_span_equal(item, value))
			return true;
	}
	return false;
}

static bool
found_value(struct nhi_span config, const char *word, struct nhi_span value)
{
	struct nhi_span found;

	while (nhi_dropin_next(&config, word, &found)) {
		if (nhi_span_equal(found, value))
			return true;
	}
	return false;
}

/* Exactly these values: none missing, none more. */
static bool
holds(struct nhi_span config, const char *word, struct nhi_span meant)
{
	struct nhi_span rest = config, list = meant, value;

	if (!is_list(word))
		return nhi_dropin_next(&rest, word, &value) &&
		    nhi_span_equal(value, meant) &&
		    !nhi_dropin_next(&rest, word, &value);
	while (nhi_dropin_next(&rest, word, &value)) {
		if (!in_list(meant, value))
			return false;
	}
	while (nhi_span_cut(&list, ' ', &value)) {
		if (!found_value(config, word, value))
			return false;
	}
	return true;
}

/* A word: what sshd would do, and what was meant. */
static void
put_difference(const struct nhi_dropin_subject *s, const char *word,
    struct nhi_span meant)
{
	struct nhi_span rest = s->config, value;
	bool any = false;

	nhi_dropin_put_subject(s);
	nhi_buf_printf(s->findings, "%s is \"", word);
	while (nhi_dropin_next(&rest, word, &value)) {
		if (any)
			nhi_buf_char(s->findings, ' ');
		nhi_buf_span(s->findings, value);
		any = true;
	}
	nhi_buf_str(s->findings, "\", meant is \"");
	nhi_buf_span(s->findings, meant);
	nhi_buf_str(s->findings, "\"\n");
}

static void
check_word(const struct nhi_dropin_subject *s, const char *word,
    const char *value)
{
	struct nhi_span meant = nhi_span_str(value);

	/* Times are printed in seconds without the unit. */
	if (strcmp(word, "UnusedConnectionTimeout") == 0 && meant.n > 0 &&
	    meant.p[meant.n - 1] == 's')
		meant.n--;
	if (!holds(s->config, word, meant))
		put_difference(s, word, meant);
}

static enum nhi_err
check_one(const struct nhi_dropin_options *o, enum nhi_dropin_block block,
    const struct nhi_sshd_who *who, struct nhi_buf *findings,
    struct nhi_why *why)
{
	NHI_AUTO(nhi_buf_wipe) struct nhi_buf text = NHI_BUF(1U << 20);
	struct nhi_dropin_subject s = { .who = who, .findings = findings };
	struct nhi_dropin_line line;
	enum nhi_err err;

	if ((err = nhi_sshd_effective(who, &text, why)) != NHI_OK)
		return err;
	s.config = nhi_buf_all(&text);
	for (size_t i = 0; nhi_dropin_line(o, block, i, &line); i++)
		check_word(&s, line.word, line.value);
	for (size_t i = 0; i < sizeof(demands) / sizeof(demands[0]); i++) {
		/* The issuer's block says ForceCommand itself. */
		if (block == NHI_DROPIN_ACCOUNTS ||
		    strcmp(demands[i].word, "ForceCommand") != 0)
			check_word(&s, demands[i].word, demands[i].value);
	}
	nhi_dropin_admit(&s);
	if (block == NHI_DROPIN_ACCOUNTS)
		nhi_dropin_algorithms(&s);
	return nhi_buf_check(findings, why);
}

/*
 * With issue_from, which block sshd takes depends on the address: one of the
 * two must fit.  The addresses of the list are looked at by their own.
 */
static enum nhi_err
check_issuer(const struct nhi_dropin_options *o,
    const struct nhi_sshd_who *who, struct nhi_buf *findings,
    struct nhi_why *why)
{
	NHI_AUTO(nhi_buf_wipe) struct nhi_buf closed =
	    NHI_BUF(NHI_DROPIN_FINDINGS);
	enum nhi_err err;

	if (o->issue_from[0] != '\0') {
		err = check_one(o, NHI_DROPIN_CLOSED, who, &closed, why);
		if (err != NHI_OK || closed.n == 0)
			return err;
	}
	return check_one(o, NHI_DROPIN_ISSUER, who, findings, why);
}

/* The first address of each network from which certificates are issued. */
static enum nhi_err
check_from(const struct nhi_dropin_options *o, struct nhi_sshd_who who,
    struct nhi_buf *findings, struct nhi_why *why)
{
	struct nhi_span rest = nhi_span_str(o->issue_from), net, base;
	char addr[64];
	enum nhi_err err;

	who.addr = addr;
	while (rest.n > 0 && nhi_span_cut(&rest, ',', &net)) {
		if (!nhi_span_cut(&net, '/', &base) || base.n >= sizeof(addr))
			return nhi_fail(why, NHI_ERR_POLICY_INVALID,
			    "issue_from: not a list of networks");
		memcpy(addr, base.p, base.n);
		addr[base.n] = '\0';
		err = check_one(o, NHI_DROPIN_ISSUER, &who, findings, why);
		if (err != NHI_OK)
			return err;
	}
	return NHI_OK;
}

static enum nhi_err
check_place(const struct job *j, const struct nhi_sshd_who *place,
    struct nhi_why *why)
{
	struct nhi_sshd_who who = *place;
	enum nhi_err err;

	if (j->options->issue) {
		who.user = NHI_ISSUER_USER;
		err = check_issuer(j->options, &who, j->findings, why);
		if (err != NHI_OK)
			return err;
	}
	for (size_t i = 0; i < j->n; i++) {
		who.user = j->accounts[i];
		err = check_one(j->options, NHI_DROPIN_ACCOUNTS, &who,
		    j->findings, why);
		if (err != NHI_OK)
			return err;
	}
	return NHI_OK;
}

enum nhi_err
nhi_dropin_check(const struct nhi_dropin_options *options,
    const char *const names[], size_t n, struct nhi_buf *findings,
    struct nhi_why *why)
{
	struct job job = { options, names, n, findings };
	struct nhi_sshd_who who = { .user = NHI_ISSUER_USER };
	NHI_AUTO(nhi_sshd_places_wipe) struct nhi_sshd_places places = {
		.n = 0 };
	enum nhi_err err;

	if ((err = nhi_sshd_places(NHI_SSHD_CONF_DIR "/../sshd_config",
	    &places, why)) != NHI_OK)
		return err;
	if (!places.dropin)
		nhi_buf_str(findings, "sshd_config does not include our file: "
		    "\"Include " NHI_SSHD_CONF_DIR "/*.conf\" must stand "
		    "first in it\n");
	for (size_t i = 0; i < places.n; i++) {
		nhi_sshd_places_who(&places, i, &who);
		if ((err = check_place(&job, &who, why)) != NHI_OK)
			return err;
	}
	nhi_sshd_places_who(&places, 0, &who);
	who.user = NHI_ISSUER_USER;
	return options->issue ? check_from(options, who, findings, why) :
	    NHI_OK;
}
