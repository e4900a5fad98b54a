/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * What both ends of the spool must agree on: the names of its files
 *	g.<id>					a grant
 *	d.<uid>.<source>.<minute>.<number>	a denial (or fault, or info)
 *	c.<uid>.<source>.<minute>		its size: denials without room;
 *						root's: all denials, and those
 *						above NHI_SPOOL_ROOM had none
 *	(<source>: spool_room.h)
 *	p.<hour>.<serial>.<reason>		a denial told once an hour; the
 *						drain leaves an empty one of root
 * and the first line of a record.
 */
#ifndef NHI_BASE_SPOOL_NAME_H
#define NHI_BASE_SPOOL_NAME_H

#define NHI_SPOOL_MAGIC		"nhi-event 1"
#define NHI_SPOOL_NAME		96		/* with its NUL */
#define NHI_SPOOL_SOURCE	40		/* with its NUL */
#define NHI_SPOOL_MINUTE	INT64_C(60000)	/* milliseconds */
#define NHI_SPOOL_ONCE		"p."
#define NHI_SPOOL_HOUR		INT64_C(3600000) /* milliseconds */
#define NHI_SPOOL_COUNT		(1 << 20)	/* counted so far */

#endif
