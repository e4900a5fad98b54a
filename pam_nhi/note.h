/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Which refusals of the issuer are worth a record: connections are free for a
 * client, synced records are not.  What was recorded this minute is a link
 * told-<reason>-<source>-<minute> -> <id of the record> in NHI_ISSUER_DIR.
 */
#ifndef NHI_PAM_NOTE_H
#define NHI_PAM_NOTE_H

#include "lib/base/audit.h"
#include "pam_nhi/call.h"

#define NHI_PAM_NOTE	128

/*
 * True once for each source (IPv6 /64), reason and minute, for so many in a
 * minute, and once more for all others: note is its name then.  False: it has
 * a record, whose id is told, or "-" where that is being written.
 */
bool	 nhi_pam_note_first(const struct nhi_pam_call *, enum nhi_err,
	    char note[static NHI_PAM_NOTE], char id[static NHI_AUDIT_ID + 1]);

/* The id of its record, for those who come after it. */
void	 nhi_pam_note_fill(const char *note, const char *id);

#endif
