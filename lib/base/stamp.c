/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Nothing here allocates: nss_nhi asks for the boot id.  Files of /proc are
 * the kernel's whoever seems to own them (in a user namespace without root
 * they are nobody's).
 */
#include "config.h"

#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <stdio.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#include "lib/base/file.h"
#include "lib/base/num.h"
#include "lib/base/path.h"
#include "lib/base/stamp.h"

#define STAT_START	20	/* fields from the state to the start time */
#define STAT_USER	11	/* fields behind the state to the user time */

/* The first bytes of a file of /proc, one read; the kernel makes it whole. */
static enum nhi_err
read_proc(const char *path, char *out, size_t size, struct nhi_why *why)
{
	NHI_AUTO(nhi_fd_close) int fd = -1;
	enum nhi_err err;
	ssize_t n;

	if ((err = nhi_file_open(AT_FDCWD, path, NHI_FILE_ANY, &fd,
	    why)) != NHI_OK)
		return err;
	if ((n = read(fd, out, size - 1)) < 0)
		return nhi_fail(why, NHI_ERR_STATE, "%s: cannot read", path);
	out[n] = '\0';
	return NHI_OK;
}

/* 8-4-4-4-12 hex digits. */
static bool
is_boot(const char *s, size_t n)
{
	if (n != NHI_BOOT_ID)
		return false;
	for (size_t i = 0; i < n; i++) {
		bool dash = i == 8 || i == 13 || i == 18 || i == 23;
		bool hex = (s[i] >= '0' && s[i] <= '9') ||
		    (s[i] >= 'a' && s[i] <= 'f');

		if (dash ? s[i] != '-' : !hex)
			return false;
	}
	return true;
}

enum nhi_err
nhi_stamp_boot(char ret[static NHI_BOOT_ID + 1], struct nhi_why *why)
{
	static const char path[] = "/proc/sys/kernel/random/boot_id";
	char text[NHI_BOOT_ID + 8];
	enum nhi_err err;
	size_t n;

	if ((err = read_proc(path, text, sizeof(text), why)) != NHI_OK)
		return err;
	n = strcspn(text, "\n");
	if (!is_boot(text, n)) {
		errno = EBADMSG;
		return nhi_fail(why, NHI_ERR_STATE, "%s: not a boot id", path);
	}
	memcpy(ret, text, n);
	ret[n] = '\0';
	return NHI_OK;
}

enum nhi_err
nhi_stamp_now(struct nhi_stamp *ret, struct nhi_why *why)
{
	struct nhi_stamp now;
	struct timespec ts;
	uint64_t hz = (uint64_t)sysconf(_SC_CLK_TCK);
	enum nhi_err err;

	if ((err = nhi_stamp_boot(now.boot, why)) != NHI_OK)
		return err;
	if (clock_gettime(CLOCK_BOOTTIME, &ts) != 0 || hz == 0 ||
	    hz > 1000000000)
		return nhi_fail(why, NHI_ERR_STATE, "CLOCK_BOOTTIME: %s",
		    strerror(errno));
	/* The kernel rounds down too (nsec_to_clock_t). */
	now.ticks = (uint64_t)ts.tv_sec * hz +
	    (uint64_t)ts.tv_nsec / (1000000000 / hz);
	*ret = now;
	return NHI_OK;
}

/* What stands in /proc/<pid>/stat after the name. */
static enum nhi_err
read_stat(pid_t pid, char *out, size_t size, struct nhi_span *ret,
    struct nhi_why *why)
{
	char path[NHI_PATH_SIZE];
	const char *paren;
	enum nhi_err err;

	if (pid <= 0 || !nhi_path_number(path, "/proc", "/", (uint32_t)pid) ||
	    strlen(path) + sizeof("/stat") > sizeof(path)) {
		errno = ESRCH;
		return nhi_fail(why, NHI_ERR_STATE, "no process %ld",
		    (long)pid);
	}
	memcpy(path + strlen(path), "/stat", sizeof("/stat"));
	if ((err = read_proc(path, out, size, why)) != NHI_OK)
		return err;
	errno = EBADMSG;
	/* The name before it may hold anything, parentheses too. */
	if ((paren = strrchr(out, ')')) == NULL || paren[1] != ' ')
		return nhi_fail(why, NHI_ERR_STATE, "%s: malformed", path);
	*ret = nhi_span_str(paren + 2);
	return NHI_OK;
}

