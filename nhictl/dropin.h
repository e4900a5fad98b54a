/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * NHI's two Match blocks in sshd's configuration.  What is written and what
 * is checked come from one table, so that no word is written unchecked.
 */
#ifndef NHI_NHICTL_DROPIN_H
#define NHI_NHICTL_DROPIN_H

#include "lib/base/buf.h"

/* Sorts before 50-*: in sshd's configuration the first value wins. */
#define NHI_DROPIN_NAME		"00-nhi.conf"
#define NHI_DROPIN_MAX		16384
#define NHI_DROPIN_FINDINGS	65536
#define NHI_DROPIN_FROM		1023

struct nhi_dropin_options {
	bool issue;		/* this host issues certificates */
	bool permit_tty;
	bool permit_forwarding;
	bool keyboard;		/* tokens through PAM are a road in */
	bool direct;		/* tokens in certificates are one */
	char issue_from[NHI_DROPIN_FROM + 1]; /* CIDRs, by commas; "": anywhere */

	/* What the installed sshd obeys; see nhi_dropin_probe. */
	bool timeout_known;	/* UnusedConnectionTimeout: not before 9.2 */
	bool setenv_known;	/* SetEnv in a Match block: not in 8.4 */
	bool ends_known;	/* %C of a keys command: not before 9.4 */
};

/* What a host has before anybody chose: it issues, and permits nothing. */
#define NHI_DROPIN_DEFAULT	{ .issue = true }

enum nhi_dropin_block {
	NHI_DROPIN_ISSUER,	/* Match User nhi */
	NHI_DROPIN_CLOSED,	/* Match User nhi, from elsewhere */
	NHI_DROPIN_ACCOUNTS,	/* Match Group nhi-accounts */
};

/* One line of a block, for these options. */
struct nhi_dropin_line {
	const char *word;
	const char *value;
};

/*
 * The i-th line of a block that these options have; false when there are no
 * more.
 */
bool		 nhi_dropin_line(const struct nhi_dropin_options *,
		    enum nhi_dropin_block, size_t i,
		    struct nhi_dropin_line *ret);

/* The whole file.  Its first lines tell the options. */
void		 nhi_dropin_format(const struct nhi_dropin_options *,
		    struct nhi_buf *);

/*
 * The options that a drop-in of ours was made with (all but what is
 * probed); false when it does not tell them.
 */
bool		 nhi_dropin_parse(struct nhi_span,
		    struct nhi_dropin_options *ret);

/* Fill in what depends on the installed sshd. */
enum nhi_err	 nhi_dropin_probe(struct nhi_dropin_options *,
		    struct nhi_why *) NHI_MUST;

/*
 * Ask sshd what it would do for nhi (where the host issues) and for each of
 * the accounts, and compare with what was meant, word by word.  Each
 * difference is one line of findings; no findings, all is as meant.
 */
enum nhi_err	 nhi_dropin_check(const struct nhi_dropin_options *,
		    const char *const accounts[], size_t n,
		    struct nhi_buf *findings, struct nhi_why *) NHI_MUST;

/* The same for callers who stop at the first finding: it is the reason. */
enum nhi_err	 nhi_dropin_judge(const struct nhi_dropin_options *,
		    const char *const accounts[], size_t n,
		    struct nhi_why *) NHI_MUST;

/* The installed drop-in; no file is no error. */
enum nhi_err	 nhi_dropin_load(struct nhi_buf *, bool *ret_there,
		    struct nhi_why *) NHI_MUST;

/* Does sshd take the text that these options make? */
enum nhi_err	 nhi_dropin_try(const struct nhi_dropin_options *,
		    struct nhi_why *) NHI_MUST;

/*
 * Write the drop-in, have sshd test it, check it, and reload sshd.  When
 * anything is wrong the former state is back, and the reason is the first
 * finding.  A drop-in that is there already is neither written nor reloaded,
 * but checked.
 */
enum nhi_err	 nhi_dropin_install(const struct nhi_dropin_options *,
		    const char *const accounts[], size_t n,
		    struct nhi_why *) NHI_MUST;

#endif
