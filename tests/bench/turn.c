/* SPDX-License-Identifier: BSD-2-Clause */
#include "config.h"

#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <time.h>

#include "tests/bench/turn.h"

#define FILE_MAX	(1U << 20)

static double
now(void)
{
	struct timespec ts;

	(void)clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &ts);
	return (double)ts.tv_sec * 1e9 + (double)ts.tv_nsec;
}

int
turn_serve(bool (*run)(void *), void *arg)
{
	unsigned long n;

	while (scanf("%lu", &n) == 1) {
		double start = now();

		for (unsigned long i = 0; i < n; i++)
			if (!run(arg)) {
				(void)fprintf(stderr, "bench: refused\n");
				return 1;
			}
		(void)printf("%.1f\n", (now() - start) / (double)n);
		(void)fflush(stdout);
	}
	return 0;
}

char *
turn_read(const char *dir, const char *name)
{
	char path[512], *text = calloc(1, FILE_MAX);
	FILE *f;
	size_t n;

	(void)snprintf(path, sizeof(path), "%s/%s", dir, name);
	f = fopen(path, "r");
	n = text == NULL || f == NULL ? 0 : fread(text, 1, FILE_MAX - 1, f);
	if (n == 0) {
		perror(path);
		exit(2);
	}
	(void)fclose(f);
	return text;
}
