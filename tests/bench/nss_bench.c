/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * What a lookup costs, beside nss_files in the same run.  Started by
 * nss_bench.sh, which makes the state; not part of make check.
 *
 *	nss_bench libnss_nhi.so.2 FILES-USER DECLARED TEMPLATE
 *	    [LIBRARY SERVICE NAME]...
 *	nss_bench again LIBRARY SERVICE NAME|UID COUNT
 *
 * Processor time of a call; kinds take turns.  "p99" is that of single calls,
 * by the wall's clock, which takes some 25 ns of it.  "again" asks COUNT times,
 * for strace, and prints what the first one took; LIBRARY "-" is libc.
 *
 * A hit is two links, and the kernel takes 0.44 to 0.50 of nss_files for them
 * alone: 0.5 in all is the aim, 0.6 the alarm.
 */
#include "config.h"

#include <dlfcn.h>
#include <errno.h>
#include <nss.h>
#include <pwd.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#include "lib/base/paths.h"

#define ROUNDS	41
#define CALLS	2000
#define TURN_NS	4e6			/* at most so long without another */
#define JOBS	16
#define SINGLE	4000			/* calls by themselves */
#define SINGLE_LEAST	200
#define SINGLE_NS	1e9		/* then these are enough */
#define YES	NSS_STATUS_SUCCESS
#define NO	NSS_STATUS_NOTFOUND

typedef enum nss_status by_name(const char *, struct passwd *, char *,
    size_t, int *);
typedef enum nss_status by_uid(uid_t, struct passwd *, char *, size_t, int *);

static const char published[] = NHI_PUBLISHED_DIR "/current/names/web-deploy";
static const char entry[] = NHI_UIDS_DIR "/name/web-deploy";

struct job {
	const char *title;
	by_name *name_fn;
	by_uid *uid_fn;
	const char *name;
	uid_t uid;
	enum nss_status want;
	double limit;			/* part of the first job; 0: none */
	unsigned int calls;		/* of a turn */
	double ns[ROUNDS];
	double single[SINGLE];
};

/* ISO C has no way from void * to a function but through its bytes. */
static void
symbol(void *lib, const char *name, void *ret)
{
	void *p = dlsym(lib, name);

	if (p == NULL) {
		(void)fprintf(stderr, "nss_bench: %s\n", dlerror());
		exit(2);
	}
	memcpy(ret, &p, sizeof(p));
}

/* What the kernel alone takes for a hit: the two links, read as they are. */
static enum nss_status
floor_of(const char *name, struct passwd *pw, char *buf, size_t size,
    int *err)
{
	char path[256];

	(void)pw;
	(void)err;
	(void)name;
	memcpy(path, published, sizeof(published));
	if (readlink(path, buf, size) < 0)
		return NSS_STATUS_UNAVAIL;
	memcpy(path, entry, sizeof(entry));
	return readlink(path, buf, size) < 0 ? NSS_STATUS_UNAVAIL :
	    NSS_STATUS_SUCCESS;
}

static double
now(void)
{
	struct timespec ts;

	(void)clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &ts);
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

/* Nanoseconds of a call; the end of the program when an answer is wrong. */
static double
turn(const struct job *j)
{
	double start = now();

	for (unsigned int k = 0; k < j->calls; k++)
		if (call(j) != j->want) {
			(void)fprintf(stderr, "nss_bench: %s: wrong answer\n",
			    j->title);
			exit(2);
		}
	return (now() - start) / j->calls;
}

static double
wall(void)
{
	struct timespec ts;

	(void)clock_gettime(CLOCK_MONOTONIC, &ts);
	return (double)ts.tv_sec * 1e9 + (double)ts.tv_nsec;
}

static double
p99(struct job *j)
{
	const double end = wall() + SINGLE_NS;
	unsigned int k;

	for (k = 0; k < SINGLE && (k < SINGLE_LEAST || wall() < end); k++) {
		double start = wall();

		(void)call(j);
		j->single[k] = wall() - start;
	}
	qsort(j->single, k, sizeof(j->single[0]), compare);
	return j->single[k / 100 * 99];
}

static void
run(struct job *jobs, size_t n)
{
	for (size_t i = 0; i < n; i++) {
		double one;

		jobs[i].calls = 3;
		one = turn(&jobs[i]);
		jobs[i].calls = one * CALLS < TURN_NS ? CALLS :
		    (unsigned int)(TURN_NS / one) + 1;
	}
	for (unsigned int r = 0; r < ROUNDS; r++)
		for (size_t i = 0; i < n; i++)
			jobs[i].ns[r] = turn(&jobs[i]);
}

