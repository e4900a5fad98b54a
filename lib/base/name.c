/* SPDX-License-Identifier: BSD-2-Clause */
#include "config.h"

#include <string.h>

#include "lib/base/name.h"
#include "lib/base/paths.h"

static bool
is_lower(char c)
{
	return c >= 'a' && c <= 'z';
}

static bool
is_digit(char c)
{
	return c >= '0' && c <= '9';
}

bool
nhi_name_valid(const char *s)
{
	size_t n;

	if (!is_lower(s[0]))
		return false;
	for (n = 1; s[n] != '\0'; n++)
		if (n >= NHI_NAME_MAX ||
		    !(is_lower(s[n]) || is_digit(s[n]) || s[n] == '-'))
			return false;
	return true;
}

bool
nhi_name_label(const char *s)
{
	size_t n;

	if (!is_lower(s[0]) && !is_digit(s[0]))
		return false;
	for (n = 1; s[n] != '\0'; n++)
		if (n >= 64 || !(is_lower(s[n]) || is_digit(s[n]) ||
		    s[n] == '-' || s[n] == '.' || s[n] == '_'))
			return false;
	/* A file of that name would be taken for one that is half made. */
	return strstr(s, ".tmp-") == NULL;
}

bool
nhi_name_reserved(const char *s)
{
	static const char *const list[] = {
		"root", "toor", "admin", "administrator", "daemon", "bin",
		"sys", "sync", "games", "man", "lp", "mail", "news", "uucp",
		"proxy", "www-data", "backup", "list", "irc", "gnats",
		"nobody", "nogroup", "sshd", "ssh", "sudo", "wheel", "adm",
		"operator", "shutdown", "halt", "ftp", "dbus", "messagebus",
		"polkitd", "shadow", "disk", "kmem", "tty", "staff", "docker",
		"lxd", "kvm", "utmp", "all", "none", "any", "self",
		NHI_ISSUER_USER, NHI_VERIFY_USER, NHI_FETCH_USER,
		NHI_ACCOUNTS_GROUP,
		/* End of the reserved names */
	};

	for (size_t i = 0; i < sizeof(list) / sizeof(list[0]); i++)
		if (list[i][0] == s[0] && strcmp(s, list[i]) == 0)
			return true;
	return strncmp(s, "systemd-", 8) == 0 || strncmp(s, "nhi-", 4) == 0;
}

bool
nhi_name_tailed(const char *s)
{
	size_t n = strlen(s);

	if (n != NHI_NAME_MAX || s[n - NHI_NAME_TAIL] != '-')
		return false;
	for (s += n - NHI_NAME_TAIL + 1; *s != '\0'; s++)
		if (!is_lower(*s) && !(*s >= '2' && *s <= '7'))
			return false;
	return true;
}

/* '*' takes one character or more; the last one that took any may take more. */
static bool
glob(const char *s, const char *p)
{
	const char *star = NULL, *from = NULL;

	while (*s != '\0') {
		if (*p == '*') {
			star = p++;
			from = s++;
		} else if (*p == *s) {
			p++;
			s++;
		} else if (star != NULL) {
			p = star + 1;
			s = ++from + 1;
		} else {
			return false;
		}
	}
	return *p == '\0';
}

bool
nhi_name_fits(const char *name, const char *pattern)
{
	size_t literal = strcspn(pattern, "*");

	if (!nhi_name_valid(name))
		return false;
	if (pattern[literal] == '\0' || !nhi_name_tailed(name))
		return glob(name, pattern);
	/* Of a long literal beginning only that much is left before a tail. */
	if (literal > NHI_NAME_MAX - NHI_NAME_TAIL)
		literal = NHI_NAME_MAX - NHI_NAME_TAIL;
	return strncmp(name, pattern, literal) == 0;
}
