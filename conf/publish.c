/* SPDX-License-Identifier: BSD-2-Clause */
#include "config.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "conf/publish.h"
#include "conf/sweep.h"
#include "lib/base/file.h"
#include "lib/base/lease.h"
#include "lib/base/registry.h"

#define NEW	"new"			/* the generation that is being made */

static enum nhi_err
failed(struct nhi_why *why, const char *what)
{
	return nhi_fail(why, NHI_ERR_STATE, "%s: %s", what, strerror(errno));
}

enum nhi_err
nhi_publish_lock(const struct nhi_publish_paths *paths, int *ret_fd,
    struct nhi_why *why)
{
	return nhi_state_lock(paths->published, NHI_LOCK_CTL_MS, ret_fd, why);
}

/* Files: no sync of their own, one for all comes before the swap. */
static enum nhi_err
put_file(int dir, const char *name, const struct nhi_buf *text,
    struct nhi_why *why)
{
	NHI_AUTO(nhi_fd_close) int fd = -1;
	enum nhi_err err;

	if ((err = nhi_buf_check(text, why)) != NHI_OK)
		return err;
	fd = openat(dir, name, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC |
	    O_NOFOLLOW, 0600);
	if (fd < 0)
		return failed(why, name);
	if ((err = nhi_file_put(fd, nhi_buf_all(text), why)) != NHI_OK)
		return err;
	return fchmod(fd, 0644) == 0 ? NHI_OK : failed(why, name);
}

static enum nhi_err
make_dir(int at, const char *name, int *ret, struct nhi_why *why)
{
	enum nhi_err err;

	err = nhi_dir_make(at, name, 0755, geteuid(), getegid(), why);
	return err != NHI_OK ? err : nhi_dir_open(at, name, ret, why);
}

/* Accounts */

struct writer {
	const struct nhi_plan *plan;
	int dir;
	int names;
	int templates;
	int rules;
	struct nhi_buf text;
	struct nhi_why *why;
};

static void
writer_wipe(struct writer *w)
{
	nhi_fd_close(&w->dir);
	nhi_fd_close(&w->names);
	nhi_fd_close(&w->templates);
	nhi_fd_close(&w->rules);
	nhi_buf_wipe(&w->text);
}

static enum nhi_err
write_account(struct writer *w, const struct nhi_plan_account *a)
{
	int dir = a->name.is_template ? w->templates : w->names;
	enum nhi_err err;

	nhi_buf_reset(&w->text);
	nhi_plan_link(a, &w->text);
	if ((err = nhi_buf_check(&w->text, w->why)) != NHI_OK)
		return err;
	if (nhi_link_make(dir, a->name.key, nhi_buf_text(&w->text)) != 0)
		return failed(w->why, a->name.key);
	nhi_buf_reset(&w->text);
	if ((err = nhi_plan_rules(w->plan, a, &w->text, w->why)) != NHI_OK)
		return err;
	return put_file(w->rules, a->name.key, &w->text, w->why);
}

static enum nhi_err
write_head(struct writer *w)
{
	enum nhi_err err;

	nhi_buf_reset(&w->text);
	nhi_buf_printf(&w->text, "%s\n", w->plan->digest);
	if ((err = put_file(w->dir, "digest", &w->text, w->why)) != NHI_OK)
		return err;
	nhi_buf_reset(&w->text);
	nhi_host_format(&w->plan->host, &w->text);
	return put_file(w->dir, "host", &w->text, w->why);
}

static enum nhi_err
write_issuers(struct writer *w)
{
	NHI_AUTO(nhi_fd_close) int dir = -1;
	enum nhi_err err;

	err = make_dir(w->dir, NHI_PROVIDER_DIR, &dir, w->why);
	for (size_t i = 0; err == NHI_OK && i < w->plan->nissuers; i++) {
		const struct nhi_provider *p = &w->plan->providers[i];

		nhi_buf_reset(&w->text);
		nhi_provider_format(p, &w->text);
		err = put_file(dir, p->name, &w->text, w->why);
	}
	return err;
}

static enum nhi_err
write_all(int published, const struct nhi_plan *plan, struct nhi_why *why)
{
	NHI_AUTO(writer_wipe) struct writer w = { plan, -1, -1, -1, -1,
	    NHI_BUF(NHI_RULES_MAX), why };
	enum nhi_err err;

	if ((err = make_dir(published, NEW, &w.dir, why)) != NHI_OK ||
	    (err = make_dir(w.dir, "names", &w.names, why)) != NHI_OK ||
	    (err = make_dir(w.dir, "templates", &w.templates,
	    why)) != NHI_OK ||
	    (err = make_dir(w.dir, "rules", &w.rules, why)) != NHI_OK ||
	    (err = write_head(&w)) != NHI_OK ||
	    (err = write_issuers(&w)) != NHI_OK)
		return err;
	for (size_t i = 0; err == NHI_OK && i < plan->naccounts; i++)
		err = write_account(&w, &plan->accounts[i]);
	if (err == NHI_OK && syncfs(w.dir) != 0)
		err = failed(why, "syncfs");
	return err;
}

/* Does the policy give another number to an account that has one? */
static bool
moves(const char *uids, const struct nhi_plan_account *a)
{
	struct nhi_uid_entry e;

	return !a->name.is_template && a->uid != 0 &&
	    nhi_registry_find(uids, a->name.key, &e) == 1 && e.uid != a->uid;
}

