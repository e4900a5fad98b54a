/* SPDX-License-Identifier: BSD-2-Clause */
#include "config.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#include <security/pam_ext.h>
#include <security/pam_modutil.h>

#include "lib/base/paths.h"
#include "pam_nhi/call.h"
#include "pam_nhi/entry.h"

#define STATE_KEY	"nhi_state"

/*
 * The published policy could not tell.  A person must not be locked out by
 * that, and an account must not be let in: what the name service says of the
 * name decides.
 */
static enum nhi_pam_owner
ask_nss(pam_handle_t *pamh, const char *user)
{
	const struct passwd *pw = pam_modutil_getpwnam(pamh, user);

	if (pw == NULL || strcmp(pw->pw_gecos, NHI_ACCOUNT_GECOS) == 0)
		return NHI_OWNER_UNKNOWN;
	return NHI_OWNER_OTHER;
}

enum nhi_pam_owner
nhi_pam_owner_of(pam_handle_t *pamh, const char *user)
{
	struct nhi_account account;

	if (!nhi_name_valid(user))
		return NHI_OWNER_OTHER;
	if (strcmp(user, NHI_ISSUER_USER) == 0)
		return NHI_OWNER_ISSUER;
	switch (nhi_account_find(NHI_PUBLISHED_DIR "/current", user,
	    &account)) {
	case 0:
		return NHI_OWNER_OTHER;
	case 1:
		return NHI_OWNER_ACCOUNT;
	default:
		return ask_nss(pamh, user);
	}
}

enum nhi_pam_owner
nhi_pam_owner(pam_handle_t *pamh, const char **ret_user)
{
	const char *user;

	if (pam_get_user(pamh, &user, NULL) != PAM_SUCCESS || user == NULL)
		return NHI_OWNER_OTHER;
	*ret_user = user;
	return nhi_pam_owner_of(pamh, user);
}

static const char *
item(pam_handle_t *pamh, int which)
{
	const void *p = NULL;

	if (pam_get_item(pamh, which, &p) != PAM_SUCCESS || p == NULL)
		return "";
	return p;
}

enum nhi_err
nhi_pam_arguments(struct nhi_pam_call *c, int argc, const char **argv,
    struct nhi_why *why)
{
	static const char file[] = "token_file=";

	for (int i = 0; i < argc; i++) {
		if (strcmp(argv[i], "defer") == 0)
			c->defer = true;
		else if (strcmp(argv[i], "use_first_pass") == 0)
			c->use_first_pass = true;
		else if (strcmp(argv[i], "try_first_pass") == 0)
			c->try_first_pass = true;
		else if (strncmp(argv[i], file, sizeof(file) - 1) == 0 &&
		    argv[i][sizeof(file) - 1] == '/')
			c->token_file = argv[i] + sizeof(file) - 1;
		else
			return nhi_fail(why, NHI_ERR_POLICY_INVALID,
			    "pam_nhi: unknown module argument \"%.32s\"",
			    argv[i]);
	}
	return NHI_OK;
}

/*
 * The address as sshd saw it.  PAM_RHOST would be the client's own PTR name
 * under UseDNS.
 */
static void
read_source(struct nhi_pam_call *c)
{
	const char *connection = pam_getenv(c->pamh, "SSH_CONNECTION");

	if (connection == NULL ||
	    !nhi_source_from_connection(connection, c->source))
		c->source[0] = '\0';
}

enum nhi_err
nhi_pam_call_begin(struct nhi_pam_call *c, pam_handle_t *pamh, int argc,
    const char **argv, struct nhi_why *why)
{
	enum nhi_err err;

	c->pamh = pamh;
	c->user = item(pamh, PAM_USER);
	c->service = item(pamh, PAM_SERVICE);
	c->ruser = item(pamh, PAM_RUSER);
	c->now = (int64_t)time(NULL);
	c->entry = nhi_pam_entry_find(c);
	read_source(c);
	if ((err = nhi_pam_arguments(c, argc, argv, why)) != NHI_OK ||
	    (err = nhi_policy_open(NHI_PUBLISHED_DIR, &c->policy,
	    why)) != NHI_OK)
		return err;
	return nhi_policy_host(&c->policy, &c->host, why);
}

void
nhi_pam_call_end(struct nhi_pam_call *c)
{
	nhi_rules_freep(&c->rules);
	nhi_host_wipe(&c->host);
}

static void
free_state(pam_handle_t *pamh, void *data, int status)
{
	struct nhi_pam_state *state = data;

	(void)pamh;
	(void)status;
	nhi_verifier_drop(&state->ahead);
	free(state);
}

struct nhi_pam_state *
nhi_pam_state_find(pam_handle_t *pamh)
{
	union { const void *in; void *out; } u;	/* ours, made below */

	if (pam_get_data(pamh, STATE_KEY, &u.in) != PAM_SUCCESS)
		return NULL;
	return u.out;
}

static struct nhi_pam_state *
of_user(struct nhi_pam_state *state, const char *user)
{
	if (strcmp(state->user, user) == 0)
		return state;
	state->told = state->passed = state->token = state->by_person = false;
	state->denied = 0;
	state->refusal[0] = '\0';
	nhi_verifier_drop(&state->ahead);
	(void)snprintf(state->user, sizeof(state->user), "%s", user);
	return state;
}

struct nhi_pam_state *
nhi_pam_state(pam_handle_t *pamh)
{
	struct nhi_pam_state *state = nhi_pam_state_find(pamh);

	if (state != NULL)
		return of_user(state, item(pamh, PAM_USER));
	if ((state = calloc(1, sizeof(*state))) == NULL)
		return NULL;
	if (pam_set_data(pamh, STATE_KEY, state, free_state) != PAM_SUCCESS) {
		free(state);
		return NULL;
	}
	return of_user(state, item(pamh, PAM_USER));
}
