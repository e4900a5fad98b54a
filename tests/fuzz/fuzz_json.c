/* SPDX-License-Identifier: BSD-2-Clause */
/* Strict JSON: what is taken json-c takes, too, and writes so that it is taken. */
#include "config.h"

#include <json-c/json.h>

#include "lib/token/json.h"
#include "lib/token/scan.h"
#include "tests/fuzz/fuzz.h"

FUZZ_TARGET(json)(const uint8_t *data, size_t size)
{
	NHI_AUTO(nhi_json_wipe) struct nhi_value v = { NHI_JSON_NONE, NULL };
	struct json_tokener *tok;
	struct json_object *o;
	struct nhi_why why;

	if (nhi_json_parse(fuzz_span(data, size), &v, &why) != NHI_OK)
		return 0;
	fuzz_taken = true;
	MUST(v.type == NHI_JSON_OBJECT);
	tok = json_tokener_new_ex(64);
	MUST(tok != NULL);
	json_tokener_set_flags(tok, JSON_TOKENER_STRICT);
	o = json_tokener_parse_ex(tok, (const char *)data, (int)size);
	MUST(json_tokener_get_error(tok) == json_tokener_success);
	MUST(json_object_equal(o, v.o));
	MUST(nhi_scan_json(nhi_span_str(json_object_to_json_string_ext(o,
	    JSON_C_TO_STRING_PLAIN)), &why) == NHI_OK);
	(void)json_object_put(o);
	json_tokener_free(tok);
	return 0;
}
