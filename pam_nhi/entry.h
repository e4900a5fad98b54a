/* SPDX-License-Identifier: BSD-2-Clause */
/* How an NHI account may be entered: one table, by service and caller. */
#ifndef NHI_PAM_ENTRY_H
#define NHI_PAM_ENTRY_H

#include "pam_nhi/call.h"

/* Needs user, service and ruser of the call. */
enum nhi_pam_entry	 nhi_pam_entry_find(const struct nhi_pam_call *);

bool			 nhi_pam_entry_is_sudo(const char *service);

/* Was the service started by somebody who is himself an NHI account? */
bool			 nhi_pam_entry_by_account(const struct nhi_pam_call *);

/*
 * Is this a set-uid program?  Whoever started it can stop it at any moment,
 * so it must hold nothing that others wait for.
 */
bool			 nhi_pam_entry_set_uid(void);

#endif