enum nhi_err
nhi_stamp_process(pid_t pid, uint64_t *ret, struct nhi_why *why)
{
	struct nhi_span rest, field = { NULL, 0 };
	char text[1024];
	enum nhi_err err;

	if ((err = read_stat(pid, text, sizeof(text), &rest, why)) != NHI_OK)
		return err;
	for (unsigned int i = 0; i < STAT_START; i++)
		if (!nhi_span_cut(&rest, ' ', &field))
			return nhi_fail(why, NHI_ERR_STATE,
			    "process %ld: too short", (long)pid);
	if (!nhi_num_parse(field, UINT64_MAX, ret))
		return nhi_fail(why, NHI_ERR_STATE,
		    "process %ld: no start time", (long)pid);
	return NHI_OK;
}

/* Fields: state, ..., STAT_USER and the next: ticks of processor time. */
int
nhi_stamp_starved(pid_t pid, uint64_t seconds)
{
	struct nhi_span rest, state, field = { NULL, 0 };
	uint64_t user, system, hz = (uint64_t)sysconf(_SC_CLK_TCK);
	char text[1024];

	if (read_stat(pid, text, sizeof(text), &rest, NULL) != NHI_OK ||
	    !nhi_span_cut(&rest, ' ', &state))
		return -1;
	for (unsigned int i = 0; i < STAT_USER; i++)
		if (!nhi_span_cut(&rest, ' ', &field))
			return -1;
	if (!nhi_num_parse(field, UINT64_MAX / 2, &user) ||
	    !nhi_span_cut(&rest, ' ', &field) ||
	    !nhi_num_parse(field, UINT64_MAX / 2, &system))
		return -1;
	return (nhi_span_is(state, "R") || nhi_span_is(state, "D")) &&
	    user + system < seconds * hz;
}

/* Its directory is not there, or went while it was read. */
int
nhi_stamp_alive(pid_t pid, uint64_t ticks)
{
	char boot[NHI_BOOT_ID + 1];
	uint64_t now;

	if (nhi_stamp_process(pid, &now, NULL) == NHI_OK)
		return now == ticks ? 1 : 0;
	if (errno != ENOENT && errno != ESRCH)
		return -1;
	/* Without /proc nobody has a directory. */
	return nhi_stamp_boot(boot, NULL) == NHI_OK ? 0 : -1;
}

enum nhi_err
nhi_stamp_leader(struct nhi_stamp *ret, struct nhi_why *why)
{
	struct nhi_stamp leader;
	enum nhi_err err;

	if ((err = nhi_stamp_boot(leader.boot, why)) != NHI_OK)
		return err;
	if (nhi_stamp_process(getsid(0), &leader.ticks, NULL) != NHI_OK)
		leader.ticks = 0;
	*ret = leader;
	return NHI_OK;
}

bool
nhi_stamp_older(const struct nhi_stamp *a, const struct nhi_stamp *than)
{
	if (strcmp(a->boot, than->boot) != 0)
		return true;
	return a->ticks < than->ticks;
}

bool
nhi_stamp_parse(struct nhi_span s, struct nhi_stamp *ret)
{
	struct nhi_span boot;
	uint64_t ticks;

	if (!nhi_span_cut(&s, ':', &boot) || s.p == NULL ||
	    !is_boot(boot.p, boot.n) || !nhi_num_parse(s, UINT64_MAX, &ticks))
		return false;
	memcpy(ret->boot, boot.p, boot.n);
	ret->boot[boot.n] = '\0';
	ret->ticks = ticks;
	return true;
}

void
nhi_stamp_format(const struct nhi_stamp *s, char ret[static NHI_STAMP_TEXT])
{
	(void)snprintf(ret, NHI_STAMP_TEXT, "%.*s:%" PRIu64, NHI_BOOT_ID,
	    s->boot, s->ticks);
}

uint32_t
nhi_stamp_audit_session(void)
{
	char text[16];
	uint64_t v;

	if (read_proc("/proc/self/sessionid", text, sizeof(text),
	    NULL) != NHI_OK ||
	    !nhi_num_parse((struct nhi_span){ text, strcspn(text, "\n") },
	    UINT32_MAX, &v))
		return UINT32_MAX;
	return (uint32_t)v;
}
