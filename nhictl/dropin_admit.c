/* SPDX-License-Identifier: BSD-2-Clause */
#include "config.h"

#include <fnmatch.h>
#include <grp.h>
#include <pwd.h>
#include <stdio.h>
#include <string.h>
#include <strings.h>

#include "nhictl/dropin_admit.h"

#define GROUPS_MAX	256
#define GROUP_NAME	64

bool
nhi_dropin_next(struct nhi_span *config, const char *word, struct nhi_span *ret)
{
	struct nhi_span line, name;

	while (nhi_span_cut(config, '\n', &line)) {
		if (!nhi_span_cut(&line, ' ', &name) ||
		    name.n != strlen(word) ||
		    strncasecmp(name.p, word, name.n) != 0)
			continue;
		*ret = line.p == NULL ? NHI_SPAN("") : line;
		return true;
	}
	return false;
}

void
nhi_dropin_put_subject(const struct nhi_dropin_subject *s)
{
	nhi_buf_printf(s->findings, "for user %s from %s: ", s->who->user,
	    s->who->addr);
}

/* Does a list of Allow… or Deny… patterns name one of these? */
static bool
listed(const struct nhi_dropin_subject *s, const char *word,
    const char *const names[], size_t n, bool *ret_any)
{
	struct nhi_span rest = s->config, value;
	char pattern[256];

	*ret_any = false;
	while (nhi_dropin_next(&rest, word, &value)) {
		const char *at = memchr(value.p, '@', value.n);

		*ret_any = true;
		if (at != NULL)
			value.n = (size_t)(at - value.p);
		if (value.n >= sizeof(pattern))
			continue;
		memcpy(pattern, value.p, value.n);
		pattern[value.n] = '\0';
		for (size_t i = 0; i < n; i++) {
			if (fnmatch(pattern, names[i], 0) == 0)
				return true;
		}
	}
	return false;
}

void
nhi_dropin_lists(const struct nhi_dropin_subject *s, const char *who,
    const char *const names[], size_t n)
{
	char allow[32], deny[32];
	bool any;

	(void)snprintf(allow, sizeof(allow), "Allow%s", who);
	(void)snprintf(deny, sizeof(deny), "Deny%s", who);
	if (listed(s, deny, names, n, &any)) {
		nhi_dropin_put_subject(s);
		nhi_buf_printf(s->findings, "%s refuses the login\n", deny);
	}
	if (!listed(s, allow, names, n, &any) && any) {
		nhi_dropin_put_subject(s);
		nhi_buf_printf(s->findings, "%s refuses the login; add %s\n",
		    allow, n == 0 ? "it" : names[n - 1]);
	}
}

void
nhi_dropin_admit(const struct nhi_dropin_subject *s)
{
	static char names[GROUPS_MAX][GROUP_NAME];
	const char *pointers[GROUPS_MAX];
	const char *user = s->who->user;
	gid_t gids[GROUPS_MAX];
	const struct passwd *pw = getpwnam(user);
	int n = GROUPS_MAX;
	size_t got = 0;

	nhi_dropin_lists(s, "Users", &user, 1);
	if (pw == NULL || getgrouplist(user, pw->pw_gid, gids, &n) < 0)
		return;
	for (int i = 0; i < n; i++) {
		const struct group *gr = getgrgid(gids[i]);

		if (gr == NULL || strlen(gr->gr_name) >= GROUP_NAME)
			continue;
		(void)snprintf(names[got], sizeof(names[got]), "%s",
		    gr->gr_name);
		pointers[got] = names[got];
		got++;
	}
	nhi_dropin_lists(s, "Groups", pointers, got);
}

void
nhi_dropin_algorithms(const struct nhi_dropin_subject *s)
{
	struct nhi_span rest = s->config, value;

	if ((nhi_dropin_next(&rest, "PubkeyAcceptedAlgorithms", &value) ||
	    (rest = s->config,
	    nhi_dropin_next(&rest, "PubkeyAcceptedKeyTypes", &value))) &&
	    memmem(value.p, value.n, "-cert-v01@openssh.com", 21) == NULL) {
		nhi_dropin_put_subject(s);
		nhi_buf_str(s->findings,
		    "PubkeyAcceptedAlgorithms has no certificates\n");
	}
}

