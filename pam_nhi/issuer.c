/* SPDX-License-Identifier: BSD-2-Clause */
#include "config.h"

#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "lib/base/file.h"
#include "lib/base/list.h"
#include "lib/base/num.h"
#include "lib/base/paths.h"
#include "lib/base/spool.h"
#include "pam_nhi/issuer.h"
#include "pam_nhi/note.h"
#include "pam_nhi/tell.h"

#define DRAIN_MAX	256
#define FLOOD_FACTOR	4	/* caps times this: no session at all */
#define NAME_SIZE	64

struct load {
	uint32_t total;
	uint32_t same;		/* from this call's source */
};

/* "<pid>-<start>": is that process still there? */
static bool
alive(const char *name)
{
	struct nhi_span rest = nhi_span_str(name), word;
	uint64_t pid, start;

	return nhi_span_cut(&rest, '-', &word) &&
	    nhi_num_parse(word, INT32_MAX, &pid) &&
	    nhi_num_parse(rest, INT64_MAX, &start) &&
	    nhi_stamp_alive((pid_t)pid, start) != 0;
}

/* Count the live connections; the records of dead ones go. */
static enum nhi_err
count(int dir, const char *key, struct load *ret, struct nhi_why *why)
{
	NHI_AUTO(nhi_list_close) DIR *list = nhi_list_open(dir, ".");
	struct load load = { 0, 0 };
	char text[NHI_LINK_MAX + 1];
	const struct dirent *d;

	while (list != NULL && (d = nhi_list_next(list)) != NULL) {
		if (d->d_name[0] < '0' || d->d_name[0] > '9')
			continue;
		if (!alive(d->d_name)) {
			(void)unlinkat(dir, d->d_name, 0);
			continue;
		}
		load.total++;
		if (nhi_link_read(dir, d->d_name, text) == 1 &&
		    strcmp(text, key) == 0)
			load.same++;
	}
	if (list == NULL || errno != 0)
		return nhi_fail(why, NHI_ERR_STATE, "%s: %s", NHI_ISSUER_DIR,
		    strerror(errno));
	*ret = load;
	return NHI_OK;
}

enum nhi_err
nhi_pam_issuer_dir(int *ret, struct nhi_why *why)
{
	enum nhi_err err;

	if ((err = nhi_dir_make(AT_FDCWD, NHI_RUN_DIR, 0755, 0, 0,
	    why)) != NHI_OK ||
	    (err = nhi_dir_make(AT_FDCWD, NHI_ISSUER_DIR, 0755, 0, 0,
	    why)) != NHI_OK)
		return err;
	return nhi_dir_open(AT_FDCWD, NHI_ISSUER_DIR, ret, why);
}

/*
 * The issuer's own directory of locks, made here because /run is empty after
 * a boot and only root may make it.
 */
static enum nhi_err
make_slots(struct nhi_why *why)
{
	struct stat st;

	if (lstat(NHI_ID_ISSUER, &st) != 0)
		return nhi_fail(why, NHI_ERR_STATE, "%s: %s", NHI_ID_ISSUER,
		    strerror(errno));
	return nhi_dir_make(AT_FDCWD, NHI_SLOTS_DIR, 0700, st.st_uid,
	    st.st_gid, why);
}

static enum nhi_err
own_name(char out[static NAME_SIZE], struct nhi_why *why)
{
	uint64_t start;
	enum nhi_err err;

	if ((err = nhi_stamp_process(getpid(), &start, why)) != NHI_OK)
		return err;
	(void)snprintf(out, NAME_SIZE, "%ld-%" PRIu64, (long)getpid(), start);
	return NHI_OK;
}

/* Count ourselves first: of two at once, none is overlooked. */
static enum nhi_err
enter(const struct nhi_pam_call *c, const char *key, struct load *ret,
    struct nhi_why *why)
{
	NHI_AUTO(nhi_fd_close) int dir = -1;
	char name[NAME_SIZE];
	enum nhi_err err;

	(void)c;
	if ((err = nhi_pam_issuer_dir(&dir, why)) != NHI_OK ||
	    (err = make_slots(why)) != NHI_OK ||
	    (err = own_name(name, why)) != NHI_OK)
		return err;
	if (nhi_link_make(dir, name, key) != 0 && errno != EEXIST)
		return nhi_fail(why, NHI_ERR_STATE, "%s: %s", name,
		    strerror(errno));
	return count(dir, key, ret, why);
}

