/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * One account of the published policy: one readlink for a declared account,
 * one more for each '-' of a name that is not.  A template is filed under its
 * key, the literal part of its pattern up to the last '-' ("web-pr-" for
 * web-pr-*); the longest key that fits wins.
 */
#include "config.h"

#include <errno.h>
#include <fcntl.h>
#include <string.h>

#include "lib/base/file.h"
#include "lib/base/num.h"
#include "lib/base/path.h"
#include "lib/base/policy.h"

#define KEY_MIN		3		/* characters of a template's key */
#define GID_MAX		4294967294u	/* (gid_t)-1 means "no change" */

/* An absolute path that passwd(5) can carry. */
static bool
cut_path(struct nhi_span *text, char out[static NHI_ACCOUNT_TEXT],
    size_t *ret_n)
{
	struct nhi_span s;

	if (!nhi_span_cut(text, ':', &s) || s.n == 0 ||
	    s.n >= NHI_ACCOUNT_TEXT || s.p[0] != '/')
		return false;
	for (size_t i = 0; i < s.n; i++)
		if ((unsigned char)s.p[i] < ' ' || s.p[i] == '\177')
			return false;
	memcpy(out, s.p, s.n);
	out[s.n] = '\0';
	*ret_n = s.n;
	return true;
}

static bool
parse_groups(struct nhi_span text, struct nhi_account *a)
{
	struct nhi_span word;
	uint64_t gid;

	for (a->ngroups = 0; nhi_span_cut(&text, ',', &word); a->ngroups++) {
		if (a->ngroups >= NHI_ACCOUNT_GROUPS ||
		    !nhi_num_parse(word, GID_MAX, &gid) || gid == 0)
			return false;
		a->groups[a->ngroups] = (uint32_t)gid;
	}
	return a->ngroups > 0;
}

/* <home>:<shell>:<gid>,... */
static bool
parse(struct nhi_span text, struct nhi_account *a)
{
	size_t home, shell, name = strlen(a->name);

	if (!cut_path(&text, a->home, &home) ||
	    !cut_path(&text, a->shell, &shell) || !parse_groups(text, a))
		return false;
	if (a->kind == NHI_ACCOUNT_DECLARED || a->home[home - 1] != '/')
		return true;
	if (name >= NHI_ACCOUNT_TEXT - home)
		return false;
	memcpy(a->home + home, a->name, name + 1);
	return true;
}

/* As the lookups: 1 found, 0 none, -1 with errno. */
static int
find_declared(const char *generation, struct nhi_account *a)
{
	char path[NHI_PATH_SIZE], text[NHI_LINK_MAX + 1];
	int r;

	if (!nhi_path_join(path, generation, "/names/",
	    nhi_span_str(a->name)))
		return -1;
	if ((r = nhi_link_read(AT_FDCWD, path, text)) != 1)
		return r;
	a->kind = NHI_ACCOUNT_DECLARED;
	memcpy(a->key, a->name, sizeof(a->key));
	if (!parse(nhi_span_str(text), a)) {
		errno = EBADMSG;
		return -1;
	}
	return 1;
}

static int
find_template(const char *generation, size_t nkey, struct nhi_account *a)
{
	char path[NHI_PATH_SIZE], text[NHI_LINK_MAX + 1];
	struct nhi_span rest;
	char *colon;
	int r;

	if (!nhi_path_join(path, generation, "/templates/",
	    (struct nhi_span){ a->name, nkey }))
		return -1;
	if ((r = nhi_link_read(AT_FDCWD, path, text)) != 1)
		return r;
	a->kind = NHI_ACCOUNT_TEMPLATE;
	memcpy(a->key, a->name, nkey);
	a->key[nkey] = '\0';
	rest = nhi_span_str(text);
	if ((colon = strchr(text, ':')) != NULL) {
		*colon = '\0';
		rest.p = colon + 1;
		rest.n -= (size_t)(rest.p - text);
	}
	if (colon == NULL || strncmp(text, a->key, nkey) != 0 ||
	    !parse(rest, a)) {
		errno = EBADMSG;
		return -1;
	}
	return nhi_name_fits(a->name, text) ? 1 : 0;
}

int
nhi_account_find(const char *generation, const char *name,
    struct nhi_account *ret)
{
	struct nhi_account a;
	size_t n;
	int r;

	if (!nhi_name_valid(name))
		return 0;
	n = strlen(name);
	memset(a.name, 0, sizeof(a.name));
	memcpy(a.name, name, n);
	r = find_declared(generation, &a);
	for (; r == 0 && n >= KEY_MIN; n--)
		if (name[n - 1] == '-')
			r = find_template(generation, n, &a);
	/* Asked last: nearly every name is nobody's and has left by now. */
	if (r != 1 || nhi_name_reserved(name))
		return r == 1 ? 0 : r;
	*ret = a;
	return 1;
}
