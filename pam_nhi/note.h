/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Which refusals of the issuer are worth a record: connections are free for a
 * client, synced records are not.  What was recorded this minute is a link
 * told-<reason>-<source>-<minute> in NHI_ISSUER_DIR.
 */
#ifndef NHI_PAM_NOTE_H
#define NHI_PAM_NOTE_H

#include "pam_nhi/call.h"

/*
 * True once for each source (IPv6 /64), reason and minute, for so many in a
 * minute, and once more for all others.
 */
bool	 nhi_pam_note_first(const struct nhi_pam_call *, enum nhi_err);

#endif
