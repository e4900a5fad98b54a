/* SPDX-License-Identifier: BSD-2-Clause */
#include "config.h"

#include <arpa/inet.h>
#include <fcntl.h>
#include <fnmatch.h>
#include <glob.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

#include "lib/base/file.h"
#include "lib/base/paths.h"
#include "nhictl/dropin.h"
#include "nhictl/sshd_match.h"

#define DEPTH_MAX	16	/* as sshd's own */
#define FILE_MAX	(1U << 20)

static const struct {
	const char *word, *ordinary;
} criteria[NHI_SSHD_CRITERIA] = {
	[NHI_SSHD_ADDRESS] = { "address", "127.0.0.1" },
	[NHI_SSHD_HOST] = { "host", "localhost" },
	[NHI_SSHD_LOCALADDRESS] = { "localaddress", "127.0.0.1" },
	[NHI_SSHD_LOCALPORT] = { "localport", "22" },
};

static enum nhi_err	 read_config(const char *path, unsigned int depth,
			    struct nhi_sshd_places *, struct nhi_why *);

static enum nhi_err
add_place(struct nhi_sshd_places *places, struct nhi_why *why)
{
	void *p;

	if (places->n >= NHI_SSHD_PLACES)
		return nhi_fail(why, NHI_ERR_HOST,
		    "sshd_config has more than %d Match criteria to look at",
		    NHI_SSHD_PLACES);
	p = reallocarray(places->p, places->n + 1, sizeof(*places->p));
	if (p == NULL)
		return nhi_fail(why, NHI_ERR_NO_MEMORY, "sshd_config");
	places->p = p;
	for (size_t i = 0; i < NHI_SSHD_CRITERIA; i++)
		(void)snprintf(places->p[places->n][i], NHI_SSHD_VALUE, "%s",
		    criteria[i].ordinary);
	places->n++;
	return NHI_OK;
}

void
nhi_sshd_places_wipe(struct nhi_sshd_places *places)
{
	free(places->p);
	places->p = NULL;
	places->n = 0;
}

void
nhi_sshd_places_who(const struct nhi_sshd_places *places, size_t i,
    struct nhi_sshd_who *who)
{
	who->addr = places->p[i][NHI_SSHD_ADDRESS];
	who->host = places->p[i][NHI_SSHD_HOST];
	who->laddr = places->p[i][NHI_SSHD_LOCALADDRESS];
	who->lport = places->p[i][NHI_SSHD_LOCALPORT];
}

static bool
is_address(const char *s)
{
	unsigned char bytes[16];

	return inet_pton(AF_INET, s, bytes) == 1 ||
	    inet_pton(AF_INET6, s, bytes) == 1;
}

/*
 * Text that a pattern matches: 10.0.0.0/8 its first address, 10.* 10.1.1.1,
 * *.example.com x.example.com.  False when there is none that sshd takes.
 */
static bool
sample(struct nhi_span pattern, enum nhi_sshd_criterion which,
    char out[NHI_SSHD_VALUE])
{
	bool address = which == NHI_SSHD_ADDRESS ||
	    which == NHI_SSHD_LOCALADDRESS;
	size_t n = 0;

	if (pattern.n > 0 && *pattern.p == '!') {
		pattern.p++;
		pattern.n--;
	}
	if (pattern.n == 0 || pattern.n + 8 >= NHI_SSHD_VALUE)
		return false;
	for (size_t i = 0; i < pattern.n && pattern.p[i] != '/'; i++) {
		char c = pattern.p[i];

		if (c == '*' || c == '?')
			c = address || which == NHI_SSHD_LOCALPORT ? '1' : 'x';
		out[n++] = c;
	}
	out[n] = '\0';
	for (int i = 0; address && i < 3 && !is_address(out); i++) {
		memcpy(out + n, ".1", 3);
		n += 2;
	}
	return !address || is_address(out);
}

/* The next word of a line, without quotes; "=" may stand after the first. */
static bool
next_word(struct nhi_span *line, struct nhi_span *ret)
{
	while (line->n > 0 && strchr(" \t=\r", *line->p) != NULL) {
		line->p++;
		line->n--;
	}
	if (line->n == 0 || *line->p == '#')
		return false;
	if (*line->p == '"') {
		line->p++;
		line->n--;
		return nhi_span_cut(line, '"', ret);
	}
	ret->p = line->p;
	for (ret->n = 0; line->n > 0 &&
	    strchr(" \t=\r", *line->p) == NULL; ret->n++) {
		line->p++;
		line->n--;
	}
	return true;
}

