/* SPDX-License-Identifier: BSD-2-Clause */
/* nhictl sessions end: one session, with its connection; no other one. */
#include "config.h"

#include <getopt.h>
#include <string.h>
#include <unistd.h>

#include "nhictl/end.h"
#include "nhictl/nhictl.h"
#include "nhictl/record.h"

static bool
is_it(const struct nhi_session *s, const void *arg)
{
	return strcmp(s->id, arg) == 0;
}

static int
end(const char *id, const char *reason)
{
	char who[NHI_WHO_SIZE];
	struct nhi_end e = { .by = who, .reason = reason, .wanted = is_it,
	    .arg = id };
	struct nhi_why why = { "" };
	unsigned int ended = 0;
	enum nhi_err err;

	nhi_record_who(who);
	if ((err = nhi_end_sessions(&e, &ended, &why)) != NHI_OK)
		return nhi_ctl_fail(err, &why);
	if (ended == 0) {
		(void)fprintf(stderr, "nhictl: there is no session %s\n", id);
		return NHI_CTL_NO;
	}
	(void)printf("ended: %s\n", id);
	return nhi_ctl_done(fflush(stdout) == 0);
}

int
nhi_verb_sessions_end(int argc, char **argv)
{
	static const struct option options[] = {
		{ "reason", required_argument, NULL, 'r' },
		{ NULL, 0, NULL, 0 },
	};
	const char *reason = "no reason given";
	uint64_t given = 0;
	int c;

	while ((c = nhi_ctl_option(argc, argv, "", options, &given)) != -1) {
		if (c != 'r' || optarg[0] == '\0')
			return nhi_ctl_usage("sessions end");
		reason = optarg;
	}
	/* It is printed, and may be nothing but an id. */
	if (optind + 1 != argc)
		return nhi_ctl_usage("sessions end");
	if (argv[optind][0] == '\0' ||
	    strspn(argv[optind], "0123456789-") != strlen(argv[optind])) {
		(void)fputs("nhictl: not an id as sessions prints it\n",
		    stderr);
		return nhi_ctl_usage("sessions end");
	}
	if (geteuid() != 0) {
		(void)fputs("nhictl: sessions end is root's\n", stderr);
		return NHI_CTL_FAULT;
	}
	return end(argv[optind], reason);
}
