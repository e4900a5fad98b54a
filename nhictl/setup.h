/* SPDX-License-Identifier: BSD-2-Clause */
/* The steps of nhictl setup, in the order in which they are made. */
#ifndef NHI_NHICTL_SETUP_H
#define NHI_NHICTL_SETUP_H

#include "nhictl/step.h"

extern const struct nhi_step nhi_setup_users[];
extern const struct nhi_step nhi_setup_dirs[];
extern const struct nhi_step nhi_setup_programs[];
extern const struct nhi_step nhi_setup_nss[];
extern const struct nhi_step nhi_setup_pam[];
extern const struct nhi_step nhi_setup_sshd[];

#endif