/* 0, or 1 when something is slower than it may be. */
static int
report(struct job *jobs, size_t n)
{
	int failed = 0;

	for (size_t i = 0; i < n; i++) {
		double part = median(&jobs[i]) / jobs[0].ns[ROUNDS / 2];
		int over = jobs[i].limit > 0 && part > jobs[i].limit;

		failed |= over;
		(void)printf("%-24s %8.0f %8.0f %8.0f %8.0f ns  %5.3f%s\n",
		    jobs[i].title, jobs[i].ns[0], jobs[i].ns[ROUNDS / 2],
		    jobs[i].ns[ROUNDS - 1], p99(&jobs[i]), part,
		    over ? "  too slow" : "");
	}
	return failed;
}

/* Another library's hit; false when it cannot be loaded. */
static bool
other(char **argv, struct job *ret)
{
	void *lib = dlopen(argv[0], RTLD_NOW);
	char name[64];

	if (lib == NULL) {
		(void)printf("left out: %s\n", dlerror());
		return false;
	}
	(void)snprintf(name, sizeof(name), "_nss_%s_getpwnam_r", argv[1]);
	*ret = (struct job){ .title = argv[1], .name = argv[2], .want = YES };
	symbol(lib, name, &ret->name_fn);
	return true;
}

/* What is asked of nss_files and of NHI. */
static size_t
own(char **argv, void *nhi, struct job *jobs)
{
	by_name *files = NULL, *name = NULL;
	by_uid *uid = NULL;

	symbol(RTLD_DEFAULT, "_nss_files_getpwnam_r", &files);
	symbol(nhi, "_nss_nhi_getpwnam_r", &name);
	symbol(nhi, "_nss_nhi_getpwuid_r", &uid);
	const struct job all[] = {
#define BY_NAME(title, fn, name, want, limit) \
		{ title, fn, NULL, name, 0, want, limit, 0, { 0 }, { 0 } }
		BY_NAME("files: hit, last line", files, argv[2], YES, 0),
		BY_NAME("files: miss", files, "nobody-has-it", NO, 0),
		BY_NAME("two bare readlinks", floor_of, argv[3], YES, 0),
		BY_NAME("nhi: hit, declared", name, argv[3], YES, 0.6),
		BY_NAME("nhi: hit, template", name, argv[4], YES, 0),
		BY_NAME("nhi: miss", name, "nobody", NO, 0.25),
		BY_NAME("nhi: miss, one '-'", name, "nobody-has", NO, 0),
		BY_NAME("nhi: not a name", name, "Nobody", NO, 0.02),
		{ "nhi: foreign uid", NULL, uid, NULL, 1000, NO, 0.02, 0,
		    { 0 }, { 0 } },
		/* End of the jobs */
	};

	memcpy(jobs, all, sizeof(all));
	return sizeof(all) / sizeof(all[0]);
}

/* LIBRARY SERVICE NAME|UID COUNT */
static int
again(char **argv)
{
	void *lib = strcmp(argv[0], "-") == 0 ? RTLD_DEFAULT :
	    dlopen(argv[0], RTLD_NOW);
	struct job j = { .title = argv[1], .name = argv[2] };
	bool number = argv[2][0] >= '0' && argv[2][0] <= '9';
	char name[64];
	double start;

	if (lib == NULL && strcmp(argv[0], "-") != 0)
		return 2;
	(void)snprintf(name, sizeof(name), "_nss_%s_getpw%s_r", argv[1],
	    number ? "uid" : "nam");
	if (number)
		symbol(lib, name, &j.uid_fn);
	else
		symbol(lib, name, &j.name_fn);
	j.uid = number ? (uid_t)strtoul(argv[2], NULL, 10) : 0;
	start = wall();
	(void)call(&j);
	(void)printf("%.0f\n", (wall() - start) / 1000);
	for (long n = strtol(argv[3], NULL, 10); n > 1; n--)
		(void)call(&j);
	return 0;
}

int
main(int argc, char **argv)
{
	if (argc == 6 && strcmp(argv[1], "again") == 0)
		return again(argv + 2);

	void *nhi = argc >= 5 ? dlopen(argv[1], RTLD_NOW) : NULL;
	static struct job jobs[JOBS];
	size_t n;

	if (nhi == NULL) {
		(void)fprintf(stderr, "usage: nss_bench LIBRARY FILES-USER "
		    "DECLARED TEMPLATE [LIBRARY SERVICE NAME]...\n");
		return 2;
	}
	n = own(argv, nhi, jobs);
	for (int i = 5; i + 2 < argc && n < JOBS; i += 3)
		if (other(argv + i, &jobs[n]))
			n++;
	run(jobs, n);
	return report(jobs, n);
}
