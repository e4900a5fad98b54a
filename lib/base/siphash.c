/* SPDX-License-Identifier: BSD-2-Clause */
/* Names of variables and constants are those of the paper, section 2. */
#include "config.h"

#include "lib/base/siphash.h"

struct state {
	uint64_t v0, v1, v2, v3;
};

static uint64_t
rotate(uint64_t x, unsigned int bits)
{
	return x << bits | x >> (64 - bits);
}

static void
rounds(struct state *s, unsigned int n)
{
	while (n-- > 0) {
		s->v0 += s->v1;
		s->v2 += s->v3;
		s->v1 = rotate(s->v1, 13) ^ s->v0;
		s->v3 = rotate(s->v3, 16) ^ s->v2;
		s->v0 = rotate(s->v0, 32);
		s->v2 += s->v1;
		s->v0 += s->v3;
		s->v1 = rotate(s->v1, 17) ^ s->v2;
		s->v3 = rotate(s->v3, 21) ^ s->v0;
		s->v2 = rotate(s->v2, 32);
	}
}

/* Little-endian, from 8 bytes or fewer. */
static uint64_t
word(const uint8_t *p, size_t n)
{
	uint64_t w = 0;

	while (n-- > 0)
		w = w << 8 | p[n];
	return w;
}

static void
compress(struct state *s, uint64_t m)
{
	s->v3 ^= m;
	rounds(s, 2);
	s->v0 ^= m;
}

uint64_t
nhi_siphash(const uint8_t key[static NHI_SIPHASH_KEY], const void *data,
    size_t n)
{
	const uint8_t *p = data;
	uint64_t k0 = word(key, 8), k1 = word(key + 8, 8);
	struct state s = {
		k0 ^ UINT64_C(0x736f6d6570736575),
		k1 ^ UINT64_C(0x646f72616e646f6d),
		k0 ^ UINT64_C(0x6c7967656e657261),
		k1 ^ UINT64_C(0x7465646279746573),
	};
	size_t left;

	for (left = n; left >= 8; left -= 8, p += 8)
		compress(&s, word(p, 8));
	compress(&s, (uint64_t)(n & 0xff) << 56 | word(p, left));
	s.v2 ^= 0xff;
	rounds(&s, 4);
	return s.v0 ^ s.v1 ^ s.v2 ^ s.v3;
}
