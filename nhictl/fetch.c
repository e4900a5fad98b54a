/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * nhictl fetch: have key sets fetched, those that are due or, by name or
 * --force, at once.  nhi-fetch does it and leaves the audit record; only when
 * it cannot, the record is ours.
 */
#include "config.h"

#include <getopt.h>
#include <string.h>
#include <unistd.h>

#include "lib/base/paths.h"
#include "nhictl/issuers.h"
#include "nhictl/nhictl.h"
#include "nhictl/proc.h"
#include "nhictl/record.h"
#include "nhictl/show.h"

struct run {
	bool force;
	bool quiet;		/* faults only: for a timer */
	bool named;
	bool failed;
};

static void
print(const char *name, struct nhi_span said, FILE *f)
{
	NHI_AUTO(nhi_buf_wipe) struct nhi_buf text = NHI_BUF(4096);
	NHI_AUTO(nhi_buf_wipe) struct nhi_buf shown = NHI_BUF(16384);

	nhi_buf_span(&text, said);
	nhi_show_text(&shown, nhi_buf_text(&text));
	(void)fprintf(f, "%s: %s\n", name, nhi_buf_text(&shown));
}

/* nhi-fetch died, or was never there. */
static void
record_death(const char *name, const char *detail)
{
	const struct nhi_event e = {
		.event = NHI_EVENT_FETCH_FAIL, .outcome = NHI_FAULT,
		.reason = NHI_ERR_INTERNAL, .detail = detail, .issuer = name,
	};
	struct nhi_why why = { "" };

	if (nhi_record(&e, &why) != NHI_OK)
		(void)nhi_ctl_fail(NHI_ERR_AUDIT_UNAVAILABLE, &why);
}

static bool
on_issuer(const struct nhi_provider *p, void *arg)
{
	struct run *r = arg;
	const char *const argv[] = { NHI_DROP, "fetch", p->name,
		r->force ? "force" : "due", NULL };
	NHI_AUTO(nhi_proc_wipe) struct nhi_proc proc = NHI_PROC(argv);
	struct nhi_why why = { "" };
	struct nhi_span said;

	if (p->pinned) {
		if (r->named) {
			print(p->name, NHI_SPAN("its key set is pinned"),
			    stderr);
			r->failed = true;
		}
		return true;
	}
	if (nhi_proc_run(&proc, &why) != NHI_OK ||
	    (said = nhi_proc_last(&proc.out)).n == 0) {
		if (why.text[0] == '\0')
			(void)nhi_fail(&why, NHI_ERR_INTERNAL,
			    "nhi-fetch ended with status %d", proc.status);
		record_death(p->name, why.text);
		print(p->name, nhi_span_str(why.text), stderr);
		r->failed = true;
		return true;
	}
	if (proc.status != 0 || !r->quiet)
		print(p->name, said, proc.status != 0 ? stderr : stdout);
	r->failed |= proc.status != 0;
	return true;
}

/* With all of them, what is left of those that are no more. */
static enum nhi_err
sweep(const struct run *r, struct nhi_why *why)
{
	return r->named ? NHI_OK : nhi_issuers_sweep(why);
}

int
nhi_verb_fetch(int argc, char **argv)
{
	static const struct option options[] = {
		{ "force", no_argument, NULL, 'f' },
		{ "quiet", no_argument, NULL, 'q' },
		{ NULL, 0, NULL, 0 },
	};
	struct run r = { .force = false };
	struct nhi_why why = { "only root may fetch" };
	enum nhi_err err;
	int c;

	while ((c = getopt_long(argc, argv, "q", options, NULL)) != -1) {
		if (c == 'f')
			r.force = true;
		else if (c == 'q')
			r.quiet = true;
		else
			return nhi_ctl_usage("fetch");
	}
	if (optind < argc - 1)
		return nhi_ctl_usage("fetch");
	r.named = optind < argc;
	r.force = r.force || r.named;
	if (geteuid() != 0)
		return nhi_ctl_fail(NHI_ERR_STATE, &why);
	if ((err = nhi_issuers_each(r.named ? argv[optind] : NULL, on_issuer,
	    &r, &why)) != NHI_OK || (err = sweep(&r, &why)) != NHI_OK)
		return nhi_ctl_fail(err, &why);
	if (fflush(stdout) != 0)
		return nhi_ctl_done(false);
	return r.failed ? NHI_CTL_NO : NHI_CTL_OK;
}
