/* SPDX-License-Identifier: BSD-2-Clause */
/* doctor: the audit trail, and what waits to get into it. */
#include "config.h"

#include <errno.h>
#include <fcntl.h>
#include <glob.h>
#include <inttypes.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "lib/base/file.h"
#include "lib/base/list.h"
#include "lib/base/paths.h"
#include "lib/base/spool_name.h"
#include "nhictl/doctor.h"
#include "nhictl/trail.h"

#define LARGE		(1LL << 30)
#define ROTATE		(64LL << 20)	/* so large, and nobody rotates it */
#define SPOOL_FILES	4096
#define SPOOL_AGE	600		/* s */
#define CONF_SIZE	65536

/* Opened as a writer opens it; nothing is written. */
static void
check_writable(struct nhi_doctor *d)
{
	int fd = open(NHI_AUDIT_FILE, O_WRONLY | O_APPEND | O_CLOEXEC |
	    O_NOFOLLOW | O_NONBLOCK);

	if (fd < 0 && errno != ENOENT)
		nhi_doctor_find(d, NHI_DOCTOR_AUDIT_WRITE,
		    NHI_AUDIT_FILE ": %s", strerror(errno));
	else if (fd < 0 && access(NHI_LOG_DIR, W_OK) != 0)
		nhi_doctor_find(d, NHI_DOCTOR_AUDIT_WRITE,
		    NHI_LOG_DIR ": %s", strerror(errno));
	nhi_fd_close(&fd);
}

static bool
is_rotated(void)
{
	glob_t g = { .gl_pathc = 0 };
	bool found = false;

	(void)glob("/etc/logrotate.d/*", 0, NULL, &g);
	for (size_t i = 0; !found && i < g.gl_pathc; i++) {
		NHI_AUTO(nhi_buf_wipe) struct nhi_buf text =
		    NHI_BUF(CONF_SIZE);

		found = nhi_file_read(AT_FDCWD, g.gl_pathv[i], NHI_FILE_ANY,
		    &text, NULL) == NHI_OK && (strstr(nhi_buf_text(&text),
		    NHI_AUDIT_FILE) != NULL || strstr(nhi_buf_text(&text),
		    NHI_LOG_DIR "/*") != NULL);
	}
	globfree(&g);
	return found;
}

/* A writer ends a torn line first, so the last one is whole or new. */
static void
check_end(struct nhi_doctor *d, off_t size)
{
	char tail[NHI_AUDIT_LINE + 1];
	struct nhi_trail_record r;
	struct nhi_span line;
	NHI_AUTO(nhi_fd_close) int fd = -1;
	const char *p;
	ssize_t n;

	if (nhi_file_open(AT_FDCWD, NHI_AUDIT_FILE, NHI_FILE_ROOT, &fd,
	    NULL) != NHI_OK)
		return;
	n = pread(fd, tail, sizeof(tail), size < (off_t)sizeof(tail) ? 0 :
	    size - (off_t)sizeof(tail));
	if (n <= 0)
		return;
	line = (struct nhi_span){ tail, (size_t)n };
	if (tail[n - 1] == '\n') {
		line.n--;
		p = memrchr(tail, '\n', line.n);
		line.n -= p == NULL ? 0 : (size_t)(p + 1 - tail);
		line.p = p == NULL ? tail : p + 1;
		if (nhi_trail_parse(line, &r)) {
			nhi_trail_wipe(&r);
			return;
		}
	}
	nhi_doctor_find(d, NHI_DOCTOR_AUDIT_DAMAGED,
	    "the last line of " NHI_AUDIT_FILE " is no record");
}

static void
check_file(struct nhi_doctor *d)
{
	struct stat st;

	if (nhi_doctor_has(d, NHI_DOCTOR_AUDIT_WRITE) ||
	    lstat(NHI_AUDIT_FILE, &st) != 0)
		return;
	if (st.st_uid != 0 || !S_ISREG(st.st_mode) || (st.st_mode & 037) != 0)
		nhi_doctor_find(d, NHI_DOCTOR_AUDIT_MODE,
		    NHI_AUDIT_FILE " has owner %lu and mode %04o",
		    (unsigned long)st.st_uid,
		    (unsigned int)st.st_mode & 07777);
	if (st.st_size > LARGE)
		nhi_doctor_find(d, NHI_DOCTOR_AUDIT_LARGE,
		    NHI_AUDIT_FILE " has %" PRId64 " MiB",
		    (int64_t)st.st_size >> 20);
	else if (st.st_size > ROTATE && !is_rotated())
		nhi_doctor_find(d, NHI_DOCTOR_AUDIT_ROTATE, NHI_AUDIT_FILE
		    " has %" PRId64 " MiB, and no file in /etc/logrotate.d "
		    "names it", (int64_t)st.st_size >> 20);
	if (S_ISREG(st.st_mode))
		check_end(d, st.st_size);
}

/* What is left of a refusal that was taken in: it counts once an hour. */
static bool
is_told(const char *name, const struct stat *st)
{
	return strncmp(name, NHI_SPOOL_ONCE,
	    sizeof(NHI_SPOOL_ONCE) - 1) == 0 && S_ISREG(st->st_mode) &&
	    st->st_uid == 0 && st->st_size == 0;
}

static void
check_spool(struct nhi_doctor *d)
{
	NHI_AUTO(nhi_list_close) DIR *list = nhi_list_open(AT_FDCWD,
	    NHI_SPOOL_DIR);
	const struct dirent *de;
	unsigned int files = 0;
	int64_t oldest = d->now;
	struct stat st;

	while (list != NULL && (de = nhi_list_next(list)) != NULL) {
		if (de->d_name[0] == '.' || fstatat(dirfd(list), de->d_name,
		    &st, AT_SYMLINK_NOFOLLOW) != 0 ||
		    is_told(de->d_name, &st))
			continue;
		files++;
		if (st.st_mtime < oldest)
			oldest = st.st_mtime;
	}
	if (files > SPOOL_FILES || oldest < d->now - SPOOL_AGE)
		nhi_doctor_find(d, NHI_DOCTOR_SPOOL, NHI_SPOOL_DIR
		    ": %u files, the oldest of %" PRId64 " minutes ago",
		    files, (d->now - oldest) / 60);
}

void
nhi_doctor_audit(struct nhi_doctor *d)
{
	check_writable(d);
	check_file(d);
	check_spool(d);
}
