/* SPDX-License-Identifier: BSD-2-Clause */
#include "config.h"

#include <fcntl.h>
#include <ftw.h>
#include <limits.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "tests/fuzz/fuzz.h"

/* LeakSanitizer, in a library of its own, asks for it by this name. */
__attribute__((visibility("default")))
const char	*__lsan_default_suppressions(void);

bool fuzz_taken;

static char dir[64];
static bool made;

/* libconfig's scanner loses the string at which it finds a syntax error. */
const char *
__lsan_default_suppressions(void)
{
	return "leak:libconfig_yylex\nleak:strbuf_append\n";
}

struct nhi_span
fuzz_span(const uint8_t *data, size_t size)
{
	return (struct nhi_span){ size == 0 ? "" : (const char *)data, size };
}

char *
fuzz_text(const uint8_t *data, size_t size)
{
	char *text = malloc(size + 1);

	MUST(text != NULL);
	if (size > 0)
		memcpy(text, data, size);
	text[size] = '\0';
	return text;
}

static int
remove_one(const char *path, const struct stat *st, int type, struct FTW *ftw)
{
	(void)st;
	(void)type;
	(void)ftw;
	return remove(path);
}

static void
remove_dir(void)
{
	(void)nftw(dir, remove_one, 8, FTW_DEPTH | FTW_PHYS);
}

const char *
fuzz_dir(void)
{
	if (!made) {
		/* Memory is ten times as fast as a disk, where there is. */
		(void)snprintf(dir, sizeof(dir), "%s/nhi-fuzz-XXXXXX",
		    access("/dev/shm", W_OK) == 0 ? "/dev/shm" : "/tmp");
		MUST(mkdtemp(dir) != NULL);
		made = true;
		MUST(atexit(remove_dir) == 0);
	}
	return dir;
}

const char *
fuzz_path(const char *name)
{
	static char path[PATH_MAX];

	(void)snprintf(path, sizeof(path), "%s/%s", fuzz_dir(), name);
	return path;
}

void
fuzz_file(const char *name, const uint8_t *data, size_t size)
{
	int fd;

	fd = open(fuzz_path(name), O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC,
	    0600);
	MUST(fd >= 0);
	MUST(size == 0 || write(fd, data, size) == (ssize_t)size);
	MUST(close(fd) == 0);
}

bool
fuzz_link(const char *name, const uint8_t *data, size_t size)
{
	char *text = fuzz_text(data, size);
	int status;

	(void)unlink(fuzz_path(name));
	status = symlink(text, fuzz_path(name));
	free(text);
	return status == 0;
}
