/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * As many processes as there may be, each of which starts more, for the time
 * given.
 *	bomb SECONDS
 */
#include "config.h"

#include <sched.h>
#include <signal.h>
#include <stdlib.h>
#include <time.h>
#include <unistd.h>

int
main(int argc, char *argv[])
{
	time_t end;

	if (argc != 2)
		return 64;
	end = time(NULL) + (time_t)strtoul(argv[1], NULL, 10);
	(void)setsid();
	(void)signal(SIGHUP, SIG_IGN);
	(void)signal(SIGCHLD, SIG_IGN);
	while (time(NULL) < end)
		if (fork() < 0)
			(void)sched_yield();
	return 0;
}
