/* SPDX-License-Identifier: BSD-2-Clause */
/* Against a setup: what sshd would do, as sshd itself says. */
#include "config.h"

#include <string.h>

#include "lib/base/paths.h"
#include "nhictl/dropin_admit.h"
#include "nhictl/preflight.h"
#include "nhictl/sshd_match.h"

static const struct {
	const char *word, *meant, *because;
} needed[] = {
	{ "UsePAM", "yes",
	    "without PAM a certificate would log in with no hold, no record" },
	{ "PubkeyAuthentication", "yes", "a certificate is a public key" },
	/* End of needed */
};

static void
check_words(struct nhi_preflight *p, struct nhi_span config)
{
	for (size_t i = 0; i < sizeof(needed) / sizeof(needed[0]); i++) {
		struct nhi_span rest = config, value = NHI_SPAN("");

		if (!nhi_dropin_next(&rest, needed[i].word, &value) ||
		    !nhi_span_is(value, needed[i].meant))
			nhi_preflight_refuse(p, "sshd", "%s is \"%.*s\", meant "
			    "is \"%s\": %s", needed[i].word, (int)value.n,
			    value.p, needed[i].meant, needed[i].because);
	}
}

/* The administrator's own rule is not overridden; it is told. */
static void
check_lists(struct nhi_preflight *p, const struct nhi_sshd_who *who,
    struct nhi_span config)
{
	static const char *const issuer[] = { NHI_ISSUER_USER };
	static const char *const theirs[] = { NHI_VERIFY_USER,
		NHI_ISSUER_USER };
	static const char *const machines[] = { NHI_ACCOUNTS_GROUP };
	NHI_AUTO(nhi_buf_wipe) struct nhi_buf found = NHI_BUF(8192);
	struct nhi_dropin_subject s = { who, config, &found };
	struct nhi_span rest, line, value;

	nhi_dropin_lists(&s, "Users", issuer, 1);
	nhi_dropin_lists(&s, "Groups", theirs, 2);
	nhi_dropin_lists(&s, "Groups", machines, 1);
	rest = nhi_buf_all(&found);
	while (rest.n > 0 && nhi_span_cut(&rest, '\n', &line))
		nhi_preflight_refuse(p, "sshd-lists", "%.*s", (int)line.n,
		    line.p);
	if (found.n == 0 && nhi_dropin_next(&config, "AllowUsers", &value))
		nhi_preflight_warn(p, "sshd-lists", "AllowUsers is set: sshd "
		    "lets in only the machine accounts that stand in it");
}

static enum nhi_err
look(struct nhi_preflight *p, struct nhi_why *why)
{
	NHI_AUTO(nhi_sshd_places_wipe) struct nhi_sshd_places places = {
		.n = 0 };
	NHI_AUTO(nhi_buf_wipe) struct nhi_buf text = NHI_BUF(1U << 20);
	struct nhi_sshd_who who = { .user = NHI_ISSUER_USER };
	enum nhi_err err;

	if ((err = nhi_sshd_test(NHI_SPAN(""), why)) != NHI_OK ||
	    (err = nhi_sshd_places(NHI_SSHD_CONF_DIR "/../sshd_config",
	    &places, why)) != NHI_OK)
		return err;
	if (!places.included)
		nhi_preflight_refuse(p, "sshd-include", "sshd_config does not "
		    "include our file: \"Include " NHI_SSHD_CONF_DIR
		    "/*.conf\" must stand first in it");
	nhi_sshd_places_who(&places, 0, &who);
	if ((err = nhi_sshd_effective(&who, &text, why)) != NHI_OK)
		return err;
	check_words(p, nhi_buf_all(&text));
	check_lists(p, &who, nhi_buf_all(&text));
	return NHI_OK;
}

void
nhi_preflight_sshd(struct nhi_preflight *p)
{
	struct nhi_why why = { "" };

	if (look(p, &why) != NHI_OK)
		nhi_preflight_refuse(p, "sshd", "%s", why.text);
}
