/* SPDX-License-Identifier: BSD-2-Clause */
/* A spooled record, read by root. */
#ifndef NHI_BASE_SPOOL_PARSE_H
#define NHI_BASE_SPOOL_PARSE_H

#include "lib/base/audit_field.h"

struct nhi_spool_record {
	struct nhi_event ev;		/* its strings are the words' */
	struct nhi_audit_stamp stamp;	/* id and pid */
	char *words[NHI_AUDIT_FIELDS];
};

/*
 * The text of one file: the first line, each field at most once, "end".
 * NHI_ERR_INPUT for anything else; NHI_ERR_NO_MEMORY.
 */
enum nhi_err	 nhi_spool_parse(struct nhi_span, struct nhi_spool_record *ret,
		    struct nhi_why *) NHI_MUST;
void		 nhi_spool_wipe(struct nhi_spool_record *);

#endif
