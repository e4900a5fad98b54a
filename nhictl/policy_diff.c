/* SPDX-License-Identifier: BSD-2-Clause */
/* nhictl policy diff: who gains and who loses what. */
#include "config.h"

#include <getopt.h>
#include <stdio.h>
#include <string.h>

#include "nhictl/fact.h"
#include "nhictl/nhictl.h"
#include "nhictl/show.h"
#include "nhictl/written.h"

struct diff {
	struct nhi_facts old;
	struct nhi_facts new;
	bool json;
	size_t changes;
	const struct nhi_fact *head;	/* the thing whose line was printed */
};

static void
wipe(struct diff *d)
{
	nhi_facts_wipe(&d->old);
	nhi_facts_wipe(&d->new);
}

static enum nhi_err
load(const char *file, struct nhi_facts *ret, struct nhi_why *why)
{
	NHI_AUTO(nhi_plan_freep) struct nhi_plan *plan = NULL;
	enum nhi_err err;

	if ((err = nhi_written_load(file, &plan, why)) != NHI_OK)
		return err;
	return nhi_facts_make(plan, ret, why);
}

/* Sorted: the first fact that is not before the thing is the thing's. */
static bool
has_thing(const struct nhi_facts *f, const struct nhi_fact *thing)
{
	size_t lo = 0, hi = f->n;

	while (lo < hi) {
		size_t mid = lo + (hi - lo) / 2;

		if (nhi_fact_compare_thing(&f->p[mid], thing) < 0)
			lo = mid + 1;
		else
			hi = mid;
	}
	return lo < f->n && nhi_fact_compare_thing(&f->p[lo], thing) == 0;
}

/* What the thing is in the other policy. */
static const char *
state_of(const struct diff *d, const struct nhi_fact *f)
{
	if (!has_thing(&d->old, f))
		return "new";
	return has_thing(&d->new, f) ? "changed" : "gone";
}

static bool
print_json(const struct diff *d, const struct nhi_fact *f, bool gain)
{
	NHI_AUTO(nhi_buf_wipe) struct nhi_buf line = NHI_BUF(2U << 20);

	nhi_show_string(&line, "kind", f->kind);
	nhi_show_string(&line, "name", f->name);
	nhi_show_string(&line, "state", state_of(d, f));
	nhi_show_string(&line, "change", gain ? "gain" : "lose");
	nhi_show_string(&line, "field", f->field);
	nhi_show_string(&line, "value", f->value);
	return nhi_show_line(&line);
}

static bool
print_text(struct diff *d, const struct nhi_fact *f, bool gain)
{
	NHI_AUTO(nhi_buf_wipe) struct nhi_buf line = NHI_BUF(2U << 20);

	if (d->head == NULL || nhi_fact_compare_thing(d->head, f) != 0) {
		nhi_buf_printf(&line, "%s ", f->kind);
		nhi_show_text(&line, f->name);
		nhi_buf_printf(&line, ": %s\n", state_of(d, f));
		d->head = f;
	}
	nhi_buf_printf(&line, "  %c %s ", gain ? '+' : '-', f->field);
	nhi_show_text(&line, f->value);
	return line.err == NHI_OK && puts(nhi_buf_text(&line)) >= 0;
}

static bool
print(struct diff *d, const struct nhi_fact *f, bool gain)
{
	d->changes++;
	return d->json ? print_json(d, f, gain) : print_text(d, f, gain);
}

/* Both are sorted: one walk through the two. */
static bool
compare(struct diff *d)
{
	size_t i = 0, k = 0;
	bool good = true;

	while (good && (i < d->old.n || k < d->new.n)) {
		int r = i == d->old.n ? 1 : k == d->new.n ? -1 :
		    nhi_fact_compare(&d->old.p[i], &d->new.p[k]);

		if (r < 0) {
			good = print(d, &d->old.p[i++], false);
		} else if (r > 0) {
			good = print(d, &d->new.p[k++], true);
		} else {
			i++;
			k++;
		}
	}
	return good && fflush(stdout) == 0;
}

int
nhi_verb_policy_diff(int argc, char **argv)
{
	NHI_AUTO(wipe) struct diff d = { .head = NULL };
	static const struct option options[] = {
		{ "json", no_argument, NULL, 'j' },
		{ NULL, 0, NULL, 0 },
	};
	struct nhi_why why = { "" };
	enum nhi_err err;
	int c;

	while ((c = getopt_long(argc, argv, "", options, NULL)) != -1) {
		if (c != 'j')
			return nhi_ctl_usage("policy diff");
		d.json = true;
	}
	if (optind != argc - 2)
		return nhi_ctl_usage("policy diff");
	if ((err = load(argv[optind], &d.old, &why)) != NHI_OK ||
	    (err = load(argv[optind + 1], &d.new, &why)) != NHI_OK) {
		(void)nhi_ctl_fail(err, &why);
		return NHI_CTL_FAULT;
	}
	if (!compare(&d))
		return NHI_CTL_FAULT;
	return d.changes == 0 ? NHI_CTL_OK : NHI_CTL_NO;
}
