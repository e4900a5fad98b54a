/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * One file of the spool, as root sees it.  Who wrote it and when come from
 * fstat; the name is believed for counters only, and there within bounds.
 */
#include "config.h"

#include <arpa/inet.h>
#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "lib/base/file.h"
#include "lib/base/num.h"
#include "lib/base/spool_take.h"
#include "lib/base/spool_name.h"
#include "lib/base/spool_parse.h"
#include "lib/base/spool_room.h"

#define PATIENCE	5000	/* ms that a file may take to be written */

static const char *
component(const struct nhi_spool_job *job, uid_t uid)
{
	if (uid == NHI_SPOOL_NOBODY)
		return NULL;
	if (uid == job->issuer)
		return "nhi-issue";
	if (uid == job->verify)
		return "nhi-sshd-helper";
	if (uid == job->fetch)
		return "nhi-fetch";
	return NULL;
}

/* What each of them has to say; nobody speaks for another. */
static bool
may_say(const struct nhi_spool_job *job, uid_t uid, const struct nhi_event *ev)
{
	bool fetch = ev->event == NHI_EVENT_FETCH_OK ||
	    ev->event == NHI_EVENT_FETCH_FAIL;
	bool grant = ev->event == NHI_EVENT_TOKEN_ACCEPT ||
	    ev->event == NHI_EVENT_CERT_ISSUE;
	bool denial = ev->event == NHI_EVENT_TOKEN_DENY ||
	    ev->event == NHI_EVENT_CERT_DENY ||
	    ev->event == NHI_EVENT_LOGIN_DENY;

	if (uid == job->fetch)
		return fetch;
	if (denial && ev->outcome != NHI_GRANT)
		return true;
	return grant && uid == job->issuer;
}

static bool
is_counter(const char *name)
{
	return strncmp(name, "c.", 2) == 0;
}

/* 0: whole; otherwise why it is no record.  Root only counts here. */
static const char *
check(const struct nhi_spool_job *job, const char *name,
    const struct stat *st)
{
	if (!S_ISREG(st->st_mode))
		return "not a regular file";
	if (component(job, st->st_uid) == NULL &&
	    (st->st_uid != geteuid() || !is_counter(name)))
		return "not a service user's";
	if (st->st_nlink != 1)
		return "more than one link";
	return NULL;
}

static enum nhi_spool_state
junk(struct nhi_spool_file *f, const char *what)
{
	f->what = what;
	return NHI_SPOOL_JUNK;
}

/* The source that a counter's name holds; "" when it holds none. */
static void
source_text(struct nhi_span hex, char out[static 64])
{
	char text[INET6_ADDRSTRLEN];
	uint8_t a[16] = { 0 };

	out[0] = '\0';
	if (nhi_num_unhex(hex, a, 4) &&
	    inet_ntop(AF_INET, a, text, sizeof(text)) != NULL)
		(void)snprintf(out, 64, "%s", text);
	else if (nhi_num_unhex(hex, a, 8) &&
	    inet_ntop(AF_INET6, a, text, sizeof(text)) != NULL)
		(void)snprintf(out, 64, "%s/64", text);
}

/* How many had no room: of root's, the file counts all. */
static int64_t
dropped(const struct nhi_spool_job *job, const struct stat *st)
{
	int64_t room = component(job, st->st_uid) == NULL ? NHI_SPOOL_ROOM : 0;
	int64_t n = st->st_size < NHI_SPOOL_COUNT ? st->st_size :
	    NHI_SPOOL_COUNT;

	return n < room ? 0 : n - room;
}

static void
put_dropped(const struct nhi_spool_job *job, const struct stat *st,
    struct nhi_span who, struct nhi_spool_file *f, struct nhi_buf *line)
{
	const char *writer = component(job, st->st_uid);
	struct nhi_audit_stamp stamp = { .time_ms = f->time_ms,
	    .pid = getpid() };
	char source[64], account[NHI_SPOOL_SOURCE], detail[96];

