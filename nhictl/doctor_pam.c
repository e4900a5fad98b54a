/* SPDX-License-Identifier: BSD-2-Clause */
/* doctor: pam_nhi in sshd's stack and in those of other services. */
#include "config.h"

#include <dlfcn.h>
#include <errno.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "lib/base/paths.h"
#include "nhictl/doctor.h"
#include "nhictl/stack.h"

#define MODULE		"pam_nhi.so"
#define MODULE_PATH	NHI_PAM_MODULE_DIR "/" MODULE

/* A module that is not root's is not loaded to see whether it loads. */
static void
check_module(struct nhi_doctor *d)
{
	struct stat st;
	void *module;

	if (stat(MODULE_PATH, &st) != 0) {
		nhi_doctor_find(d, NHI_DOCTOR_PAM_MODULE, MODULE_PATH ": %s",
		    strerror(errno));
		return;
	}
	if (!S_ISREG(st.st_mode) || st.st_uid != 0 ||
	    (st.st_mode & 022) != 0) {
		nhi_doctor_find(d, NHI_DOCTOR_PAM_MODULE,
		    MODULE_PATH " is not root's alone");
		return;
	}
	if ((module = dlopen(MODULE_PATH, RTLD_NOW | RTLD_LOCAL)) == NULL) {
		nhi_doctor_find(d, NHI_DOCTOR_PAM_MODULE, "%.200s", dlerror());
		return;
	}
	(void)dlclose(module);
}

static bool
is_strict(const struct nhi_stack_line *l)
{
	return strcmp(l->control, "required") == 0 ||
	    strcmp(l->control, "requisite") == 0;
}

/* The first line of the type is ours, and can refuse. */
static void
check_first(struct nhi_doctor *d, const struct nhi_stack *s,
    const char *type, enum nhi_doctor_id id)
{
	const struct nhi_stack_line *l = nhi_stack_at(s, type, 0);

	if (l == NULL || strcmp(l->module, MODULE) != 0)
		nhi_doctor_find(d, id, "sshd: the first %s line is %s", type,
		    l == NULL ? "missing" : l->module);
	else if (!is_strict(l))
		nhi_doctor_find(d, id, "sshd: the %s line of pam_nhi is %s",
		    type, l->control);
}

/* A line above ours whose success ends the stage; above: how many there are. */
static bool
check_above(struct nhi_doctor *d, const char *service,
    const struct nhi_stack *s)
{
	int above = nhi_stack_find(s, "account", MODULE);

	for (int i = 0; i < above; i++) {
		const struct nhi_stack_line *l = nhi_stack_at(s, "account",
		    (size_t)i);

		if (!nhi_stack_ends(l))
			continue;
		nhi_doctor_find(d, NHI_DOCTOR_PAM_SUFFICIENT,
		    "%s: account %s %s stands above pam_nhi", service,
		    l->control, l->module);
		return true;
	}
	return false;
}

static bool
check_env(struct nhi_doctor *d, const struct nhi_stack *s)
{
	int above = nhi_stack_find(s, "session", MODULE);

	for (int i = 0; i < above; i++) {
		const struct nhi_stack_line *l = nhi_stack_at(s, "session",
		    (size_t)i);

		if (strcmp(l->module, "pam_env.so") != 0 ||
		    strstr(l->args, "user_readenv=1") == NULL)
			continue;
		nhi_doctor_find(d, NHI_DOCTOR_PAM_ENV, "sshd: session %s "
		    "%.80s stands above pam_nhi", l->module, l->args);
		return true;
	}
	return false;
}

/* Does policy let anybody in by the auth line of this service? */
static bool
needs_auth(const struct nhi_doctor *d, const char *service)
{
	if (strcmp(service, "sshd") == 0)
		return d->published && d->host.keyboard;
	if (strcmp(service, "sudo") != 0 || d->plan == NULL)
		return false;
	for (size_t i = 0; i < d->plan->nidentities; i++)
		if (d->plan->identities[i].sudo.n > 0)
			return true;
	return false;
}

