/* SPDX-License-Identifier: BSD-2-Clause */
/* The file of the audit trail, as root appends to it. */
#ifndef NHI_BASE_AUDIT_FILE_H
#define NHI_BASE_AUDIT_FILE_H

#include "lib/base/buf.h"

/*
 * Append whole lines and sync them: all or nothing, under the lock
 * `dir/.lock` (two seconds at most).  Directory and file are made when they
 * are missing, and refused when they are not root's alone.  A last line that
 * a crash tore is ended first.  Any failure is NHI_ERR_AUDIT_UNAVAILABLE.
 */
enum nhi_err	 nhi_audit_append(const char *dir, const char *name,
		    struct nhi_span lines, struct nhi_why *) NHI_MUST;

#endif