static enum nhi_err
check(struct nhi_pam_call *c, struct load *load, struct nhi_why *why)
{
	char key[NHI_SOURCE_SIZE] = "unknown";
	enum nhi_err err;

	if (!c->host.issues)
		return nhi_fail(why, NHI_ERR_HOST, "this host does not issue");
	if (c->source[0] != '\0')
		(void)nhi_source_key(c->source, key);
	if ((err = enter(c, key, load, why)) != NHI_OK)
		return err;
	if (c->host.issue_from.n > 0 && (c->source[0] == '\0' ||
	    !nhi_source_in(c->source, &c->host.issue_from)))
		return nhi_fail(why, NHI_ERR_SOURCE,
		    "%s is not in issue_from", key);
	if (load->same > c->host.per_source)
		return nhi_fail(why, NHI_ERR_CAP,
		    "%s has %lu live connections to the issuer", key,
		    (unsigned long)load->same);
	if (load->total > c->host.total)
		return nhi_fail(why, NHI_ERR_CAP,
		    "%lu live connections to the issuer",
		    (unsigned long)load->total);
	return NHI_OK;
}

static void
leave(void)
{
	NHI_AUTO(nhi_fd_close) int dir = -1;
	struct nhi_why why;
	char name[NAME_SIZE];

	if (nhi_pam_issuer_dir(&dir, &why) == NHI_OK &&
	    own_name(name, &why) == NHI_OK)
		(void)unlinkat(dir, name, 0);
}

/*
 * A client of the issuer reads a certificate on standard output, where sshd
 * would print what PAM said: so it is let in, and its shell refuses it.  Not
 * in a flood, and not where nobody defers.
 */
static int
refuse(const struct nhi_pam_call *c, const struct load *load,
    enum nhi_err err, const struct nhi_why *why, struct nhi_pam_state *state)
{
	char id[NHI_AUDIT_ID + 1], note[NHI_PAM_NOTE];

	if (nhi_pam_note_first(c, err, note, id)) {
		nhi_pam_tell_trail(c, &(struct nhi_event){
		    .event = NHI_EVENT_CERT_DENY, .reason = err,
		    .detail = why->text,
		}, id);
		nhi_pam_note_fill(note, id);
	}
	if (c->defer && load->same / FLOOD_FACTOR <= c->host.per_source &&
	    load->total / FLOOD_FACTOR <= c->host.total) {
		(void)snprintf(state->refusal, sizeof(state->refusal),
		    "%s %s", nhi_err_slug(err), id);
		state->told = true;
		return PAM_SUCCESS;
	}
	nhi_pam_tell_only(c, err, id);
	leave();
	state->denied = nhi_pam_code_account(err);
	return state->denied;
}

int
nhi_pam_issuer_account(pam_handle_t *pamh, int argc, const char **argv)
{
	NHI_AUTO(nhi_pam_call_end) struct nhi_pam_call c = { 0 };
	struct nhi_pam_state *state = nhi_pam_state(pamh);
	struct nhi_why why = { "" };
	struct load load = { 0, 0 };
	enum nhi_err err;

	if (state == NULL)
		return PAM_BUF_ERR;
	if (state->told || state->passed || state->denied != 0)
		return state->denied;
	if ((err = nhi_pam_call_begin(&c, pamh, argc, argv, &why)) == NHI_OK &&
	    (err = check(&c, &load, &why)) == NHI_OK) {
		state->passed = true;
		return PAM_SUCCESS;
	}
	return refuse(&c, &load, err, &why, state);
}

int
nhi_pam_issuer_open(pam_handle_t *pamh)
{
	const struct nhi_pam_state *state = nhi_pam_state(pamh);
	char text[sizeof(NHI_REFUSED_ENV "=") + sizeof(state->refusal)];

	if (state == NULL)
		return PAM_BUF_ERR;
	if (state->passed)
		return PAM_SUCCESS;
	/* Nothing of ours was asked at account: the stack is not ours. */
	if (!state->told)
		return PAM_PERM_DENIED;
	(void)snprintf(text, sizeof(text), NHI_REFUSED_ENV "=%s",
	    state->refusal);
	return pam_putenv(pamh, text) == PAM_SUCCESS ? PAM_SUCCESS :
	    PAM_PERM_DENIED;
}

int
nhi_pam_issuer_close(pam_handle_t *pamh)
{
	struct nhi_why why;
	size_t taken;

	(void)pamh;
	leave();
	(void)!nhi_spool_drain(NHI_SPOOL_DIR, DRAIN_MAX, &taken, &why);
	return PAM_SUCCESS;
}
