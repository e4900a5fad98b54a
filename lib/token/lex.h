/* SPDX-License-Identifier: BSD-2-Clause */
/* The words of JSON (RFC 8259 6, 7): strings, numbers, literals, blanks. */
#ifndef NHI_TOKEN_LEX_H
#define NHI_TOKEN_LEX_H

#include "lib/base/buf.h"

/* Well-formed UTF-8 (the caller saw to it) and how far it was read. */
struct nhi_lex {
	const char *start, *p, *end;
	struct nhi_why *why;
};

/* Fail with what is wrong and the place. */
enum nhi_err	 nhi_lex_fail(const struct nhi_lex *, enum nhi_err,
		    const char *what);

/* The next byte, or -1 at the end. */
int		 nhi_lex_peek(const struct nhi_lex *);

/* Past this byte, if it is the next. */
bool		 nhi_lex_take(struct nhi_lex *, char);
void		 nhi_lex_blank(struct nhi_lex *);

/*
 * Past a string; its characters, unescaped, go to the buffer, which may be
 * NULL.  NHI_ERR_JSON; NHI_ERR_UTF8 for a lone surrogate.
 */
enum nhi_err	 nhi_lex_string(struct nhi_lex *, struct nhi_buf *) NHI_MUST;
enum nhi_err	 nhi_lex_number(struct nhi_lex *) NHI_MUST;
enum nhi_err	 nhi_lex_word(struct nhi_lex *, const char *) NHI_MUST;

#endif
