/* SPDX-License-Identifier: BSD-2-Clause */
/* Holds and revocations: found, over, and never lost in a fault. */
#include "config.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>
#include <sys/stat.h>
#include <unistd.h>

#include "lib/base/hold.h"
#include "lib/base/revoke.h"
#include "tests/unit/list_fails.h"
#include "tests/unit/temp_dir.h"

#define NOW	1000


static int
setup(void **state)
{
	(void)temp_setup(state);
	return nhi_hold_init(temp_path(dir, "holds"), NULL) != NHI_OK ||
	    nhi_revoke_init(temp_path(dir, "revoked"), NULL) != NHI_OK;
}

static enum nhi_err
check(const char *account, const char *identity, const char *issuer)
{
	return nhi_hold_check(temp_path(dir, "holds"), account, identity,
	    issuer, NOW, NULL);
}

static enum nhi_err
add(enum nhi_hold_scope scope, const char *name, int64_t expires)
{
	struct nhi_hold hold = { .scope = scope, .id = "h1",
	    .expires = expires, .by = "alice", .reason = "50% of \xc3\xa9\n" };

	(void)snprintf(hold.name, sizeof(hold.name), "%s", name);
	return nhi_hold_add(temp_path(dir, "holds"), &hold, NULL);
}

static void
test_scopes(void **state)
{
	const char *holds = temp_path(dir, "holds");
	struct nhi_why why;

	(void)state;
	assert_int_equal(check("web", "web-deploy", "github"), NHI_OK);
	assert_int_equal(add(NHI_HOLD_ACCOUNT, "web", 0), NHI_OK);
	assert_int_equal(nhi_hold_check(holds, "web", NULL, NULL, NOW, &why),
	    NHI_ERR_HOLD);
	assert_string_equal(why.text,
	    "account web is held by alice: 50% of \xc3\xa9\n");
	assert_int_equal(check("web2", "web", "web"), NHI_OK);
	assert_int_equal(check(NULL, NULL, NULL), NHI_OK);
	assert_int_equal(add(NHI_HOLD_IDENTITY, "web-deploy", 0), NHI_OK);
	assert_int_equal(check(NULL, "web-deploy", NULL), NHI_ERR_HOLD);
	assert_int_equal(add(NHI_HOLD_ISSUER, "github", 0), NHI_OK);
	assert_int_equal(check(NULL, NULL, "github"), NHI_ERR_HOLD);
	assert_int_equal(check("a", "b", "c"), NHI_OK);
	assert_int_equal(add(NHI_HOLD_ALL, "", 0), NHI_OK);
	assert_int_equal(check("a", "b", "c"), NHI_ERR_HOLD);
	assert_int_equal(check(NULL, NULL, NULL), NHI_ERR_HOLD);
}

static void
test_times(void **state)
{
	(void)state;
	assert_int_equal(add(NHI_HOLD_ACCOUNT, "web", NOW), NHI_OK);
	assert_int_equal(check("web", NULL, NULL), NHI_OK);
	assert_int_equal(add(NHI_HOLD_ACCOUNT, "web", NOW + 1), NHI_OK);
	assert_int_equal(check("web", NULL, NULL), NHI_ERR_HOLD);
}

static void
test_lift(void **state)
{
	const char *holds = temp_path(dir, "holds");

	(void)state;
	assert_int_equal(add(NHI_HOLD_ACCOUNT, "web", 0), NHI_OK);
	assert_int_equal(nhi_hold_lift(holds, NHI_HOLD_ACCOUNT, "web", NULL),
	    NHI_OK);
	assert_int_equal(check("web", NULL, NULL), NHI_OK);
	assert_int_equal(nhi_hold_lift(holds, NHI_HOLD_ACCOUNT, "web", NULL),
	    NHI_ERR_NO_MATCH);
	assert_int_equal(nhi_hold_lift(holds, NHI_HOLD_ALL, "", NULL),
	    NHI_ERR_NO_MATCH);
}

