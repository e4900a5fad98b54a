/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * A process that is never there when somebody looks: it forks and leaves, as
 * fast as it can, for the time given.  What ends it must be faster.
 *	respawn SECONDS
 * By the name "bomb" it stays: as many processes as there may be.
 *	bomb SECONDS
 */
#include "config.h"

#include <sched.h>
#include <signal.h>
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

int
main(int argc, char *argv[])
{
	time_t end;
	bool stay;
	pid_t pid;

	if (argc != 2)
		return 64;
	stay = strstr(argv[0], "bomb") != NULL;
	end = time(NULL) + (time_t)strtoul(argv[1], NULL, 10);
	(void)setsid();
	(void)signal(SIGHUP, SIG_IGN);
	(void)signal(SIGCHLD, SIG_IGN);
	while (time(NULL) < end) {
		pid = fork();
		if (pid != 0 && !stay)
			_exit(0);
		if (pid < 0)
			(void)sched_yield();
	}
	return 0;
}