/* Else pam_nhi may be left out of auth, but not stand behind pam_unix. */
static void
check_auth(struct nhi_doctor *d, const char *service,
    const struct nhi_stack *s)
{
	int ours = nhi_stack_find(s, "auth", MODULE);
	int theirs = nhi_stack_find(s, "auth", "pam_unix.so");

	if (ours < 0 && needs_auth(d, service))
		nhi_doctor_find(d, NHI_DOCTOR_PAM_AUTH_MISSING,
		    "%s: no auth line of pam_nhi", service);
	if (ours > theirs && theirs >= 0)
		nhi_doctor_find(d, NHI_DOCTOR_PAM_AUTH, "%s: auth pam_unix "
		    "stands above pam_nhi", service);
}

/* pam_nhi(8) has them; it refuses every machine for any other word. */
static bool
is_argument(struct nhi_span word)
{
	static const char file[] = "token_file=/";

	return word.n == 0 || nhi_span_is(word, "defer") ||
	    nhi_span_is(word, "use_first_pass") ||
	    nhi_span_is(word, "try_first_pass") ||
	    (word.n >= sizeof(file) - 1 &&
	    memcmp(word.p, file, sizeof(file) - 1) == 0);
}

static void
check_arguments(struct nhi_doctor *d, const char *service,
    const struct nhi_stack *s)
{
	for (size_t i = 0; i < s->n; i++) {
		const struct nhi_stack_line *l = &s->lines[i];
		struct nhi_span word = { l->args, 0 };

		if (strcmp(l->module, MODULE) != 0)
			continue;
		for (; *word.p != '\0'; word.p += word.n) {
			word.p += strspn(word.p, " \t");
			word.n = strcspn(word.p, " \t");
			if (!is_argument(word))
				nhi_doctor_find(d, NHI_DOCTOR_PAM_ARGUMENT,
				    "%s: the %s line of pam_nhi has %.*s",
				    service, l->type, (int)word.n, word.p);
		}
	}
}

static void
check_sshd(struct nhi_doctor *d)
{
	const struct nhi_stack_line *first;
	struct nhi_why why = { "" };
	struct nhi_stack s;

	if (nhi_stack_load(NHI_PAM_CONF_DIR, "sshd", &s, &why) != NHI_OK) {
		nhi_doctor_find(d, NHI_DOCTOR_PAM_ACCOUNT, "%s", why.text);
		return;
	}
	if (!check_above(d, "sshd", &s))
		check_first(d, &s, "account", NHI_DOCTOR_PAM_ACCOUNT);
	if (!check_env(d, &s))
		check_first(d, &s, "session", NHI_DOCTOR_PAM_SESSION);
	check_auth(d, "sshd", &s);
	check_arguments(d, "sshd", &s);
	first = nhi_stack_at(&s, "account", 0);
	if (first != NULL && strcmp(first->module, MODULE) == 0 &&
	    strstr(first->args, "defer") == NULL)
		nhi_doctor_find(d, NHI_DOCTOR_PAM_DEFER,
		    "sshd: the account line of pam_nhi has no defer");
}

static void
check_service(struct nhi_doctor *d, const char *service)
{
	static const char *const types[] = { "account", "session" };
	struct nhi_why why = { "" };
	struct nhi_stack s;
	char path[256];

	(void)snprintf(path, sizeof(path), NHI_PAM_CONF_DIR "/%s", service);
	if (access(path, F_OK) != 0)
		return;
	if (nhi_stack_load(NHI_PAM_CONF_DIR, service, &s, &why) != NHI_OK) {
		nhi_doctor_put_blind(d, service, why.text);
		return;
	}
	for (size_t i = 0; i < 2; i++)
		if (nhi_stack_find(&s, types[i], MODULE) < 0)
			nhi_doctor_find(d, NHI_DOCTOR_PAM_SERVICE,
			    "%s: no %s line of pam_nhi", service, types[i]);
	(void)check_above(d, service, &s);
	check_auth(d, service, &s);
	check_arguments(d, service, &s);
}

void
nhi_doctor_pam(struct nhi_doctor *d)
{
	/* runuser is root's own, and has no account stage. */
	static const char *const services[] = { "su", "su-l", "sudo",
		"sudo-i", "cron", "crond", "atd", "login", "systemd-user" };

	check_module(d);
	check_sshd(d);
	for (size_t i = 0; i < sizeof(services) / sizeof(services[0]); i++)
		check_service(d, services[i]);
}
