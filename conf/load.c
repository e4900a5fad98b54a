/* SPDX-License-Identifier: BSD-2-Clause */
#include "config.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "conf/load.h"
#include "conf/scan.h"
#include "conf/section.h"

struct loader {
	const struct nhi_load_paths *paths;
	struct nhi_faults *faults;
	struct nhi_conf *conf;
};

void
nhi_conf_free(struct nhi_conf *c)
{
	if (c == NULL)
		return;
	nhi_schema_wipe(nhi_schema_top(), &c->top);
	for (size_t i = 0; i < c->nfiles; i++)
		free(c->files[i]);
	free(c);
}

void
nhi_conf_freep(struct nhi_conf **c)
{
	nhi_conf_free(*c);
	*c = NULL;
}

static void
destroy(config_t *c)
{
	config_destroy(c);
}

static void
parse(struct loader *l, const char *file, const struct nhi_buf *text)
{
	NHI_AUTO(destroy) config_t tree = { 0 };
	struct nhi_place at = { file, 0 };

	config_init(&tree);
	if (!nhi_scan(nhi_buf_all(text), file, l->faults)) {
		l->conf->parsed = false;
		return;
	}
	if (config_read_string(&tree, nhi_buf_text(text)) != CONFIG_TRUE) {
		at.line = (unsigned int)config_error_line(&tree);
		nhi_fault(l->faults, at, "%s", config_error_text(&tree));
		l->conf->parsed = false;
		return;
	}
	at.line = 1;
	nhi_section_load(nhi_schema_top(), config_root_setting(&tree), at,
	    &l->conf->top, l->faults);
}

static enum nhi_err
load_file(struct loader *l, const char *path, struct nhi_why *why)
{
	NHI_AUTO(nhi_buf_wipe) struct nhi_buf text = NHI_BUF(NHI_LOAD_FILE);
	char *name;
	enum nhi_err err;

	err = nhi_file_read(AT_FDCWD, path, l->paths->owner, &text, why);
	if (err == NHI_ERR_TOO_LARGE)
		return nhi_fail(why, NHI_ERR_POLICY_UNREADABLE,
		    "%s: over %u bytes", path, NHI_LOAD_FILE);
	if (err != NHI_OK)
		return err == NHI_ERR_STATE ? NHI_ERR_POLICY_UNREADABLE : err;
	if ((name = strdup(path)) == NULL)
		return nhi_fail(why, NHI_ERR_NO_MEMORY, "policy");
	l->conf->files[l->conf->nfiles++] = name;
	parse(l, name, &text);
	return NHI_OK;
}

/* Drop-ins: what ends in .conf and is not hidden, in the order of names. */

static int
is_dropin(const struct dirent *d)
{
	size_t n = strlen(d->d_name);

	return d->d_name[0] != '.' && n > 5 &&
	    strcmp(d->d_name + n - 5, ".conf") == 0;
}

static int
by_name(const struct dirent **a, const struct dirent **b)
{
	return strcmp((*a)->d_name, (*b)->d_name);
}

static enum nhi_err
check_dir(const struct loader *l, const struct stat *st, struct nhi_why *why)
{
	const char *dir = l->paths->dropins;

	if (l->paths->owner == NHI_FILE_ANY)
		return NHI_OK;
	if ((st->st_uid != 0 && (l->paths->owner == NHI_FILE_ROOT ||
	    st->st_uid != geteuid())) ||
	    (st->st_mode & (S_IWGRP | S_IWOTH)) != 0)
		return nhi_fail(why, NHI_ERR_POLICY_UNREADABLE,
		    "%s: must be root's and not writable by others", dir);
	return NHI_OK;
}

static enum nhi_err
load_listed(struct loader *l, struct dirent **list, int n,
    struct nhi_why *why)
{
	enum nhi_err err = NHI_OK;
	char path[4096];

	if (n > NHI_LOAD_DROPINS)
		return nhi_fail(why, NHI_ERR_POLICY_UNREADABLE,
		    "%s: more than %d files", l->paths->dropins,
		    NHI_LOAD_DROPINS);
	for (int i = 0; err == NHI_OK && i < n; i++) {
		if (snprintf(path, sizeof(path), "%s/%s", l->paths->dropins,
		    list[i]->d_name) >= (int)sizeof(path))
			return nhi_fail(why, NHI_ERR_POLICY_UNREADABLE,
			    "%s: the path is too long", l->paths->dropins);
		err = load_file(l, path, why);
	}
	return err;
}

static enum nhi_err
load_dropins(struct loader *l, struct nhi_why *why)
{
	struct dirent **list = NULL;
	struct stat st;
	enum nhi_err err;
	int n;

	if (l->paths->dropins == NULL)
		return NHI_OK;
	if (stat(l->paths->dropins, &st) != 0 && errno == ENOENT)
		return NHI_OK;
	if ((n = scandir(l->paths->dropins, &list, is_dropin, by_name)) < 0 ||
	    stat(l->paths->dropins, &st) != 0)
		return nhi_fail(why, NHI_ERR_POLICY_UNREADABLE, "%s: %s",
		    l->paths->dropins, strerror(errno));
	if ((err = check_dir(l, &st, why)) == NHI_OK)
		err = load_listed(l, list, n, why);
	for (int i = 0; i < n; i++)
		free(list[i]);
	free(list);
	return err;
}

enum nhi_err
nhi_load(const struct nhi_load_paths *paths, struct nhi_faults *faults,
    struct nhi_conf **ret, struct nhi_why *why)
{
	NHI_AUTO(nhi_conf_freep) struct nhi_conf *conf = NULL;
	struct loader l = { paths, faults, NULL };
	enum nhi_err err;

	if ((conf = calloc(1, sizeof(*conf))) == NULL)
		return nhi_fail(why, NHI_ERR_NO_MEMORY, "policy");
	l.conf = conf;
	conf->parsed = true;
	conf->owner = paths->owner;
	if ((err = load_file(&l, paths->file, why)) != NHI_OK)
		return err;
	if (conf->parsed && conf->top.at[NHI_AT(top, version)].line == 0)
		nhi_fault(faults, (struct nhi_place){ conf->files[0], 1 },
		    "version = 1; is missing");
	if ((err = load_dropins(&l, why)) != NHI_OK)
		return err;
	nhi_section_defaults(nhi_schema_top(), &conf->top, faults);
	if (faults->no_memory)
		return nhi_fail(why, NHI_ERR_NO_MEMORY, "policy");
	*ret = conf;
	conf = NULL;
	return NHI_OK;
}
