/* SPDX-License-Identifier: BSD-2-Clause */
#include "config.h"

#include <string.h>

#include "lib/ssh/option.h"
#include "lib/ssh/wire.h"

/* Byte order of names; sshd does not look, others refuse another. */
static bool
before(struct nhi_span a, struct nhi_span b)
{
	int c = memcmp(a.p, b.p, a.n < b.n ? a.n : b.n);

	return c < 0 || (c == 0 && a.n < b.n);
}

static enum nhi_err
check_name(const struct nhi_ssh_options *o, struct nhi_span name,
    struct nhi_why *why)
{
	if (name.n == 0 || name.n > NHI_SSH_OPTION_NAME ||
	    !nhi_wire_printable(name))
		return nhi_fail(why, NHI_ERR_CERT_OPTIONS,
		    "the name of an option is not printable, or has %zu bytes",
		    name.n);
	if (o->n > 0 && !before(o->v[o->n - 1].name, name))
		return nhi_fail(why, NHI_ERR_CERT_OPTIONS,
		    "option %.*s is there twice or out of order",
		    (int)name.n, name.p);
	if (o->n == NHI_SSH_OPTIONS_MAX)
		return nhi_fail(why, NHI_ERR_CERT_OPTIONS,
		    "more than %d options", NHI_SSH_OPTIONS_MAX);
	return NHI_OK;
}

enum nhi_err
nhi_ssh_options_parse(struct nhi_span in, struct nhi_ssh_options *ret,
    struct nhi_why *why)
{
	struct nhi_ssh_options o = { .n = 0 };
	struct nhi_ssh_option one;
	enum nhi_err err;

	while (in.n > 0) {
		if (!nhi_wire_string(&in, &one.name) ||
		    !nhi_wire_string(&in, &one.data))
			return nhi_fail(why, NHI_ERR_CERT_OPTIONS,
			    "options are not pairs of strings");
		if ((err = check_name(&o, one.name, why)) != NHI_OK)
			return err;
		o.v[o.n++] = one;
	}
	*ret = o;
	return NHI_OK;
}

bool
nhi_ssh_option_find(const struct nhi_ssh_options *o, const char *name,
    struct nhi_span *ret)
{
	for (size_t i = 0; i < o->n; i++)
		if (nhi_span_is(o->v[i].name, name)) {
			*ret = o->v[i].data;
			return true;
		}
	return false;
}

static bool
unwrap(struct nhi_span data, struct nhi_span *ret)
{
	struct nhi_span value;

	if (!nhi_wire_string(&data, &value) || data.n != 0)
		return false;
	*ret = value;
	return true;
}

bool
nhi_ssh_option_value(const struct nhi_ssh_options *o, const char *name,
    struct nhi_span *ret)
{
	struct nhi_span data;

	return nhi_ssh_option_find(o, name, &data) && unwrap(data, ret);
}

void
nhi_ssh_option_put_flag(struct nhi_buf *out, const char *name)
{
	nhi_wire_put_str(out, name);
	nhi_buf_u32(out, 0);
}

void
nhi_ssh_option_put(struct nhi_buf *out, const char *name,
    struct nhi_span value)
{
	if (value.n > UINT32_MAX - 4) {
		(void)nhi_buf_room(out, SIZE_MAX);
		return;
	}
	nhi_wire_put_str(out, name);
	nhi_buf_u32(out, (uint32_t)value.n + 4);
	nhi_wire_put(out, value);
}

bool
nhi_ssh_force_valid(struct nhi_span s)
{
	if (s.n == 0 || s.n > NHI_SSH_FORCE_MAX)
		return false;
	for (size_t i = 0; i < s.n; i++)
		if ((unsigned char)s.p[i] < ' ' || s.p[i] == 0x7f)
			return false;
	return true;
}

bool
nhi_ssh_source_valid(struct nhi_span s)
{
	if (s.n == 0 || s.n > NHI_SSH_SOURCE_MAX)
		return false;
	for (size_t i = 0; i < s.n; i++)
		if (s.p[i] == '\0' ||
		    strchr("0123456789abcdefABCDEF.:/,", s.p[i]) == NULL)
			return false;
	return true;
}

enum nhi_err
nhi_ssh_critical_check(const struct nhi_ssh_options *o, struct nhi_why *why)
{
	for (size_t i = 0; i < o->n; i++) {
		struct nhi_span name = o->v[i].name, value;
		bool force = nhi_span_is(name, "force-command");

		if (!force && !nhi_span_is(name, "source-address"))
			return nhi_fail(why, NHI_ERR_CERT_OPTIONS,
			    "critical option %.*s is not known",
			    (int)name.n, name.p);
		if (!unwrap(o->v[i].data, &value) ||
		    !(force ? nhi_ssh_force_valid(value) :
		    nhi_ssh_source_valid(value)))
			return nhi_fail(why, NHI_ERR_CERT_OPTIONS,
			    "critical option %.*s has no valid value",
			    (int)name.n, name.p);
	}
	return NHI_OK;
}

enum nhi_err
nhi_ssh_extensions_check(const struct nhi_ssh_options *o, struct nhi_why *why)
{
	static const char *const flags[] = {
		"no-touch-required",
		"permit-X11-forwarding",
		"permit-agent-forwarding",
		"permit-port-forwarding",
		"permit-pty",
		"permit-user-rc",
		/* End of the flags */
	};
	struct nhi_span data;

	for (size_t i = 0; i < sizeof(flags) / sizeof(flags[0]); i++)
		if (nhi_ssh_option_find(o, flags[i], &data) && data.n != 0)
			return nhi_fail(why, NHI_ERR_CERT_OPTIONS,
			    "extension %s has data", flags[i]);
	return NHI_OK;
}
