/* SPDX-License-Identifier: GPL-2.0 OR BSD-2-Clause */
/*
 * Sockets that a program remembers from their events, so that a scrape reads these and not every open file of the host: a walk over the
 * map (map_walk.h) reads each socket at its address. An entry can outlive its socket if the event of the end was missed. The memory may
 * then be free, or hold another socket. So the walk first copies what it wants, and then uses it only if is_remembered() still finds the
 * socket there.
 */
#pragma once

#include <linux/types.h>
#include <stdbool.h>

#include <bpf/bpf_core_read.h>
#include <bpf/bpf_helpers.h>

#include "counter.h"
#include "kernel/tcp.h"
#include "typed.h"

/* The first member of the map's value. */
struct remembered {
	__u64 identity;
	__u32 share;
	__u32 doubted;
};

/* A user with many sockets fills only a part of the map: the rule of newcomers.h, but for all sockets that are open. */
#define SOCKET_SHARES 256

/* Keyed by socket address. NAME_held: entry 0 is the number of entries of the map, entry 1 + i those of share i. */
#define REMEMBERED_SOCKETS(NAME, VALUE, ENTRIES)                                                                       \
	struct {                                                                                                       \
		__uint(type, BPF_MAP_TYPE_HASH);                                                                       \
		__uint(map_flags, BPF_F_NO_PREALLOC);                                                                  \
		__uint(max_entries, ENTRIES);                                                                          \
		__type(key, __u64);                                                                                    \
		__type(value, VALUE);                                                                                  \
	} NAME SEC(".maps");                                                                                           \
	struct {                                                                                                       \
		__uint(type, BPF_MAP_TYPE_ARRAY);                                                                      \
		__uint(max_entries, 1 + SOCKET_SHARES);                                                                \
		__type(key, __u32);                                                                                    \
		__type(value, __s32);                                                                                  \
	} NAME##_held SEC(".maps")

#pragma clang attribute push(__attribute__((preserve_access_index)), apply_to = record)
struct bpf_map {
	__u32 max_entries;
};
#pragma clang attribute pop

static __always_inline __u64 mixed(__u64 number)
{
	number *= 0x9e3779b97f4a7c15;
	return number ^ number >> 32;
}

/* `is_typed`, here and below: see typed.h. */
static __always_inline __u64 network_of(const struct sock *sock, bool is_typed)
{
	__u64 network = 0;

	if (!bpf_core_field_exists(((struct sock_common *)0)->skc_net.net))
		return 0;
	/* The verifier would take what a load returns for a pointer, and allow no arithmetic. */
	if (is_typed)
		bpf_core_read(&network, sizeof(network), &sock->__sk_common.skc_net.net);
	else
		network = (__u64)BPF_CORE_READ(sock, __sk_common.skc_net.net);
	return network;
}

/* Set before the first event of the socket and never changed while it is connected or listens. The family may change: IPV6_ADDRFORM. */
static __always_inline __u64 identity_of(const struct sock *sock, bool is_typed)
{
	__u64 peer = (__u64)MEMBER(is_typed, sock, __sk_common.skc_daddr) << 16 |
		     MEMBER(is_typed, sock, __sk_common.skc_dport);
	__u64 address[2] = {};

	if (!bpf_core_field_exists(((struct sock_common *)0)->skc_v6_daddr)) {
	} else if (is_typed) {
		const __u64 *words = (const __u64 *)&sock->__sk_common.skc_v6_daddr;

		/* libbpf adapts no load of a part of a structure, only the address. */
		barrier_var(words);
		address[0] = words[0];
		address[1] = words[1];
	} else {
		bpf_core_read(address, sizeof(address), &sock->__sk_common.skc_v6_daddr);
	}
	return mixed(mixed(mixed(network_of(sock, is_typed)) ^ peer) ^ address[0]) ^ mixed(address[1]);
}

static __always_inline bool is_remembered(const struct sock *sock, const struct remembered *remembered, bool is_typed)
{
	return is_tcp(sock, is_typed) && identity_of(sock, is_typed) == remembered->identity;
}

static __always_inline __s32 *held_by(void *held, __u32 index)
{
	return bpf_map_lookup_elem(held, &index);
}

static __always_inline bool take_place(void *held, __u32 share, __s32 places)
{
	__s32 *all = held_by(held, 0), *own = held_by(held, 1 + share);

	if (!all || !own || *own >= places - *all)
		return false;
	(void)__atomic_fetch_add(all, 1, __ATOMIC_RELAXED);
	(void)__atomic_fetch_add(own, 1, __ATOMIC_RELAXED);
	return true;
}

static __always_inline void return_place(void *held, __u32 share)
{
	__s32 *all = held_by(held, 0), *own = held_by(held, 1 + share);

	if (!all || !own)
		return;
	(void)__atomic_fetch_add(all, -1, __ATOMIC_RELAXED);
	(void)__atomic_fetch_add(own, -1, __ATOMIC_RELAXED);
}

/* Removes the entry of a socket address. */
#define forget(MAP, ID)                                                                                                \
	({                                                                                                             \
		__u64 id_ = (ID);                                                                                      \
		typeof((MAP).value) known_ = bpf_map_lookup_elem(&MAP, &id_);                                          \
		__u32 share_ = known_ ? known_->remembered.share : 0;                                                  \
		if (known_ && !bpf_map_delete_elem(&MAP, &id_))                                                        \
			return_place(&MAP##_held, share_);                                                             \
	})

/* Stores *VALUE of a socket in place of what an earlier socket left at the address. False if there is no place, which the caller counts. */
#define remember(MAP, SOCK, VALUE, IS_TYPED)                                                                                   \
	({                                                                                                             \
		__u64 address_ = (__u64)(SOCK);                                                                        \
		__u32 owner_ = mixed(MEMBER(IS_TYPED, SOCK, sk_uid.val)) % SOCKET_SHARES;                              \
		bool done_;                                                                                            \
		forget(MAP, address_);                                                                                 \
		(VALUE)->remembered = (struct remembered){ .identity = identity_of(SOCK, IS_TYPED), .share = owner_ }; \
		done_ = take_place(&MAP##_held, owner_, ((struct bpf_map *)&MAP)->max_entries);                        \
		if (done_ && bpf_map_update_elem(&MAP, &address_, VALUE, BPF_NOEXIST)) {                               \
			return_place(&MAP##_held, owner_);                                                             \
			done_ = false;                                                                                 \
		}                                                                                                      \
		done_;                                                                                                 \
	})

/*
 * In a walk: the entry does not match its socket. The event of a socket comes before the change, so the first time is forgiven.
 */
#define doubt(MAP, ID, REMEMBERED)                                                                                     \
	({                                                                                                             \
		if ((REMEMBERED)->doubted)                                                                             \
			forget(MAP, ID);                                                                               \
		else                                                                                                   \
			(REMEMBERED)->doubted = 1;                                                                     \
	})
