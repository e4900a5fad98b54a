/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Load modules into a process that has libpam, as sshd has, and unload them:
 *	load MODULE...
 * prints microseconds to load all, KiB of private dirty memory that they took,
 * microseconds to unload, KiB left then, and how many are mapped still.  Once
 * per process: the first time is what a login pays.
 */
#include "config.h"

#include <dlfcn.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#define MODULES	8

static char text[1U << 20];

static const char *
read_all(const char *path)
{
	int fd = open(path, O_RDONLY | O_CLOEXEC);
	size_t n = 0;
	ssize_t got;

	while ((got = read(fd, text + n, sizeof(text) - 1 - n)) > 0)
		n += (size_t)got;
	text[n] = '\0';
	(void)close(fd);
	return text;
}

static long
dirty(void)
{
	const char *at = strstr(read_all("/proc/self/smaps_rollup"),
	    "Private_Dirty:");

	return at == NULL ? 0 : strtol(at + 14, NULL, 10);
}

static double
now(void)
{
	struct timespec ts;

	(void)clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &ts);
	return (double)ts.tv_sec * 1e6 + (double)ts.tv_nsec / 1e3;
}

static int
mapped(int argc, char **argv)
{
	const char *maps = read_all("/proc/self/maps");
	int n = 0;

	for (int i = 1; i < argc; i++)
		n += strstr(maps, strrchr(argv[i], '/')) != NULL;
	return n;
}

int
main(int argc, char **argv)
{
	void *lib[MODULES] = { dlopen("libpam.so.0", RTLD_NOW) };
	long before, loaded, after;
	double start, end;

	if (argc < 2 || argc > MODULES)
		return 2;
	memset(text, 1, sizeof(text));
	(void)dirty();
	before = dirty();
	start = now();
	for (int i = 1; i < argc; i++)
		if ((lib[i] = dlopen(argv[i], RTLD_NOW)) == NULL) {
			(void)fprintf(stderr, "%s\n", dlerror());
			return 1;
		}
	end = now();
	loaded = dirty();
	start = end - start;
	end = now();
	for (int i = argc - 1; i > 0; i--)
		(void)dlclose(lib[i]);
	end = now() - end;
	after = dirty();
	(void)printf("%.1f %ld %.1f %ld %d\n", start, loaded - before, end,
	    after - before, mapped(argc, argv));
	return 0;
}
