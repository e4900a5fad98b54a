/* SPDX-License-Identifier: BSD-2-Clause */
#include "config.h"

#include <fcntl.h>
#include <limits.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <unistd.h>

#include "lib/base/session.h"
#include "tests/unit/list_fails.h"
#include "tests/unit/temp_dir.h"

static const struct nhi_session sample = {
	.account = "web", .uid = 2000300001, .identity = "web-deploy",
	.issuer = "github", .service = "sshd", .source = "10.0.0.1",
	.serial = UINT64_MAX, .keyid = "nhi1:h:\n100%=\xff", .mark = "",
	.audit_session = UINT32_MAX, .pid = 4711,
	.start = { "01234567-89ab-cdef-0123-456789abcdef", 998877 },
	.opened = 1763780645, .expires = 0,
};

static void
test_round(void **state)
{
	struct nhi_session s = sample, back;
	struct stat st;

	(void)state;
	nhi_session_name(&s);
	assert_string_equal(s.id, "4294967295-4711-998877");
	assert_int_equal(nhi_session_write(dir, &s, NULL), NHI_OK);
	assert_int_equal(nhi_session_read(dir, s.id, &back, NULL), NHI_OK);
	assert_memory_equal(&s, &back, sizeof(s));
	assert_int_equal(stat(temp_path(dir, s.id), &st), 0);
	assert_int_equal(st.st_mode & 07777, 0644);
	assert_int_equal(nhi_session_remove(dir, s.id, NULL), NHI_OK);
	assert_int_equal(nhi_session_read(dir, s.id, &back, NULL),
	    NHI_ERR_STATE);
	assert_int_equal(nhi_session_remove(dir, s.id, NULL), NHI_OK);
}

static const char *const bad_ids[] = {
	"", ".", "..", "1-2", "1-2-3-4", "1-2-x", "1-2-", "../1-2-3",
	"1-2-03", "1-2-3 ",
	/* End of the ids */
};

static void
test_ids(void **state)
{
	struct nhi_session s = sample;

	(void)state;
	for (size_t i = 0; i < sizeof(bad_ids) / sizeof(bad_ids[0]); i++) {
		memcpy(s.id, bad_ids[i], strlen(bad_ids[i]) + 1);
		assert_int_equal(nhi_session_write(dir, &s, NULL),
		    NHI_ERR_STATE);
		assert_int_equal(nhi_session_read(dir, bad_ids[i], &s, NULL),
		    NHI_ERR_STATE);
		assert_int_equal(nhi_session_remove(dir, bad_ids[i], NULL),
		    NHI_ERR_STATE);
	}
}

static bool
count(const struct nhi_session *s, void *arg)
{
	unsigned int *n = arg;

	assert_string_equal(s->account, "web");
	return ++*n < 3;
}

/* Each cut and each changed name of a field: no record. */
static void
test_broken(void **state)
{
	struct nhi_session s = sample, back = { .uid = 7 };
	const char *path;
	const char *newer[] = { "\nkey=0", "\nfingerprint=S", "\nowner=a" };
	char *text;
	unsigned int n = 0, before = 0;

	(void)state;
	nhi_session_name(&s);
	(void)snprintf(s.key, sizeof(s.key), "0123");
	(void)snprintf(s.fingerprint, sizeof(s.fingerprint), "SHA256:x");
	(void)snprintf(s.owner, sizeof(s.owner), "alice@example.com");
	assert_int_equal(nhi_session_write(dir, &s, NULL), NHI_OK);
	path = temp_path(dir, s.id);
	text = temp_read(path);
	for (size_t i = 0; i < 3; i++) {
		assert_non_null(newer[i] = strstr(text, newer[i]));
		newer[i]++;
	}
	for (size_t cut = strlen(text) - 1; cut > 0; cut--) {
		text[cut] = '\0';
		temp_write(path, text);
		/* Without the last fields it is a record of before. */
		if (text + cut == newer[0] || text + cut == newer[1] ||
		    text + cut == newer[2]) {
			assert_int_equal(nhi_session_read(dir, s.id, &back,
			    NULL), NHI_OK);
			before++;
			back.uid = 7;
			continue;
		}
		assert_int_equal(nhi_session_read(dir, s.id, &back, NULL),
		    NHI_ERR_STATE);
		assert_int_equal(back.uid, 7);
	}
	assert_int_equal(before, 3);
	free(text);
	/* A record under another's name is not that one's. */
	assert_int_equal(nhi_session_write(dir, &s, NULL), NHI_OK);
	assert_int_equal(rename(path, temp_path(dir, "1-2-3")), 0);
	assert_int_equal(nhi_session_read(dir, "1-2-3", &back, NULL),
	    NHI_ERR_STATE);
	assert_int_equal(nhi_session_each(dir, count, &n, NULL), NHI_OK);
	assert_int_equal(n, 0);
}

