/* SPDX-License-Identifier: BSD-2-Clause */
#include "config.h"

#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "lib/base/file.h"
#include "lib/base/list.h"
#include "lib/base/num.h"
#include "lib/base/paths.h"
#include "pam_nhi/issuer.h"
#include "pam_nhi/note.h"

#define NOTE		NHI_ISSUER_NOTE
#define NOTES_MAX	64

/*
 * Notes of this minute; those of earlier ones go, but what nhi_link_replace is
 * at (tick sees to what it left).  Where they cannot be told: as many as there
 * may be.
 */
static unsigned int
count_notes(int dir, int64_t minute)
{
	NHI_AUTO(nhi_list_close) DIR *list = nhi_list_open(dir, ".");
	const struct dirent *d;
	unsigned int n = 0;
	const char *dash;

	while (list != NULL && (d = nhi_list_next(list)) != NULL) {
		uint64_t v;

		if (strncmp(d->d_name, NOTE, sizeof(NOTE) - 1) != 0 ||
		    strstr(d->d_name, ".tmp-") != NULL ||
		    (dash = strrchr(d->d_name, '-')) == NULL)
			continue;
		if (nhi_num_parse(nhi_span_str(dash + 1), INT64_MAX, &v) &&
		    (int64_t)v == minute)
			n++;
		else
			(void)unlinkat(dir, d->d_name, 0);
	}
	return list != NULL && errno == 0 ? n : NOTES_MAX;
}

static void
read_id(int dir, const char *note, char id[static NHI_AUDIT_ID + 1])
{
	char text[NHI_LINK_MAX + 1];

	if (nhi_link_read(dir, note, text) == 1 &&
	    strlen(text) <= NHI_AUDIT_ID)
		memcpy(id, text, strlen(text) + 1);
}

bool
nhi_pam_note_first(const struct nhi_pam_call *c, enum nhi_err err,
    char note[static NHI_PAM_NOTE], char id[static NHI_AUDIT_ID + 1])
{
	NHI_AUTO(nhi_fd_close) int dir = -1;
	const int64_t minute = c->now / 60;
	char key[NHI_SOURCE_SIZE] = "unknown";
	struct nhi_why why;

	(void)snprintf(id, NHI_AUDIT_ID + 1, "-");
	note[0] = '\0';
	if (nhi_pam_issuer_dir(&dir, &why) != NHI_OK)
		return true;
	if (c->source[0] != '\0')
		(void)nhi_source_key(c->source, key);
	if (count_notes(dir, minute) < NOTES_MAX)
		(void)snprintf(note, NHI_PAM_NOTE, NOTE "%s-%s-%" PRId64,
		    nhi_err_slug(err), key, minute);
	else
		(void)snprintf(note, NHI_PAM_NOTE, NOTE "more-%" PRId64,
		    minute);
	if (nhi_link_make(dir, note, "-") == 0 || errno != EEXIST)
		return true;
	read_id(dir, note, id);
	return false;
}

void
nhi_pam_note_fill(const char *note, const char *id)
{
	NHI_AUTO(nhi_fd_close) int dir = -1;
	struct nhi_why why;

	if (note[0] != '\0' && nhi_pam_issuer_dir(&dir, &why) == NHI_OK)
		(void)!nhi_link_replace(dir, note, id);
}
