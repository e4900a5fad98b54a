/* SPDX-License-Identifier: BSD-2-Clause */
/* doctor: key sets of the issuers. */
#include "config.h"

#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>

#include "lib/base/cache.h"
#include "lib/base/file.h"
#include "nhictl/doctor.h"
#include "nhictl/issuers.h"
#include "nhictl/when.h"

#define KEYS_SIZE	(1U << 20)
#define OVERDUE		3600		/* s */

/* Whoever verifies is _nhi, and opens it as such. */
static void
check_pinned(struct nhi_doctor *d, const struct nhi_provider *p)
{
	NHI_AUTO(nhi_buf_wipe) struct nhi_buf text = NHI_BUF(KEYS_SIZE);
	struct nhi_why why = { "" };
	struct stat st;

	if (nhi_file_read(AT_FDCWD, p->jwks, NHI_FILE_ROOT, &text, &why) !=
	    NHI_OK)
		nhi_doctor_find(d, NHI_DOCTOR_KEYS_PINNED, "%s: %s", p->name,
		    why.text);
	else if (lstat(p->jwks, &st) == 0 && (st.st_mode & S_IROTH) == 0)
		nhi_doctor_find(d, NHI_DOCTOR_KEYS_PINNED,
		    "%s: %s cannot be read by the verifier", p->name,
		    p->jwks);
	else if (strstr(nhi_buf_text(&text), "\"keys\"") == NULL)
		nhi_doctor_find(d, NHI_DOCTOR_KEYS_PINNED,
		    "%s: %s has no keys", p->name, p->jwks);
}

static void
check_age(struct nhi_doctor *d, const struct nhi_provider *p, int64_t mtime)
{
	int64_t age = d->now - mtime;

	if (age > p->stale)
		nhi_doctor_find(d, NHI_DOCTOR_KEYS_STALE, "%s: %" PRId64
		    " minutes old, %" PRId64 " is the limit", p->name,
		    age / 60, p->stale / 60);
	else if (age > p->stale / 4 * 3)
		nhi_doctor_find(d, NHI_DOCTOR_KEYS_SOON, "%s: %" PRId64
		    " minutes old, %" PRId64 " is the limit", p->name,
		    age / 60, p->stale / 60);
}

static void
check_fetch(struct nhi_doctor *d, const struct nhi_provider *p,
    const struct nhi_cache *meta)
{
	char when[32];

	if (meta->fault != NHI_OK) {
		nhi_when_format(meta->fault_time, when);
		nhi_doctor_find(d, NHI_DOCTOR_FETCH_FAULT,
		    "%s: %s UTC: %s: %.120s", p->name, when,
		    nhi_err_slug(meta->fault), meta->detail);
	} else if (meta->next != 0 && meta->next < d->now - OVERDUE) {
		nhi_doctor_find(d, NHI_DOCTOR_FETCH_OVERDUE,
		    "%s: due for %" PRId64 " minutes", p->name,
		    (d->now - meta->next) / 60);
	}
}

/* A set that is of another url is nobody's. */
static void
check_fetched(struct nhi_doctor *d, const struct nhi_provider *p)
{
	struct nhi_cache meta;
	struct nhi_why why = { "" };
	struct stat st;

	if (nhi_cache_load(p->jwks, &meta, &why) != NHI_OK) {
		if (errno == ENOENT)
			(void)snprintf(why.text, sizeof(why.text),
			    "it was never fetched");
		nhi_doctor_find(d, NHI_DOCTOR_KEYS_MISSING, "%s: %s", p->name,
		    why.text);
		return;
	}
	if (strcmp(meta.url, p->url) != 0)
		nhi_doctor_find(d, NHI_DOCTOR_KEYS_MISSING,
		    "%s: what is there is of %.120s", p->name, meta.url);
	else if (stat(p->jwks, &st) != 0)
		nhi_doctor_find(d, NHI_DOCTOR_KEYS_MISSING, "%s: %s: %s",
		    p->name, p->jwks, strerror(errno));
	else
		check_age(d, p, st.st_mtime);
	check_fetch(d, p, &meta);
}

static bool
on_issuer(const struct nhi_provider *p, void *arg)
{
	if (p->pinned)
		check_pinned(arg, p);
	else
		check_fetched(arg, p);
	return true;
}

void
nhi_doctor_keys(struct nhi_doctor *d)
{
	struct nhi_why why = { "" };

	if (d->published &&
	    nhi_issuers_each(NULL, on_issuer, d, &why) != NHI_OK)
		nhi_doctor_put_blind(d, "key sets", why.text);
}
