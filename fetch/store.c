/* SPDX-License-Identifier: BSD-2-Clause */
#include "config.h"

#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

#include "fetch/store.h"
#include "lib/base/file.h"
#include "lib/base/spawn.h"

#define STEP_NS	20000000
#define PATH	512

static enum nhi_err
failed(struct nhi_why *why, const char *what)
{
	return nhi_fail(why, NHI_ERR_STATE, "%s: %s", what, strerror(errno));
}

/* A sweep may have taken the file away while we waited for it. */
static bool
is_there(int fd, const char *path)
{
	struct stat a, b;

	return fstat(fd, &a) == 0 && lstat(path, &b) == 0 &&
	    a.st_dev == b.st_dev && a.st_ino == b.st_ino;
}

/* NHI_ERR_CAP: not now. */
static enum nhi_err
try_lock(const char *path, int *ret_fd, struct nhi_why *why)
{
	NHI_AUTO(nhi_fd_close) int fd = -1;

	fd = open(path, O_RDWR | O_CREAT | O_CLOEXEC | O_NOFOLLOW, 0600);
	if (fd < 0)
		return failed(why, path);
	if (flock(fd, LOCK_EX | LOCK_NB) != 0) {
		if (errno != EWOULDBLOCK && errno != EINTR)
			return failed(why, path);
		return nhi_fail(why, NHI_ERR_CAP,
		    "its key set is being fetched");
	}
	if (!is_there(fd, path))
		return nhi_fail(why, NHI_ERR_CAP, "its lock is gone");
	*ret_fd = fd;
	fd = -1;
	return NHI_OK;
}

enum nhi_err
nhi_store_lock(const char *path, int64_t deadline, int *ret_fd,
    struct nhi_why *why)
{
	const struct timespec step = { .tv_nsec = STEP_NS };
	enum nhi_err err;

	while ((err = try_lock(path, ret_fd, why)) == NHI_ERR_CAP &&
	    nhi_clock_ms() < deadline)
		(void)nanosleep(&step, NULL);
	return err;
}

/* No notes, spoilt ones, and those of another url are as none. */
static void
load(struct nhi_store *s)
{
	const struct nhi_provider *p = s->provider;
	struct stat st;

	if (nhi_cache_load(p->jwks, &s->meta, NULL) != NHI_OK ||
	    strcmp(s->meta.url, p->url) != 0)
		s->meta = (struct nhi_cache){ .url = "" };
	/* What another address said, or a set that is gone, is not "same". */
	if (lstat(p->jwks, &st) != 0 || (p->jwks_url[0] != '\0' &&
	    strcmp(p->jwks_url, s->meta.from) != 0)) {
		s->meta.etag[0] = s->meta.modified[0] = '\0';
		s->meta.next = 0;
	}
}

enum nhi_err
nhi_store_open(struct nhi_store *s, int64_t deadline, struct nhi_why *why)
{
	char path[PATH];
	enum nhi_err err;

	if (!nhi_cache_lock_path(s->provider->jwks, path, sizeof(path)))
		return nhi_fail(why, NHI_ERR_STATE, "%s: not in the cache",
		    s->provider->jwks);
	if ((err = nhi_store_lock(path, deadline, &s->lock, why)) != NHI_OK)
		return err;
	load(s);
	return NHI_OK;
}

void
nhi_store_close(struct nhi_store *s)
{
	nhi_fd_close(&s->lock);
}

/* Before the first attempt, the file is new and says nothing. */
bool
nhi_store_recent(const struct nhi_store *s, int64_t now)
{
	struct nhi_cache_mark mark;

	nhi_cache_mark(s->provider->jwks, now, &mark);
	return s->meta.url[0] != '\0' && nhi_cache_recent(&mark, now);
}

bool
nhi_store_due(const struct nhi_store *s, int64_t now)
{
	return s->meta.url[0] == '\0' || nhi_cache_due(&s->meta, now);
}

static enum nhi_err
put_meta(const struct nhi_store *s, struct nhi_why *why)
{
	NHI_AUTO(nhi_buf_wipe) struct nhi_buf text =
	    NHI_BUF(NHI_CACHE_META_MAX);
	char path[PATH];
	enum nhi_err err;

	nhi_cache_format(&s->meta, &text);
	if ((err = nhi_buf_check(&text, why)) != NHI_OK)
		return err;
	if (!nhi_cache_path(s->provider->jwks, path, sizeof(path)))
		return nhi_fail(why, NHI_ERR_STATE, "not in the cache");
	return nhi_file_replace(AT_FDCWD, path, 0644, nhi_buf_all(&text),
	    why);
}

enum nhi_err
nhi_store_begin(struct nhi_store *s, struct nhi_why *why)
{
	const struct nhi_provider *p = s->provider;

	if (ftruncate(s->lock, 0) != 0 || pwrite(s->lock, "+", 1, 0) != 1 ||
	    futimens(s->lock, NULL) != 0)
		return failed(why, "lock");
	if (s->meta.url[0] != '\0')
		return NHI_OK;
	/* In this order: no set stands beside another issuer's notes. */
	if (unlink(p->jwks) != 0 && errno != ENOENT)
		return failed(why, p->jwks);
	if (strlen(p->url) >= sizeof(s->meta.url))
		return nhi_fail(why, NHI_ERR_STATE, "the url is too long");
	memcpy(s->meta.url, p->url, strlen(p->url) + 1);
	return put_meta(s, why);
}

/* The attempt is over; the time of its beginning stays. */
static enum nhi_err
end(struct nhi_store *s, struct nhi_why *why)
{
	struct timespec times[2] = { { .tv_nsec = UTIME_OMIT }, { 0, 0 } };
	struct stat st;

	if (fstat(s->lock, &st) != 0)
		return failed(why, "lock");
	times[1] = st.st_mtim;
	if (ftruncate(s->lock, 0) != 0 || futimens(s->lock, times) != 0)
		return failed(why, "lock");
	return NHI_OK;
}

enum nhi_err
nhi_store_note(struct nhi_store *s, struct nhi_why *why)
{
	enum nhi_err err;

	if ((err = put_meta(s, why)) != NHI_OK)
		return err;
	return end(s, why);
}

enum nhi_err
nhi_store_replace(struct nhi_store *s, struct nhi_span set,
    struct nhi_why *why)
{
	enum nhi_err err;

	err = nhi_file_replace(AT_FDCWD, s->provider->jwks, 0644, set, why);
	return err != NHI_OK ? err : nhi_store_note(s, why);
}

enum nhi_err
nhi_store_touch(struct nhi_store *s, struct nhi_why *why)
{
	if (utimensat(AT_FDCWD, s->provider->jwks, NULL,
	    AT_SYMLINK_NOFOLLOW) != 0)
		return failed(why, s->provider->jwks);
	return nhi_store_note(s, why);
}
