/* SPDX-License-Identifier: BSD-2-Clause */
#include "config.h"

#include <inttypes.h>
#include <stdio.h>

#include "conf/convert.h"
#include "conf/convert_list.h"

#define FAULT(c, ...)	nhi_convert_fault((c), __VA_ARGS__)

static void
check_memory(const struct nhi_convert *c, enum nhi_err err)
{
	if (err != NHI_OK)
		c->faults->no_memory = true;
}

/* Values of matches: of the JSON types that a claim may have */

static bool
read_value(const struct nhi_convert *c, const config_setting_t *from,
    enum nhi_type *type, char out[static 24], const char **ret)
{
	*ret = out;
	switch (config_setting_type(from)) {
	case CONFIG_TYPE_INT:
	case CONFIG_TYPE_INT64:
		*type = NHI_TYPE_INTEGER;
		(void)snprintf(out, 24, "%lld",
		    config_setting_get_int64(from));
		return true;
	case CONFIG_TYPE_BOOL:
		*type = NHI_TYPE_BOOLEAN;
		*ret = config_setting_get_bool(from) ? "true" : "false";
		return true;
	case CONFIG_TYPE_STRING:
		*type = NHI_TYPE_STRING;
		*ret = config_setting_get_string(from);
		return nhi_convert_right(c, *ret);
	default:
		FAULT(c, "must be a string, an integer or a boolean");
		return false;
	}
}

void
nhi_convert_value(const struct nhi_convert *c, const config_setting_t *from,
    struct nhi_conf_values *v)
{
	enum nhi_type type;
	char number[24];
	const char *text;

	if (!read_value(c, from, &type, number, &text))
		return;
	if (v->list.n > 0 && type != v->type) {
		FAULT(c, "the values must be of one type");
		return;
	}
	v->type = type;
	check_memory(c, nhi_list_add(&v->list, nhi_span_str(text)));
}

/* Lists */

static bool
is_list(const struct nhi_convert *c, const config_setting_t *from)
{
	int type = config_setting_type(from);
	int n;

	if (type != CONFIG_TYPE_ARRAY && type != CONFIG_TYPE_LIST) {
		FAULT(c, "must be a list: [ \"...\" ]");
		return false;
	}
	n = config_setting_length(from);
	if (n < c->setting->least || n > c->setting->most) {
		FAULT(c, "must have %" PRId64 " to %" PRId64 " members",
		    c->setting->least, c->setting->most);
		return false;
	}
	return true;
}

static void
put_list(const struct nhi_convert *c, const config_setting_t *from,
    struct nhi_list *ret)
{
	const char *s;

	if (!is_list(c, from))
		return;
	for (int i = 0; i < config_setting_length(from); i++) {
		if ((s = config_setting_get_string_elem(from, i)) == NULL)
			FAULT(c, "the members must be strings");
		else if (nhi_convert_right(c, s))
			check_memory(c, nhi_list_add(ret, nhi_span_str(s)));
	}
}

static void
put_claim(const struct nhi_convert *c, const config_setting_t *from,
    struct nhi_list *ret)
{
	const char *s = config_setting_get_string(from);

	if (s == NULL)
		put_list(c, from, ret);
	else if (nhi_convert_right(c, s))
		check_memory(c, nhi_list_add(ret, nhi_span_str(s)));
}

static void
put_values(const struct nhi_convert *c, const config_setting_t *from,
    struct nhi_conf_values *ret)
{
	if (!is_list(c, from))
		return;
	for (int i = 0; i < config_setting_length(from); i++)
		nhi_convert_value(c, config_setting_get_elem(from, (unsigned int)i),
		    ret);
}

static void
put_algs(const struct nhi_convert *c, const config_setting_t *from,
    int64_t *ret)
{
	int64_t bits = 0;

	if (!is_list(c, from))
		return;
	for (int i = 0; i < config_setting_length(from); i++) {
		const char *s = config_setting_get_string_elem(from, i);
		uint32_t bit = s == NULL ? 0 : nhi_alg_find(nhi_span_str(s));

		if (bit == 0)
			FAULT(c, "\"%.40s\" is not an algorithm such as "
			    "\"RS256\"", s == NULL ? "" : s);
		bits |= bit;
	}
	*ret = bits;
}

static void
put_range(const struct nhi_convert *c, const config_setting_t *from,
    struct nhi_conf_range *ret)
{
	int64_t v[2];

	if (config_setting_length(from) != 2 || config_setting_type(
	    config_setting_get_elem(from, 0)) == CONFIG_TYPE_STRING) {
		FAULT(c, "must be two numbers: [ lowest, highest ]");
		return;
	}
	for (int i = 0; i < 2; i++) {
		v[i] = config_setting_get_int64_elem(from, i);
		if (!nhi_convert_limited(c, v[i]))
			return;
	}
	if (v[0] > v[1])
		FAULT(c, "the first number must not be above the second");
	else
		*ret = (struct nhi_conf_range){ (uint32_t)v[0],
		    (uint32_t)v[1] };
}

void
nhi_convert_list(const struct nhi_convert *c, const config_setting_t *from,
    void *member)
{
	if (c->setting->type == NHI_SET_CLAIM)
		put_claim(c, from, member);
	else if (c->setting->type == NHI_SET_VALUES)
		put_values(c, from, member);
	else if (c->setting->type == NHI_SET_ALGS)
		put_algs(c, from, member);
	else if (c->setting->type == NHI_SET_RANGE)
		put_range(c, from, member);
	else
		put_list(c, from, member);
}