static bool
word_is(struct nhi_span w, const char *s)
{
	return w.n == strlen(s) && strncasecmp(w.p, s, w.n) == 0;
}

/*
 * The patterns of one criterion: the i-th goes to the i-th place of this
 * Match line, which is made where it is missing.
 */
static enum nhi_err
put_list(struct nhi_sshd_places *places, size_t place,
    enum nhi_sshd_criterion which, struct nhi_span list, struct nhi_why *why)
{
	char text[NHI_SSHD_VALUE];
	struct nhi_span item;
	enum nhi_err err;

	while (nhi_span_cut(&list, ',', &item)) {
		if (!sample(item, which, text))
			continue;
		if (place == places->n &&
		    (err = add_place(places, why)) != NHI_OK)
			return err;
		memcpy(places->p[place][which], text, sizeof(text));
		place++;
	}
	return NHI_OK;
}

static enum nhi_err
read_match(struct nhi_span line, struct nhi_sshd_places *places,
    struct nhi_why *why)
{
	size_t first = places->n;
	struct nhi_span word, list;
	enum nhi_err err;

	while (next_word(&line, &word) && next_word(&line, &list)) {
		for (int c = 0; c < NHI_SSHD_CRITERIA; c++) {
			if (!word_is(word, criteria[c].word))
				continue;
			err = put_list(places, first,
			    (enum nhi_sshd_criterion)c, list, why);
			if (err != NHI_OK)
				return err;
		}
	}
	return NHI_OK;
}

/* Include: patterns, of which relative ones are meant from sshd's directory. */
static enum nhi_err
read_include(struct nhi_span line, unsigned int depth,
    struct nhi_sshd_places *places, struct nhi_why *why)
{
	struct nhi_span word;
	enum nhi_err err = NHI_OK;
	char pattern[1024];

	while (err == NHI_OK && next_word(&line, &word)) {
		bool absolute = word.n > 0 && *word.p == '/';
		glob_t g = { .gl_pathc = 0 };
		int n;

		n = snprintf(pattern, sizeof(pattern), "%s%.*s",
		    absolute ? "" : NHI_SSHD_CONF_DIR "/../", (int)word.n,
		    word.p);
		if (n < 0 || (size_t)n >= sizeof(pattern))
			return nhi_fail(why, NHI_ERR_HOST,
			    "sshd_config: Include is too long");
		if (fnmatch(pattern, NHI_SSHD_CONF_DIR "/" NHI_DROPIN_NAME,
		    FNM_PATHNAME) == 0)
			places->included = true;
		if (glob(pattern, 0, NULL, &g) == 0) {
			for (size_t i = 0; err == NHI_OK && i < g.gl_pathc; i++)
				err = read_config(g.gl_pathv[i], depth + 1,
				    places, why);
		}
		globfree(&g);
	}
	return err;
}

static bool
is_dropin(const char *path)
{
	const char *slash = strrchr(path, '/');

	return slash != NULL && strcmp(slash + 1, NHI_DROPIN_NAME) == 0;
}

static enum nhi_err
read_config(const char *path, unsigned int depth,
    struct nhi_sshd_places *places, struct nhi_why *why)
{
	NHI_AUTO(nhi_buf_wipe) struct nhi_buf text = NHI_BUF(FILE_MAX);
	NHI_AUTO(nhi_fd_close) int fd = -1;
	struct nhi_span rest, line, word;
	enum nhi_err err;

	/* The administrator's own file, and often a symbolic link. */
	if ((fd = open(path, O_RDONLY | O_CLOEXEC | O_NOCTTY)) < 0 ||
	    depth > DEPTH_MAX)
		return nhi_fail(why, NHI_ERR_HOST, "%s: cannot be read", path);
	if ((err = nhi_file_slurp(fd, &text, why)) != NHI_OK)
		return err;
	if (is_dropin(path))
		places->dropin = true;
	rest = nhi_buf_all(&text);
	while (err == NHI_OK && nhi_span_cut(&rest, '\n', &line)) {
		if (!next_word(&line, &word))
			continue;
		if (word_is(word, "include"))
			err = read_include(line, depth, places, why);
		else if (word_is(word, "match"))
			err = read_match(line, places, why);
	}
	return err;
}

enum nhi_err
nhi_sshd_places(const char *config, struct nhi_sshd_places *places,
    struct nhi_why *why)
{
	enum nhi_err err;

	if ((err = add_place(places, why)) != NHI_OK)
		return err;
	return read_config(config, 0, places, why);
}
