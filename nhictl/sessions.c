/* SPDX-License-Identifier: BSD-2-Clause */
/* nhictl sessions: who is in. */
#include "config.h"

#include <inttypes.h>

#include "lib/base/paths.h"
#include "lib/base/session.h"
#include "nhictl/nhictl.h"
#include "nhictl/show.h"
#include "nhictl/when.h"

struct listing {
	struct nhi_table *table;
	bool json;
};

static bool
show_json(const struct nhi_session *s)
{
	NHI_AUTO(nhi_buf_wipe) struct nhi_buf b = NHI_BUF(16384);
	char serial[21] = "";

	if (s->serial != 0)
		(void)snprintf(serial, sizeof(serial), "%" PRIu64, s->serial);
	nhi_show_string(&b, "session", s->id);
	nhi_show_string(&b, "account", s->account);
	nhi_show_number(&b, "uid", s->uid);
	nhi_show_string(&b, "identity", s->identity);
	nhi_show_string(&b, "owner", s->owner);
	nhi_show_string(&b, "issuer", s->issuer);
	nhi_show_string(&b, "service", s->service);
	nhi_show_string(&b, "source", s->source);
	nhi_show_string(&b, "serial", serial);
	nhi_show_string(&b, "keyid", s->keyid);
	nhi_show_string(&b, "key", s->fingerprint);
	nhi_show_string(&b, "mark", s->mark);
	if (s->audit_session != UINT32_MAX)
		nhi_show_number(&b, "auid_session", s->audit_session);
	nhi_show_number(&b, "pid", (uint64_t)s->pid);
	nhi_show_time(&b, "opened", s->opened);
	nhi_show_time(&b, "expires", s->expires);
	nhi_show_bool(&b, "alive", nhi_session_alive(s) != 0);
	return nhi_show_line(&b);
}

static bool
show(const struct nhi_session *s, void *arg)
{
	struct listing *l = arg;
	char opened[32], expires[32] = "-", pid[24];

	if (l->json)
		return show_json(s);
	nhi_when_format(s->opened, opened);
	if (s->expires != 0)
		nhi_when_format(s->expires, expires);
	(void)snprintf(pid, sizeof(pid), "%ld%s", (long)s->pid,
	    nhi_session_alive(s) != 0 ? "" : " (gone)");
	nhi_table_add(l->table, s->id);
	nhi_table_add(l->table, s->account);
	nhi_table_add(l->table, s->identity[0] == '\0' ? "-" : s->identity);
	nhi_table_add(l->table, s->service);
	nhi_table_add(l->table, s->source[0] == '\0' ? "-" : s->source);
	nhi_table_add(l->table, opened);
	nhi_table_add(l->table, expires);
	nhi_table_add(l->table, pid);
	return true;
}

int
nhi_verb_sessions(int argc, char **argv)
{
	static const char *const heads[] = { "SESSION", "ACCOUNT", "IDENTITY",
		"SERVICE", "SOURCE", "OPENED (UTC)", "EXPIRES (UTC)", "PID",
		NULL };
	NHI_AUTO(nhi_table_wipe) struct nhi_table table = { .heads = heads };
	struct listing l = { .table = &table };
	struct nhi_why why = { "" };
	enum nhi_err err;

	if (!nhi_ctl_json(argc, argv, &l.json))
		return nhi_ctl_usage("sessions");
	if ((err = nhi_session_each(NHI_SESSIONS_DIR, show, &l, &why)) !=
	    NHI_OK)
		return nhi_ctl_fail(err, &why);
	if (!l.json && !nhi_table_print(&table, "no sessions"))
		return nhi_ctl_done(false);
	return nhi_ctl_done(fflush(stdout) == 0);
}
