/* SPDX-License-Identifier: BSD-2-Clause */
#include "config.h"

#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>

#include "lib/base/file.h"
#include "lib/base/taken.h"

/*
 * As glibc reads it: blanks before and zeros in front are allowed, and so is
 * rubbish after the digits (that line counts too; better one number too many).
 */
static bool
parse(struct nhi_span s, uint32_t *ret)
{
	uint64_t v = 0;
	size_t i = 0, from;

	while (i < s.n && (s.p[i] == ' ' || s.p[i] == '\t' || s.p[i] == '+'))
		i++;
	for (from = i; i < s.n && s.p[i] >= '0' && s.p[i] <= '9'; i++)
		if ((v = v * 10 + (uint64_t)(s.p[i] - '0')) > UINT32_MAX)
			return false;
	*ret = (uint32_t)v;
	return i > from;
}

static bool
third(struct nhi_span line, uint32_t *ret)
{
	struct nhi_span field = { NULL, 0 };

	for (unsigned int i = 0; i < 3; i++)
		if (!nhi_span_cut(&line, ':', &field))
			return false;
	return parse(field, ret);
}

static bool
add(struct nhi_taken *t, uint32_t uid)
{
	size_t size = t->size == 0 ? 64 : t->size * 2;
	uint32_t *p;

	if (t->n == t->size) {
		if ((p = reallocarray(t->p, size, sizeof(*p))) == NULL)
			return false;
		t->p = p;
		t->size = size;
	}
	t->p[t->n++] = uid;
	return true;
}

static int
compare(const void *a, const void *b)
{
	const uint32_t *x = a, *y = b;

	return (*x > *y) - (*x < *y);
}

enum nhi_err
nhi_taken_load(struct nhi_taken *t, const char *path, uint32_t min,
    struct nhi_why *why)
{
	NHI_AUTO(nhi_buf_wipe) struct nhi_buf text = NHI_BUF(NHI_TAKEN_FILE);
	NHI_AUTO(nhi_fd_close) int fd = -1;
	struct nhi_span rest, line;
	enum nhi_err err;
	uint32_t uid;

	err = nhi_file_open(AT_FDCWD, path, NHI_FILE_ANY, &fd, why);
	t->loaded = err == NHI_OK || errno == ENOENT;
	if (err != NHI_OK)
		return t->loaded ? NHI_OK : err;
	if ((err = nhi_file_slurp(fd, &text, why)) != NHI_OK)
		return err == NHI_ERR_TOO_LARGE ? NHI_ERR_STATE : err;
	rest = nhi_buf_all(&text);
	while (nhi_span_cut(&rest, '\n', &line))
		if (third(line, &uid) && uid >= min && !add(t, uid))
			return nhi_fail(why, NHI_ERR_NO_MEMORY, "%s", path);
	if (t->n > 1)
		qsort(t->p, t->n, sizeof(*t->p), compare);
	return NHI_OK;
}

bool
nhi_taken_has(const struct nhi_taken *t, uint32_t uid)
{
	return t->n > 0 && bsearch(&uid, t->p, t->n, sizeof(*t->p),
	    compare) != NULL;
}

void
nhi_taken_wipe(struct nhi_taken *t)
{
	free(t->p);
	*t = (struct nhi_taken){ 0 };
}
