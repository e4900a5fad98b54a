/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The forced command of a certificate of ours that is refused: says so and
 * ends.  PAM has recorded why; this is the layer that holds where the PAM
 * stack was changed.
 */
#ifndef NHI_HELPER_REFUSE_H
#define NHI_HELPER_REFUSE_H

/* argv: one public reason.  Always NHI_EXIT_REFUSED. */
int	 nhi_ssh_refuse(int argc, char **argv);

#endif