/* Nobody moves for a policy that may be refused yet: it is only asked. */
static enum nhi_err
check_free(const char *uids, const struct nhi_plan_account *a,
    struct nhi_why *why)
{
	char owner[NHI_NAME_MAX + 1];
	int r = nhi_registry_owner(uids, a->uid, owner);

	if (r < 0)
		return failed(why, a->name.key);
	if (r == 1 && strcmp(owner, a->name.key) != 0)
		return nhi_fail(why, NHI_ERR_UID_EXHAUSTED,
		    "UID %lu is another's", (unsigned long)a->uid);
	return NHI_OK;
}

/* UIDs of declared accounts: there before the names are. */
static enum nhi_err
register_uids(const char *uids, const struct nhi_plan *plan,
    struct nhi_why *why)
{
	enum nhi_err err;
	uint32_t uid;

	err = nhi_registry_set_range(uids, plan->uids.lo, plan->uids.hi, why);
	for (size_t i = 0; err == NHI_OK && i < plan->naccounts; i++) {
		const struct nhi_plan_account *a = &plan->accounts[i];

		if (moves(uids, a))
			err = check_free(uids, a, why);
		else if (!a->name.is_template)
			err = nhi_registry_set(uids, a->name.key, a->uid,
			    &uid, why);
	}
	return err;
}

enum nhi_err
nhi_publish_move(const struct nhi_publish_paths *paths,
    const struct nhi_plan *plan, struct nhi_why *why)
{
	enum nhi_err err = NHI_OK;
	uint32_t uid;

	for (size_t i = 0; err == NHI_OK && i < plan->naccounts; i++) {
		const struct nhi_plan_account *a = &plan->accounts[i];

		if (moves(paths->uids, a))
			err = nhi_registry_set(paths->uids, a->name.key,
			    a->uid, &uid, why);
	}
	return err;
}

/* The swap */

static enum nhi_err
swap(int dir, const char *generation, struct nhi_why *why)
{
	if (nhi_link_replace(dir, "current", generation) != 0)
		return failed(why, "current");
	return fsync(dir) == 0 ? NHI_OK : failed(why, "published: sync");
}

static enum nhi_err
read_current(int dir, char ret[static NHI_GENERATION_SIZE],
    struct nhi_why *why)
{
	char text[NHI_LINK_MAX + 1];
	uint64_t n;
	int r = nhi_link_read(dir, "current", text);

	if (r < 0)
		return failed(why, "current");
	if (r == 0)
		text[0] = '\0';
	else if (!nhi_sweep_number(text, &n))
		return nhi_fail(why, NHI_ERR_STATE,
		    "published/current does not name a generation");
	(void)snprintf(ret, NHI_GENERATION_SIZE, "%.20s", text);
	return NHI_OK;
}

enum nhi_err
nhi_publish(const struct nhi_publish_paths *paths,
    const struct nhi_plan *plan, struct nhi_publish *ret,
    struct nhi_why *why)
{
	NHI_AUTO(nhi_fd_close) int dir = -1;
	struct nhi_publish p = { .generation = "" };
	uint64_t next = 0;
	enum nhi_err err;

	if (plan->naccounts > 0 && !plan->grouped)
		return nhi_fail(why, NHI_ERR_STATE, "there is no group "
		    NHI_ACCOUNTS_GROUP ": nhictl setup makes it");
	if ((err = nhi_dir_open(AT_FDCWD, paths->published, &dir,
	    why)) != NHI_OK ||
	    (err = read_current(dir, p.before, why)) != NHI_OK ||
	    (err = nhi_sweep_next(dir, &next, why)) != NHI_OK ||
	    (err = nhi_sweep_old(dir, p.before, why)) != NHI_OK ||
	    (err = register_uids(paths->uids, plan, why)) != NHI_OK ||
	    (err = write_all(dir, plan, why)) != NHI_OK)
		return err;
	(void)snprintf(p.generation, sizeof(p.generation), "%llu",
	    (unsigned long long)next);
	if (renameat(dir, NEW, dir, p.generation) != 0 || fsync(dir) != 0)
		return failed(why, p.generation);
	if ((err = swap(dir, p.generation, why)) != NHI_OK)
		return err;
	*ret = p;
	return NHI_OK;
}

enum nhi_err
nhi_publish_restore(const struct nhi_publish_paths *paths,
    const struct nhi_publish *p, struct nhi_why *why)
{
	NHI_AUTO(nhi_fd_close) int dir = -1;
	enum nhi_err err;

	if ((err = nhi_dir_open(AT_FDCWD, paths->published, &dir,
	    why)) != NHI_OK)
		return err;
	if (p->before[0] != '\0')
		return swap(dir, p->before, why);
	if (unlinkat(dir, "current", 0) != 0 || fsync(dir) != 0)
		return failed(why, "current");
	return NHI_OK;
}

enum nhi_err
nhi_publish_clean(const struct nhi_publish_paths *paths,
    const struct nhi_publish *p, struct nhi_why *why)
{
	NHI_AUTO(nhi_fd_close) int dir = -1;
	enum nhi_err err;

	if ((err = nhi_dir_open(AT_FDCWD, paths->published, &dir,
	    why)) != NHI_OK)
		return err;
	return nhi_sweep_old(dir, p->generation, why);
}
