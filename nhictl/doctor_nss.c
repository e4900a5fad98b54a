/* SPDX-License-Identifier: BSD-2-Clause */
/* doctor: nsswitch.conf, nscd, and what the name service answers. */
#include "config.h"

#include <dlfcn.h>
#include <fcntl.h>
#include <inttypes.h>
#include <pwd.h>
#include <stdio.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

#include "lib/base/file.h"
#include "lib/base/path.h"
#include "lib/base/registry.h"
#include "nhictl/copy.h"
#include "nhictl/doctor.h"
#include "nhictl/setup.h"

#define CONFIG		"/etc/nsswitch.conf"
#define CONFIG_SIZE	65536
#define NOBODY		65534
#define LINE_SIZE	512

/* Does the line name us outside of its brackets? */
static bool
names_nhi(const char *p)
{
	while (*p != '\0' && *p != '#') {
		size_t n = strcspn(p, " \t[#");

		if (n == 3 && memcmp(p, "nhi", 3) == 0)
			return true;
		p += n;
		if (*p == '[')
			p += strcspn(p, "]");
		p += *p != '\0' && *p != '#';
	}
	return false;
}

struct database {
	const char *name;
	enum nhi_doctor_id id;
	bool needed;		/* a line that is missing has no nhi */
	bool seen;
};

static void
check_line(struct nhi_doctor *d, struct database *db, size_t n, char *line)
{
	char *colon = strchr(line, ':');

	line += strspn(line, " \t");
	if (colon == NULL || colon < line)
		return;
	*colon = '\0';
	line[strcspn(line, " \t")] = '\0';
	for (size_t i = 0; i < n; i++) {
		if (strcmp(line, db[i].name) != 0)
			continue;
		db[i].seen = true;
		if (!names_nhi(colon + 1))
			nhi_doctor_find(d, db[i].id, CONFIG
			    ": %s:%.80s", db[i].name, colon + 1);
	}
}

static void
check_config(struct nhi_doctor *d)
{
	struct database db[] = {
		{ "passwd", NHI_DOCTOR_NSS_PASSWD, true, false },
		{ "group", NHI_DOCTOR_NSS_GROUP, true, false },
		{ "initgroups", NHI_DOCTOR_NSS_INITGROUPS, false, false },
	};
	NHI_AUTO(nhi_buf_wipe) struct nhi_buf text = NHI_BUF(CONFIG_SIZE);
	const size_t n = sizeof(db) / sizeof(db[0]);
	struct nhi_span rest, line;
	char copy[LINE_SIZE], real[NHI_PATH_SIZE];

	if (!nhi_copy_target(CONFIG, real) ||
	    nhi_file_read(AT_FDCWD, real, NHI_FILE_ANY, &text, NULL) !=
	    NHI_OK)
		nhi_buf_reset(&text);
	rest = nhi_buf_all(&text);
	while (rest.n > 0 && nhi_span_cut(&rest, '\n', &line)) {
		(void)snprintf(copy, sizeof(copy), "%.*s", (int)line.n,
		    line.p);
		check_line(d, db, n, copy);
	}
	for (size_t i = 0; i < n; i++)
		if (db[i].needed && !db[i].seen)
			nhi_doctor_find(d, db[i].id,
			    CONFIG " has no line %s", db[i].name);
}

/* setup's own steps that only look: nscd and the module. */
static void
check_steps(struct nhi_doctor *d)
{
	for (const struct nhi_step *s = nhi_setup_nss; s->what != NULL; s++) {
		struct nhi_why why = { "" };
		bool done = true;

		if (s->apply != NULL || s->check(s->arg, &done, &why) ==
		    NHI_OK)
			continue;
		nhi_doctor_find(d, strstr(why.text, "nscd") != NULL ?
		    NHI_DOCTOR_NSS_CACHE : NHI_DOCTOR_NSS_MODULE, "%s",
		    why.text);
	}
}

static bool
answers(const char *name, uint32_t uid)
{
	const struct passwd *pw = getpwnam(name);

	return pw != NULL && pw->pw_uid == uid;
}

/* The same question as somebody without rights. */
static bool
answers_nobody(const char *name, uint32_t uid)
{
	pid_t pid = fork();
	int status = 0;

	if (pid == 0) {
		if (setgid(NOBODY) != 0 || setuid(NOBODY) != 0)
			_exit(2);
		_exit(answers(name, uid) ? 0 : 1);
	}
	return pid > 0 && waitpid(pid, &status, 0) == pid &&
	    WIFEXITED(status) && WEXITSTATUS(status) != 1;
}

static void
check_answers(struct nhi_doctor *d)
{
	struct nhi_doctor_names names;
	struct nhi_uid_entry entry;

	nhi_doctor_names(d, &names);
	for (size_t i = 0; i < names.declared; i++) {
		const char *name = names.list[i];

		if (nhi_registry_find(NHI_UIDS_DIR, name, &entry) != 1)
			nhi_doctor_find(d, NHI_DOCTOR_NSS_ANSWER,
			    "%s has no UID in the registry", name);
		else if (!answers(name, entry.uid))
			nhi_doctor_find(d, NHI_DOCTOR_NSS_ANSWER, "root is "
			    "not told that %s has UID %" PRIu32, name,
			    entry.uid);
		else if (!answers_nobody(name, entry.uid))
			nhi_doctor_find(d, NHI_DOCTOR_NSS_ANSWER, "nobody is "
			    "not told that %s has UID %" PRIu32, name,
			    entry.uid);
	}
}

void
nhi_doctor_nss(struct nhi_doctor *d)
{
	check_config(d);
	check_steps(d);
	/* What follows from one of those, or from a local user, is no news. */
	if (!nhi_doctor_has(d, NHI_DOCTOR_NSS_PASSWD) &&
	    !nhi_doctor_has(d, NHI_DOCTOR_NSS_MODULE) &&
	    !nhi_doctor_has(d, NHI_DOCTOR_NAME_TAKEN))
		check_answers(d);
}
