/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The files of the host's own CA.  A key is trusted before it signs: ca.pub
 * and trusted.pub are written first, by rename, then the private key moves
 * into its place.  What an interrupted run left is found by the next one.
 */
#ifndef NHI_NHICTL_CA_FILE_H
#define NHI_NHICTL_CA_FILE_H

#include "lib/base/buf.h"
#include "lib/ssh/key.h"

struct nhi_ssh_private;
struct nhi_ssh_trusted;

/* A key that does not sign yet. */
#define NHI_CA_NEXT	NHI_CA_KEY ".next"

/*
 * The key that signs: of NHI_CA_KEY, or one with an agent.  NHI_ERR_HOST:
 * there is none.
 */
enum nhi_err	 nhi_ca_signing(struct nhi_ssh_private **ret,
		    struct nhi_why *) NHI_MUST;

/*
 * For root, the lock of apply: init, rotate and retire write ca.pub and
 * trusted.pub, which apply reads and writes, one after the other.
 */
enum nhi_err	 nhi_ca_lock(int *ret_fd, struct nhi_why *) NHI_MUST;

/* A private key; NHI_ERR_STATE and errno ENOENT when there is none. */
enum nhi_err	 nhi_ca_load(const char *path, struct nhi_ssh_private **ret,
		    struct nhi_why *) NHI_MUST;

/* The keys of ca.pub or trusted.pub; a file that is not there has none. */
enum nhi_err	 nhi_ca_read(const char *path, struct nhi_ssh_trusted **ret,
		    struct nhi_why *) NHI_MUST;

/*
 * The key that is to sign next, in NHI_CA_NEXT (the issuer's own, synced): one
 * that an interrupted run left, or a new one.
 */
enum nhi_err	 nhi_ca_make_next(enum nhi_ssh_type,
		    struct nhi_ssh_private **ret, struct nhi_why *) NHI_MUST;

/* Move NHI_CA_NEXT into its place: it signs from now on. */
enum nhi_err	 nhi_ca_move_next(struct nhi_why *) NHI_MUST;

/* Put the key first into ca.pub (which keeps its others) and trusted.pub. */
enum nhi_err	 nhi_ca_publish(const struct nhi_ssh_key *, bool keep,
		    struct nhi_why *) NHI_MUST;

/* Is the key in both? */
enum nhi_err	 nhi_ca_published(const struct nhi_ssh_key *, bool *ret,
		    struct nhi_why *) NHI_MUST;

/* Take the key out of both. */
enum nhi_err	 nhi_ca_withdraw(const struct nhi_ssh_key *, struct nhi_why *)
		    NHI_MUST;

/* nhictl ca init --agent: a key that the agent has, with its public file. */
enum nhi_err	 nhi_ca_init_agent(const char *agent, const char *path,
		    struct nhi_why *) NHI_MUST;

/* The host id in force, or that which the next policy has by default. */
enum nhi_err	 nhi_ca_host_id(struct nhi_buf *ret, struct nhi_why *) NHI_MUST;

#endif
