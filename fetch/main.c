/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * nhi-fetch: an issuer's key set from its provider into the cache, whose sole
 * writer it is, under a user of its own and confined before it talks to
 * anybody.
 *
 *	nhi-fetch ISSUER due	if a refresh is due: for a timer
 *	nhi-fetch ISSUER asked	unless it was tried a moment ago: for a login
 *	nhi-fetch ISSUER force	now: for an administrator
 *	nhi-fetch - sweep	remove what is there of no issuer of the policy
 *
 * Everything else comes from the published policy.  One line on standard
 * output: ok, same, fresh, recent, busy or a reason code, and a sentence.
 * Exit 0, 1 on a fault, 75 when somebody else fetches.  Each attempt is one
 * audit record, good or bad.
 *
 * Started by nhi-drop, which has set the user and the descriptors.
 */
#include "config.h"

#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

#include "fetch/confine.h"
#include "fetch/refresh.h"
#include "fetch/resolver.h"
#include "fetch/sweep.h"
#include "lib/base/audit.h"
#include "lib/base/file.h"
#include "lib/base/paths.h"
#include "lib/base/service.h"
#include "lib/base/spawn.h"

#define ALARM_S		18
#define BEARER_MAX	16384

enum mode { DUE, ASKED, FORCE };

/* How long each waits for somebody else who fetches. */
static const struct {
	const char *word;
	int64_t wait_ms;
} modes[] = {
	[DUE] = { "due", 0 },
	[ASKED] = { "asked", 3000 },
	[FORCE] = { "force", 6000 },
};

struct fetch {
	enum mode mode;
	struct nhi_policy policy;
	struct nhi_host host;
	struct nhi_provider provider;
	struct nhi_buf bearer;
	struct nhi_http http;
	struct nhi_store store;
	int64_t started;
};

static void
fetch_wipe(struct fetch *f)
{
	nhi_http_close(&f->http);
	nhi_store_close(&f->store);
	nhi_provider_wipe(&f->provider);
	nhi_host_wipe(&f->host);
	nhi_buf_wipe(&f->bearer);
}

/* Links are followed: a pod's token is one.  It is the fetcher that opens. */
static enum nhi_err
read_bearer(struct fetch *f, struct nhi_why *why)
{
	NHI_AUTO(nhi_fd_close) int fd = -1;
	const char *path = f->provider.bearer_file;
	struct stat st;
	enum nhi_err err;

	if (path[0] == '\0')
		return NHI_OK;
	fd = open(path, O_RDONLY | O_CLOEXEC | O_NOCTTY | O_NONBLOCK);
	if (fd < 0 || fstat(fd, &st) != 0)
		return nhi_fail(why, NHI_ERR_STATE, "%.120s: %s", path,
		    strerror(errno));
	if (!S_ISREG(st.st_mode))
		return nhi_fail(why, NHI_ERR_STATE, "%.120s: not a file",
		    path);
	if ((err = nhi_file_slurp(fd, &f->bearer, why)) != NHI_OK)
		return err;
	while (f->bearer.n > 0 && f->bearer.p[f->bearer.n - 1] == '\n')
		f->bearer.p[--f->bearer.n] = '\0';
	for (size_t i = 0; i < f->bearer.n; i++)
		if (f->bearer.p[i] <= ' ' || f->bearer.p[i] > '~')
			return nhi_fail(why, NHI_ERR_STATE,
			    "%.120s: not a token", path);
	return NHI_OK;
}

static enum nhi_err
read_policy(struct fetch *f, const char *name, struct nhi_why *why)
{
	enum nhi_err err;

	if ((err = nhi_policy_open(NHI_PUBLISHED_DIR, &f->policy,
	    why)) != NHI_OK ||
	    (err = nhi_policy_host(&f->policy, &f->host, why)) != NHI_OK ||
	    (err = nhi_provider_find(&f->policy, name, &f->provider,
	    why)) != NHI_OK)
		return err;
	if (f->provider.pinned)
		return nhi_fail(why, NHI_ERR_INPUT,
		    "the key set of %s is pinned", name);
	return NHI_OK;
}

/* From here on: the network, the cache and the spool. */
static enum nhi_err
confine(struct fetch *f, struct nhi_why *why)
{
	static const char *const dirs[] = { NHI_CACHE_DIR, NHI_SPOOL_DIR,
		NULL };
	enum nhi_err err;

	if ((err = read_bearer(f, why)) != NHI_OK ||
	    (err = nhi_http_open(&f->http, why)) != NHI_OK)
		return err;
	nhi_resolver_load(NHI_RESOLVER_SWITCH);
	return nhi_fetch_confine(dirs, why);
}

