/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * nhictl: the administrator's command.  A verb is a row of nhi_verbs[] (in
 * verb.c) and a file of its own; main.c finds it, answers --help and turns
 * errors into exit codes.
 */
#ifndef NHI_NHICTL_NHICTL_H
#define NHI_NHICTL_NHICTL_H

#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>

#include "lib/base/err.h"

/* Exit codes of nhictl; part of its contract with scripts. */
enum nhi_ctl_exit {
	NHI_CTL_OK = 0,		/* done, allowed, accepted */
	NHI_CTL_NO = 1,		/* refused, not allowed, findings */
	NHI_CTL_FAULT = 2,	/* cannot tell: bad input, no permission */
	NHI_CTL_USAGE = 64,
};

struct nhi_verb {
	const char *name;	/* one word or two: "setup", "ca init" */
	const char *args;	/* as in a usage line */
	const char *summary;	/* one line, lower case, no full stop */
	/* argv[0] is "nhictl VERB".  Returns the exit code. */
	int (*run)(int argc, char **argv);
};

/* Ended by a row without a name. */
extern const struct nhi_verb nhi_verbs[];

/* Text that may hold hostile bytes, which a terminal must not obey. */
void	 nhi_ctl_put_plain(const char *, FILE *);

/*
 * Print "nhictl: <reason>" with unprintable bytes escaped; returns the exit
 * code: NHI_CTL_NO for what policy or host refuse, NHI_CTL_FAULT otherwise.
 */
int	 nhi_ctl_fail(enum nhi_err, const struct nhi_why *);

/*
 * The end of a verb that only prints: when not all of it could be, for want of
 * memory or because of standard output, that is said.
 */
int	 nhi_ctl_done(bool good);

/* The same with an exit code of the verb's own where all of it could be. */
int	 nhi_ctl_end(int code);

/* That exit code; a key set that is none is bad input too. */
int	 nhi_ctl_code(enum nhi_err);

struct option;

/*
 * getopt_long(), which says so and gives '?' where an option that has a value
 * is there a second time.  `given` is 0 at first.
 */
int	 nhi_ctl_option(int argc, char **argv, const char *shorts,
	    const struct option *, uint64_t *given);

/* The options of a listing that has only --json; false: others were given. */
bool	 nhi_ctl_json(int argc, char **argv, bool *ret);

/* Print the usage line of a verb on standard error; returns NHI_CTL_USAGE. */
int	 nhi_ctl_usage(const char *verb);

/* "usage: nhictl VERB ARGS" */
void	 nhi_ctl_print_usage(const struct nhi_verb *, FILE *);

/* The verbs, a file each. */
int	 nhi_verb_setup(int argc, char **argv);
int	 nhi_verb_unsetup(int argc, char **argv);
int	 nhi_verb_ca_init(int argc, char **argv);
int	 nhi_verb_ca_rotate(int argc, char **argv);
int	 nhi_verb_ca_retire(int argc, char **argv);
int	 nhi_verb_ca_show(int argc, char **argv);
int	 nhi_verb_certs(int argc, char **argv);
int	 nhi_verb_krl(int argc, char **argv);
int	 nhi_verb_accounts(int argc, char **argv);
int	 nhi_verb_audit(int argc, char **argv);
int	 nhi_verb_fetch(int argc, char **argv);
int	 nhi_verb_issuers(int argc, char **argv);
int	 nhi_verb_hold_add(int argc, char **argv);
int	 nhi_verb_hold_lift(int argc, char **argv);
int	 nhi_verb_hold_list(int argc, char **argv);
int	 nhi_verb_revoke(int argc, char **argv);
int	 nhi_verb_sessions(int argc, char **argv);
int	 nhi_verb_sessions_end(int argc, char **argv);
int	 nhi_verb_tick(int argc, char **argv);
int	 nhi_verb_apply(int argc, char **argv);
int	 nhi_verb_doctor(int argc, char **argv);
int	 nhi_verb_check(int argc, char **argv);
int	 nhi_verb_policy_digest(int argc, char **argv);
int	 nhi_verb_policy_diff(int argc, char **argv);
int	 nhi_verb_policy_test(int argc, char **argv);
int	 nhi_verb_preset_list(int argc, char **argv);
int	 nhi_verb_preset_show(int argc, char **argv);
int	 nhi_verb_explain(int argc, char **argv);
int	 nhi_verb_token_check(int argc, char **argv);
int	 nhi_verb_token_show(int argc, char **argv);
/* End of the verbs */

#endif
