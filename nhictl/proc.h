/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Run a program of the system: by its absolute path, without a shell, with a
 * fixed environment, and not for ever.
 */
#ifndef NHI_NHICTL_PROC_H
#define NHI_NHICTL_PROC_H

#include "lib/base/buf.h"

#define NHI_PROC_OUTPUT	(1U << 20)	/* bytes of each stream */
#define NHI_PROC_PATH	64

struct nhi_proc {
	const char *const *argv;	/* argv[0] is the absolute path */
	struct nhi_span input;		/* standard input */
	struct nhi_buf out;
	struct nhi_buf err;
	int status;			/* exit code, or 128 + signal */
};

#define NHI_PROC(args)	{						\
	.argv = (args), .out = NHI_BUF(NHI_PROC_OUTPUT),		\
	.err = NHI_BUF(NHI_PROC_OUTPUT), .status = -1 }

/* A program that fails is no error; one that cannot be run, or hangs, is. */
enum nhi_err	 nhi_proc_run(struct nhi_proc *, struct nhi_why *) NHI_MUST;
void		 nhi_proc_wipe(struct nhi_proc *);

/* Run and demand exit 0; the reason is the program's last line. */
enum nhi_err	 nhi_proc_must(const char *const argv[], struct nhi_why *)
		    NHI_MUST;
enum nhi_err	 nhi_proc_feed(const char *const argv[],
		    struct nhi_span input, struct nhi_why *) NHI_MUST;

/*
 * Absolute path of a program in the system's directories: root's and not
 * writable by others.  False when there is none.
 */
bool		 nhi_proc_find(const char *name, char out[NHI_PROC_PATH]);

/* The last line that is not empty. */
struct nhi_span	 nhi_proc_last(const struct nhi_buf *);

#endif
