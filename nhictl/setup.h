/* SPDX-License-Identifier: BSD-2-Clause */
/* The steps of nhictl setup, in the order in which they are made. */
#ifndef NHI_NHICTL_SETUP_H
#define NHI_NHICTL_SETUP_H

#include "nhictl/step.h"

/* Who calls nhictl tick: systemd's timer, or cron. */
extern const struct nhi_step nhi_setup_tick[];
extern const struct nhi_step nhi_setup_users[];
extern const struct nhi_step nhi_setup_dirs[];
extern const struct nhi_step nhi_setup_programs[];
extern const struct nhi_step nhi_setup_nss[];
extern const struct nhi_step nhi_setup_pam[];
extern const struct nhi_step nhi_setup_sshd[];

/* Files that programs of the system write for us; NULL ends them. */
extern const char *const nhi_setup_accounts[];	/* useradd and its kin */
extern const char *const nhi_setup_common[];	/* pam-auth-update */

#endif
