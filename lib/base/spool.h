/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Audit records on their way to root: files in /var/spool/nhi (root:_nhi
 * 1730) of the service users.  Grants have names of their own; denials share
 * a bounded room (writer, source, minute and a number below 32, O_EXCL; who
 * has no source: spool_room.h);
 * what found no name is counted in one file per source and minute.  A file
 * holds lines "field word" (words as in rules.h), not JSON, so that root
 * reads a trivial format and writes the record itself: component, uid and
 * time come from fstat (owner, ctime), never from the text.
 */
#ifndef NHI_BASE_SPOOL_H
#define NHI_BASE_SPOOL_H

#include "lib/base/audit.h"

#define NHI_SPOOL_ROOM	32	/* denials of a writer, source and minute */
#define NHI_SPOOL_FILE	4096	/* bytes of one file */

/* Put one record; for the service users.  Grants are fsynced. */
enum nhi_err	 nhi_spool_put(const char *spool, const struct nhi_event *,
		    const struct nhi_audit_stamp *, struct nhi_why *) NHI_MUST;

/*
 * A denial that is free to provoke: put once for each serial, reason and
 * hour, whether or not it was drained in between.  NHI_OK also when it stands
 * there already.
 */
enum nhi_err	 nhi_spool_put_once(const char *spool,
		    const struct nhi_event *, const struct nhi_audit_stamp *,
		    struct nhi_why *) NHI_MUST;

/*
 * Root's own denials go straight into the trail, and have no more room than
 * the others': true when there is a place for this one, else it is counted.
 * Where there is no source, the caller of a set-uid program stands for it, or
 * the account.  What cannot be counted has a place.
 */
bool		 nhi_spool_room(const char *spool, const struct nhi_event *,
		    int64_t now_ms);

/*
 * Root: take in everything that is there (O_NOFOLLOW, regular, one link,
 * bounded, owned by a service user), append it to the trail, sync, unlink.
 * What is no record is unlinked and counted.  Bounded work: at most max
 * files.
 */
enum nhi_err	 nhi_spool_drain(const char *spool, size_t max,
		    size_t *ret_taken, struct nhi_why *) NHI_MUST;

#endif
