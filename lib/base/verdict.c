/* SPDX-License-Identifier: BSD-2-Clause */
#include "config.h"

#include <string.h>

#include "lib/base/num.h"
#include "lib/base/verdict.h"

#define REQUEST_MAGIC	"NHIQ"
#define VERDICT_MAGIC	"NHIV"
#define FORMAT		1
#define CLAIM		"claim."

void
nhi_request_format(const struct nhi_request *q, struct nhi_buf *b)
{
	nhi_buf_put(b, REQUEST_MAGIC, 4);
	nhi_buf_u16(b, FORMAT);
	nhi_buf_put(b, q->nonce, sizeof(q->nonce));
	nhi_buf_u64(b, (uint64_t)q->now);
	nhi_buf_u8(b, (uint8_t)q->kind);
	nhi_buf_u32(b, (uint32_t)q->bytes.n);
	nhi_buf_span(b, q->bytes);
}

enum nhi_err
nhi_request_parse(struct nhi_span s, struct nhi_request *ret,
    struct nhi_why *why)
{
	struct nhi_request q = { .kind = NHI_KIND_TOKEN };
	struct nhi_span magic, nonce;
	uint64_t now;
	uint32_t length;
	uint16_t version;
	uint8_t kind;

	if (!nhi_span_take(&s, 4, &magic) ||
	    !nhi_span_is(magic, REQUEST_MAGIC) ||
	    !nhi_span_u16(&s, &version) || version != FORMAT ||
	    !nhi_span_take(&s, sizeof(q.nonce), &nonce) ||
	    !nhi_span_u64(&s, &now) || now > INT64_MAX ||
	    !nhi_span_u8(&s, &kind) || kind < NHI_KIND_TOKEN ||
	    kind > NHI_KIND_DIRECT ||
	    !nhi_span_u32(&s, &length) || length > NHI_VERDICT_BYTES ||
	    length != s.n)
		return nhi_fail(why, NHI_ERR_INTERNAL, "malformed request");
	memcpy(q.nonce, nonce.p, sizeof(q.nonce));
	q.now = (int64_t)now;
	q.kind = (enum nhi_verdict_kind)kind;
	q.bytes = s;
	*ret = q;
	return NHI_OK;
}

void
nhi_verdict_format(const struct nhi_verdict *v, struct nhi_buf *b)
{
	nhi_buf_put(b, VERDICT_MAGIC, 4);
	nhi_buf_u16(b, FORMAT);
	nhi_buf_u32(b, (uint32_t)(NHI_VERDICT_FIXED + v->nlines));
	nhi_buf_put(b, v->nonce, sizeof(v->nonce));
	nhi_buf_u16(b, (uint16_t)v->reason);
	nhi_buf_u32(b, v->identity);
	nhi_buf_put(b, v->digest, sizeof(v->digest));
	nhi_buf_put(b, v->mark, sizeof(v->mark));
	nhi_buf_u64(b, (uint64_t)v->iat);
	nhi_buf_u64(b, (uint64_t)v->exp);
	nhi_buf_put(b, v->key, sizeof(v->key));
	nhi_buf_u64(b, v->serial);
	nhi_buf_u64(b, (uint64_t)v->valid_after);
	nhi_buf_u64(b, (uint64_t)v->valid_before);
	nhi_buf_u16(b, (uint16_t)v->nlines);
	nhi_buf_put(b, v->lines, v->nlines);
}

static bool
take_bytes(struct nhi_span *s, uint8_t *out, size_t n)
{
	struct nhi_span field;

	if (!nhi_span_take(s, n, &field))
		return false;
	memcpy(out, field.p, n);
	return true;
}

/* The callers add grace and skew, which are below this as well. */
static bool
take_time(struct nhi_span *s, int64_t *ret)
{
	uint64_t v;

	if (!nhi_span_u64(s, &v) || v > NHI_VERDICT_TIME)
		return false;
	*ret = (int64_t)v;
	return true;
}

static bool
take_reason(struct nhi_span *s, enum nhi_err *ret)
{
	uint16_t v;

	if (!nhi_span_u16(s, &v) || v >= NHI_ERR_COUNT)
		return false;
	*ret = (enum nhi_err)v;
	return true;
}

/* Lines end in '\n' and hold nothing but printable ASCII. */
static bool
lines_ok(struct nhi_span s)
{
	if (s.n > 0 && s.p[s.n - 1] != '\n')
		return false;
	for (size_t i = 0; i < s.n; i++)
		if ((s.p[i] < ' ' || s.p[i] > '~') && s.p[i] != '\n')
			return false;
	return true;
}