static enum nhi_err
record(const struct fetch *f, enum nhi_err err, bool same,
    const struct nhi_why *said, struct nhi_why *why)
{
	const struct nhi_cache *m = &f->store.meta;
	char detail[128];
	struct nhi_event e = {
		.event = err == NHI_OK ? NHI_EVENT_FETCH_OK :
		    NHI_EVENT_FETCH_FAIL,
		.outcome = err == NHI_OK ? NHI_INFO : NHI_FAULT,
		.reason = err, .component = "nhi-fetch", .host = f->host.id,
		.issuer = f->provider.name, .policy = f->policy.digest,
		.detail = err == NHI_OK ? detail : said->text,
		.took_us = (nhi_clock_ms() - f->started) * 1000,
	};

	(void)snprintf(detail, sizeof(detail), "%" PRId64 " keys%s, next "
	    "refresh in %" PRId64 " s", m->keys, same ? ", not changed" : "",
	    m->next - m->fetched);
	return nhi_audit(&e, NULL, why);
}

static int
tell(int status, const char *word, const char *text)
{
	NHI_AUTO(nhi_buf_wipe) struct nhi_buf line = NHI_BUF(1024);
	struct nhi_why why;

	nhi_buf_printf(&line, "%s %s\n", word, text);
	(void)!nhi_file_put(STDOUT_FILENO, nhi_buf_all(&line), &why);
	return status;
}

static int
refresh(struct fetch *f)
{
	struct nhi_why why = { "" }, late = { "" };
	char keys[32];
	bool same = false;
	enum nhi_err err;

	f->http.provider = &f->provider;
	f->http.bearer = nhi_buf_text(&f->bearer);
	f->http.deadline = nhi_clock_ms() + NHI_HTTP_TOTAL_MS;
	err = nhi_refresh(&f->store, &f->http, &same, &why);
	if (record(f, err, same, &why, &late) != NHI_OK && err == NHI_OK)
		return tell(1, nhi_err_slug(NHI_ERR_AUDIT_UNAVAILABLE),
		    late.text);
	if (err != NHI_OK)
		return tell(1, nhi_err_slug(err), why.text);
	(void)snprintf(keys, sizeof(keys), "%" PRId64 " keys",
	    f->store.meta.keys);
	return tell(0, same ? "same" : "ok", keys);
}

static int
run(struct fetch *f, const char *name)
{
	struct nhi_why why = { "" };
	int64_t now;
	enum nhi_err err;

	if ((err = read_policy(f, name, &why)) != NHI_OK ||
	    (err = nhi_store_open(&f->store, f->started +
	    modes[f->mode].wait_ms, &why)) != NHI_OK)
		return err == NHI_ERR_CAP ? tell(NHI_EXIT_AGAIN, "busy",
		    why.text) : tell(1, nhi_err_slug(err), why.text);
	now = (int64_t)time(NULL);
	if (f->mode == DUE && !nhi_store_due(&f->store, now))
		return tell(0, "fresh", "not due yet");
	if (f->mode == ASKED && nhi_store_recent(&f->store, now))
		return tell(0, "recent", "tried a moment ago");
	if ((err = confine(f, &why)) != NHI_OK) {
		(void)!record(f, err, false, &why, &why);
		return tell(1, nhi_err_slug(err), why.text);
	}
	return refresh(f);
}

static int
sweep(void)
{
	struct nhi_why why = { "" };
	unsigned int files = 0;
	char text[32];
	enum nhi_err err;

	if ((err = nhi_sweep_cache(NHI_PUBLISHED_DIR, NHI_CACHE_DIR, &files,
	    &why)) != NHI_OK)
		return tell(1, nhi_err_slug(err), why.text);
	(void)snprintf(text, sizeof(text), "%u files removed", files);
	return tell(0, "ok", text);
}

int
main(int argc, char *argv[])
{
	NHI_AUTO(fetch_wipe) struct fetch f = {
		.store = { .lock = -1 }, .bearer = NHI_BUF(BEARER_MAX),
		.started = nhi_clock_ms(),
	};
	struct nhi_why why;

	(void)alarm(ALARM_S);
	if (nhi_service_identity(NHI_ID_FETCH, &why) != NHI_OK ||
	    nhi_fetch_limit(&why) != NHI_OK)
		return NHI_EXIT_FAULT;
	if (argc != 3)
		return NHI_EXIT_USAGE;
	/* "-" is no name of an issuer. */
	if (strcmp(argv[1], "-") == 0 && strcmp(argv[2], "sweep") == 0)
		return sweep();
	for (size_t i = 0; i < sizeof(modes) / sizeof(modes[0]); i++) {
		f.store.provider = &f.provider;
		f.mode = (enum mode)i;
		if (strcmp(argv[2], modes[i].word) == 0)
			return run(&f, argv[1]);
	}
	return NHI_EXIT_USAGE;
}
