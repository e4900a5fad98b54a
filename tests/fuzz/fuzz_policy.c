/* SPDX-License-Identifier: BSD-2-Clause */
/* A policy file: scan, libconfig, schema, lint, compiler. */
#include "config.h"

#include "conf/check.h"
#include "conf/load.h"
#include "conf/world.h"
#include "tests/fuzz/fuzz.h"

/* A host with the groups and people that a policy may speak of. */
static struct nhi_world_name users[] = {
	{ (char[]){ "alice" }, 1000, 1000, NULL },
	{ (char[]){ "root" }, 0, 0, NULL },
};
static struct nhi_world_name groups[] = {
	{ (char[]){ "nhi-accounts" }, 994, 0, (char[]){ "" } },
	{ (char[]){ "sudo" }, 27, 0, (char[]){ "alice" } },
	{ (char[]){ "www-data" }, 33, 0, (char[]){ "" } },
};
static struct nhi_world_span sub[] = { { 100000, 65536 } };
static struct nhi_world_span all[] = { { 0, UINT32_MAX } };

FUZZ_TARGET(policy)(const uint8_t *data, size_t size)
{
	NHI_AUTO(nhi_faults_wipe) struct nhi_faults faults = { 0 };
	NHI_AUTO(nhi_plan_freep) struct nhi_plan *plan = NULL;
	struct nhi_world world = {
		.now = 1800000000, .node = "web-1", .elsewhere = true,
		.users = { users, 2, 2 }, .groups = { groups, 3, 3 },
		.sub = { sub, 1, 1 }, .uids = { all, 1, 1 },
		.gids = { all, 1, 1 },
	};
	struct nhi_load_paths paths = { .owner = NHI_FILE_ANY };
	struct nhi_why why;
	enum nhi_err err;

	fuzz_file("nhi.conf", data, size);
	paths.file = fuzz_path("nhi.conf");
	err = nhi_check(&paths, &world, &faults, &plan, &why);
	fuzz_taken |= err == NHI_OK;
	MUST((err == NHI_OK) == (plan != NULL));
	return 0;
}
