/* SPDX-License-Identifier: BSD-2-Clause */
#include "config.h"

#include <pwd.h>
#include <stdio.h>
#include <string.h>

#include "lib/base/paths.h"
#include "nhictl/dropin_people.h"
#include "nhictl/sshd.h"
#include "nhictl/sshd_match.h"

#define PASSWD		"/etc/passwd"
#define USERS_MAX	6
#define PLACES_MAX	8	/* of each; sshd takes its time */
#define ORDINARY	1000	/* the lowest uid of a person */

struct people {
	char names[USERS_MAX][64];
	size_t n;
};

static void
add(struct people *p, const char *name)
{
	if (p->n >= USERS_MAX || strlen(name) >= sizeof(p->names[0]) ||
	    strpbrk(name, " ,=") != NULL)
		return;
	(void)snprintf(p->names[p->n++], sizeof(p->names[0]), "%s", name);
}

/* The file itself: those of a directory service are not asked for. */
static void
find(struct people *p)
{
	const struct passwd *pw;
	FILE *f = fopen(PASSWD, "re");

	add(p, "root");
	add(p, "nobody");
	add(p, "nhi-nobody-has-this-name");
	while (f != NULL && (pw = fgetpwent(f)) != NULL)
		if (pw->pw_uid >= ORDINARY && pw->pw_uid < 60000)
			add(p, pw->pw_name);
	if (f != NULL)
		(void)fclose(f);
}

static enum nhi_err
ask(const struct people *p, const struct nhi_sshd_who *place,
    struct nhi_buf *out, struct nhi_why *why)
{
	struct nhi_sshd_who who = *place;
	enum nhi_err err;

	for (size_t i = 0; i < p->n; i++) {
		NHI_AUTO(nhi_buf_wipe) struct nhi_buf b = NHI_BUF(1U << 20);

		who.user = p->names[i];
		if ((err = nhi_sshd_effective(&who, &b, why)) != NHI_OK)
			return err;
		nhi_buf_printf(out, "user %s from %s\n", who.user, who.addr);
		nhi_buf_span(out, nhi_buf_all(&b));
	}
	return nhi_buf_check(out, why);
}

enum nhi_err
nhi_dropin_people(const struct nhi_sshd_places *places, struct nhi_buf *out,
    struct nhi_why *why)
{
	struct nhi_sshd_who who = { .user = "root" };
	struct people p = { .n = 0 };
	enum nhi_err err;

	find(&p);
	for (size_t i = 0; i < places->n && i < PLACES_MAX; i++) {
		nhi_sshd_places_who(places, i, &who);
		if ((err = ask(&p, &who, out, why)) != NHI_OK)
			return err;
	}
	return NHI_OK;
}

enum nhi_err
nhi_dropin_people_same(const struct nhi_buf *before,
    const struct nhi_buf *after, struct nhi_why *why)
{
	struct nhi_span a = nhi_buf_all(before), b = nhi_buf_all(after);
	struct nhi_span x, y = NHI_SPAN(""), user = NHI_SPAN("");

	while (nhi_span_cut(&a, '\n', &x)) {
		if (!nhi_span_cut(&b, '\n', &y) || !nhi_span_equal(x, y))
			return nhi_fail(why, NHI_ERR_HOST, "sshd would change "
			    "for %.*s: \"%.*s\" was \"%.*s\"", (int)user.n,
			    user.p, (int)(y.n < 50 ? y.n : 50), y.p,
			    (int)(x.n < 50 ? x.n : 50), x.p);
		if (x.n > 5 && memcmp(x.p, "user ", 5) == 0)
			user = x;
	}
	return NHI_OK;
}
