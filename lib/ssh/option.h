/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Critical options and extensions of a certificate: names in strictly rising
 * order, each with data.  Where an option has a value, its data is an SSH
 * string within the string; where it is a flag, its data is empty.
 */
#ifndef NHI_SSH_OPTION_H
#define NHI_SSH_OPTION_H

#include "lib/base/buf.h"

#define NHI_SSH_OPTIONS_MAX	32	/* in one list */
#define NHI_SSH_OPTION_NAME	128	/* bytes of a name */
#define NHI_SSH_FORCE_MAX	4096	/* bytes of a forced command */
#define NHI_SSH_SOURCE_MAX	8192	/* bytes of a source-address */

struct nhi_ssh_option {
	struct nhi_span name;
	struct nhi_span data;
};

struct nhi_ssh_options {
	struct nhi_ssh_option v[NHI_SSH_OPTIONS_MAX];
	size_t n;
};

/* The whole content of a list; NHI_ERR_CERT_OPTIONS. */
enum nhi_err	 nhi_ssh_options_parse(struct nhi_span,
		    struct nhi_ssh_options *ret, struct nhi_why *) NHI_MUST;

/* Data of the option of this name; false when there is none. */
bool		 nhi_ssh_option_find(const struct nhi_ssh_options *,
		    const char *name, struct nhi_span *ret);

/* The same where the data must be one string in the string. */
bool		 nhi_ssh_option_value(const struct nhi_ssh_options *,
		    const char *name, struct nhi_span *ret);

/* Append a flag; an option with a value. */
void		 nhi_ssh_option_put_flag(struct nhi_buf *, const char *name);
void		 nhi_ssh_option_put(struct nhi_buf *, const char *name,
		    struct nhi_span value);

/*
 * What may stand in force-command and source-address: text that is not empty
 * and has no control characters; addresses and commas (sshd reads them).
 */
bool		 nhi_ssh_force_valid(struct nhi_span);
bool		 nhi_ssh_source_valid(struct nhi_span);

/*
 * NHI_ERR_CERT_OPTIONS unless every critical option is known and well-formed,
 * and every known extension is (unknown extensions mean nothing).
 */
enum nhi_err	 nhi_ssh_critical_check(const struct nhi_ssh_options *,
		    struct nhi_why *) NHI_MUST;
enum nhi_err	 nhi_ssh_extensions_check(const struct nhi_ssh_options *,
		    struct nhi_why *) NHI_MUST;

#endif
