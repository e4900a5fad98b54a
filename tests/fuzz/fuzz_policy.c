/* SPDX-License-Identifier: BSD-2-Clause */
/* A policy file: scan, libconfig, schema, lint, compiler. */
#include "config.h"

#include "conf/check.h"
#include "conf/load.h"
#include "conf/world.h"
#include "tests/fuzz/fuzz.h"

FUZZ_TARGET(policy)(const uint8_t *data, size_t size)
{
	NHI_AUTO(nhi_faults_wipe) struct nhi_faults faults = { 0 };
	NHI_AUTO(nhi_plan_freep) struct nhi_plan *plan = NULL;
	struct nhi_world world = { .now = 1800000000, .node = "web-1",
	    .elsewhere = true };
	struct nhi_load_paths paths = { .owner = NHI_FILE_ANY };
	struct nhi_why why;
	enum nhi_err err;

	fuzz_file("nhi.conf", data, size);
	paths.file = fuzz_path("nhi.conf");
	err = nhi_check(&paths, &world, &faults, &plan, &why);
	MUST((err == NHI_OK) == (plan != NULL));
	return 0;
}
