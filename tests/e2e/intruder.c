/* SPDX-License-Identifier: BSD-2-Clause */
/* A library that says who loaded it, for LD_PRELOAD and LD_AUDIT. */
#include "config.h"

#include <fcntl.h>
#include <stdio.h>
#include <unistd.h>

#define LOG	"/tmp/intruder.log"

__attribute__((visibility("default")))
unsigned int	 la_version(unsigned int);

static void
say(const char *how)
{
	char text[64];
	int n, fd = open(LOG, O_WRONLY | O_APPEND | O_CLOEXEC);

	n = snprintf(text, sizeof(text), "%s uid %ld\n", how, (long)geteuid());
	if (fd < 0 || write(fd, text, (size_t)n) != n)
		return;
	(void)close(fd);
}

__attribute__((constructor)) static void
load(void)
{
	say("loaded");
}

unsigned int
la_version(unsigned int version)
{
	say("audits");
	return version;
}
