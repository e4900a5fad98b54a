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
	    "{\"keys\":[{\"kty\":\"oct\",\"k\":\"AyM1SysPpbyDfgZld3umj1qzKObwV"
	    "MkoqQ-EstJQLr_T-1qS0gZH75aKtMN3Yj0iPS4hcgUuTwjAzZr1Z9CAo"
	    "w\"}]}",
	    "eyJ0eXAiOiJKV1QiLA0KICJhbGciOiJIUzI1NiJ9.eyJpc3MiOiJqb2U"
	    "iLA0KICJleHAiOjEzMDA4MTkzODAsDQogImh0dHA6Ly9leGFtcGxlLmN"
	    "vbS9pc19yb290Ijp0cnVlfQ.dBjftJeZ4CVP-mB92K27uhbUJU1p1r_w"
	    "W1gFWFOEjXk",
	},
	{
	    "RFC 7515 A.2 RS256", NHI_ERR_OK, NHI_ERR_CLAIM_MISSING,
	    "{\"keys\":[{\"kty\":\"RSA\",\"n\":\"ofgWCuLjybRlzo0tZWJjNiuSfb4p4"
	    "fAkd_wWJcyQoTbji9k0l8W26mPddxHmfHQp-Vaw-4qPCJrcS2mJPMEzP"
	    "1Pt0Bm4d4QlL-yRT-SFd2lZS-pCgNMsD1W_YpRPEwOWvG6b32690r2jZ"
	    "47soMZo9wGzjb_7OMg0LOL-bSf63kpaSHSXndS5z5rexMdbBYUsLA9e-"
	    "KXBdQOS-UTo7WTBEMa2R2CapHg665xsmtdVMTBQY4uDZlxvb3qCo5ZwK"
	    "h9kG4LT6_I5IhlJH7aGhyxXFvUK-DWNmoudF8NAco9_h9iaGNj8q2eth"
	    "FkMLs91kzk2PAcDTW9gb54h4FRWyuXpoQ\",\"e\":\"AQAB\"}]}",
	    "eyJhbGciOiJSUzI1NiJ9.eyJpc3MiOiJqb2UiLA0KICJleHAiOjEzMDA"
	    "4MTkzODAsDQogImh0dHA6Ly9leGFtcGxlLmNvbS9pc19yb290Ijp0cnV"
	    "lfQ.cC4hiUPoj9Eetdgtv3hF80EGrhuB__dzERat0XF9g2VtQgr9PJbu"
	    "3XOiZj5RZmh7AAuHIm4Bh-0Qc_lF5YKt_O8W2Fp5jujGbds9uJdbF9CU"
	    "Ar7t1dnZcAcQjbKBYNX4BAynRFdiuB--f_nZLgrnbyTyWzO75vRK5h6x"
	    "BArLIARNPvkSjtQBMHlb1L07Qe7K0GarZRmB_eSN9383LcOLn6_dO--x"
	    "i12jzDwusC-eOkHWEsqtFZESc6BfI7noOPqvhJ1phCnvWh6IeYI2w9QO"
	    "YEUipUTI8np6LbgGY9Fs98rqVt5AXLIhWkWywlVmtVrBp0igcN_IoypG"
	    "lUPQGe77Rw",
	},
	{
	    "RFC 7515 A.3 ES256", NHI_ERR_OK, NHI_ERR_CLAIM_MISSING,
	    "{\"keys\":[{\"kty\":\"EC\",\"crv\":\"P-256\",\"x\":\"f83OJ3D2xF1Bg8vu"
	    "b9tLe1gHMzV76e8Tus9uPHvRVEU\",\"y\":\"x_FEzRu9m36HLN_tue659L"
	    "NpXW6pCyStikYjKIWI5a0\"}]}",
	    "eyJhbGciOiJFUzI1NiJ9.eyJpc3MiOiJqb2UiLA0KICJleHAiOjEzMDA"
	    "4MTkzODAsDQogImh0dHA6Ly9leGFtcGxlLmNvbS9pc19yb290Ijp0cnV"
	    "lfQ.DtEhU3ljbEg8L38VWAfUAqOyKAM6-Xx-F4GawxaepmXFCgfTjDxw"
	    "5djxLa8ISlSApmWQxfKTUJqPP3-Kg6NU1Q",
	},
	{
	    "RFC 7515 A.4 ES512", NHI_ERR_OK, NHI_ERR_JSON,
	    "{\"keys\":[{\"kty\":\"EC\",\"crv\":\"P-521\",\"x\":\"AekpBQ8ST8a8VcfV"
	    "OTNl353vSrDCLLJXmPk06wTjxrrjcBpXp5EOnYG_NjFZ6OvLFV1jSfS9"
	    "tsz4qUxcWceqwQGk\",\"y\":\"ADSmRA43Z1DSNx_RvcLI87cdL07l6jQyy"
	    "BXMoxVg_l2Th-x3S1WDhjDly79ajL4Kkd0AZMaZmh9ubmf63e3kyMj2\""
	    "}]}",
	    "eyJhbGciOiJFUzUxMiJ9.UGF5bG9hZA.AdwMgeerwtHoh-l192l60hp9"
	    "wAHZFVJbLfD_UxMi70cwnZOYaRI1bKPWROc-mZZqwqT2SI-KGDKB34XO"
	    "0aw_7XdtAG8GaSwFKdCAPZgoXD2YBJZCPEX3xKpRwcdOO8KpEHwJjyqO"
	    "gzDO7iKvU8vcnwNrmxYbSW9ERBXukOXolLzeO_Jn",
	},
	{
	    "RFC 7515 A.5 unsecured", NHI_ERR_NOT_COMPACT, NHI_ERR_NOT_COMPACT,
	    "{\"keys\":[]}",
	    "eyJhbGciOiJub25lIn0.eyJpc3MiOiJqb2UiLA0KICJleHAiOjEzMDA4"
	    "MTkzODAsDQogImh0dHA6Ly9leGFtcGxlLmNvbS9pc19yb290Ijp0cnVl"
	    "fQ.",
	},
	{
	    "RFC 7520 4.1 RSA v1.5 Signature", NHI_ERR_OK, NHI_ERR_JSON,
	    "{\"keys\":[{\"kty\":\"RSA\",\"n\":\"n4EPtAOCc9AlkeQHPzHStgAbgs7bT"
	    "ZLwUBZdR8_KuKPEHLd4rHVTeT-O-XV2jRojdNhxJWTDvNd7nqQ0VEiZQ"
	    "Hz_AJmSCpMaJMRBSFKrKb2wqVwGU_NsYOYL-QtiWN2lbzcEe6XC0dApr"
	    "5ydQLrHqkHHig3RBordaZ6Aj-oBHqFEHYpPe7Tpe-OfVfHd1E6cS6M1F"
	    "ZcD1NNLYD5lFHpPI9bTwJlsde3uhGqC0ZCuEHg8lhzwOHrtIQbS0FVbb"
	    "9k3-tVTU4fg_3L_vniUFAKwuCLqKnS2BYwdq_mzSnbLY7h_qixoR7jig"
	    "3__kRhuaxwUkRz5iaiQkqgc5gHdrNP5zw\",\"e\":\"AQAB\",\"kid\":\"bil"
	    "bo.baggins@hobbiton.example\",\"use\":\"sig\"}]}",
	    "eyJhbGciOiJSUzI1NiIsImtpZCI6ImJpbGJvLmJhZ2dpbnNAaG9iYml0"
	    "b24uZXhhbXBsZSJ9.SXTigJlzIGEgZGFuZ2Vyb3VzIGJ1c2luZXNzLCB"
	    "Gcm9kbywgZ29pbmcgb3V0IHlvdXIgZG9vci4gWW91IHN0ZXAgb250byB"
	    "0aGUgcm9hZCwgYW5kIGlmIHlvdSBkb24ndCBrZWVwIHlvdXIgZmVldCw"
	    "gdGhlcmXigJlzIG5vIGtub3dpbmcgd2hlcmUgeW91IG1pZ2h0IGJlIHN"
	    "3ZXB0IG9mZiB0by4.MRjdkly7_-oTPTS3AXP41iQIGKa80A0ZmTuV5ME"
	    "aHoxnW2e5CZ5NlKtainoFmKZopdHM1O2U4mwzJdQx996ivp83xuglII7"
	    "PNDi84wnB-BDkoBwA78185hX-Es4JIwmDLJK3lfWRa-XtL0RnltuYv74"
	    "6iYTh_qHRD68BNt1uSNCrUCTJDt5aAE6x8wW1Kt9eRo4QPocSadnHXFx"
	    "nt8Is9UzpERV0ePPQdLuW3IS_de3xyIrDaLGdjluPxUAhb6L2aXic1U1"
	    "2podGU0KLUQSE_oI-ZnmKJ3F4uOZDnd6QZWJushZ41Axf_fcIe8u9ipH"
	    "84ogoree7vjbU5y18kDquDg",
	},
	{
	    "RFC 7520 4.2 RSA-PSS Signature", NHI_ERR_OK, NHI_ERR_JSON,
	    "{\"keys\":[{\"kty\":\"RSA\",\"n\":\"n4EPtAOCc9AlkeQHPzHStgAbgs7bT"
	    "ZLwUBZdR8_KuKPEHLd4rHVTeT-O-XV2jRojdNhxJWTDvNd7nqQ0VEiZQ"
	    "Hz_AJmSCpMaJMRBSFKrKb2wqVwGU_NsYOYL-QtiWN2lbzcEe6XC0dApr"
	    "5ydQLrHqkHHig3RBordaZ6Aj-oBHqFEHYpPe7Tpe-OfVfHd1E6cS6M1F"
	    "ZcD1NNLYD5lFHpPI9bTwJlsde3uhGqC0ZCuEHg8lhzwOHrtIQbS0FVbb"
	    "9k3-tVTU4fg_3L_vniUFAKwuCLqKnS2BYwdq_mzSnbLY7h_qixoR7jig"
	    "3__kRhuaxwUkRz5iaiQkqgc5gHdrNP5zw\",\"e\":\"AQAB\",\"kid\":\"bil"
	    "bo.baggins@hobbiton.example\",\"use\":\"sig\"}]}",
	    "eyJhbGciOiJQUzM4NCIsImtpZCI6ImJpbGJvLmJhZ2dpbnNAaG9iYml0"
	    "b24uZXhhbXBsZSJ9.SXTigJlzIGEgZGFuZ2Vyb3VzIGJ1c2luZXNzLCB"
	    "Gcm9kbywgZ29pbmcgb3V0IHlvdXIgZG9vci4gWW91IHN0ZXAgb250byB"
	    "0aGUgcm9hZCwgYW5kIGlmIHlvdSBkb24ndCBrZWVwIHlvdXIgZmVldCw"
	    "gdGhlcmXigJlzIG5vIGtub3dpbmcgd2hlcmUgeW91IG1pZ2h0IGJlIHN"
	    "3ZXB0IG9mZiB0by4.cu22eBqkYDKgIlTpzDXGvaFfz6WGoz7fUDcfT0k"
	    "kOy42miAh2qyBzk1xEsnk2IpN6-tPid6VrklHkqsGqDqHCdP6O8TTB5d"
	    "DDItllVo6_1OLPpcbUrhiUSMxbbXUvdvWXzg-UD8biiReQFlfz28zGWV"
	    "sdiNAUf8ZnyPEgVFn442ZdNqiVJRmBqrYRXe8P_ijQ7p8Vdz0TTrxUeT"
	    "3lm8d9shnr2lfJT8ImUjvAA2Xez2Mlp8cBE5awDzT0qI0n6uiP1aCN_2"
	    "_jLAeQTlqRHtfa64QQSUmFAAjVKPbByi7xho0uTOcbH510a6GYmJUAfm"
	    "WjwZ6oD4ifKo8DYM-X72Eaw",
	},
	{
	    "RFC 7520 4.3 ECDSA Signature", NHI_ERR_OK, NHI_ERR_JSON,
	    "{\"keys\":[{\"kty\":\"EC\",\"crv\":\"P-521\",\"x\":\"AHKZLLOsCOzz5cY9"
	    "7ewNUajB957y-C-U88c3v13nmGZx6sYl_oJXu9A5RkTKqjqvjyekWF-7"
	    "ytDyRXYgCF5cj0Kt\",\"y\":\"AdymlHvOiLxXkEhayXQnNCvDX4h9htZaC"
	    "JN34kfmC6pV5OhQHiraVySsUdaQkAgDPrwQrJmbnX9cwlGfP-HqHZR1\""
	    ",\"kid\":\"bilbo.baggins@hobbiton.example\",\"use\":\"sig\"}]}",
	    "eyJhbGciOiJFUzUxMiIsImtpZCI6ImJpbGJvLmJhZ2dpbnNAaG9iYml0"
	    "b24uZXhhbXBsZSJ9.SXTigJlzIGEgZGFuZ2Vyb3VzIGJ1c2luZXNzLCB"
	    "Gcm9kbywgZ29pbmcgb3V0IHlvdXIgZG9vci4gWW91IHN0ZXAgb250byB"
	    "0aGUgcm9hZCwgYW5kIGlmIHlvdSBkb24ndCBrZWVwIHlvdXIgZmVldCw"
	    "gdGhlcmXigJlzIG5vIGtub3dpbmcgd2hlcmUgeW91IG1pZ2h0IGJlIHN"
	    "3ZXB0IG9mZiB0by4.AE_R_YZCChjn4791jSQCrdPZCNYqHXCTZH0-JZG"
	    "YNlaAjP2kqaluUIIUnC9qvbu9Plon7KRTzoNEuT4Va2cmL1eJAQy3mtP"
	    "Bu_u_sDDyYjnAMDxXPn7XrT0lw-kvAD890jl8e2puQens_IEKBpHABls"
	    "bEPX6sFY8OcGDqoRuBomu9xQ2",
	},
	{
	    "RFC 7520 4.4 HMAC-SHA2 Integrity Protection", NHI_ERR_ALG_HMAC, NHI_ERR_ALG_HMAC,
	    "{\"keys\":[{\"kty\":\"oct\",\"k\":\"hJtXIZ2uSN5kbQfbtTNWbpdmhkV8F"
	    "JG-Onbc6mxCcYg\",\"kid\":\"018c0ae5-4d9b-471b-bfd6-eef314bc7"
	    "037\",\"use\":\"sig\",\"alg\":\"HS256\"}]}",
	    "eyJhbGciOiJIUzI1NiIsImtpZCI6IjAxOGMwYWU1LTRkOWItNDcxYi1i"
	    "ZmQ2LWVlZjMxNGJjNzAzNyJ9.SXTigJlzIGEgZGFuZ2Vyb3VzIGJ1c2l"
	    "uZXNzLCBGcm9kbywgZ29pbmcgb3V0IHlvdXIgZG9vci4gWW91IHN0ZXA"
	    "gb250byB0aGUgcm9hZCwgYW5kIGlmIHlvdSBkb24ndCBrZWVwIHlvdXI"
	    "gZmVldCwgdGhlcmXigJlzIG5vIGtub3dpbmcgd2hlcmUgeW91IG1pZ2h"
	    "0IGJlIHN3ZXB0IG9mZiB0by4.s0h6KThzkfBBBkLspW1h84VsJZFTsPP"
	    "qMDA7g1Md7p0",
	},
	{
	    "RFC 8037 A.4/A.5 Ed25519", NHI_ERR_OK, NHI_ERR_JSON,
	    "{\"keys\":[{\"kty\":\"OKP\",\"crv\":\"Ed25519\",\"x\":\"11qYAYKxCrfVS"
	    "_7TyWQHOg7hcvPapiMlrwIaaPcHURo\",\"use\":\"sig\"}]}",
	    "eyJhbGciOiJFZERTQSJ9.RXhhbXBsZSBvZiBFZDI1NTE5IHNpZ25pbmc"
	    ".hgyY0il_MGCjP0JzlnLWG1PPOt7-09PGcvMg3AIbQR6dWbhijcNR4ki"
	    "4iylGjg5BhVsPt9g7sVvpAr_MuM0KAg",
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
