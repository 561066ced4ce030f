/* SPDX-License-Identifier: GPL-2.0 OR BSD-2-Clause */
/*
 * What a program remembers of a socket between two events. The second event may never reach the program. So a table does not rely on it:
 * a socket has four places, which follow from its address, and an entry leaves its place to a newcomer once its own socket shows
 * that it is over. Only entries that are not over fill the table.
 */
#pragma once

#include <bpf/bpf_helpers.h>

#include "kernel/tcp.h"
#include "typed.h"

#define PLACE_BITS 14
#define PLACES (1 << PLACE_BITS)
#define PLACES_PER_SOCKET 4

/* An array: insertion and removal in a hash would take three times as long as everything else that is done for a connection. */
#define SOCKET_TABLE(NAME, VALUE)                                                                                      \
	struct NAME##_entry {                                                                                          \
		__u64 sock; /* 0: free */                                                                              \
		__u64 claims; /* of those who want to take the place right now */                                      \
		VALUE value;                                                                                           \
	};                                                                                                             \
	struct {                                                                                                       \
		__uint(type, BPF_MAP_TYPE_ARRAY);                                                                      \
		__uint(max_entries, PLACES);                                                                           \
		__type(key, __u32);                                                                                    \
		__type(value, struct NAME##_entry);                                                                    \
	} NAME SEC(".maps")

/* Multiplicative hashing. Sockets are aligned to 64 bytes. */
static __always_inline __u32 first_place_of(const struct sock *sock)
{
	return (low_half(sock) >> 6) * 0x9e3779b1 >> (32 - PLACE_BITS);
}

/*
 * Stores *VALUE of a socket, in place of an earlier one. IS_OVER(entry) tells whether the entry of another socket, which may be freed
 * memory, serves no purpose any more. Zero on success; else all places are in use, and the caller must count that.
 *
 * Of several CPUs that claim a place at the same time, at most one finds its claim alone; the others take their next place. An atomic
 * exchange would say who is first, but Linux before 5.12 has none.
 */
#define socket_table_set(TABLE, SOCK, VALUE, IS_OVER)                                                                  \
	({                                                                                                             \
		typeof((TABLE).value) entry_;                                                                          \
		__u32 first_ = first_place_of(SOCK);                                                                   \
		int failed_ = -1;                                                                                      \
		for (__u32 number_ = 0; number_ < PLACES_PER_SOCKET && failed_; number_++) {                           \
			__u32 place_ = (first_ + number_) & (PLACES - 1);                                              \
			entry_ = bpf_map_lookup_elem(&TABLE, &place_);                                                 \
			if (!entry_)                                                                                   \
				break;                                                                                 \
			add(&entry_->claims, 1);                                                                       \
			if (*(volatile __u64 *)&entry_->claims == 1 &&                                                 \
			    (!entry_->sock || entry_->sock == (__u64)(SOCK) || IS_OVER(entry_))) {                     \
				entry_->value = *(VALUE);                                                              \
				entry_->sock = (__u64)(SOCK);                                                          \
				failed_ = 0;                                                                           \
			}                                                                                              \
			barrier();                                                                                     \
			add(&entry_->claims, -1);                                                                      \
		}                                                                                                      \
		failed_;                                                                                               \
	})

/* The entry of a socket; NULL if it has none. */
#define socket_table_find(TABLE, SOCK)                                                                                 \
	({                                                                                                             \
		typeof((TABLE).value) entry_, found_ = 0;                                                              \
		__u32 first_ = first_place_of(SOCK);                                                                   \
		_Pragma("unroll") for (__u32 number_ = 0; number_ < PLACES_PER_SOCKET; number_++)                      \
		{                                                                                                      \
			__u32 place_ = (first_ + number_) & (PLACES - 1);                                              \
			entry_ = bpf_map_lookup_elem(&TABLE, &place_);                                                 \
			if (!entry_ || entry_->sock != (__u64)(SOCK))                                                  \
				continue;                                                                              \
			found_ = entry_;                                                                               \
			break;                                                                                         \
		}                                                                                                      \
		found_;                                                                                                \
	})

/* Copies a socket's value to *COPY and removes it. False if there is none. */
#define socket_table_take(TABLE, SOCK, COPY)                                                                           \
	({                                                                                                             \
		typeof((TABLE).value) taken_ = socket_table_find(TABLE, SOCK);                                         \
		if (taken_) {                                                                                          \
			*(COPY) = taken_->value;                                                                       \
			taken_->sock = 0;                                                                              \
		}                                                                                                      \
		!!taken_;                                                                                              \
	})
