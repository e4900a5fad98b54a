/* SPDX-License-Identifier: BSD-2-Clause */
#include "config.h"

#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <sys/stat.h>

#include "conf/lint.h"
#include "conf/shape.h"
#include "conf/value.h"

#define JWKS_MAX	(1U << 20)

static void
lint_name(const struct nhi_lint *l, size_t index)
{
	const struct nhi_conf_issuer *p = l->top->issuers.p;

	for (size_t i = 0; i < index; i++) {
		if (p[i].name == NULL ||
		    strcmp(p[i].name, p[index].name) != 0)
			continue;
		nhi_fault(l->faults, p[index].at[0],
		    "issuer \"%s\" stands in %s, line %u, already",
		    p[index].name, p[i].at[0].file, p[i].at[0].line);
		return;
	}
}

static void
lint_algorithms(const struct nhi_lint *l, const struct nhi_conf_issuer *i,
    const struct nhi_preset *p)
{
	for (uint32_t bit = 1; bit < NHI_ALG_ALL; bit <<= 1)
		if (((uint32_t)i->algorithms & bit & ~p->algs) != 0)
			nhi_fault(l->faults,
			    NHI_LINT_AT(issuer, i, algorithms),
			    "issuer \"%s\": preset %s never signs with %s",
			    i->name, p->name, nhi_alg_name(bit));
}

/* Whoever gets such tokens for their own service could enter with them. */
static void
lint_foreign(const struct nhi_lint *l, const struct nhi_conf_issuer *i,
    const struct nhi_preset *p)
{
	for (size_t k = 0; k < i->audience.n; k++)
		for (size_t n = 0; n < NHI_PRESET_FEW &&
		    p->foreign[n] != NULL; n++)
			if (nhi_shape_fits(p->foreign[n],
			    nhi_span_str(i->audience.p[k])))
				nhi_fault(l->faults,
				    NHI_LINT_AT(issuer, i, audience),
				    "issuer \"%s\": audience \"%.100s\" is "
				    "another service's; ask for tokens with "
				    "an audience of this host's own", i->name,
				    i->audience.p[k]);
}

/* "https://a/<b>" or "https://c" */
static void
put_urls(const struct nhi_preset *p, struct nhi_buf *b)
{
	for (size_t i = 0; i < NHI_PRESET_FEW && p->urls[i] != NULL; i++) {
		nhi_buf_str(b, i == 0 ? "" : " or ");
		nhi_shape_put(p->urls[i], b);
	}
}

/*
 * A url of another shape is no token's iss, as far as is known: nothing is
 * let in by it.  spiffe:// waives iss, so that only its own preset may.
 */
static void
lint_url(const struct nhi_lint *l, const struct nhi_conf_issuer *i,
    const struct nhi_preset *p)
{
	NHI_AUTO(nhi_buf_wipe) struct nhi_buf urls = NHI_BUF(2048);
	struct nhi_place at = NHI_LINT_AT(issuer, i, url);

	put_urls(p, &urls);
	if (p->url == NULL && i->at[NHI_AT(issuer, url)].line == 0) {
		nhi_fault(l->faults, at, "issuer \"%s\": preset %s needs a "
		    "url: %s", i->name, p->name, nhi_buf_text(&urls));
		return;
	}
	if (i->url == NULL)
		return;
	for (size_t k = 0; k < NHI_PRESET_FEW && p->urls[k] != NULL; k++)
		if (nhi_shape_fits(p->urls[k], nhi_span_str(i->url)))
			return;
	if (strncmp(i->url, "spiffe:", 7) == 0)
		nhi_fault(l->faults, at, "issuer \"%s\": a url of preset %s "
		    "is no trust domain, but %s", i->name, p->name,
		    nhi_buf_text(&urls));
	else
		nhi_fault_warn(l->faults, at, "issuer \"%s\": a url of preset "
		    "%s looks like %s; iss must equal it byte for byte",
		    i->name, p->name, nhi_buf_text(&urls));
}

static void
lint_preset(const struct nhi_lint *l, const struct nhi_conf_issuer *i)
{
	const struct nhi_preset *p = nhi_preset_find(i->preset);

	if (p == NULL) {
		nhi_fault(l->faults, NHI_LINT_AT(issuer, i, preset),
		    "issuer \"%s\": there is no preset \"%s\"", i->name,
		    i->preset);
		return;
	}
	lint_url(l, i, p);
	if (i->binding && !p->job_audience)
		nhi_fault(l->faults, NHI_LINT_AT(issuer, i, binding),
		    "issuer \"%s\": a job of preset %s cannot choose the "
		    "audience, so it cannot bind its token", i->name, p->name);
	lint_algorithms(l, i, p);
	lint_foreign(l, i, p);
}

/*
 * A bearer token for an audience that other hosts share opens them too for
 * whoever sees it on one.
 */
static void
lint_audience(const struct nhi_lint *l, const struct nhi_conf_issuer *i)
{
	for (size_t k = 0; !i->binding && k < i->audience.n; k++)
		if (strstr(i->audience.p[k], l->host_id) == NULL)
			nhi_fault_warn(l->faults,
			    NHI_LINT_AT(issuer, i, audience),
			    "issuer \"%s\": audience \"%.100s\" does not name "
			    "this host (%s): a token that one host sees is "
			    "good at all that share it", i->name,
			    i->audience.p[k], l->host_id);
}

