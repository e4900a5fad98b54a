/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * What a lookup costs, beside nss_files in the same run.  Started by
 * nss_bench.sh, which makes the state; not part of make check.
 *
 *	nss_bench libnss_nhi.so.2 FILES-USER DECLARED TEMPLATE
 */
#include "config.h"

#include <dlfcn.h>
#include <errno.h>
#include <nss.h>
#include <pwd.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <time.h>

#define ROUNDS	41
#define CALLS	2000

typedef enum nss_status by_name(const char *, struct passwd *, char *,
    size_t, int *);
typedef enum nss_status by_uid(uid_t, struct passwd *, char *, size_t, int *);

struct job {
	const char *title;
	by_name *name_fn;
	by_uid *uid_fn;
	const char *name;
	uid_t uid;
	enum nss_status want;
	double limit;			/* part of the first job; 0: none */
	double ns[ROUNDS];
};

static void *
symbol(void *lib, const char *name)
{
	void *p = dlsym(lib, name);

	if (p == NULL) {
		(void)fprintf(stderr, "nss_bench: %s\n", dlerror());
		exit(2);
	}
	return p;
}

static double
now(void)
{
	struct timespec ts;

	(void)clock_gettime(CLOCK_MONOTONIC, &ts);
	return (double)ts.tv_sec * 1e9 + (double)ts.tv_nsec;
}

static enum nss_status
call(const struct job *j)
{
	struct passwd pw;
	char buf[1024];
	int err;

	if (j->name_fn != NULL)
		return j->name_fn(j->name, &pw, buf, sizeof(buf), &err);
	return j->uid_fn(j->uid, &pw, buf, sizeof(buf), &err);
}

static int
compare(const void *a, const void *b)
{
	const double *x = a, *y = b;

	return (*x > *y) - (*x < *y);
}

static double
median(struct job *j)
{
	qsort(j->ns, ROUNDS, sizeof(j->ns[0]), compare);
	return j->ns[ROUNDS / 2];
}

static void
run(struct job *jobs, size_t n)
{
	for (unsigned int r = 0; r < ROUNDS; r++) {
		for (size_t i = 0; i < n; i++) {
			double start = now();

			for (unsigned int k = 0; k < CALLS; k++)
				if (call(&jobs[i]) != jobs[i].want) {
					(void)fprintf(stderr,
					    "nss_bench: %s: wrong answer\n",
					    jobs[i].title);
					exit(2);
				}
			jobs[i].ns[r] = (now() - start) / CALLS;
		}
	}
}

int
main(int argc, char **argv)
{
	void *nhi = argc == 5 ? dlopen(argv[1], RTLD_NOW) : NULL;
	int failed = 0;

	if (nhi == NULL) {
		(void)fprintf(stderr,
		    "usage: nss_bench LIBRARY FILES-USER DECLARED TEMPLATE\n");
		return 2;
	}
	by_name *files = (by_name *)symbol(RTLD_DEFAULT,
	    "_nss_files_getpwnam_r");
	by_name *name = (by_name *)symbol(nhi, "_nss_nhi_getpwnam_r");
	by_uid *uid = (by_uid *)symbol(nhi, "_nss_nhi_getpwuid_r");
	const enum nss_status yes = NSS_STATUS_SUCCESS;
	const enum nss_status no = NSS_STATUS_NOTFOUND;
	struct job jobs[] = {
		{ "files: hit, last line", files, NULL, argv[2], 0, yes, 0,
		    { 0 } },
		{ "files: miss", files, NULL, "nobody-has-it", 0, no, 0,
		    { 0 } },
		{ "nhi: hit, declared", name, NULL, argv[3], 0, yes, 0.5,
		    { 0 } },
		{ "nhi: hit, template", name, NULL, argv[4], 0, yes, 0,
		    { 0 } },
		{ "nhi: miss", name, NULL, "nobody", 0, no, 0.25, { 0 } },
		{ "nhi: miss, one '-'", name, NULL, "nobody-has", 0, no, 0,
		    { 0 } },
		{ "nhi: not a name", name, NULL, "Nobody", 0, no, 0.02,
		    { 0 } },
		{ "nhi: foreign uid", NULL, uid, NULL, 1000, no, 0.02,
		    { 0 } },
		/* End of the jobs */
	};
	const size_t n = sizeof(jobs) / sizeof(jobs[0]);

	run(jobs, n);
	for (size_t i = 0; i < n; i++) {
		double part = median(&jobs[i]) / jobs[0].ns[ROUNDS / 2];
		int over = jobs[i].limit > 0 && part > jobs[i].limit;

		failed |= over;
		(void)printf("%-24s %8.0f ns  %5.3f%s\n", jobs[i].title,
		    jobs[i].ns[ROUNDS / 2], part, over ? "  too slow" : "");
	}
	return failed;
}
