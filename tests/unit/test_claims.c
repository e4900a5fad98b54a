/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The binding of a token to a key: in one audience where the issuer asks, in
 * each where the token is shown to others.
 */
#include "config.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>

#include <cmocka.h>

#include "lib/base/rules.h"
#include "lib/token/claims.h"

#define KEY	"SHA256:N1E/BlnwXgUtMH3U6haGu++q4z2/EUYdLYZfEqIf4QE"
#define OTHER	"SHA256:N1E/BlnwXgUtMH3U6haGu++q4z2/EUYdLYZfEqIf4QF"

static const struct {
	const char *aud;
	enum nhi_err bound, sealed;
} cases[] = {
	{ "\"a#" KEY "\"", NHI_OK, NHI_OK },
	{ "[\"a#" KEY "\"]", NHI_OK, NHI_OK },
	{ "[\"a#" KEY "\",\"b#" KEY "\"]", NHI_OK, NHI_OK },
	{ "[\"a#" KEY "\",\"" KEY "\"]", NHI_OK, NHI_OK },
	/* Whoever sees these can use them where a is asked for. */
	{ "[\"a\",\"" KEY "\"]", NHI_OK, NHI_ERR_BINDING },
	{ "[\"" KEY "\",\"a\"]", NHI_OK, NHI_ERR_BINDING },
	{ "[\"a#" KEY "\",\"\"]", NHI_OK, NHI_ERR_BINDING },
	{ "[\"a#" KEY "\",\"a#" OTHER "\"]", NHI_OK, NHI_ERR_BINDING },
	{ "\"a\"", NHI_ERR_BINDING, NHI_ERR_BINDING },
	{ "\"a#" OTHER "\"", NHI_ERR_BINDING, NHI_ERR_BINDING },
	/* End of the cases */
};

static void
test_binding(void **state)
{
	const struct nhi_issuer issuer = { .bind_key = true };

	(void)state;
	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		NHI_AUTO(nhi_buf_wipe) struct nhi_buf text = NHI_BUF(1024);
		struct nhi_claims c = { .exp = 0 };
		struct nhi_why why = { "" };

		nhi_buf_printf(&text, "{\"exp\":1,\"aud\":%s}", cases[i].aud);
		assert_int_equal(nhi_claims_read(nhi_buf_all(&text), &c,
		    &why), NHI_OK);
		if (nhi_claims_check_binding(&c, &issuer, KEY, &why) !=
		    cases[i].bound || nhi_claims_check_sealed(&c, KEY,
		    &why) != cases[i].sealed)
			fail_msg("%s: %s", cases[i].aud, why.text);
		assert_int_equal(nhi_claims_check_sealed(&c, NULL, &why),
		    NHI_ERR_BINDING);
		nhi_json_wipe(&c.all);
	}
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_binding),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