	source_text(who, source);
	nhi_spool_account(who, account);
	(void)snprintf(detail, sizeof(detail), "%s%" PRId64
	    " denials of one %s and minute found no room",
	    st->st_size < NHI_SPOOL_COUNT ? "" : "at least ",
	    dropped(job, st), account[0] == '\0' ? "source" : "account");
	nhi_audit_id(stamp.time_ms, stamp.id);
	memcpy(f->id, stamp.id, sizeof(f->id));
	nhi_audit_format(&(struct nhi_event){
	    .event = NHI_EVENT_SPOOL_DROPPED, .outcome = NHI_DENY,
	    .component = writer == NULL ? "pam_nhi" : writer,
	    .detail = detail, .account = account, .source = source },
	    &stamp, line);
}

/* c.<uid>.<source>.<minute>: one record when the minute is over. */
static enum nhi_spool_state
look_counter(const struct nhi_spool_job *job, const char *name,
    const struct stat *st, struct nhi_spool_file *f, struct nhi_buf *line)
{
	struct nhi_span rest = nhi_span_str(name), word, who;
	int64_t now = job->now_ms / NHI_SPOOL_MINUTE;
	uint64_t minute;

	if (!nhi_span_cut(&rest, '.', &word) ||
	    !nhi_span_cut(&rest, '.', &word) ||
	    !nhi_span_cut(&rest, '.', &who) ||
	    !nhi_num_parse(rest, INT32_MAX, &minute))
		return junk(f, "not a name of ours");
	if ((int64_t)minute == now || (int64_t)minute == now + 1)
		return NHI_SPOOL_LATER;
	if (dropped(job, st) > 0)
		put_dropped(job, st, who, f, line);
	return NHI_SPOOL_TAKE;
}

static enum nhi_spool_state
look_record(const struct nhi_spool_job *job, int fd,
    struct nhi_spool_file *f, struct nhi_buf *line)
{
	NHI_AUTO(nhi_buf_wipe) struct nhi_buf text = NHI_BUF(NHI_SPOOL_FILE);
	NHI_AUTO(nhi_spool_wipe) struct nhi_spool_record r = { .words =
	    { NULL } };
	enum nhi_err err;

	if ((err = nhi_file_slurp(fd, &text, NULL)) == NHI_OK)
		err = nhi_spool_parse(nhi_buf_all(&text), &r, NULL);
	if (err == NHI_ERR_NO_MEMORY)
		return NHI_SPOOL_LATER;
	if (err != NHI_OK && f->time_ms > job->now_ms - PATIENCE &&
	    f->time_ms <= job->now_ms)
		return NHI_SPOOL_LATER;
	if (err != NHI_OK)
		return junk(f, "not a record");
	if (!may_say(job, f->uid, &r.ev))
		return junk(f, "not its writer's to say");
	r.ev.component = component(job, f->uid);
	r.stamp.time_ms = f->time_ms;
	memcpy(f->id, r.stamp.id, sizeof(f->id));
	nhi_audit_format(&r.ev, &r.stamp, line);
	return NHI_SPOOL_TAKE;
}

enum nhi_spool_state
nhi_spool_look(const struct nhi_spool_job *job, int dir, const char *name,
    struct nhi_spool_file *ret, struct nhi_buf *line)
{
	NHI_AUTO(nhi_fd_close) int fd = -1;
	struct stat st;
	const char *what;

	*ret = (struct nhi_spool_file){ .what = NULL };
	/* What is no file is not even opened. */
	if (fstatat(dir, name, &st, AT_SYMLINK_NOFOLLOW) != 0)
		return NHI_SPOOL_GONE;
	ret->uid = st.st_uid;
	if ((what = check(job, name, &st)) != NULL)
		return junk(ret, what);
	if (nhi_file_open(dir, name, NHI_FILE_ANY, &fd, NULL) != NHI_OK)
		return errno == ENOENT ? NHI_SPOOL_GONE :
		    junk(ret, "cannot be opened");
	if (fstat(fd, &st) != 0 || (what = check(job, name, &st)) != NULL)
		return junk(ret, "changed under our hands");
	ret->uid = st.st_uid;
	ret->time_ms = (int64_t)st.st_ctim.tv_sec * 1000 +
	    st.st_ctim.tv_nsec / 1000000;
	if (is_counter(name))
		return look_counter(job, name, &st, ret, line);
	if (st.st_size > NHI_SPOOL_FILE)
		return junk(ret, "too large");
	return look_record(job, fd, ret, line);
}
