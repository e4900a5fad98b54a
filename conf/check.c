/* SPDX-License-Identifier: BSD-2-Clause */
#include "config.h"

#include "conf/check.h"
#include "conf/lint.h"

enum nhi_err
nhi_check(const struct nhi_load_paths *paths, const struct nhi_world *world,
    struct nhi_faults *faults, struct nhi_plan **ret, struct nhi_why *why)
{
	NHI_AUTO(nhi_conf_freep) struct nhi_conf *conf = NULL;
	enum nhi_err err;

	if ((err = nhi_load(paths, faults, &conf, why)) != NHI_OK) {
		nhi_faults_sort(faults);
		return err;
	}
	nhi_lint(conf, world, faults);
	nhi_faults_sort(faults);
	if ((err = nhi_faults_check(faults, why)) != NHI_OK)
		return err;
	return nhi_compile(conf, world, ret, why);
}
