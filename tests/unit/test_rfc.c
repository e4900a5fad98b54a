/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The examples of RFC 7515 appendix A, RFC 7520 4 and RFC 8037 appendix A:
 * what they sign verifies, and what is not signed with a public key does not
 * get that far.  None of them is a JWT for this host.
 */
#include "config.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <string.h>
#include <cmocka.h>

#include "lib/base/rules.h"
#include "lib/token/verify.h"

static const struct example {
	const char *name;
	enum nhi_err sealed;		/* when only the signature counts */
	enum nhi_err whole;
	const char *jwks;
	const char *token;
} examples[] = {
	{
	    "RFC 7515 A.1 HS256", NHI_ERR_ALG_HMAC, NHI_ERR_ALG_HMAC,
	    "{\"keys\":[{\"kty\":\"oct\",\"k\":\"AyM1SysPpbyDfgZld3umj1qz"
	    "KObwVMkoqQ-EstJQLr_T-1qS0gZH75aKtMN3Yj0iPS4hcgUuTwjAzZr1Z9CA"
	    "ow\"}]}",
	    "eyJ0eXAiOiJKV1QiLA0KICJhbGciOiJIUzI1NiJ9.eyJpc3MiOiJqb2UiLA0"
	    "KICJleHAiOjEzMDA4MTkzODAsDQogImh0dHA6Ly9leGFtcGxlLmNvbS9pc19"
	    "yb290Ijp0cnVlfQ.dBjftJeZ4CVP-mB92K27uhbUJU1p1r_wW1gFWFOEjXk",
	},
	{
	    "RFC 7515 A.2 RS256", NHI_ERR_OK, NHI_ERR_CLAIM_MISSING,
	    "{\"keys\":[{\"kty\":\"RSA\",\"n\":\"ofgWCuLjybRlzo0tZWJjNiuS"
	    "fb4p4fAkd_wWJcyQoTbji9k0l8W26mPddxHmfHQp-Vaw-4qPCJrcS2mJPMEz"
	    "P1Pt0Bm4d4QlL-yRT-SFd2lZS-pCgNMsD1W_YpRPEwOWvG6b32690r2jZ47s"
	    "oMZo9wGzjb_7OMg0LOL-bSf63kpaSHSXndS5z5rexMdbBYUsLA9e-KXBdQOS"
	    "-UTo7WTBEMa2R2CapHg665xsmtdVMTBQY4uDZlxvb3qCo5ZwKh9kG4LT6_I5"
	    "IhlJH7aGhyxXFvUK-DWNmoudF8NAco9_h9iaGNj8q2ethFkMLs91kzk2PAcD"
	    "TW9gb54h4FRWyuXpoQ\",\"e\":\"AQAB\"}]}",
	    "eyJhbGciOiJSUzI1NiJ9.eyJpc3MiOiJqb2UiLA0KICJleHAiOjEzMDA4MTk"
	    "zODAsDQogImh0dHA6Ly9leGFtcGxlLmNvbS9pc19yb290Ijp0cnVlfQ.cC4h"
	    "iUPoj9Eetdgtv3hF80EGrhuB__dzERat0XF9g2VtQgr9PJbu3XOiZj5RZmh7"
	    "AAuHIm4Bh-0Qc_lF5YKt_O8W2Fp5jujGbds9uJdbF9CUAr7t1dnZcAcQjbKB"
	    "YNX4BAynRFdiuB--f_nZLgrnbyTyWzO75vRK5h6xBArLIARNPvkSjtQBMHlb"
	    "1L07Qe7K0GarZRmB_eSN9383LcOLn6_dO--xi12jzDwusC-eOkHWEsqtFZES"
	    "c6BfI7noOPqvhJ1phCnvWh6IeYI2w9QOYEUipUTI8np6LbgGY9Fs98rqVt5A"
	    "XLIhWkWywlVmtVrBp0igcN_IoypGlUPQGe77Rw",
	},
	{
	    "RFC 7515 A.3 ES256", NHI_ERR_OK, NHI_ERR_CLAIM_MISSING,
	    "{\"keys\":[{\"kty\":\"EC\",\"crv\":\"P-256\",\"x\":\"f83OJ3D"
	    "2xF1Bg8vub9tLe1gHMzV76e8Tus9uPHvRVEU\",\"y\":\"x_FEzRu9m36HL"
	    "N_tue659LNpXW6pCyStikYjKIWI5a0\"}]}",
	    "eyJhbGciOiJFUzI1NiJ9.eyJpc3MiOiJqb2UiLA0KICJleHAiOjEzMDA4MTk"
	    "zODAsDQogImh0dHA6Ly9leGFtcGxlLmNvbS9pc19yb290Ijp0cnVlfQ.DtEh"
	    "U3ljbEg8L38VWAfUAqOyKAM6-Xx-F4GawxaepmXFCgfTjDxw5djxLa8ISlSA"
	    "pmWQxfKTUJqPP3-Kg6NU1Q",
	},
	{
	    "RFC 7515 A.4 ES512", NHI_ERR_OK, NHI_ERR_JSON,
	    "{\"keys\":[{\"kty\":\"EC\",\"crv\":\"P-521\",\"x\":\"AekpBQ8"
	    "ST8a8VcfVOTNl353vSrDCLLJXmPk06wTjxrrjcBpXp5EOnYG_NjFZ6OvLFV1"
	    "jSfS9tsz4qUxcWceqwQGk\",\"y\":\"ADSmRA43Z1DSNx_RvcLI87cdL07l"
	    "6jQyyBXMoxVg_l2Th-x3S1WDhjDly79ajL4Kkd0AZMaZmh9ubmf63e3kyMj2"
	    "\"}]}",
	    "eyJhbGciOiJFUzUxMiJ9.UGF5bG9hZA.AdwMgeerwtHoh-l192l60hp9wAHZ"
	    "FVJbLfD_UxMi70cwnZOYaRI1bKPWROc-mZZqwqT2SI-KGDKB34XO0aw_7Xdt"
	    "AG8GaSwFKdCAPZgoXD2YBJZCPEX3xKpRwcdOO8KpEHwJjyqOgzDO7iKvU8vc"
	    "nwNrmxYbSW9ERBXukOXolLzeO_Jn",
	},
	{
	    "RFC 7515 A.5 unsecured", NHI_ERR_NOT_COMPACT, NHI_ERR_NOT_COMPACT,
	    "{\"keys\":[]}",
	    "eyJhbGciOiJub25lIn0.eyJpc3MiOiJqb2UiLA0KICJleHAiOjEzMDA4MTkz"
	    "ODAsDQogImh0dHA6Ly9leGFtcGxlLmNvbS9pc19yb290Ijp0cnVlfQ.",
	},
	{
	    "RFC 7515 E critical extension",
	    NHI_ERR_NOT_COMPACT, NHI_ERR_NOT_COMPACT,
	    "{\"keys\":[]}",
	    "eyJhbGciOiJub25lIiwNCiAiY3JpdCI6WyJodHRwOi8vZXhhbXBsZS5jb20v"
	    "VU5ERUZJTkVEIl0sDQogImh0dHA6Ly9leGFtcGxlLmNvbS9VTkRFRklORUQi"
	    "OnRydWUNCn0.RkFJTA.",
	},
	{
	    "RFC 7520 4.1 RSA v1.5 Signature", NHI_ERR_OK, NHI_ERR_JSON,
	    "{\"keys\":[{\"kty\":\"RSA\",\"n\":\"n4EPtAOCc9AlkeQHPzHStgAb"
	    "gs7bTZLwUBZdR8_KuKPEHLd4rHVTeT-O-XV2jRojdNhxJWTDvNd7nqQ0VEiZ"
	    "QHz_AJmSCpMaJMRBSFKrKb2wqVwGU_NsYOYL-QtiWN2lbzcEe6XC0dApr5yd"
	    "QLrHqkHHig3RBordaZ6Aj-oBHqFEHYpPe7Tpe-OfVfHd1E6cS6M1FZcD1NNL"
	    "YD5lFHpPI9bTwJlsde3uhGqC0ZCuEHg8lhzwOHrtIQbS0FVbb9k3-tVTU4fg"
	    "_3L_vniUFAKwuCLqKnS2BYwdq_mzSnbLY7h_qixoR7jig3__kRhuaxwUkRz5"
	    "iaiQkqgc5gHdrNP5zw\",\"e\":\"AQAB\",\"kid\":\"bilbo.baggins@"
	    "hobbiton.example\",\"use\":\"sig\"}]}",
	    "eyJhbGciOiJSUzI1NiIsImtpZCI6ImJpbGJvLmJhZ2dpbnNAaG9iYml0b24u"
	    "ZXhhbXBsZSJ9.SXTigJlzIGEgZGFuZ2Vyb3VzIGJ1c2luZXNzLCBGcm9kbyw"
	    "gZ29pbmcgb3V0IHlvdXIgZG9vci4gWW91IHN0ZXAgb250byB0aGUgcm9hZCw"
	    "gYW5kIGlmIHlvdSBkb24ndCBrZWVwIHlvdXIgZmVldCwgdGhlcmXigJlzIG5"
	    "vIGtub3dpbmcgd2hlcmUgeW91IG1pZ2h0IGJlIHN3ZXB0IG9mZiB0by4.MRj"
	    "dkly7_-oTPTS3AXP41iQIGKa80A0ZmTuV5MEaHoxnW2e5CZ5NlKtainoFmKZ"
	    "opdHM1O2U4mwzJdQx996ivp83xuglII7PNDi84wnB-BDkoBwA78185hX-Es4"
	    "JIwmDLJK3lfWRa-XtL0RnltuYv746iYTh_qHRD68BNt1uSNCrUCTJDt5aAE6"
	    "x8wW1Kt9eRo4QPocSadnHXFxnt8Is9UzpERV0ePPQdLuW3IS_de3xyIrDaLG"
	    "djluPxUAhb6L2aXic1U12podGU0KLUQSE_oI-ZnmKJ3F4uOZDnd6QZWJushZ"
	    "41Axf_fcIe8u9ipH84ogoree7vjbU5y18kDquDg",
	},
	{
	    "RFC 7520 4.2 RSA-PSS Signature", NHI_ERR_OK, NHI_ERR_JSON,
	    "{\"keys\":[{\"kty\":\"RSA\",\"n\":\"n4EPtAOCc9AlkeQHPzHStgAb"
	    "gs7bTZLwUBZdR8_KuKPEHLd4rHVTeT-O-XV2jRojdNhxJWTDvNd7nqQ0VEiZ"
	    "QHz_AJmSCpMaJMRBSFKrKb2wqVwGU_NsYOYL-QtiWN2lbzcEe6XC0dApr5yd"
	    "QLrHqkHHig3RBordaZ6Aj-oBHqFEHYpPe7Tpe-OfVfHd1E6cS6M1FZcD1NNL"
	    "YD5lFHpPI9bTwJlsde3uhGqC0ZCuEHg8lhzwOHrtIQbS0FVbb9k3-tVTU4fg"
	    "_3L_vniUFAKwuCLqKnS2BYwdq_mzSnbLY7h_qixoR7jig3__kRhuaxwUkRz5"
	    "iaiQkqgc5gHdrNP5zw\",\"e\":\"AQAB\",\"kid\":\"bilbo.baggins@"
	    "hobbiton.example\",\"use\":\"sig\"}]}",
	    "eyJhbGciOiJQUzM4NCIsImtpZCI6ImJpbGJvLmJhZ2dpbnNAaG9iYml0b24u"
	    "ZXhhbXBsZSJ9.SXTigJlzIGEgZGFuZ2Vyb3VzIGJ1c2luZXNzLCBGcm9kbyw"
	    "gZ29pbmcgb3V0IHlvdXIgZG9vci4gWW91IHN0ZXAgb250byB0aGUgcm9hZCw"
	    "gYW5kIGlmIHlvdSBkb24ndCBrZWVwIHlvdXIgZmVldCwgdGhlcmXigJlzIG5"
	    "vIGtub3dpbmcgd2hlcmUgeW91IG1pZ2h0IGJlIHN3ZXB0IG9mZiB0by4.cu2"
	    "2eBqkYDKgIlTpzDXGvaFfz6WGoz7fUDcfT0kkOy42miAh2qyBzk1xEsnk2Ip"
	    "N6-tPid6VrklHkqsGqDqHCdP6O8TTB5dDDItllVo6_1OLPpcbUrhiUSMxbbX"
	    "UvdvWXzg-UD8biiReQFlfz28zGWVsdiNAUf8ZnyPEgVFn442ZdNqiVJRmBqr"
	    "YRXe8P_ijQ7p8Vdz0TTrxUeT3lm8d9shnr2lfJT8ImUjvAA2Xez2Mlp8cBE5"
	    "awDzT0qI0n6uiP1aCN_2_jLAeQTlqRHtfa64QQSUmFAAjVKPbByi7xho0uTO"
	    "cbH510a6GYmJUAfmWjwZ6oD4ifKo8DYM-X72Eaw",
	},
	{
	    "RFC 7520 4.3 ECDSA Signature", NHI_ERR_OK, NHI_ERR_JSON,
	    "{\"keys\":[{\"kty\":\"EC\",\"crv\":\"P-521\",\"x\":\"AHKZLLO"
	    "sCOzz5cY97ewNUajB957y-C-U88c3v13nmGZx6sYl_oJXu9A5RkTKqjqvjye"
	    "kWF-7ytDyRXYgCF5cj0Kt\",\"y\":\"AdymlHvOiLxXkEhayXQnNCvDX4h9"
	    "htZaCJN34kfmC6pV5OhQHiraVySsUdaQkAgDPrwQrJmbnX9cwlGfP-HqHZR1"
	    "\",\"kid\":\"bilbo.baggins@hobbiton.example\",\"use\":\"sig"
	    "\"}]}",
	    "eyJhbGciOiJFUzUxMiIsImtpZCI6ImJpbGJvLmJhZ2dpbnNAaG9iYml0b24u"
	    "ZXhhbXBsZSJ9.SXTigJlzIGEgZGFuZ2Vyb3VzIGJ1c2luZXNzLCBGcm9kbyw"
	    "gZ29pbmcgb3V0IHlvdXIgZG9vci4gWW91IHN0ZXAgb250byB0aGUgcm9hZCw"
	    "gYW5kIGlmIHlvdSBkb24ndCBrZWVwIHlvdXIgZmVldCwgdGhlcmXigJlzIG5"
	    "vIGtub3dpbmcgd2hlcmUgeW91IG1pZ2h0IGJlIHN3ZXB0IG9mZiB0by4.AE_"
	    "R_YZCChjn4791jSQCrdPZCNYqHXCTZH0-JZGYNlaAjP2kqaluUIIUnC9qvbu"
	    "9Plon7KRTzoNEuT4Va2cmL1eJAQy3mtPBu_u_sDDyYjnAMDxXPn7XrT0lw-k"
	    "vAD890jl8e2puQens_IEKBpHABlsbEPX6sFY8OcGDqoRuBomu9xQ2",
	},
	{
	    "RFC 7520 4.4 HMAC-SHA2 Integrity Protection",
	    NHI_ERR_ALG_HMAC, NHI_ERR_ALG_HMAC,
	    "{\"keys\":[{\"kty\":\"oct\",\"k\":\"hJtXIZ2uSN5kbQfbtTNWbpdm"
	    "hkV8FJG-Onbc6mxCcYg\",\"kid\":\"018c0ae5-4d9b-471b-bfd6-eef3"
	    "14bc7037\",\"use\":\"sig\",\"alg\":\"HS256\"}]}",
	    "eyJhbGciOiJIUzI1NiIsImtpZCI6IjAxOGMwYWU1LTRkOWItNDcxYi1iZmQ2"
	    "LWVlZjMxNGJjNzAzNyJ9.SXTigJlzIGEgZGFuZ2Vyb3VzIGJ1c2luZXNzLCB"
	    "Gcm9kbywgZ29pbmcgb3V0IHlvdXIgZG9vci4gWW91IHN0ZXAgb250byB0aGU"
	    "gcm9hZCwgYW5kIGlmIHlvdSBkb24ndCBrZWVwIHlvdXIgZmVldCwgdGhlcmX"
	    "igJlzIG5vIGtub3dpbmcgd2hlcmUgeW91IG1pZ2h0IGJlIHN3ZXB0IG9mZiB"
	    "0by4.s0h6KThzkfBBBkLspW1h84VsJZFTsPPqMDA7g1Md7p0",
	},
	{
	    "RFC 8037 A.4/A.5 Ed25519", NHI_ERR_OK, NHI_ERR_JSON,
	    "{\"keys\":[{\"kty\":\"OKP\",\"crv\":\"Ed25519\",\"x\":\"11qY"
	    "AYKxCrfVS_7TyWQHOg7hcvPapiMlrwIaaPcHURo\",\"use\":\"sig\"}]}",
	    "eyJhbGciOiJFZERTQSJ9.RXhhbXBsZSBvZiBFZDI1NTE5IHNpZ25pbmc.hgy"
	    "Y0il_MGCjP0JzlnLWG1PPOt7-09PGcvMg3AIbQR6dWbhijcNR4ki4iylGjg5"
	    "BhVsPt9g7sVvpAr_MuM0KAg",
	},
	/* End of the examples */
};
#define EXAMPLES	(sizeof(examples) / sizeof(examples[0]))

