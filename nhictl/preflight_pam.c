/* SPDX-License-Identifier: BSD-2-Clause */
/* Against a setup: the order of modules in PAM. */
#include "config.h"

#include <fcntl.h>
#include <stdio.h>
#include <string.h>

#include "lib/base/file.h"
#include "lib/base/path.h"
#include "lib/base/paths.h"
#include "nhictl/copy.h"
#include "nhictl/edit.h"
#include "nhictl/preflight.h"

#define DEPTH_MAX	8

static void	 look_file(struct nhi_preflight *, struct nhi_span name,
		    unsigned int depth);

static bool
says(struct nhi_span line, const char *what)
{
	return memmem(line.p, line.n, what, strlen(what)) != NULL;
}

static struct nhi_span
next_word(struct nhi_span *line)
{
	struct nhi_span w = { line->p, 0 };

	while (line->n > 0 && (*line->p == ' ' || *line->p == '\t')) {
		line->p++;
		line->n--;
	}
	w.p = line->p;
	while (line->n > 0 && *line->p != ' ' && *line->p != '\t') {
		line->p++;
		line->n--;
		w.n++;
	}
	return w;
}

/*
 * Whoever owns a home directory could forge what stands in the environment
 * of the session; before pam_nhi looks, nothing may read such a file.
 */
static void
look_line(struct nhi_preflight *p, struct nhi_span line, const char *path,
    unsigned int depth)
{
	struct nhi_span rest = line, type = next_word(&rest), control;

	if (type.n > 0 && *type.p == '-') {
		type.p++;
		type.n--;
	}
	if (nhi_span_is(type, "@include")) {
		look_file(p, next_word(&rest), depth + 1);
		return;
	}
	if (!nhi_span_is(type, "auth") && !nhi_span_is(type, "account"))
		return;
	control = next_word(&rest);
	if (nhi_span_is(control, "include") ||
	    nhi_span_is(control, "substack")) {
		look_file(p, next_word(&rest), depth + 1);
		return;
	}
	if (says(line, "pam_env.so") && says(line, "user_readenv=1"))
		nhi_preflight_refuse(p, "pam-env", "%s: pam_env reads a file "
		    "of the user's before the session (\"%.*s\"): take "
		    "user_readenv=1 out, or use a session line", path,
		    (int)(line.n < 120 ? line.n : 120), line.p);
}

static void
look_file(struct nhi_preflight *p, struct nhi_span name, unsigned int depth)
{
	NHI_AUTO(nhi_buf_wipe) struct nhi_buf text = NHI_BUF(NHI_EDIT_MAX);
	struct nhi_span rest, line;
	char path[256], real[NHI_PATH_SIZE];

	if (depth > DEPTH_MAX || name.n == 0 || name.n > 128)
		return;
	(void)snprintf(path, sizeof(path), "%s%.*s", *name.p == '/' ? "" :
	    NHI_PAM_CONF_DIR "/", (int)name.n, name.p);
	if (!nhi_copy_target(path, real) || nhi_file_read(AT_FDCWD, real,
	    NHI_FILE_ANY, &text, NULL) != NHI_OK)
		return;
	rest = nhi_buf_all(&text);
	while (nhi_span_cut(&rest, '\n', &line))
		look_line(p, line, path, depth);
}

/* A token that pam_unix sees first is a failed password, and a delay. */
static void
look_order(struct nhi_preflight *p)
{
	static const char path[] = NHI_PAM_CONF_DIR "/common-auth";
	NHI_AUTO(nhi_buf_wipe) struct nhi_buf text = NHI_BUF(NHI_EDIT_MAX);
	struct nhi_span rest, line;
	bool unix_first = false;

	if (nhi_file_read(AT_FDCWD, path, NHI_FILE_ANY, &text, NULL) != NHI_OK)
		return;
	rest = nhi_buf_all(&text);
	while (nhi_span_cut(&rest, '\n', &line)) {
		if (line.n == 0 || *line.p == '#')
			continue;
		unix_first = unix_first || says(line, "pam_unix.so");
		if (unix_first && says(line, "pam_nhi.so"))
			nhi_preflight_refuse(p, "pam-order", "%s: pam_nhi "
			    "stands behind pam_unix: each token would be a "
			    "failed password first", path);
	}
}

void
nhi_preflight_pam(struct nhi_preflight *p)
{
	look_file(p, NHI_SPAN("sshd"), 0);
	look_order(p);
}