/* Only the look of it: its bytes are parsed by nhi-verify, not by root. */
static const char *
read_jwks(const struct nhi_lint *l, const char *path, struct nhi_why *why)
{
	NHI_AUTO(nhi_buf_wipe) struct nhi_buf text = NHI_BUF(JWKS_MAX);
	struct nhi_span s;

	if (nhi_file_read(AT_FDCWD, path, l->owner, &text, why) != NHI_OK)
		return why->text;
	s = nhi_buf_all(&text);
	while (s.n > 0 && strchr(" \t\r\n", s.p[0]) != NULL) {
		s.p++;
		s.n--;
	}
	if (s.n == 0 || s.p[0] != '{' || strstr(s.p, "\"keys\"") == NULL)
		return "not a JSON key set";
	return NULL;
}

static void
lint_jwks(const struct nhi_lint *l, const struct nhi_conf_issuer *i)
{
	struct nhi_why why = { "" };
	const char *wrong = read_jwks(l, i->jwks_file, &why);

	if (wrong == NULL && l->world->check_jwks != NULL &&
	    l->world->check_jwks(i->jwks_file, &why) != NHI_OK)
		wrong = why.text;
	if (wrong != NULL)
		nhi_fault(l->faults, NHI_LINT_AT(issuer, i, jwks_file),
		    "issuer \"%s\": jwks_file: %s", i->name, wrong);
}

/* What concerns the fetching of a key set that is not fetched is a mistake. */
static void
lint_pinned(const struct nhi_lint *l, const struct nhi_conf_issuer *i)
{
	static const struct {
		int at;
		const char *name;
	} all[] = {
		{ NHI_AT(issuer, jwks_url), "jwks_url" },
		{ NHI_AT(issuer, ca_file), "ca_file" },
		{ NHI_AT(issuer, bearer_file), "bearer_file" },
		{ NHI_AT(issuer, proxy), "proxy" },
		{ NHI_AT(issuer, redirect_hosts), "redirect_hosts" },
		/* End of the settings of fetching */
	};

	for (size_t k = 0; k < sizeof(all) / sizeof(all[0]); k++)
		if (i->at[all[k].at].line != 0)
			nhi_fault(l->faults, i->at[all[k].at],
			    "issuer \"%s\": %s means nothing beside "
			    "jwks_file", i->name, all[k].name);
}

static bool
is_proxy(const char *s)
{
	static const char *const schemes[] = { "http://", "https://",
		"socks5h://" };

	for (size_t k = 0; k < sizeof(schemes) / sizeof(schemes[0]); k++) {
		size_t n = strlen(schemes[k]);

		if (strncmp(s, schemes[k], n) == 0)
			return s[n] != '\0' && strpbrk(s + n, "/@ ") == NULL;
	}
	return false;
}

/* Links are followed: a pod's ca.crt is one.  nhi-fetch must read it, too. */
static const char *
ca_wrong(const struct nhi_lint *l, const char *path)
{
	struct stat st;

	if (stat(path, &st) != 0)
		return strerror(errno);
	if (!S_ISREG(st.st_mode) || (st.st_mode & S_IROTH) == 0)
		return "must be a regular file that everybody may read";
	if ((st.st_mode & (S_IWGRP | S_IWOTH)) != 0 ||
	    (l->owner == NHI_FILE_ROOT && st.st_uid != 0))
		return "must be root's and not writable by others";
	return NULL;
}

static void
lint_fetched(const struct nhi_lint *l, const struct nhi_conf_issuer *i)
{
	const char *wrong = i->ca_file == NULL ? NULL :
	    ca_wrong(l, i->ca_file);

	if (wrong != NULL)
		nhi_fault(l->faults, NHI_LINT_AT(issuer, i, ca_file),
		    "issuer \"%s\": ca_file: %s", i->name, wrong);
	if (i->proxy != NULL && !is_proxy(i->proxy))
		nhi_fault(l->faults, NHI_LINT_AT(issuer, i, proxy),
		    "issuer \"%s\": proxy must be http://HOST:PORT, "
		    "https://HOST:PORT or socks5h://HOST:PORT", i->name);
	for (size_t k = 0; k < i->redirect_hosts.n; k++)
		if (!nhi_value_hostname(i->redirect_hosts.p[k]))
			nhi_fault(l->faults,
			    NHI_LINT_AT(issuer, i, redirect_hosts),
			    "issuer \"%s\": \"%.100s\" is not a host name",
			    i->name, i->redirect_hosts.p[k]);
}

void
nhi_lint_issuers(const struct nhi_lint *l)
{
	const struct nhi_conf_issuer *p = l->top->issuers.p;

	for (size_t i = 0; i < l->top->issuers.n; i++) {
		if (p[i].name == NULL)
			continue;
		lint_name(l, i);
		if (p[i].preset != NULL)
			lint_preset(l, &p[i]);
		lint_audience(l, &p[i]);
		if (p[i].jwks_file != NULL) {
			if (!l->world->elsewhere)
				lint_jwks(l, &p[i]);
			lint_pinned(l, &p[i]);
		} else {
			lint_fetched(l, &p[i]);
		}
	}
}
