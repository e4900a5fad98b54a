/* SPDX-License-Identifier: BSD-2-Clause */
/* A spool and a trail of a test's own. */
#ifndef NHI_TESTS_UNIT_SPOOL_PLACE_H
#define NHI_TESTS_UNIT_SPOOL_PLACE_H

#include <json-c/json.h>

#include "lib/base/spool_name.h"
#include "lib/base/spool_take.h"
#include "tests/unit/temp_dir.h"

#define ISSUER	40001
#define VERIFY	40002
#define FETCH	40003
#define OTHER	40004
#define ID	"01kc0000000000000000000000"
#define HEAD	NHI_SPOOL_MAGIC "\nid " ID "\npid 7\n"
#define DENY	HEAD "event token.deny\noutcome deny\n"
#define LOG	"log/audit.jsonl"

extern char spool[TEMP_SIZE + 16];
extern char log_dir[TEMP_SIZE + 16];

/* A grant with every field set. */
extern const struct nhi_event grant;

/* For TEMP_TEST. */
int		 setup(void **state);

int64_t		 now_ms(void);
enum nhi_err	 drain_at(int64_t ms, size_t max, size_t *ret_taken);
size_t		 drain(void);
enum nhi_err	 put_event(const struct nhi_event *);
void		 put(struct nhi_event, uid_t);

/* Put a file there as that user. */
void		 plant(const char *name, const char *text, uid_t);
size_t		 files(void);

/* How many lines the trail has; the last of them parsed, to be put. */
struct json_object *last(size_t *ret_lines);
size_t		 lines(void);

/* A member as text, "(none)" where there is none. */
const char	*get(struct json_object *, const char *name);

#endif
