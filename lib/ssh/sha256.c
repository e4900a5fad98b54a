/* SPDX-License-Identifier: BSD-2-Clause */
/* FIPS 180-4.  Of public bytes only: nothing here is wiped. */
#include "config.h"

#include <string.h>

#include "lib/ssh/sha256.h"

#define BLOCK	64
#define WORDS	8

/* 4.2.2 */
static const uint32_t k[BLOCK] = {
	0x428a2f98, 0x71374491, 0xb5c0fbcf, 0xe9b5dba5, 0x3956c25b, 0x59f111f1,
	0x923f82a4, 0xab1c5ed5, 0xd807aa98, 0x12835b01, 0x243185be, 0x550c7dc3,
	0x72be5d74, 0x80deb1fe, 0x9bdc06a7, 0xc19bf174, 0xe49b69c1, 0xefbe4786,
	0x0fc19dc6, 0x240ca1cc, 0x2de92c6f, 0x4a7484aa, 0x5cb0a9dc, 0x76f988da,
	0x983e5152, 0xa831c66d, 0xb00327c8, 0xbf597fc7, 0xc6e00bf3, 0xd5a79147,
	0x06ca6351, 0x14292967, 0x27b70a85, 0x2e1b2138, 0x4d2c6dfc, 0x53380d13,
	0x650a7354, 0x766a0abb, 0x81c2c92e, 0x92722c85, 0xa2bfe8a1, 0xa81a664b,
	0xc24b8b70, 0xc76c51a3, 0xd192e819, 0xd6990624, 0xf40e3585, 0x106aa070,
	0x19a4c116, 0x1e376c08, 0x2748774c, 0x34b0bcb5, 0x391c0cb3, 0x4ed8aa4a,
	0x5b9cca4f, 0x682e6ff3, 0x748f82ee, 0x78a5636f, 0x84c87814, 0x8cc70208,
	0x90befffa, 0xa4506ceb, 0xbef9a3f7, 0xc67178f2,
};

static uint32_t
turn(uint32_t x, unsigned int n)
{
	return x >> n | x << (32 - n);
}

/* 6.2.2, step 1 */
static void
schedule(const uint8_t *p, uint32_t w[static BLOCK])
{
	for (unsigned int t = 0; t < 16; t++, p += 4)
		w[t] = (uint32_t)p[0] << 24 | (uint32_t)p[1] << 16 |
		    (uint32_t)p[2] << 8 | p[3];
	for (unsigned int t = 16; t < BLOCK; t++) {
		uint32_t a = w[t - 15], b = w[t - 2];

		w[t] = (turn(b, 17) ^ turn(b, 19) ^ b >> 10) + w[t - 7] +
		    (turn(a, 7) ^ turn(a, 18) ^ a >> 3) + w[t - 16];
	}
}

/* Steps 2 to 4; s is a, b, ... h. */
static void
add_block(uint32_t hash[static WORDS], const uint8_t *p)
{
	uint32_t w[BLOCK], s[WORDS];

	schedule(p, w);
	memcpy(s, hash, sizeof(s));
	for (unsigned int t = 0; t < BLOCK; t++) {
		uint32_t one = s[7] + (turn(s[4], 6) ^ turn(s[4], 11) ^
		    turn(s[4], 25)) + ((s[4] & s[5]) ^ (~s[4] & s[6])) +
		    k[t] + w[t];
		uint32_t two = (turn(s[0], 2) ^ turn(s[0], 13) ^
		    turn(s[0], 22)) + ((s[0] & s[1]) ^ (s[0] & s[2]) ^
		    (s[1] & s[2]));

		memmove(s + 1, s, sizeof(s) - sizeof(s[0]));
		s[4] += one;
		s[0] = one + two;
	}
	for (unsigned int i = 0; i < WORDS; i++)
		hash[i] += s[i];
}

/* 5.1.1: a one, zeros, and how many bits there were. */
static void
add_rest(uint32_t hash[static WORDS], struct nhi_span rest, size_t whole)
{
	uint8_t last[2 * BLOCK] = { 0 };
	size_t n = rest.n < BLOCK - 8 ? BLOCK : 2 * BLOCK;
	uint64_t bits = (uint64_t)whole * 8;

	if (rest.n > 0)
		memcpy(last, rest.p, rest.n);
	last[rest.n] = 0x80;
	for (unsigned int i = 1; i <= 8; i++, bits >>= 8)
		last[n - i] = (uint8_t)bits;
	add_block(hash, last);
	if (n > BLOCK)
		add_block(hash, last + BLOCK);
}

void
nhi_ssh_sha256(struct nhi_span in, uint8_t ret[static NHI_SSH_HASH])
{
	/* 5.3.3 */
	uint32_t hash[WORDS] = { 0x6a09e667, 0xbb67ae85, 0x3c6ef372,
		0xa54ff53a, 0x510e527f, 0x9b05688c, 0x1f83d9ab, 0x5be0cd19 };
	const size_t whole = in.n;

	for (; in.n >= BLOCK; in.p += BLOCK, in.n -= BLOCK)
		add_block(hash, (const uint8_t *)in.p);
	add_rest(hash, in, whole);
	for (unsigned int i = 0; i < NHI_SSH_HASH; i++)
		ret[i] = (uint8_t)(hash[i / 4] >> (24 - i % 4 * 8));
}
