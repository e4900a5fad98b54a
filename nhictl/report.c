/* SPDX-License-Identifier: BSD-2-Clause */
#include "config.h"

#include "lib/base/json_put.h"
#include "nhictl/report.h"

static void
put_string(FILE *out, const char *s)
{
	NHI_AUTO(nhi_buf_wipe) struct nhi_buf b = NHI_BUF(1U << 20);

	nhi_json_put_string(&b, nhi_span_str(s));
	(void)fputs(nhi_buf_text(&b), out);
}

static void
put_fault(const struct nhi_report *r, const struct nhi_fault *f)
{
	(void)fputs("{\"level\":", r->out);
	put_string(r->out, f->warning ? "warning" : "error");
	(void)fputs(",\"file\":", r->out);
	put_string(r->out, f->file);
	(void)fprintf(r->out, ",\"line\":%u,\"text\":", f->line);
	put_string(r->out, f->text);
	(void)fputs("}\n", r->out);
}

void
nhi_report_faults(const struct nhi_report *r, const struct nhi_faults *f)
{
	NHI_AUTO(nhi_buf_wipe) struct nhi_buf text = NHI_BUF(4U << 20);

	if (!r->json) {
		nhi_faults_format(f, &text);
		(void)fputs(nhi_buf_text(&text), r->out);
		return;
	}
	for (size_t i = 0; i < f->n; i++)
		if (f->p[i].file != NULL && f->p[i].text != NULL)
			put_fault(r, &f->p[i]);
}

void
nhi_report_plan(const struct nhi_report *r, const struct nhi_plan *p,
    const char *generation)
{
	const char *now = generation == NULL ? "" : generation;

	if (!r->json) {
		(void)fprintf(r->out, "%s%s: %zu identities, %zu accounts and "
		    "templates, digest %s\n",
		    generation == NULL ? "good" : "in force, generation ",
		    now, p->nidentities, p->naccounts, p->digest);
		return;
	}
	(void)fprintf(r->out, "{\"result\":\"ok\",\"digest\":\"%s\","
	    "\"identities\":%zu,\"accounts\":%zu", p->digest, p->nidentities,
	    p->naccounts);
	if (generation != NULL)
		(void)fprintf(r->out, ",\"generation\":\"%s\"", now);
	(void)fputs("}\n", r->out);
}

void
nhi_report_refused(const struct nhi_report *r, const struct nhi_faults *f)
{
	if (r->json)
		(void)fprintf(r->out, "{\"result\":\"refused\",\"errors\":%zu,"
		    "\"warnings\":%zu}\n", f->errors, f->warnings);
	else
		(void)fprintf(r->out, "refused: %zu fault%s\n", f->errors,
		    f->errors == 1 ? "" : "s");
}

void
nhi_report_note(const struct nhi_report *r, const char *text)
{
	if (!r->json) {
		(void)fprintf(r->out, "warning: %s\n", text);
		return;
	}
	(void)fputs("{\"level\":\"warning\",\"text\":", r->out);
	put_string(r->out, text);
	(void)fputs("}\n", r->out);
}
