/* SPDX-License-Identifier: BSD-2-Clause */
#include "config.h"

#include <inttypes.h>
#include <stdio.h>

#include "lib/base/json_put.h"
#include "lib/base/paths.h"
#include "lib/base/registry.h"
#include "nhictl/explain_ask.h"
#include "nhictl/nhictl.h"

void
nhi_ask_json(const struct nhi_ask *a)
{
	NHI_AUTO(nhi_buf_wipe) struct nhi_buf b =
	    NHI_BUF(NHI_EXPLAIN_TEXT + 4096);

	nhi_buf_str(&b, "{\"account\":");
	nhi_json_put_string(&b, nhi_span_str(a->account));
	nhi_buf_printf(&b, ",\"allowed\":%s,\"reason\":\"%s\"",
	    a->reason == NHI_OK ? "true" : "false",
	    nhi_err_slug(a->reason));
	if (a->reason != NHI_OK) {
		nhi_buf_str(&b, ",\"detail\":");
		nhi_json_put_string(&b, nhi_span_str(a->why.text));
	}
	if (a->found.identity != NHI_EXPLAIN_NONE)
		nhi_buf_printf(&b, ",\"identity\":\"%s\",\"ttl\":%" PRId64,
		    a->rules->identities[a->found.identity].name,
		    a->rules->identities[a->found.identity].ttl);
	if (a->used.by[0] != '\0')
		nhi_buf_printf(&b, ",\"used_by\":\"%s\"", a->used.by);
	if (a->text.n > 0) {
		nhi_buf_char(&b, ',');
		nhi_buf_span(&b, nhi_buf_all(&a->text));
	}
	nhi_buf_char(&b, '}');
	(void)puts(nhi_buf_text(&b));
}

static void
print_granted(const struct nhi_identity *i, const struct nhi_used *used)
{
	(void)printf("result   ok: identity %s of %s (%s)\n", i->name,
	    i->owner, i->purpose);
	(void)printf("         certificate for %" PRId64 " s", i->ttl);
	for (size_t k = 0; k < i->source.n; k++)
		(void)printf("%s%s", k == 0 ? ", only from " : ", ",
		    i->source.p[k]);
	(void)printf("%s%s%s%s\n", i->force_command[0] == '\0' ? "" :
	    ", only for ", i->force_command, i->pty ? ", with a terminal" : "",
	    i->forwarding ? ", with forwarding" : "");
	if (used->by[0] != '\0')
		(void)printf("         used before with key %s: good for that "
		    "key alone\n", used->by);
	if (used->unknown)
		(void)printf("         whether it was used before is told to "
		    "root alone\n");
}

void
nhi_ask_text(const struct nhi_ask *a)
{
	uint32_t uid;

	(void)fputs("account  ", stdout);
	nhi_ctl_put_plain(a->account, stdout);
	if (a->rules != NULL && a->entry.kind == NHI_ACCOUNT_TEMPLATE)
		(void)printf(", by template %s", a->entry.key);
	if (a->rules != NULL &&
	    nhi_registry_lookup(NHI_UIDS_DIR, a->account, &uid) == 1)
		(void)printf(", uid %lu", (unsigned long)uid);
	(void)printf("\n%s", nhi_buf_text(&a->text));
	if (a->reason == NHI_OK)
		print_granted(&a->rules->identities[a->found.identity],
		    &a->used);
	else
		(void)printf("result   %s: %s\n", nhi_err_slug(a->reason),
		    a->why.text);
}
