/* SPDX-License-Identifier: GPL-2.0 OR BSD-2-Clause */
/*
 * What a program remembers of a socket between two events. The second event may never reach the program. So a table does not rely on it:
 * a socket has four places, which follow from its address, and an entry leaves its place to a newcomer once its own socket shows
 * that it is over. Only entries that are not over fill the table.
 */
#pragma once

#include <bpf/bpf_helpers.h>

#include "kernel/tcp.h"

#define PLACE_BITS 14
#define PLACES (1 << PLACE_BITS)
#define PLACES_PER_SOCKET 4

/* A hash and not an array, because an insertion without a lock must fail if another CPU takes the place. */
#define SOCKET_TABLE(NAME, VALUE)                                                                                      \
	struct NAME##_entry {                                                                                          \
		__u64 sock;                                                                                            \
		VALUE value;                                                                                           \
	};                                                                                                             \
	struct {                                                                                                       \
		__uint(type, BPF_MAP_TYPE_HASH);                                                                       \
		__uint(max_entries, PLACES);                                                                           \
		__type(key, __u32);                                                                                    \
		__type(value, struct NAME##_entry);                                                                    \
	} NAME SEC(".maps")

/* The address as a number: the verifier allows no arithmetic on a pointer, but a copy in memory loses its type. */
static __always_inline __u64 address_of(const struct sock *sock)
{
	__u64 address = 0;

	bpf_probe_read_kernel(&address, sizeof(address), &sock);
	return address;
}

/* Multiplicative hashing. Sockets are aligned to 64 bytes. */
static __always_inline __u32 place_of(__u64 address, __u32 number)
{
	__u64 mixed = (address >> 6) * 0x9e3779b97f4a7c15;

	return ((__u32)(mixed >> (64 - PLACE_BITS)) + number) & (PLACES - 1);
}

/*
 * Stores *VALUE of a socket, in place of an earlier one. IS_OVER(sock) tells whether the entry of another socket, which may be freed
 * memory, serves no purpose any more. Zero on success; else all places are in use, and the caller must count that.
 */
#define socket_table_set(TABLE, SOCK, VALUE, IS_OVER)                                                                  \
	({                                                                                                             \
		typeof(*(TABLE).value) entry_, *other_;                                                                 \
		int failed_ = -1;                                                                                      \
		/* All of it, padding included: older kernels refuse a value of which a byte is not set. */            \
		__builtin_memset(&entry_, 0, sizeof(entry_));                                                          \
		entry_.sock = address_of(SOCK);                                                                         \
		entry_.value = *(VALUE);                                                                               \
		_Pragma("unroll") for (__u32 number_ = 0; number_ < PLACES_PER_SOCKET; number_++)                      \
		{                                                                                                      \
			__u32 place_ = place_of(entry_.sock, number_);                                                 \
			failed_ = bpf_map_update_elem(&TABLE, &place_, &entry_, BPF_NOEXIST);                          \
			if (!failed_)                                                                                  \
				break;                                                                                 \
			other_ = bpf_map_lookup_elem(&TABLE, &place_);                                                 \
			if (other_ && (other_->sock == entry_.sock || IS_OVER((const struct sock *)other_->sock))) {   \
				failed_ = bpf_map_update_elem(&TABLE, &place_, &entry_, BPF_ANY);                      \
				break;                                                                                 \
			}                                                                                              \
		}                                                                                                      \
		failed_;                                                                                               \
	})

/* Copies a socket's value to *COPY and removes it. False if there is none. */
#define socket_table_take(TABLE, SOCK, COPY)                                                                           \
	({                                                                                                             \
		typeof((TABLE).value) entry_;                                                                          \
		__u64 address_ = address_of(SOCK);                                                                     \
		bool found_ = false;                                                                                   \
		_Pragma("unroll") for (__u32 number_ = 0; number_ < PLACES_PER_SOCKET; number_++)                      \
		{                                                                                                      \
			__u32 place_ = place_of(address_, number_);                                                    \
			entry_ = bpf_map_lookup_elem(&TABLE, &place_);                                                 \
			if (entry_ && entry_->sock == address_) {                                                      \
				*(COPY) = entry_->value;                                                               \
				bpf_map_delete_elem(&TABLE, &place_);                                                  \
				found_ = true;                                                                         \
				break;                                                                                 \
			}                                                                                              \
		}                                                                                                      \
		found_;                                                                                                \
	})