/* What cannot be read holds, or is a fault; never a yes. */
static void
test_closed(void **state)
{
	(void)state;
	assert_int_equal(symlink("no words", temp_path(dir,
	    "holds/account/web")), 0);
	assert_int_equal(check("web", NULL, NULL), NHI_ERR_HOLD);
	temp_write(temp_path(dir, "holds/account/file"), "");
	assert_int_equal(check("file", NULL, NULL), NHI_ERR_HOLD);
	assert_int_equal(check("../x", NULL, NULL), NHI_ERR_STATE);
	assert_int_equal(check("", NULL, NULL), NHI_ERR_STATE);
	assert_int_equal(check(NULL, "..", NULL), NHI_ERR_STATE);
	assert_int_equal(rmdir(temp_path(dir, "holds/identity")), 0);
	assert_int_equal(check("other", NULL, NULL), NHI_OK);
	assert_int_equal(check("other", "id", NULL), NHI_ERR_STATE);
	temp_remove(temp_path(dir, "holds"));
	assert_int_equal(check("other", NULL, NULL), NHI_ERR_STATE);
	assert_int_equal(check(NULL, NULL, NULL), NHI_ERR_STATE);
}

static int
as_other(int index, void *arg)
{
	(void)index;
	return check("other", arg, NULL) == NHI_ERR_STATE ? 0 : 1;
}

static void
test_locked_out(void **state)
{
	char identity[] = "id";

	(void)state;
	if (geteuid() != 0)
		skip();
	assert_int_equal(chmod(temp_path(dir, "holds/identity"), 0700), 0);
	assert_int_equal(temp_race(1, 65534, as_other, identity), 0);
	assert_int_equal(chmod(temp_path(dir, "holds"), 0700), 0);
	assert_int_equal(temp_race(1, 65534, as_other, NULL), 0);
}

static bool
collect(const struct nhi_hold *hold, void *arg)
{
	struct nhi_buf *b = arg;

	nhi_buf_printf(b, "%d:%s:%lld:%s:%s\n", (int)hold->scope, hold->name,
	    (long long)hold->expires, hold->by, hold->reason);
	return true;
}

static void
test_each(void **state)
{
	NHI_AUTO(nhi_buf_wipe) struct nhi_buf b = NHI_BUF(4096);

	(void)state;
	assert_int_equal(add(NHI_HOLD_ISSUER, "github", 0), NHI_OK);
	assert_int_equal(add(NHI_HOLD_ALL, "", 7), NHI_OK);
	assert_int_equal(add(NHI_HOLD_ACCOUNT, "web", 0), NHI_OK);
	/* A temporary name of a writer that died. */
	assert_int_equal(symlink("x", temp_path(dir,
	    "holds/issuer/a.tmp-1-2-0")), 0);
	assert_int_equal(nhi_hold_each(temp_path(dir, "holds"), collect, &b,
	    NULL), NHI_OK);
	assert_string_equal(nhi_buf_text(&b),
	    "0::7:alice:50% of \xc3\xa9\n\n"
	    "1:web:0:alice:50% of \xc3\xa9\n\n"
	    "3:github:0:alice:50% of \xc3\xa9\n\n");
}

/* A list that breaks off is not all of them. */
static void
test_broken_off(void **state)
{
	NHI_AUTO(nhi_buf_wipe) struct nhi_buf b = NHI_BUF(4096);

	(void)state;
	assert_int_equal(add(NHI_HOLD_ACCOUNT, "web", 0), NHI_OK);
	list_fails = true;
	assert_int_equal(nhi_hold_each(temp_path(dir, "holds"), collect, &b,
	    NULL), NHI_ERR_STATE);
	list_fails = false;
	assert_int_equal(b.n, 0);
}

/* The longest texts, each byte of which needs three, fit a link. */
static void
test_long(void **state)
{
	struct nhi_hold hold = { .scope = NHI_HOLD_ACCOUNT, .name = "web" };

	(void)state;
	memset(hold.id, 'i', sizeof(hold.id) - 1);
	memset(hold.by, '\xff', sizeof(hold.by) - 1);
	memset(hold.reason, '\xff', sizeof(hold.reason) - 1);
	assert_int_equal(nhi_hold_add(temp_path(dir, "holds"), &hold, NULL),
	    NHI_OK);
	assert_int_equal(check("web", NULL, NULL), NHI_ERR_HOLD);
}

static enum nhi_err
strike(enum nhi_revoke_kind kind, const char *name)
{
	struct nhi_revocation r = { .kind = kind, .id = "r1", .time = NOW,
	    .by = "alice", .reason = "leaked" };

	(void)snprintf(r.name, sizeof(r.name), "%s", name);
	return nhi_revoke_add(temp_path(dir, "revoked"), &r, NULL);
}

