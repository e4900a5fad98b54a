/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * A process that is never there when somebody looks: it forks and leaves, as
 * fast as it can, for the time given.  What ends it must be faster.
 *	respawn SECONDS
 */
#include "config.h"

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
		if (fork() != 0)
			_exit(0);
	return 0;
}
