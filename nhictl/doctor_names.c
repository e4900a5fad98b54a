/* SPDX-License-Identifier: BSD-2-Clause */
/* doctor: walks, and names of the policy to ask about. */
#include "config.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>

#include "lib/base/file.h"
#include "lib/base/list.h"
#include "nhictl/doctor.h"
#include "nhictl/dropin_admit.h"

#define DECLARED_MAX	8

bool
nhi_doctor_walk(const char *dir,
    void (*fn)(struct nhi_doctor *, const char *dir, const char *name),
    struct nhi_doctor *d)
{
	NHI_AUTO(nhi_list_close) DIR *list = opendir(dir);
	const struct dirent *de;

	if (list == NULL)
		return errno == ENOENT;
	while ((de = nhi_list_next(list)) != NULL)
		fn(d, dir, de->d_name);
	return errno == 0;
}

static void
add(struct nhi_doctor_names *names, const char *name)
{
	size_t n = strlen(name);

	if (n >= sizeof(names->text[0]))
		return;
	memcpy(names->text[names->n], name, n + 1);
	names->list[names->n] = names->text[names->n];
	names->n++;
}

/* Of a template a name that fits. */
static void
add_template(struct nhi_doctor_names *names, const char *dir,
    const char *prefix)
{
	char path[1024], text[NHI_LINK_MAX + 1];

	(void)snprintf(path, sizeof(path), "%s/%s", dir, prefix);
	if (nhi_link_read(AT_FDCWD, path, text) != 1)
		return;
	text[strcspn(text, ":")] = '\0';
	for (char *p = text; *p != '\0'; p++)
		if (*p == '*')
			*p = '0';
	if (nhi_name_valid(text))
		add(names, text);
}

void
nhi_doctor_names(const struct nhi_doctor *d, struct nhi_doctor_names *ret)
{
	static const char *const dirs[] = { "names", "templates" };
	const struct dirent *de;
	char path[600];

	ret->n = ret->declared = 0;
	for (size_t i = 0; d->published && i < 2; i++) {
		size_t most = i == 0 ? DECLARED_MAX : NHI_DOCTOR_NAMES_MAX;
		NHI_AUTO(nhi_list_close) DIR *list = NULL;

		(void)snprintf(path, sizeof(path), "%s/%s", d->policy.path,
		    dirs[i]);
		if ((list = nhi_list_open(AT_FDCWD, path)) == NULL)
			continue;
		while (ret->n < most && (de = nhi_list_next(list)) != NULL) {
			if (i == 0 && nhi_name_valid(de->d_name))
				add(ret, de->d_name);
			else if (i == 1 && de->d_name[0] != '.')
				add_template(ret, path, de->d_name);
		}
		if (i == 0)
			ret->declared = ret->n;
	}
}

bool
nhi_doctor_sshd_value(struct nhi_span config, const char *word, char *out,
    size_t size)
{
	struct nhi_span value;

	if (!nhi_dropin_next(&config, word, &value) || value.n >= size)
		return false;
	memcpy(out, value.p, value.n);
	out[value.n] = '\0';
	return true;
}
