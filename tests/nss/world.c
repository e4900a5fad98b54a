/* SPDX-License-Identifier: BSD-2-Clause */
#include "config.h"

#include <fcntl.h>
#include <ftw.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#include "lib/base/file.h"
#include "tests/nss/world.h"

static const char salt[16] = "0123456789abcdef";

const char *
world_path(const struct world *w, const char *fmt, ...)
{
	static char paths[4][512];
	static unsigned int next;
	char *out = paths[next++ % 4];
	size_t n = strlen(w->root);
	va_list ap;

	memcpy(out, w->root, n);
	out[n] = '/';
	va_start(ap, fmt);
	(void)vsnprintf(out + n + 1, sizeof(paths[0]) - n - 1, fmt, ap);
	va_end(ap);
	return out;
}

static void
make_dir(const struct world *w, const char *path)
{
	assert_int_equal(mkdir(world_path(w, "%s", path), 0755), 0);
	assert_int_equal(chmod(world_path(w, "%s", path), 0755), 0);
}

static void
make_salt(const struct world *w)
{
	struct nhi_why why;

	assert_int_equal(nhi_file_replace(AT_FDCWD,
	    world_path(w, "uids/salt"), 0600,
	    (struct nhi_span){ salt, sizeof(salt) }, &why), NHI_OK);
}

int
world_setup(void **state)
{
	static const char *const dirs[] = {
		"uids", "uids/name", "uids/uid", "leases", "published",
		"published/1", "published/1/names", "published/1/templates",
	};
	struct world *w = calloc(1, sizeof(*w));

	assert_non_null(w);
	(void)snprintf(w->root, sizeof(w->root), "/tmp/nhi-world.XXXXXX");
	assert_non_null(mkdtemp(w->root));
	assert_int_equal(chmod(w->root, 0755), 0);
	for (size_t i = 0; i < sizeof(dirs) / sizeof(dirs[0]); i++)
		make_dir(w, dirs[i]);
	(void)snprintf(w->uids, sizeof(w->uids), "%s/uids", w->root);
	(void)snprintf(w->leases, sizeof(w->leases), "%s/leases", w->root);
	(void)snprintf(w->generation, sizeof(w->generation),
	    "%s/published/current", w->root);
	w->paths = (struct nhi_nss_paths){ w->generation, w->uids,
	    w->leases };
	assert_int_equal(nhi_stamp_boot(w->boot, NULL), NHI_OK);
	world_link(w, "published/current", "1");
	world_range(w, WORLD_LO, WORLD_HI, 1);
	make_salt(w);
	*state = w;
	return 0;
}

static int
remove_one(const char *path, const struct stat *st, int type,
    struct FTW *ftw)
{
	(void)st;
	(void)type;
	(void)ftw;
	return remove(path);
}

int
world_teardown(void **state)
{
	struct world *w = *state;
	int r = nftw(w->root, remove_one, 8, FTW_DEPTH | FTW_PHYS);

	free(w);
	return r;
}

void
world_link(const struct world *w, const char *path, const char *fmt, ...)
{
	char text[1200];
	va_list ap;

	va_start(ap, fmt);
	(void)vsnprintf(text, sizeof(text), fmt, ap);
	va_end(ap);
	assert_int_equal(nhi_link_replace(AT_FDCWD,
	    world_path(w, "%s", path), text), 0);
}

const char *
world_text(const struct world *w, const char *path)
{
	static char text[NHI_LINK_MAX + 1];

	if (nhi_link_read(AT_FDCWD, world_path(w, "%s", path), text) != 1)
		return "";
	return text;
}

void
world_remove(const struct world *w, const char *path)
{
	assert_int_equal(unlink(world_path(w, "%s", path)), 0);
}

void
world_range(const struct world *w, uint32_t lo, uint32_t hi, uint64_t ticks)
{
	world_link(w, "uids/changed", "%s:%" PRIu64 ":%" PRIu32 ":%" PRIu32,
	    w->boot, ticks, lo, hi);
}

void
world_entry(const struct world *w, const char *name, uint32_t uid,
    const char *how, uint64_t ticks)
{
	char path[96];

	(void)snprintf(path, sizeof(path), "uids/uid/%" PRIu32, uid);
	world_link(w, path, "%s", name);
	(void)snprintf(path, sizeof(path), "uids/name/%s", name);
	world_link(w, path, "%" PRIu32 ":%s:%s:%" PRIu64, uid, how, w->boot,
	    ticks);
}

uint32_t
world_hash(const struct world *w, const char *name)
{
	struct nhi_uid_range range;
	uint32_t uid = 0;

	assert_int_equal(nhi_registry_range(w->uids, &range), 1);
	assert_int_equal(nhi_registry_hash(w->uids, name, &range, &uid), 1);
	return uid;
}

struct nhi_stamp
world_at(const struct world *w, uint64_t ticks)
{
	struct nhi_stamp s = { .ticks = ticks };

	memcpy(s.boot, w->boot, sizeof(s.boot));
	return s;
}

uint64_t
world_now(void)
{
	struct nhi_stamp now;

	assert_int_equal(nhi_stamp_now(&now, NULL), NHI_OK);
	return now.ticks;
}

void
world_tick(void)
{
	const struct timespec step = { 0, 2000000 };
	uint64_t from = world_now();

	while (world_now() == from)
		(void)nanosleep(&step, NULL);
}

int
world_as(uid_t uid, int (*fn)(const struct world *), const struct world *w)
{
	int status = 0;
	pid_t pid = fork();

	assert_true(pid >= 0);
	if (pid == 0) {
		if (setresgid(uid, uid, uid) != 0 ||
		    setresuid(uid, uid, uid) != 0)
			_exit(125);
		_exit(fn(w));
	}
	assert_int_equal(waitpid(pid, &status, 0), pid);
	assert_true(WIFEXITED(status));
	return WEXITSTATUS(status);
}
