/* SPDX-License-Identifier: BSD-2-Clause */
#include "config.h"

#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#include "conf/lint.h"
#include "lib/base/paths.h"

static int
by_name(const void *a, const void *b)
{
	const struct nhi_conf_identity *x = *(const void *const *)a;
	const struct nhi_conf_identity *y = *(const void *const *)b;
	int r = strcmp(x->name, y->name);

	/* Of two with one name the later one is told of. */
	return r != 0 ? r : x < y ? -1 : x > y;
}

/* Names are what holds, revocations and records go by: one each. */
static void
lint_names(const struct nhi_lint *l)
{
	const struct nhi_conf_identity **p;
	size_t n = 0;

	if ((p = calloc(l->n + 1, sizeof(*p))) == NULL) {
		l->faults->no_memory = true;
		return;
	}
	for (size_t i = 0; i < l->n; i++)
		if (l->list[i].from->name != NULL)
			p[n++] = l->list[i].from;
	if (n > 1)
		qsort(p, n, sizeof(*p), by_name);
	for (size_t i = 1; i < n; i++)
		if (strcmp(p[i]->name, p[i - 1]->name) == 0)
			nhi_fault(l->faults, p[i]->at[0],
			    "identity \"%s\" stands in %s, line %u, already",
			    p[i]->name, p[i - 1]->at[0].file,
			    p[i - 1]->at[0].line);
	free(p);
}

static void
lint_certificate(const struct nhi_lint *l,
    const struct nhi_conf_identity *i)
{
	const struct nhi_conf_certificate *c = &i->certificate;

	if (c->pty && !l->top->sshd.permit_tty)
		nhi_fault(l->faults, NHI_LINT_AT(certificate, c, pty),
		    "identity \"%s\": pty needs sshd.permit_tty", i->name);
	if (c->forwarding && !l->top->sshd.permit_forwarding)
		nhi_fault(l->faults, NHI_LINT_AT(certificate, c, forwarding),
		    "identity \"%s\": forwarding needs "
		    "sshd.permit_forwarding", i->name);
	nhi_lint_sources(l, &c->source, NHI_LINT_AT(certificate, c, source));
}

/*
 * What comes this way is read by every local user: sshd puts it into the
 * command line of its helper.
 */
static void
lint_direct(const struct nhi_lint *l, const struct nhi_lint_identity *e)
{
	const struct nhi_conf_identity *i = e->from;

	if (i->direct && e->issuer != NULL && !e->issuer->binding)
		nhi_fault(l->faults, NHI_LINT_AT(identity, i, direct),
		    "identity \"%s\": direct needs binding = \"key\" of issuer "
		    "\"%s\": a bearer token must not come this way", i->name,
		    i->issuer);
}

/* sshd asks the same, and shuts the account out without a record of ours. */
static void
lint_shell(const struct nhi_lint *l, const struct nhi_conf_identity *i)
{
	const char *shell = i->shell != NULL ? i->shell : l->top->shell;
	struct stat st;

	if (l->world->elsewhere || shell == NULL)
		return;
	if (stat(shell, &st) != 0 || !S_ISREG(st.st_mode) ||
	    (st.st_mode & (S_IXUSR | S_IXGRP | S_IXOTH)) == 0)
		nhi_fault(l->faults, NHI_LINT_AT(identity, i, shell),
		    "identity \"%s\": shell %s is no program on this host, "
		    "and sshd lets nobody in without one", i->name, shell);
}

/* Settings of the account that a template's cannot have. */
static void
lint_template(const struct nhi_lint *l, const struct nhi_lint_identity *e)
{
	const struct nhi_conf_identity *i = e->from;

	if (!e->account.is_template)
		return;
	if (i->at[NHI_AT(identity, uid)].line != 0)
		nhi_fault(l->faults, NHI_LINT_AT(identity, i, uid),
		    "identity \"%s\": a template's accounts cannot have one "
		    "uid", i->name);
	if (i->sudo.n > 0)
		nhi_fault(l->faults, NHI_LINT_AT(identity, i, sudo),
		    "identity \"%s\": sudo needs a declared account; a "
		    "template's have no names that sudoers could hold",
		    i->name);
	if (i->home != NULL && i->home[strlen(i->home) - 1] != '/')
		nhi_fault(l->faults, NHI_LINT_AT(identity, i, home),
		    "identity \"%s\": a template's home must end in '/', so "
		    "that each account has its own", i->name);
}

/* Only what NHI makes does it take away. */
static void
lint_remove(const struct nhi_lint *l, const struct nhi_conf_identity *i)
{
	const char *home = i->home != NULL ? i->home : l->top->home;
	const size_t n = sizeof(NHI_HOMES_DIR) - 1;

	if (i->remove_home && home != NULL &&
	    (strncmp(home, NHI_HOMES_DIR "/", n + 1) != 0 ||
	    (home[n + 1] != '\0' && (i->account == NULL ||
	    strcmp(home + n + 1, i->account) != 0))))
		nhi_fault(l->faults, NHI_LINT_AT(identity, i, remove_home),
		    "identity \"%s\": remove_home is for homes below "
		    NHI_HOMES_DIR ", which NHI makes", i->name);
}

static void
lint_one(const struct nhi_lint *l, const struct nhi_lint_identity *e)
{
	const struct nhi_conf_identity *i = e->from;
	struct nhi_pattern unused;
	const char *wrong;

	if (i->issuer != NULL && e->issuer == NULL)
		nhi_fault(l->faults, NHI_LINT_AT(identity, i, issuer),
		    "identity \"%s\": there is no issuer \"%s\"", i->name,
		    i->issuer);
	if (i->expires != 0 && i->expires <= l->world->now)
		nhi_fault_warn(l->faults, NHI_LINT_AT(identity, i, expires),
		    "identity \"%s\" has expired and is refused", i->name);
	if (i->account != NULL &&
	    (wrong = nhi_pattern_parse(i->account, &unused)) != NULL)
		nhi_fault(l->faults, NHI_LINT_AT(identity, i, account),
		    "identity \"%s\": account \"%s\" %s", i->name, i->account,
		    wrong);
	lint_certificate(l, i);
	lint_direct(l, e);
	lint_template(l, e);
	lint_remove(l, i);
	lint_shell(l, i);
	nhi_lint_matches(l, e);
	nhi_lint_groups(l, e);
	nhi_lint_sudo(l, e);
}

void
nhi_lint_identities(const struct nhi_lint *l)
{
	lint_names(l);
	for (size_t i = 0; i < l->n; i++)
		if (l->list[i].from->name != NULL)
			lint_one(l, &l->list[i]);
}
