/* SPDX-License-Identifier: BSD-2-Clause */
#include "config.h"

#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "lib/base/file.h"
#include "lib/base/paths.h"
#include "pam_nhi/caller.h"

enum nhi_err
nhi_pam_caller_start(struct nhi_stamp *ret, struct nhi_why *why)
{
	struct nhi_stamp s;
	enum nhi_err err;

	if ((err = nhi_stamp_boot(s.boot, why)) != NHI_OK ||
	    (err = nhi_stamp_process(getpid(), &s.ticks, why)) != NHI_OK)
		return err;
	*ret = s;
	return NHI_OK;
}

struct search {
	const struct nhi_pam_call *call;
	uint32_t audit_session;
	struct nhi_session *ret;
	bool found;
};

static bool
look(const struct nhi_session *s, void *arg)
{
	struct search *search = arg;

	search->found = s->audit_session == search->audit_session &&
	    strcmp(s->account, search->call->user) == 0 &&
	    s->identity[0] != '\0' && nhi_session_alive(s) == 1;
	if (search->found)
		*search->ret = *s;
	return !search->found;
}

enum nhi_err
nhi_pam_caller_find(const struct nhi_pam_call *c, struct nhi_session *ret,
    struct nhi_why *why)
{
	struct search search = {
		.call = c, .audit_session = nhi_stamp_audit_session(),
		.ret = ret,
	};
	enum nhi_err err;

	if (search.audit_session == UINT32_MAX)
		return nhi_fail(why, NHI_ERR_NO_EVIDENCE,
		    "%s: no audit session, so no lease can be told to be "
		    "the caller's", c->service);
	/* Another's record that cannot be read does not hide one's own. */
	if ((err = nhi_session_each(NHI_SESSIONS_DIR, look, &search,
	    why)) != NHI_OK && !search.found)
		return err;
	if (!search.found)
		return nhi_fail(why, NHI_ERR_NO_EVIDENCE,
		    "%s: audit session %lu is no live session of %s",
		    c->service, (unsigned long)search.audit_session, c->user);
	return NHI_OK;
}

/*
 * pam_loginuid does the same later in the stack and then finds it done; the
 * session record needs the number now.
 */
uint32_t
nhi_pam_caller_audit(uint32_t uid)
{
	NHI_AUTO(nhi_fd_close) int fd = -1;
	char text[16];
	int n;

	n = snprintf(text, sizeof(text), "%lu", (unsigned long)uid);
	fd = open("/proc/self/loginuid", O_WRONLY | O_CLOEXEC | O_NOCTTY);
	if (fd < 0 || write(fd, text, (size_t)n) != n)
		return UINT32_MAX;
	return nhi_stamp_audit_session();
}