enum nhi_err
nhi_verdict_parse(struct nhi_span s, struct nhi_verdict *ret,
    struct nhi_why *why)
{
	struct nhi_verdict v = { .reason = NHI_ERR_VERIFIER };
	struct nhi_span magic;
	size_t whole = s.n;
	uint32_t total;
	uint16_t version, nlines;

	if (!nhi_span_take(&s, 4, &magic) ||
	    !nhi_span_is(magic, VERDICT_MAGIC) ||
	    !nhi_span_u16(&s, &version) || version != FORMAT ||
	    !nhi_span_u32(&s, &total) || total != whole ||
	    !take_bytes(&s, v.nonce, sizeof(v.nonce)) ||
	    !take_reason(&s, &v.reason) || !nhi_span_u32(&s, &v.identity) ||
	    !take_bytes(&s, v.digest, sizeof(v.digest)) ||
	    !take_bytes(&s, v.mark, sizeof(v.mark)) ||
	    !take_time(&s, &v.iat) || !take_time(&s, &v.exp) ||
	    !take_bytes(&s, v.key, sizeof(v.key)) ||
	    !nhi_span_u64(&s, &v.serial) || !take_time(&s, &v.valid_after) ||
	    !take_time(&s, &v.valid_before) || !nhi_span_u16(&s, &nlines) ||
	    nlines > NHI_VERDICT_LINES || nlines != s.n || !lines_ok(s))
		return nhi_fail(why, NHI_ERR_VERIFIER,
		    "the verifier's answer is not a verdict");
	v.nlines = s.n;
	if (s.n > 0)
		memcpy(v.lines, s.p, s.n);
	*ret = v;
	return NHI_OK;
}

void
nhi_verdict_line(struct nhi_verdict *v, const char *name,
    struct nhi_span value)
{
	size_t n = strlen(name), room = NHI_VERDICT_LINES - v->nlines;
	char *p = v->lines + v->nlines;

	if (n + 2 > room || value.n > room - n - 2)
		return;
	memcpy(p, name, n);
	p[n] = '=';
	for (size_t i = 0; i < value.n; i++)
		p[n + 1 + i] = value.p[i] < ' ' || value.p[i] > '~' ? '?' :
		    value.p[i];
	p[n + 1 + value.n] = '\n';
	v->nlines += n + value.n + 2;
}

void
nhi_verdict_value(const struct nhi_verdict *v, const char *name, char *out,
    size_t size)
{
	struct nhi_span rest = { v->lines, v->nlines }, line, key;

	out[0] = '\0';
	while (nhi_span_cut(&rest, '\n', &line)) {
		if (!nhi_span_cut(&line, '=', &key) || line.p == NULL ||
		    !nhi_span_is(key, name))
			continue;
		if (line.n >= size)
			line.n = size - 1;
		memcpy(out, line.p, line.n);
		out[line.n] = '\0';
		return;
	}
}

void
nhi_verdict_mark(const struct nhi_verdict *v,
    char out[static NHI_VERDICT_MARK])
{
	static const uint8_t none[sizeof(v->mark)];

	out[0] = '\0';
	if (memcmp(v->mark, none, sizeof(none)) != 0)
		nhi_num_hex(v->mark, (NHI_VERDICT_MARK - 1) / 2, out);
}

void
nhi_verdict_claims(const struct nhi_verdict *v, struct nhi_buf *b)
{
	struct nhi_span rest = { v->lines, v->nlines }, line;
	const size_t skip = sizeof(CLAIM) - 1;

	while (nhi_span_cut(&rest, '\n', &line)) {
		if (line.n <= skip || memcmp(line.p, CLAIM, skip) != 0)
			continue;
		nhi_buf_put(b, line.p + skip, line.n - skip);
		nhi_buf_char(b, '\n');
	}
}

void
nhi_verdict_provenance(const struct nhi_verdict *v, struct nhi_buf *b)
{
	NHI_AUTO(nhi_buf_wipe) struct nhi_buf lines =
	    NHI_BUF(NHI_VERDICT_LINES);
	struct nhi_span rest, line;

	nhi_verdict_claims(v, &lines);
	rest = nhi_buf_all(&lines);
	for (bool first = true; rest.n > 0 && nhi_span_cut(&rest, '\n', &line);
	    first = false) {
		if (!first)
			nhi_buf_char(b, ';');
		nhi_buf_span(b, line);
	}
}
