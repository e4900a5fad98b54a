/* SPDX-License-Identifier: BSD-2-Clause */
#include "config.h"

#include "nhictl/doctor.h"

void
nhi_doctor_probe(struct nhi_doctor *d)
{
	(void)d;
}
