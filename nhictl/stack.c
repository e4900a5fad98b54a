/* SPDX-License-Identifier: BSD-2-Clause */
#include "config.h"

#include <ctype.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <strings.h>

#include "lib/base/file.h"
#include "lib/base/path.h"
#include "nhictl/copy.h"
#include "nhictl/stack.h"

#define DEPTH_MAX	8
#define FILE_SIZE	65536
#define LINE_SIZE	1024

static enum nhi_err	 read_file(const char *dir, const char *name,
			    const char *only, struct nhi_stack *,
			    unsigned int depth);

/* A line with those that it goes on in; false at the end. */
static bool
next_line(struct nhi_span *rest, char out[LINE_SIZE])
{
	struct nhi_span line;
	size_t n = 0;

	if (rest->n == 0)
		return false;
	out[0] = '\0';
	while (nhi_span_cut(rest, '\n', &line)) {
		bool more = line.n > 0 && line.p[line.n - 1] == '\\';

		if (more)
			line.n--;
		if (line.n < LINE_SIZE - n) {
			memcpy(out + n, line.p, line.n);
			n += line.n;
			out[n] = '\0';
		}
		if (!more)
			break;
	}
	out[strcspn(out, "#")] = '\0';
	return true;
}

/* The next word of *p; one in brackets is one word. */
static void
word(char **p, char *out, size_t size)
{
	size_t n;

	*p += strspn(*p, " \t");
	if (**p == '[') {
		n = strcspn(*p, "]");
		n += (*p)[n] == ']';
	} else {
		n = strcspn(*p, " \t");
	}
	(void)snprintf(out, size, "%.*s", (int)n, *p);
	*p += n;
}

static void
base_name(char *path)
{
	const char *slash = strrchr(path, '/');

	if (slash != NULL)
		memmove(path, slash + 1, strlen(slash + 1) + 1);
}

/* "-account" is a line that may be without its module. */
static void
type_name(char *type)
{
	if (type[0] == '-')
		memmove(type, type + 1, strlen(type));
	for (char *p = type; *p != '\0'; p++)
		*p = (char)tolower((unsigned char)*p);
}

static enum nhi_err
read_line(const char *dir, char *p, const char *only, struct nhi_stack *s,
    unsigned int depth)
{
	struct nhi_stack_line l;

	word(&p, l.type, sizeof(l.type));
	if (l.type[0] == '\0')
		return NHI_OK;
	type_name(l.type);
	if (strcmp(l.type, "@include") == 0) {
		word(&p, l.module, sizeof(l.module));
		return read_file(dir, l.module, only, s, depth + 1);
	}
	word(&p, l.control, sizeof(l.control));
	word(&p, l.module, sizeof(l.module));
	if (only != NULL && strcmp(l.type, only) != 0)
		return NHI_OK;
	if (strcasecmp(l.control, "include") == 0 ||
	    strcasecmp(l.control, "substack") == 0)
		return read_file(dir, l.module, l.type, s, depth + 1);
	base_name(l.module);
	(void)snprintf(l.args, sizeof(l.args), "%s", p + strspn(p, " \t"));
	if (s->n == NHI_STACK_LINES)
		return NHI_ERR_TOO_LARGE;
	s->lines[s->n++] = l;
	return NHI_OK;
}

/* only: lines of this type; NULL: all. */
static enum nhi_err
read_file(const char *dir, const char *name, const char *only,
    struct nhi_stack *s, unsigned int depth)
{
	NHI_AUTO(nhi_buf_wipe) struct nhi_buf text = NHI_BUF(FILE_SIZE);
	char path[512], real[NHI_PATH_SIZE], line[LINE_SIZE];
	struct nhi_span rest;
	enum nhi_err err;

	(void)snprintf(path, sizeof(path), "%s%s%s", name[0] == '/' ? "" :
	    dir, name[0] == '/' ? "" : "/", name);
	if (depth > DEPTH_MAX)
		return NHI_ERR_TOO_LARGE;
	/* libpam follows links, too. */
	if (!nhi_copy_target(path, real))
		return NHI_ERR_STATE;
	if ((err = nhi_file_read(AT_FDCWD, real, NHI_FILE_ANY, &text,
	    NULL)) != NHI_OK)
		return err;
	rest = nhi_buf_all(&text);
	while (err == NHI_OK && next_line(&rest, line))
		err = read_line(dir, line, only, s, depth);
	return err;
}

enum nhi_err
nhi_stack_load(const char *dir, const char *service, struct nhi_stack *ret,
    struct nhi_why *why)
{
	ret->n = 0;
	if (read_file(dir, service, NULL, ret, 0) != NHI_OK)
		return nhi_fail(why, NHI_ERR_STATE,
		    "%s/%s, or a file that it includes, cannot be read", dir,
		    service);
	return NHI_OK;
}

const struct nhi_stack_line *
nhi_stack_at(const struct nhi_stack *s, const char *type, size_t i)
{
	for (size_t k = 0; k < s->n; k++)
		if (strcmp(s->lines[k].type, type) == 0 && i-- == 0)
			return &s->lines[k];
	return NULL;
}

int
nhi_stack_find(const struct nhi_stack *s, const char *type,
    const char *module)
{
	const struct nhi_stack_line *l;

	for (int i = 0; (l = nhi_stack_at(s, type, (size_t)i)) != NULL; i++)
		if (strcmp(l->module, module) == 0)
			return i;
	return -1;
}

bool
nhi_stack_ends(const struct nhi_stack_line *l)
{
	return strcasecmp(l->control, "sufficient") == 0 ||
	    strstr(l->control, "success=done") != NULL ||
	    strstr(l->control, "default=done") != NULL;
}
