/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The target on its seeds, without a fuzzer: what every build checks.
 *	fuzz_NAME [FILE...]	the seeds in tests/fuzz/seeds/NAME, or these
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

/* Room of exactly the seed's size: a byte read behind it is found. */
static void
run(const char *path)
{
	struct stat st;
	uint8_t *data;
	int fd = open(path, O_RDONLY | O_CLOEXEC);

	MUST(fd >= 0 && fstat(fd, &st) == 0);
	data = malloc((size_t)st.st_size + (st.st_size == 0));
	MUST(data != NULL);
	MUST(read(fd, data, (size_t)st.st_size) == st.st_size);
	MUST(close(fd) == 0);
	MUST(LLVMFuzzerTestOneInput(data, (size_t)st.st_size) == 0);
	free(data);
}

/* The name of the target: our own without libtool's prefix. */
static const char *
target(const char *argv0)
{
	const char *name = strrchr(argv0, '/');
	const char *at;

	name = name == NULL ? argv0 : name + 1;
	at = strstr(name, "fuzz_");
	return at == NULL ? name : at + strlen("fuzz_");
}

static int
run_seeds(const char *dir)
{
	DIR *d = opendir(dir);
	const struct dirent *e;
	char path[PATH_MAX];
	int n = 0;

	while (d != NULL && (e = readdir(d)) != NULL) {
		if (e->d_name[0] == '.')
			continue;
		(void)snprintf(path, sizeof(path), "%s/%s", dir, e->d_name);
		run(path);
		n++;
	}
	if (d != NULL)
		(void)closedir(d);
	return n;
}

int
main(int argc, char *argv[])
{
	const char *top = getenv("srcdir");
	char dir[PATH_MAX];
	int n = argc - 1;

	for (int i = 1; i < argc; i++)
		run(argv[i]);
	if (argc == 1) {
		(void)snprintf(dir, sizeof(dir), "%s/tests/fuzz/seeds/%s",
		    top == NULL ? "." : top, target(argv[0]));
		n = run_seeds(dir);
	}
	if (n == 0)
		(void)fprintf(stderr, "no seed in %s\n", dir);
	else
		(void)printf("%d seeds\n", n);
	return n == 0;
}
