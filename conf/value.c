/* SPDX-License-Identifier: BSD-2-Clause */
#include "config.h"

#include <string.h>

#include "conf/trust.h"
#include "conf/value.h"
#include "lib/base/name.h"
#include "lib/base/num.h"
#include "lib/base/source.h"

#define LOWER	"abcdefghijklmnopqrstuvwxyz"
#define UPPER	"ABCDEFGHIJKLMNOPQRSTUVWXYZ"
#define DIGITS	"0123456789"

static bool
only(const char *s, const char *set)
{
	return s[0] != '\0' && s[strspn(s, set)] == '\0';
}

bool
nhi_value_hostname(const char *s)
{
	return only(s, LOWER UPPER DIGITS ".-_") && s[0] != '.' &&
	    s[0] != '-' && strlen(s) <= 253;
}

/* Does it end in this? */
static bool
ends(const char *s, const char *tail)
{
	size_t n = strlen(s), k = strlen(tail);

	return n >= k && strcmp(s + n - k, tail) == 0;
}

bool
nhi_value_path(const char *s)
{
	return s[0] == '/' && only(s, LOWER UPPER DIGITS "/._-+@=,%") &&
	    strstr(s, "//") == NULL && strstr(s, "/../") == NULL &&
	    strstr(s, "/./") == NULL && !ends(s, "/.") && !ends(s, "/..");
}

/* spiffe://trust-domain, of the characters that SPIFFE-ID 2.1 allows. */
static bool
is_trust_domain(const char *s)
{
	static const char scheme[] = "spiffe://";

	return strncmp(s, scheme, sizeof(scheme) - 1) == 0 &&
	    only(s + sizeof(scheme) - 1, LOWER DIGITS ".-_") &&
	    strlen(s) <= sizeof(scheme) - 1 + 255;
}

/* A host or an [address], and perhaps a port (RFC 3986 3.2.2, 3.2.3). */
static bool
is_authority(const char *s, size_t n)
{
	const size_t host = s[0] == '[' ? strcspn(s, "]") + 1 :
	    strcspn(s, ":/");
	struct nhi_span port;
	uint64_t number;

	if (host == 0 || host > n || (s[0] == '[' && host < 4))
		return false;
	port = (struct nhi_span){ s + host, n - host };
	if (port.n == 0)
		return true;
	port.p++;
	port.n--;
	return s[host] == ':' && nhi_num_parse(port, 65535, &number) &&
	    number > 0;
}

/* No query, no fragment, no user: it is compared byte for byte with iss. */
static bool
is_url(const char *s)
{
	static const char scheme[] = "https://";
	const char *host = s + sizeof(scheme) - 1;

	if (is_trust_domain(s))
		return true;
	if (strncmp(s, scheme, sizeof(scheme) - 1) != 0 ||
	    !only(s, LOWER UPPER DIGITS ":/._-~%[]{}+,;=!$&'()*"))
		return false;
	return is_authority(host, strcspn(host, "/")) &&
	    strstr(s, "/../") == NULL;
}

/* Groups are the distribution's: what useradd takes. */
static bool
is_group(const char *s)
{
	return only(s, LOWER UPPER DIGITS "._-") && s[0] != '-' &&
	    s[strspn(s, DIGITS)] != '\0' && strlen(s) <= 64;
}

/* A file and its arguments, without what sudoers gives a meaning to. */
static bool
is_command(const char *s)
{
	size_t n = strcspn(s, " ");

	return s[0] == '/' && n > 1 && strstr(s, "/../") == NULL &&
	    strpbrk(s, "*?[]\\!\"'#") == NULL && strstr(s, "  ") == NULL &&
	    s[strlen(s) - 1] != ' ' && s[n - 1] != '/' && strlen(s) <= 512;
}

static bool
is_text(const char *s)
{
	return s[0] == '\0' || s[strspn(s, " ")] != '\0';
}

static bool
is_set(const char *s)
{
	return s[0] != '\0' && strlen(s) <= 1024;
}

const char *
nhi_value_wrong(enum nhi_setting_type type, const char *s)
{
	static const struct {
		enum nhi_setting_type type;
		bool (*right)(const char *);
		const char *wrong;
	} table[] = {
		{ NHI_SET_TEXT, is_text, "a text: there are only blanks" },
		{ NHI_SET_LABEL, nhi_name_label,
		    "a name of a-z, 0-9, '.', '_' and '-', without "
		    "\".tmp-\"" },
		{ NHI_SET_HOSTNAME, nhi_value_hostname, "a host name" },
		{ NHI_SET_URL, is_url, "an https:// URL without a query" },
		{ NHI_SET_PATH, nhi_value_path, "a plain absolute path" },
		{ NHI_SET_CA, nhi_trust_key_valid, "a public SSH key" },
		{ NHI_SET_NAMES, is_group, "the name of a group" },
		{ NHI_SET_CIDRS, nhi_source_cidr_valid,
		    "an address or network such as \"10.0.0.0/8\"" },
		{ NHI_SET_WINDOWS, nhi_window_valid,
		    "a window such as \"mon-fri 08:00-18:00\"" },
		{ NHI_SET_COMMANDS, is_command,
		    "a plain command with an absolute path" },
		{ NHI_SET_TEXTS, is_set, "a text of 1 to 1024 bytes" },
		{ NHI_SET_CLAIM, is_set, "the name of a claim" },
		/* End of the types with a form */
	};

	if (type == NHI_SET_CIDRS && nhi_source_cidr_host(s))
		return "a network: host bits are set (the network of "
		    "\"10.0.0.1/8\" is \"10.0.0.0/8\")";
	for (size_t i = 0; i < sizeof(table) / sizeof(table[0]); i++)
		if (table[i].type == type && !table[i].right(s))
			return table[i].wrong;
	return NULL;
}
