/* SPDX-License-Identifier: BSD-2-Clause */
#include "config.h"

#include <fcntl.h>
#include <ftw.h>
#include <grp.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include "tests/unit/temp.h"

#define PATHS	64

static void
die(const char *what)
{
	perror(what);
	abort();
}

void
temp_make(char ret[TEMP_SIZE])
{
	(void)snprintf(ret, TEMP_SIZE, "/tmp/nhi-test-XXXXXX");
	if (mkdtemp(ret) == NULL || chmod(ret, 0755) != 0)
		die(ret);
}

static int
remove_one(const char *path, const struct stat *st, int type, struct FTW *ftw)
{
	(void)st;
	(void)type;
	(void)ftw;
	return remove(path);
}

void
temp_remove(const char *dir)
{
	if (nftw(dir, remove_one, 16, FTW_DEPTH | FTW_PHYS) != 0)
		die(dir);
}

const char *
temp_path(const char *dir, const char *name)
{
	static char paths[PATHS][512];
	static unsigned int next;
	char *out = paths[next++ % PATHS];

	(void)snprintf(out, sizeof(paths[0]), "%s/%s", dir, name);
	return out;
}

char *
temp_read(const char *path)
{
	FILE *f = fopen(path, "re");
	size_t size = 4U << 20, n;
	char *text = malloc(size);

	if (f == NULL || text == NULL) {
		free(text);
		return NULL;
	}
	n = fread(text, 1, size - 1, f);
	text[n] = '\0';
	(void)fclose(f);
	return text;
}

void
temp_write(const char *path, const char *text)
{
	FILE *f = fopen(path, "we");

	if (f == NULL || fputs(text, f) < 0 || fclose(f) != 0)
		die(path);
}

int
temp_race(int n, uid_t uid, int (*fn)(int index, void *), void *arg)
{
	int gate[2], sum = 0, status;
	char go;

	if (pipe(gate) != 0)
		die("pipe");
	(void)fflush(NULL);
	for (int i = 0; i < n; i++) {
		pid_t pid = fork();

		if (pid < 0)
			die("fork");
		if (pid > 0)
			continue;
		if (uid != 0 && (setgroups(0, NULL) != 0 ||
		    setresgid(TEMP_GID, TEMP_GID, TEMP_GID) != 0 ||
		    setresuid(uid, uid, uid) != 0))
			_exit(99);
		(void)close(gate[1]);
		(void)!read(gate[0], &go, 1);	/* until all are there */
		_exit(fn(i, arg));
	}
	(void)close(gate[0]);
	(void)close(gate[1]);
	for (int i = 0; i < n; i++) {
		if (wait(&status) < 0)
			die("wait");
		sum += WIFEXITED(status) ? WEXITSTATUS(status) : 1000;
	}
	return sum;
}
