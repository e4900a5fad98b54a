/* SPDX-License-Identifier: BSD-2-Clause */
#include "config.h"

#include "tests/nss/login.h"

#define UNTOUCHED	77u

enum nhi_err
login_claim(const struct world *w, const char *name, uint64_t ticks,
    uint32_t *uid)
{
	struct nhi_stamp since = world_at(w, ticks);
	struct nhi_why why = { "" };
	enum nhi_err err;

	*uid = UNTOUCHED;
	err = nhi_registry_claim(w->uids, name, &since, uid, &why);
	assert_int_equal(*uid == UNTOUCHED, err != NHI_OK);
	assert_int_equal(why.text[0] == '\0', err == NHI_OK);
	return err;
}

enum nhi_err
login_check(const struct world *w, const char *name, uint64_t ticks)
{
	struct nhi_stamp since = world_at(w, ticks);
	struct nhi_why why = { "" };
	uint32_t uid = UNTOUCHED;
	enum nhi_err err;

	err = nhi_registry_check(w->uids, name, &since, &uid, &why);
	assert_int_equal(uid == UNTOUCHED, err != NHI_OK);
	assert_int_equal(why.text[0] == '\0', err == NHI_OK);
	return err;
}

uint32_t
login_retry(const struct world *w, const char *name)
{
	uint32_t uid = 0;

	for (unsigned int i = 0; i < 3; i++) {
		world_tick();
		if (login_claim(w, name, world_now(), &uid) == NHI_OK)
			return uid;
	}
	fail_msg("%s cannot log in any more", name);
	return 0;
}

struct nhi_uid_entry
login_entry(const struct world *w, const char *name)
{
	struct nhi_uid_entry e = { 0 };

	assert_int_equal(nhi_registry_find(w->uids, name, &e), 1);
	return e;
}

const char *
login_owner(const struct world *w, uint32_t uid)
{
	static char name[NHI_NAME_MAX + 1];

	name[0] = '\0';
	assert_true(nhi_registry_owner(w->uids, uid, name) >= 0);
	return name;
}

void
login_pair(const struct world *w, const char *name, uint32_t uid)
{
	assert_string_equal(login_owner(w, uid), name);
	assert_int_equal(login_entry(w, name).uid, uid);
}
