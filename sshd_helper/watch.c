/* SPDX-License-Identifier: BSD-2-Clause */
#include "config.h"

#include <pthread.h>
#include <signal.h>
#include <stdatomic.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "lib/base/spawn.h"
#include "sshd_helper/watch.h"

#define GRACE_S	5			/* for the last record */
#define STACK	(512 * 1024)

static const int signals[] = { SIGALRM, SIGTERM, SIGHUP, SIGINT };

/* Whose the record is: of the watch, or of what it watches. */
static atomic_flag decided = ATOMIC_FLAG_INIT;

/* What is known of the request, for the thread alone. */
static struct nhi_issue last;

static sigset_t
the_signals(void)
{
	sigset_t set;

	(void)sigemptyset(&set);
	for (size_t i = 0; i < sizeof(signals) / sizeof(signals[0]); i++)
		(void)sigaddset(&set, signals[i]);
	return set;
}

static void
refuse(int sig)
{
	struct nhi_why why;

	if (sig == SIGALRM)
		(void)nhi_fail(&why, NHI_ERR_INTERNAL,
		    "not done after %lld s: ended",
		    (long long)(nhi_clock_ms() - last.started) / 1000);
	else
		(void)nhi_fail(&why, NHI_ERR_INTERNAL, "ended by signal %d",
		    sig);
	(void)!nhi_issue_record(&last, NHI_ERR_INTERNAL, &why);
	nhi_issue_tell(&last, NHI_ERR_INTERNAL);
}

static void *
wait_end(void *arg)
{
	sigset_t set = the_signals();
	int sig = 0;

	(void)arg;
	if (sigwait(&set, &sig) != 0)
		return NULL;
	/* Writing may be what it hangs in: the next one just kills. */
	(void)alarm(GRACE_S);
	(void)pthread_sigmask(SIG_UNBLOCK, &set, NULL);
	if (atomic_flag_test_and_set(&decided)) {
		(void)sleep(2 * GRACE_S);
		_exit(NHI_EXIT_FAULT);
	}
	refuse(sig);
	_exit(NHI_EXIT_FAULT);
}

enum nhi_err
nhi_watch_start(const struct nhi_issue *i, struct nhi_why *why)
{
	sigset_t set = the_signals();
	pthread_attr_t attr;
	pthread_t thread;
	int error;

	last.name = i->name;
	last.source = i->source;
	last.started = i->started;
	memcpy(last.fingerprint, i->fingerprint, sizeof(last.fingerprint));
	if ((error = pthread_sigmask(SIG_BLOCK, &set, NULL)) != 0 ||
	    (error = pthread_attr_init(&attr)) != 0)
		return nhi_fail(why, NHI_ERR_INTERNAL, "watch: %s",
		    strerror(error));
	if ((error = pthread_attr_setstacksize(&attr, STACK)) == 0)
		error = pthread_create(&thread, &attr, wait_end, NULL);
	(void)pthread_attr_destroy(&attr);
	return error == 0 ? NHI_OK : nhi_fail(why, NHI_ERR_INTERNAL,
	    "watch: %s", strerror(error));
}

void
nhi_watch_decide(struct nhi_issue *i)
{
	if (i->decided)
		return;
	while (atomic_flag_test_and_set(&decided))
		(void)pause();
	i->decided = true;
}