#define HEX64 "0123456789abcdef0123456789abcdef0123456789abcdef0123456789abcdef"

static enum nhi_err
query(const struct nhi_revoke_query *q)
{
	return nhi_revoke_check(temp_path(dir, "revoked"), q, NULL);
}

static void
test_revoke(void **state)
{
	const struct nhi_revoke_query q = { .serial = 42, .identity = "bot",
	    .mark = "0123456789abcdef", .key = HEX64,
	    .valid_after = NOW - NHI_CERT_BACKDATE };
	struct nhi_revoke_query later = q;

	(void)state;
	assert_int_equal(query(&q), NHI_OK);
	assert_int_equal(strike(NHI_REVOKE_SERIAL, "41"), NHI_OK);
	assert_int_equal(query(&q), NHI_OK);
	assert_int_equal(strike(NHI_REVOKE_IDENTITY, "bot"), NHI_OK);
	assert_int_equal(query(&q), NHI_ERR_CERT_REVOKED);
	later.valid_after++;
	assert_int_equal(query(&later), NHI_OK);
	assert_int_equal(strike(NHI_REVOKE_MARK, "0123456789abcdef"), NHI_OK);
	assert_int_equal(query(&later), NHI_ERR_CERT_REVOKED);
	assert_int_equal(query(&(struct nhi_revoke_query){ .serial = 41 }),
	    NHI_ERR_CERT_REVOKED);
	assert_int_equal(query(&(struct nhi_revoke_query){ .key = HEX64 }),
	    NHI_OK);
	assert_int_equal(strike(NHI_REVOKE_KEY, HEX64), NHI_OK);
	assert_int_equal(query(&(struct nhi_revoke_query){ .key = HEX64 }),
	    NHI_ERR_CERT_REVOKED);
}

static void
test_revoke_names(void **state)
{
	(void)state;
	assert_int_equal(strike(NHI_REVOKE_SERIAL, "0"), NHI_ERR_STATE);
	assert_int_equal(strike(NHI_REVOKE_SERIAL, "01"), NHI_ERR_STATE);
	assert_int_equal(strike(NHI_REVOKE_SERIAL, "../x"), NHI_ERR_STATE);
	assert_int_equal(strike(NHI_REVOKE_IDENTITY, ".."), NHI_ERR_STATE);
	assert_int_equal(strike(NHI_REVOKE_MARK, "0123"), NHI_ERR_STATE);
	assert_int_equal(strike(NHI_REVOKE_KEY, "0123456789abcdef"),
	    NHI_ERR_STATE);
	assert_int_equal(strike(NHI_REVOKE_SERIAL, "18446744073709551615"),
	    NHI_OK);
	assert_int_equal(query(&(struct nhi_revoke_query){
	    .serial = UINT64_MAX }), NHI_ERR_CERT_REVOKED);
}

static void
test_revoke_closed(void **state)
{
	(void)state;
	assert_int_equal(symlink("x", temp_path(dir, "revoked/serial/5")), 0);
	assert_int_equal(query(&(struct nhi_revoke_query){ .serial = 5 }),
	    NHI_ERR_CERT_REVOKED);
	assert_int_equal(symlink("x", temp_path(dir, "revoked/identity/bot")),
	    0);
	assert_int_equal(query(&(struct nhi_revoke_query){ .identity = "bot",
	    .valid_after = INT64_MAX }), NHI_ERR_CERT_REVOKED);
	assert_int_equal(query(&(struct nhi_revoke_query){ .mark = "x" }),
	    NHI_ERR_STATE);
	assert_int_equal(rmdir(temp_path(dir, "revoked/key")), 0);
	assert_int_equal(query(&(struct nhi_revoke_query){ .serial = 6 }),
	    NHI_OK);
	assert_int_equal(query(&(struct nhi_revoke_query){ .key = HEX64 }),
	    NHI_ERR_STATE);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		TEMP_TEST(test_scopes, setup),
		TEMP_TEST(test_times, setup),
		TEMP_TEST(test_lift, setup),
		TEMP_TEST(test_closed, setup),
		TEMP_TEST(test_locked_out, setup),
		TEMP_TEST(test_each, setup),
		TEMP_TEST(test_broken_off, setup),
		TEMP_TEST(test_long, setup),
		TEMP_TEST(test_revoke, setup),
		TEMP_TEST(test_revoke_names, setup),
		TEMP_TEST(test_revoke_closed, setup),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