static enum nhi_err
verify(const struct example *e, struct nhi_span token, bool signature_only,
    struct nhi_why *why)
{
	static char joe[] = "joe", host[] = "ssh://web-1.example.com";
	char *audience[] = { host };
	const struct nhi_issuer issuer = {
		.name = joe, .url = joe, .algs = NHI_ALG_ALL, .skew = 60,
		.need_iss = true, .audience = { audience, 1 },
	};
	const struct nhi_token_source source = {
		.issuer = &issuer, .jwks = nhi_span_str(e->jwks),
	};
	NHI_AUTO(nhi_token_freep) struct nhi_token *t = NULL;

	return nhi_token_verify(&(struct nhi_token_request){
		.token = token, .sources = &source, .nsources = 1,
		.now = 1300819000, .signature_only = signature_only,
	}, &t, why);
}

static void
test_examples(void **state)
{
	(void)state;
	for (size_t i = 0; i < EXAMPLES; i++) {
		const struct example *e = &examples[i];
		struct nhi_span token = nhi_span_str(e->token);
		struct nhi_why why = { "" };

		print_message("%s\n", e->name);
		assert_string_equal(nhi_err_slug(verify(e, token, true, &why)),
		    nhi_err_slug(e->sealed));
		assert_string_equal(nhi_err_slug(verify(e, token, false,
		    &why)), nhi_err_slug(e->whole));
		assert_true(why.text[0] != '\0');
	}
}

/* One changed bit anywhere, or one octet less, and it does not hold. */
static void
test_changed(void **state)
{
	char copy[2048];

	(void)state;
	for (size_t i = 0; i < EXAMPLES; i++) {
		const struct example *e = &examples[i];
		size_t n = strlen(e->token);

		assert_true(n < sizeof(copy));
		memcpy(copy, e->token, n);
		for (size_t bit = 0; bit < n * 8; bit++) {
			copy[bit / 8] ^= (char)(1 << bit % 8);
			assert_int_not_equal(verify(e,
			    (struct nhi_span){ copy, n }, true, NULL), NHI_OK);
			copy[bit / 8] ^= (char)(1 << bit % 8);
		}
		for (size_t len = 0; len < n; len++)
			assert_int_not_equal(verify(e,
			    (struct nhi_span){ copy, len }, true, NULL),
			    NHI_OK);
	}
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_examples),
		cmocka_unit_test(test_changed),
		/* End of the tests */
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
