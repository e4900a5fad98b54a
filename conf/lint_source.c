/* SPDX-License-Identifier: BSD-2-Clause */
#include "config.h"

#include "conf/lint.h"
#include "lib/base/source.h"

/*
 * To sshd a link-local address has a zone, a network has none, and the two
 * are not the same (addr_netmatch in its addr.c).
 */
void
nhi_lint_sources(const struct nhi_lint *l, const struct nhi_list *cidrs,
    struct nhi_place at)
{
	for (size_t i = 0; i < cidrs->n; i++)
		if (nhi_source_cidr_local(cidrs->p[i]))
			nhi_fault_warn(l->faults, at, "\"%s\" is link-local: "
			    "sshd finds no address in it", cidrs->p[i]);
}
