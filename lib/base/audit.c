/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The road of a record.  Runs inside other people's processes: no state, no
 * openlog, nothing stays open (but what syslog(3) itself keeps).
 */
#include "config.h"

#include <string.h>
#include <sys/random.h>
#include <syslog.h>
#include <time.h>
#include <unistd.h>

#include "lib/base/audit.h"
#include "lib/base/audit_file.h"
#include "lib/base/paths.h"
#include "lib/base/spool.h"

#define ID_TIME		10		/* characters of the time in an id */
#define RECORDS_MAX	64		/* of one nhi_audit_all */

static const char *const events[] = {
#define X(sym, slug) slug,
	NHI_AUDIT_EVENTS(X)
#undef X
};
_Static_assert(sizeof(events) / sizeof(events[0]) == NHI_EVENT_COUNT,
    "one slug for each event");

const char *
nhi_audit_event_slug(enum nhi_audit_event event)
{
	return (unsigned int)event < NHI_EVENT_COUNT ? events[event] : "";
}

const char *
nhi_audit_outcome_slug(enum nhi_audit_outcome outcome)
{
	switch (outcome) {
	case NHI_GRANT:
		return "grant";
	case NHI_DENY:
		return "deny";
	case NHI_INFO:
		return "info";
	case NHI_FAULT:
		break;
	}
	return "fault";
}

/* 80 bits that nobody else has; where the kernel has none yet, the clock's. */
static void
fill(unsigned char out[static 10])
{
	struct timespec now = { 0, 0 };
	uint64_t v;

	if (getrandom(out, 10, GRND_NONBLOCK) == 10)
		return;
	(void)clock_gettime(CLOCK_MONOTONIC, &now);
	v = (uint64_t)now.tv_sec << 30 ^ (uint64_t)now.tv_nsec;
	for (unsigned int i = 0; i < 8; i++)
		out[i] = (unsigned char)(v >> (8 * i));
	out[8] = (unsigned char)(getpid() >> 8);
	out[9] = (unsigned char)getpid();
}

/* 48 bits of time and 80 of chance in Crockford's base32. */
void
nhi_audit_id(int64_t time_ms, char ret[static NHI_AUDIT_ID + 1])
{
	static const char digits[] = "0123456789abcdefghjkmnpqrstvwxyz";
	unsigned char chance[10];
	uint64_t v = (uint64_t)time_ms & ((UINT64_C(1) << 48) - 1);
	uint32_t bits = 0;
	unsigned int have = 0, k = 0;

	for (int i = ID_TIME - 1; i >= 0; i--, v >>= 5)
		ret[i] = digits[v & 31];
	fill(chance);
	for (unsigned int i = ID_TIME; i < NHI_AUDIT_ID; i++) {
		while (have < 5) {
			bits = bits << 8 | chance[k++];
			have += 8;
		}
		have -= 5;
		ret[i] = digits[bits >> have & 31];
	}
	ret[NHI_AUDIT_ID] = '\0';
}

static void
make_stamp(struct nhi_audit_stamp *stamp)
{
	struct timespec now = { 0, 0 };

	(void)clock_gettime(CLOCK_REALTIME, &now);
	stamp->time_ms = (int64_t)now.tv_sec * 1000 + now.tv_nsec / 1000000;
	stamp->pid = getpid();
	nhi_audit_id(stamp->time_ms, stamp->id);
}

static int
priority(enum nhi_audit_outcome outcome)
{
	switch (outcome) {
	case NHI_GRANT:
	case NHI_INFO:
		return LOG_INFO;
	case NHI_DENY:
		return LOG_NOTICE;
	case NHI_FAULT:
		break;
	}
	return LOG_ERR;
}

/* A copy for people, not evidence: anybody can write there. */
static void
copy_to_syslog(const struct nhi_event *ev, size_t n, struct nhi_span lines)
{
	struct nhi_span line;

	for (size_t i = 0; i < n && nhi_span_cut(&lines, '\n', &line); i++)
		syslog(LOG_AUTHPRIV | priority(ev[i].outcome), "%.*s",
		    (int)line.n, line.p);
}

static enum nhi_err
write_lines(const struct nhi_event *ev, const struct nhi_audit_stamp *stamp,
    struct nhi_span lines, struct nhi_why *why)
{
	if (geteuid() == 0)
		return nhi_audit_append(NHI_LOG_DIR,
		    strrchr(NHI_AUDIT_FILE, '/') + 1, lines, why);
	return nhi_spool_put(NHI_SPOOL_DIR, ev, stamp, why);
}

enum nhi_err
nhi_audit_all(const struct nhi_event *ev, size_t n, char *ret_id,
    struct nhi_why *why)
{
	NHI_AUTO(nhi_buf_wipe) struct nhi_buf lines =
	    NHI_BUF(RECORDS_MAX * NHI_AUDIT_LINE);
	struct nhi_audit_stamp stamp = { .id = "-" }, first = { .id = "-" };
	enum nhi_err err = NHI_ERR_AUDIT_UNAVAILABLE;

	if (n > RECORDS_MAX || (n != 1 && geteuid() != 0))
		return nhi_fail(why, err, "too many records at once");
	for (size_t i = 0; i < n; i++) {
		make_stamp(&stamp);
		if (i == 0)
			first = stamp;
		nhi_audit_format(&ev[i], &stamp, &lines);
	}
	if (nhi_buf_check(&lines, why) == NHI_OK) {
		err = n == 0 ? NHI_OK :
		    write_lines(ev, &first, nhi_buf_all(&lines), why);
		copy_to_syslog(ev, n, nhi_buf_all(&lines));
	}
	if (ret_id != NULL)
		memcpy(ret_id, err == NHI_OK ? first.id : "-",
		    err == NHI_OK ? sizeof(first.id) : sizeof("-"));
	return err;
}

enum nhi_err
nhi_audit(const struct nhi_event *ev, char *ret_id, struct nhi_why *why)
{
	return nhi_audit_all(ev, 1, ret_id, why);
}
