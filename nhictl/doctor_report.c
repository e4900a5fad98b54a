/* SPDX-License-Identifier: BSD-2-Clause */
/* What doctor found: collected, and printed. */
#include "config.h"

#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "nhictl/doctor.h"
#include "nhictl/show.h"

#define FOUND_MAX	((size_t)NHI_DOCTOR_COUNT * NHI_DOCTOR_EACH)

const struct nhi_doctor_kind nhi_doctor_kinds[NHI_DOCTOR_COUNT] = {
#define X(symbol, severity, id, text, remedy)				\
	[NHI_DOCTOR_##symbol] = { id, NHI_DOCTOR_##severity, text, remedy },
	NHI_DOCTOR_LIST(X)
#undef X
};

static const char *const severities[NHI_DOCTOR_SEVERITIES] = {
	[NHI_DOCTOR_NOTE] = "note",
	[NHI_DOCTOR_WARNING] = "warning",
	[NHI_DOCTOR_ERROR] = "error",
};

static bool
is_known(const struct nhi_doctor *d, enum nhi_doctor_id id, const char *fact)
{
	for (size_t i = 0; i < d->nfound; i++)
		if (d->found[i].id == id &&
		    strcmp(d->found[i].fact, fact) == 0)
			return true;
	return false;
}

void
nhi_doctor_find(struct nhi_doctor *d, enum nhi_doctor_id id, const char *fmt,
    ...)
{
	char fact[NHI_DOCTOR_FACT];
	va_list args;

	va_start(args, fmt);
	(void)vsnprintf(fact, sizeof(fact), fmt, args);
	va_end(args);
	if (is_known(d, id, fact) || d->count[id]++ >= NHI_DOCTOR_EACH)
		return;
	if (d->found == NULL &&
	    (d->found = calloc(FOUND_MAX, sizeof(*d->found))) == NULL) {
		d->failed = true;
		return;
	}
	d->found[d->nfound].id = id;
	memcpy(d->found[d->nfound++].fact, fact, sizeof(fact));
}

bool
nhi_doctor_has(const struct nhi_doctor *d, enum nhi_doctor_id id)
{
	return d->count[id] > 0;
}

void
nhi_doctor_put_blind(struct nhi_doctor *d, const char *what, const char *why)
{
	struct nhi_doctor_blind *b;

	if (d->nblind == NHI_DOCTOR_BLIND)
		return;
	b = &d->blind[d->nblind++];
	(void)snprintf(b->what, sizeof(b->what), "%s", what);
	(void)snprintf(b->why, sizeof(b->why), "%s", why);
}

void
nhi_doctor_wipe(struct nhi_doctor *d)
{
	free(d->found);
	d->found = NULL;
	nhi_host_wipe(&d->host);
	nhi_plan_freep(&d->plan);
}

static bool
print_json(const struct nhi_doctor_found *f)
{
	const struct nhi_doctor_kind *k = &nhi_doctor_kinds[f->id];
	NHI_AUTO(nhi_buf_wipe) struct nhi_buf b = NHI_BUF(16384);

	nhi_show_string(&b, "id", k->id);
	nhi_show_string(&b, "severity", severities[k->severity]);
	nhi_show_string(&b, "fact", f->fact);
	nhi_show_string(&b, "explanation", k->text);
	nhi_show_string(&b, "remedy", k->remedy);
	return nhi_show_line(&b);
}

static void
print_text(const struct nhi_doctor *d, const struct nhi_doctor_found *f,
    bool last)
{
	const struct nhi_doctor_kind *k = &nhi_doctor_kinds[f->id];
	NHI_AUTO(nhi_buf_wipe) struct nhi_buf b = NHI_BUF(4096);

	nhi_show_text(&b, f->fact);
	(void)printf("%-8s %s: %s\n", severities[k->severity], k->id,
	    nhi_buf_text(&b));
	if (!last)
		return;
	if (d->count[f->id] > NHI_DOCTOR_EACH)
		(void)printf("%9sand %u more\n", "",
		    d->count[f->id] - NHI_DOCTOR_EACH);
	(void)printf("%9s%s\n%9s> %s\n", "", k->text, "", k->remedy);
}

/* The errors first, and facts of one id together. */
static bool
print_found(const struct nhi_doctor *d, bool json,
    enum nhi_doctor_severity severity)
{
	bool good = true;

	for (size_t id = 0; id < NHI_DOCTOR_COUNT; id++) {
		unsigned int left = d->count[id];

		if (nhi_doctor_kinds[id].severity != severity)
			continue;
		if (left > NHI_DOCTOR_EACH)
			left = NHI_DOCTOR_EACH;
		for (size_t i = 0; good && left > 0 && i < d->nfound; i++) {
			if (d->found[i].id != id)
				continue;
			left--;
			if (json)
				good = print_json(&d->found[i]);
			else
				print_text(d, &d->found[i], left == 0);
		}
	}
	return good;
}

static void
print_blind(const struct nhi_doctor *d)
{
	for (size_t i = 0; i < d->nblind; i++) {
		NHI_AUTO(nhi_buf_wipe) struct nhi_buf b = NHI_BUF(4096);

		nhi_show_text(&b, d->blind[i].why);
		(void)fprintf(stderr, "nhictl: doctor: not looked at: %s: "
		    "%s\n", d->blind[i].what, nhi_buf_text(&b));
	}
}

bool
nhi_doctor_print(const struct nhi_doctor *d, bool json)
{
	unsigned int counts[NHI_DOCTOR_SEVERITIES] = { 0 };
	bool good = true;

	for (size_t id = 0; id < NHI_DOCTOR_COUNT; id++)
		counts[nhi_doctor_kinds[id].severity] += d->count[id];
	for (size_t s = NHI_DOCTOR_SEVERITIES; good && s-- > 0;)
		good = print_found(d, json, (enum nhi_doctor_severity)s);
	good = fflush(stdout) == 0 && good;
	print_blind(d);
	if (!json)
		(void)printf("doctor: %u errors, %u warnings, %u notes%s\n",
		    counts[NHI_DOCTOR_ERROR], counts[NHI_DOCTOR_WARNING],
		    counts[NHI_DOCTOR_NOTE], d->nblind == 0 ? "" :
		    "; not everything was looked at");
	return good && fflush(stdout) == 0;
}

bool
nhi_doctor_print_list(bool json)
{
	bool good = true;

	for (size_t id = 0; good && id < NHI_DOCTOR_COUNT; id++) {
		const struct nhi_doctor_kind *k = &nhi_doctor_kinds[id];
		NHI_AUTO(nhi_buf_wipe) struct nhi_buf b = NHI_BUF(4096);

		if (!json) {
			(void)printf("%-8s %s\n%9s%s\n%9s> %s\n",
			    severities[k->severity], k->id, "", k->text, "",
			    k->remedy);
			continue;
		}
		nhi_show_string(&b, "id", k->id);
		nhi_show_string(&b, "severity", severities[k->severity]);
		nhi_show_string(&b, "explanation", k->text);
		nhi_show_string(&b, "remedy", k->remedy);
		good = nhi_show_line(&b);
	}
	return good && fflush(stdout) == 0;
}
