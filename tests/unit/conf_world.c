/* SPDX-License-Identifier: BSD-2-Clause */
#include "config.h"

#include <fcntl.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

#include "lib/base/file.h"
#include "tests/unit/conf_world.h"

/*
 * libconfig 1.5 forgets the string that it was reading when the text turns out
 * wrong.  Asked for by LeakSanitizer, and by nothing else.
 */
__attribute__((visibility("default")))
const char	*__lsan_default_suppressions(void);

const char *
__lsan_default_suppressions(void)
{
	return "leak:libconfig.so\n";
}

void
conf_world(struct nhi_world *w)
{
	static const struct nhi_world_paths paths = {
		TOP_SRCDIR "/tests/unit/policy/passwd",
		TOP_SRCDIR "/tests/unit/policy/group",
		TOP_SRCDIR "/tests/unit/policy/subuid",
		"/nonexistent",
		TOP_SRCDIR "/tests/unit/policy/uid_map",
		TOP_SRCDIR "/tests/unit/policy/uid_map",
	};
	struct nhi_why why = { "" };

	if (nhi_world_load(&paths, w, &why) != NHI_OK)
		fail_msg("%s", why.text);
	w->now = CONF_NOW;
	(void)snprintf(w->node, sizeof(w->node), "node");
}

void
conf_put(const char *path, const char *text)
{
	struct nhi_why why = { "" };

	if (nhi_file_replace(AT_FDCWD, path, 0644, nhi_span_str(text),
	    &why) != NHI_OK)
		fail_msg("%s", why.text);
}

enum nhi_err
conf_check(const char *file, struct nhi_faults *faults,
    struct nhi_plan **ret, struct nhi_why *why)
{
	NHI_AUTO(nhi_world_wipe) struct nhi_world w = { 0 };
	struct nhi_load_paths paths = { file, NULL, NHI_FILE_ANY };

	conf_world(&w);
	return nhi_check(&paths, &w, faults, ret, why);
}

struct nhi_plan *
conf_plan(const char *file)
{
	NHI_AUTO(nhi_faults_wipe) struct nhi_faults faults = { 0 };
	struct nhi_plan *plan = NULL;
	struct nhi_why why = { "" };

	if (conf_check(file, &faults, &plan, &why) != NHI_OK)
		fail_msg("%s", why.text);
	return plan;
}
