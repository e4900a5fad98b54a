/* SPDX-License-Identifier: BSD-2-Clause */
/* nhictl: find the verb, answer --help, hand on its exit code. */
#include "config.h"

#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "lib/base/file.h"
#include "nhictl/nhictl.h"

/* How many words of argv the name of the verb takes: 0 for no match. */
static int
match(const char *name, int argc, char **argv)
{
	const char *blank = strchr(name, ' ');
	size_t n = blank == NULL ? strlen(name) : (size_t)(blank - name);

	if (argc < 1 || strlen(argv[0]) != n || memcmp(argv[0], name, n) != 0)
		return 0;
	if (blank == NULL)
		return 1;
	return argc > 1 && strcmp(argv[1], blank + 1) == 0 ? 2 : 0;
}

static void
print_all(FILE *f)
{
	(void)fputs("usage: nhictl VERB [ARGUMENT...] | --help | --version\n\n", f);
	for (const struct nhi_verb *v = nhi_verbs; v->name != NULL; v++)
		(void)fprintf(f, "  %-16s %s\n", v->name, v->summary);
	(void)fputs("\nnhictl VERB --help tells the arguments of a verb.\n", f);
}

/*
 * Nothing that we open may become somebody's standard stream.  What is written
 * to one that was closed is not taken, so that it is told.
 */
static bool
streams_open(void)
{
	int fd;

	do {
		fd = open("/dev/null", O_RDONLY | O_CLOEXEC);
	} while (fd >= 0 && fd <= 2 && fcntl(fd, F_SETFD, 0) == 0);
	if (fd > 2)
		nhi_fd_close(&fd);
	return fcntl(2, F_GETFD) >= 0;
}

/* The verbs whose first word this is ("hold"), and how many they are. */
static unsigned int
print_group(const char *word, FILE *f)
{
	size_t n = strlen(word);
	unsigned int found = 0;

	for (const struct nhi_verb *v = nhi_verbs; v->name != NULL; v++) {
		if (strncmp(v->name, word, n) != 0 || v->name[n] != ' ')
			continue;
		nhi_ctl_print_usage(v, f);
		found++;
	}
	return found;
}

/* Of "sessions" the usage of "sessions end", too. */
static int
help(const struct nhi_verb *v)
{
	nhi_ctl_print_usage(v, stdout);
	(void)print_group(v->name, stdout);
	(void)printf("\n%s\n", v->summary);
	return nhi_ctl_done(fflush(stdout) == 0);
}

static bool
is_help(const char *word)
{
	return strcmp(word, "--help") == 0 || strcmp(word, "-h") == 0;
}

static bool
is_version(const char *word)
{
	return strcmp(word, "--version") == 0 || strcmp(word, "-V") == 0;
}

/* argc, argv: from the verb's last word, which getopt_long takes for our name. */
static int
run(const struct nhi_verb *v, int argc, char **argv)
{
	static char name[64];

	(void)snprintf(name, sizeof(name), "nhictl %s", v->name);
	argv[0] = name;
	return v->run(argc, argv);
}

int
main(int argc, char **argv)
{
	if (!streams_open())
		return NHI_CTL_FAULT;
	(void)umask(022);
	if (argc < 2) {
		print_all(stderr);
		return NHI_CTL_USAGE;
	}
	if (is_help(argv[1]) || strcmp(argv[1], "help") == 0) {
		print_all(stdout);
		return nhi_ctl_done(fflush(stdout) == 0);
	}
	if (is_version(argv[1])) {
		(void)puts("nhi " PACKAGE_VERSION);
		return nhi_ctl_done(fflush(stdout) == 0);
	}
	for (const struct nhi_verb *v = nhi_verbs; v->name != NULL; v++) {
		int words = match(v->name, argc - 1, argv + 1);

		if (words == 0)
			continue;
		if (argc > words + 1 && (is_help(argv[words + 1]) ||
		    strcmp(argv[argc - 1], "--help") == 0))
			return help(v);
		return run(v, argc - words, argv + words);
	}
	if (argc > 2 && is_help(argv[2]) && print_group(argv[1], stdout) > 0)
		return nhi_ctl_done(fflush(stdout) == 0);
	if (print_group(argv[1], stderr) == 0)
		(void)fprintf(stderr, "nhictl: unknown verb: %s\n", argv[1]);
	return NHI_CTL_USAGE;
}
