/* SPDX-License-Identifier: BSD-2-Clause */
#include "config.h"

#include <stdarg.h>

#include "nhictl/preflight.h"
#include "nhictl/show.h"

static void
put(struct nhi_preflight *p, const char *level, const char *check,
    const char *text)
{
	NHI_AUTO(nhi_buf_wipe) struct nhi_buf b = NHI_BUF(8192);

	if (p->json) {
		nhi_show_string(&b, "kind", "finding");
		nhi_show_string(&b, "level", level);
		nhi_show_string(&b, "check", check);
		nhi_show_string(&b, "text", text);
		(void)nhi_show_line(&b);
		return;
	}
	nhi_show_text(&b, text);
	(void)fprintf(p->out, "%s: %s: %s\n", level, check, nhi_buf_text(&b));
}

void
nhi_preflight_refuse(struct nhi_preflight *p, const char *check,
    const char *fmt, ...)
{
	char text[1024];
	va_list ap;

	va_start(ap, fmt);
	(void)vsnprintf(text, sizeof(text), fmt, ap);
	va_end(ap);
	put(p, "refusal", check, text);
	if (p->refusals++ == 0)
		(void)snprintf(p->first, sizeof(p->first), "%.150s", text);
}

void
nhi_preflight_warn(struct nhi_preflight *p, const char *check,
    const char *fmt, ...)
{
	char text[1024];
	va_list ap;

	va_start(ap, fmt);
	(void)vsnprintf(text, sizeof(text), fmt, ap);
	va_end(ap);
	put(p, "warning", check, text);
	p->warnings++;
}

enum nhi_err
nhi_preflight(struct nhi_preflight *p, struct nhi_why *why)
{
	static void (*const parts[])(struct nhi_preflight *) = {
		nhi_preflight_sshd,
		nhi_preflight_pam,
		nhi_preflight_ids,
		nhi_preflight_clock,
		nhi_preflight_files,
		/* End of parts */
	};

	for (size_t i = 0; i < sizeof(parts) / sizeof(parts[0]); i++)
		parts[i](p);
	if (p->refusals == 0)
		return NHI_OK;
	return nhi_fail(why, NHI_ERR_HOST, "nothing was changed: %.120s%s",
	    p->first, p->refusals == 1 ? "" : " (and more)");
}