static void
test_each(void **state)
{
	struct nhi_session s = sample;
	unsigned int n = 0;

	(void)state;
	for (s.pid = 1; s.pid <= 2; s.pid++) {
		nhi_session_name(&s);
		assert_int_equal(nhi_session_write(dir, &s, NULL), NHI_OK);
	}
	temp_write(temp_path(dir, "README"), "x");
	temp_write(temp_path(dir, "1-1-1"), "x");
	assert_int_equal(symlink("1-1-1", temp_path(dir, "1-1-2")), 0);
	assert_int_equal(nhi_session_each(dir, count, &n, NULL), NHI_OK);
	assert_int_equal(n, 2);
	for (s.pid = 3; s.pid <= 5; s.pid++) {
		nhi_session_name(&s);
		assert_int_equal(nhi_session_write(dir, &s, NULL), NHI_OK);
	}
	n = 0;
	assert_int_equal(nhi_session_each(dir, count, &n, NULL), NHI_OK);
	assert_int_equal(n, 3);
	/* /run after a boot; what is there and no directory is a fault. */
	n = 0;
	assert_int_equal(nhi_session_each(temp_path(dir, "gone"), count, &n,
	    NULL), NHI_OK);
	assert_int_equal(n, 0);
	assert_int_equal(nhi_session_each(temp_path(dir, "README"), count,
	    &n, NULL), NHI_ERR_STATE);
}

/* Counted with a process of now: one that is there, or one that is not. */
static void
test_count(void **state)
{
	static const struct {
		const char *account, *identity, *issuer;
		bool here;
	} sessions[] = {
		{ "web", "web-deploy", "github", true },
		{ "web", "web-deploy", "gitlab", false },
		{ "web", "web-test", "github", false },
		{ "web", "", "", true },
		{ "db", "db-dump", "github", true },
		/* End of sessions */
	};
	static const struct {
		struct nhi_session_filter filter;
		uint32_t n;
	} cases[] = {
		{ { .account = NULL }, 5 },
		{ { .account = "web" }, 4 },
		{ { .account = "we" }, 0 },
		{ { .account = "web", .machine = true }, 3 },
		{ { .account = "web", .alive = true }, 2 },
		{ { .account = "web", .machine = true, .alive = true }, 1 },
		{ { .account = "web", .identity = "web-deploy" }, 2 },
		{ { .account = "db", .identity = "web-deploy" }, 0 },
		{ { .identity = "" }, 1 },
		{ { .issuer = "github" }, 3 },
		{ { .issuer = "github", .alive = true }, 2 },
		/* End of cases */
	};
	struct nhi_session s = sample;
	uint32_t n = 7;

	(void)state;
	assert_int_equal(nhi_stamp_boot(s.start.boot, NULL), NHI_OK);
	assert_int_equal(nhi_stamp_process(getpid(), &s.start.ticks, NULL),
	    NHI_OK);
	for (size_t i = 0; i < sizeof(sessions) / sizeof(sessions[0]); i++) {
		(void)snprintf(s.account, sizeof(s.account), "%s",
		    sessions[i].account);
		(void)snprintf(s.identity, sizeof(s.identity), "%s",
		    sessions[i].identity);
		(void)snprintf(s.issuer, sizeof(s.issuer), "%s",
		    sessions[i].issuer);
		s.audit_session = (uint32_t)i;
		s.pid = sessions[i].here ? getpid() : INT_MAX;
		nhi_session_name(&s);
		assert_int_equal(nhi_session_write(dir, &s, NULL), NHI_OK);
	}
	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		assert_int_equal(nhi_session_count(dir, &cases[i].filter, &n,
		    NULL), NHI_OK);
		assert_int_equal(n, cases[i].n);
	}
	/* What may be more is no number. */
	n = 7;
	list_fails = true;
	assert_int_equal(nhi_session_count(dir, &cases[0].filter, &n, NULL),
	    NHI_ERR_STATE);
	list_fails = false;
	assert_int_equal(n, 7);
}

/* A record that cannot be read may be a live session. */
static void
test_unread(void **state)
{
	int next = open("/", O_RDONLY | O_CLOEXEC);
	struct nhi_session s = sample;
	struct rlimit few, old;
	unsigned int n = 0;

	(void)state;
	nhi_session_name(&s);
	assert_int_equal(nhi_session_write(dir, &s, NULL), NHI_OK);
	list_fails = true;
	assert_int_equal(nhi_session_each(dir, count, &n, NULL),
	    NHI_ERR_STATE);
	list_fails = false;
	assert_int_equal(getrlimit(RLIMIT_NOFILE, &old), 0);
	assert_int_equal(close(next), 0);
	few = (struct rlimit){ (rlim_t)next + 1, old.rlim_max };
	assert_int_equal(setrlimit(RLIMIT_NOFILE, &few), 0);
	assert_int_equal(nhi_session_each(dir, count, &n, NULL),
	    NHI_ERR_STATE);
	assert_int_equal(setrlimit(RLIMIT_NOFILE, &old), 0);
	assert_int_equal(n, 0);
}

/* Every text at its longest, every byte escaped. */
static void
test_long(void **state)
{
	struct nhi_session s = sample, back;

	(void)state;
	memset(s.identity, '%', sizeof(s.identity) - 1);
	memset(s.issuer, '%', sizeof(s.issuer) - 1);
	memset(s.service, '\n', sizeof(s.service) - 1);
	memset(s.source, '\xff', sizeof(s.source) - 1);
	memset(s.keyid, '\xff', sizeof(s.keyid) - 1);
	nhi_session_name(&s);
	assert_int_equal(nhi_session_write(dir, &s, NULL), NHI_OK);
	assert_int_equal(nhi_session_read(dir, s.id, &back, NULL), NHI_OK);
	assert_memory_equal(&s, &back, sizeof(s));
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		TEMP_TEST(test_round, temp_setup),
		TEMP_TEST(test_ids, temp_setup),
		TEMP_TEST(test_broken, temp_setup),
		TEMP_TEST(test_each, temp_setup),
		TEMP_TEST(test_count, temp_setup),
		TEMP_TEST(test_unread, temp_setup),
		TEMP_TEST(test_long, temp_setup),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
