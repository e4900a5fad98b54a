/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The targets on their seeds, without a fuzzer: what every build checks.
 *	run_seeds [TARGET [FILE...]]
 */
#include "config.h"

#include <dirent.h>
#include <fcntl.h>
#include <limits.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "tests/fuzz/fuzz.h"

typedef int target_fn(const uint8_t *, size_t);

#define X(name) target_fn fuzz_##name;
FUZZ_TARGETS(X)
#undef X

static const struct target {
	const char *name;
	target_fn *fn;
} targets[] = {
#define X(name) { #name, fuzz_##name },
	FUZZ_TARGETS(X)
#undef X
};

/* Room of exactly the seed's size: a byte read behind it is found. */
static void
run(const struct target *t, const char *path)
{
	struct stat st;
	uint8_t *data;
	int fd = open(path, O_RDONLY | O_CLOEXEC);

	MUST(fd >= 0 && fstat(fd, &st) == 0);
	data = malloc((size_t)st.st_size + (st.st_size == 0));
	MUST(data != NULL);
	MUST(read(fd, data, (size_t)st.st_size) == st.st_size);
	MUST(close(fd) == 0);
	MUST(t->fn(data, (size_t)st.st_size) == 0);
	free(data);
}

/* All seeds of a target; without one that it takes there is a mistake. */
static bool
run_seeds(const struct target *t)
{
	const char *top = getenv("srcdir");
	const struct dirent *e;
	char path[PATH_MAX];
	int n = 0, dir;
	DIR *d;

	fuzz_taken = false;
	dir = snprintf(path, sizeof(path), "%s/tests/fuzz/seeds/%s/",
	    top == NULL ? "." : top, t->name);
	if ((d = opendir(path)) != NULL) {
		while ((e = readdir(d)) != NULL) {
			if (e->d_name[0] == '.')
				continue;
			(void)snprintf(path + dir, sizeof(path) - (size_t)dir,
			    "%s", e->d_name);
			run(t, path);
			n++;
		}
		(void)closedir(d);
	}
	(void)printf("[ %s ] %s: %d seeds%s\n", fuzz_taken ? "      OK" :
	    "  FAILED", t->name, n, fuzz_taken ? "" : ", none is taken");
	(void)fflush(stdout);
	return fuzz_taken;
}

static bool
run_files(const struct target *t, int n, char *const files[])
{
	for (int i = 0; i < n; i++)
		run(t, files[i]);
	return n > 0 || run_seeds(t);
}

int
main(int argc, char *argv[])
{
	const size_t n = sizeof(targets) / sizeof(targets[0]);
	bool good = true, found = argc == 1;

	for (size_t i = 0; i < n; i++) {
		if (argc > 1 && strcmp(argv[1], targets[i].name) != 0)
			continue;
		found = true;
		if (!run_files(&targets[i], argc > 1 ? argc - 2 : 0, argv + 2))
			good = false;
	}
	return found && good ? 0 : 1;
}
