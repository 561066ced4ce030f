/* SPDX-License-Identifier: GPL-2.0 OR BSD-2-Clause */
/* TCP connections that local programs open, from the first packet to the answer. */
#pragma once

#include "call_table.h"
#include "current_call.h"
#include "kernel/tcp.h"
#include "socket_table.h"
#include "tcp_ports.h"

struct opening {
	struct command command;
	__u32 port;
};

struct failure {
	struct opening opening;
	__u32 error;
};

SHARED_HASH(opened, struct opening, __u64, 4096);
SHARED_HASH(failures, struct failure, __u64, 4096);

/*
 * Pending connects: the answer arrives in an interrupt, where the current task is unrelated. Any change of state removes the entry; a
 * missed one leaves a socket in another state, whose entry then leaves its place when another connect needs it.
 */
SOCKET_TABLE(connecting, struct opening);

static __always_inline bool connect_is_over(const struct connecting_entry *entry)
{
	const struct sock *sock = (const struct sock *)entry->sock;

	return BPF_CORE_READ(sock, __sk_common.skc_state) != syn_sent;
}

/*
 * Connects that failed before any packet was sent, by thread: the errno is known only when the system call returns. Its return removes
 * the entry. LRU, because that event may be missed.
 */
struct {
	__uint(type, BPF_MAP_TYPE_LRU_HASH);
	__uint(max_entries, 1024);
	__type(key, __u64);
	__type(value, struct opening);
} given_up SEC(".maps");

/* Values in the call table. */
#define ACCEPTS 1
#define CONNECTS 2
#define MULTIPLEXES 3
static const __u8 socket_calls[SYSCALL_NUMBERS] = {
	[__NR_accept] = NATIVE(ACCEPTS),
	[__NR_accept4] = NATIVE(ACCEPTS),
	[__NR_connect] = NATIVE(CONNECTS),
#ifdef COMPAT_accept
	[COMPAT_accept] = COMPAT(ACCEPTS),
#endif
	[COMPAT_accept4] = COMPAT(ACCEPTS),
	[COMPAT_connect] = COMPAT(CONNECTS),
#ifdef COMPAT_socketcall
	[COMPAT_socketcall] = COMPAT(MULTIPLEXES),
#endif
};

/* Calls of socketcall(), its first argument. From <linux/net.h>. */
#define SYS_ACCEPT 5
#define SYS_ACCEPT4 18

#define count_in(MAP, KEY)                                                                                             \
	({                                                                                                             \
		__u64 *count_ = lookup_or_try_init(MAP, KEY);                                                          \
		if (count_)                                                                                            \
			add(count_, 1);                                                                                \
	})

static __always_inline void begin_connect(const struct sock *sock, bool is_typed)
{
	struct opening opening = { .port = folded(peer_port(sock, is_typed)) };
	__u64 *lost;

	current_command(&opening.command);
	fold_kernel_thread(current_flags(), &opening.command);
	if (!socket_table_set(connecting, sock, &opening, connect_is_over))
		return;
	/* No place: the result will be unknown, and most connects succeed. */
	lost = overflow_of(opened);
	if (lost)
		add(lost, 1);
}

/* Other calls that connect are io_uring_enter and, with Fast Open, sendto: their result says nothing about the connect. */
static __always_inline bool returns_error_of_connect(void)
{
	__u8 meaning = meaning_in(socket_calls, current_call((void *)bpf_get_current_task()));

	return meaning == CONNECTS || meaning == MULTIPLEXES;
}

static __always_inline void fail_connect(const struct sock *sock, const struct opening *opening)
{
	struct failure failure = { .opening = *opening, .error = BPF_CORE_READ(sock, sk_err) };
	__u64 thread = bpf_get_current_pid_tgid();

	if (!failure.error && BPF_CORE_READ_BITFIELD_PROBED(sock, sk_shutdown) != SHUTDOWN_MASK) {
		if (returns_error_of_connect()) {
			bpf_map_update_elem(&given_up, &thread, opening, BPF_ANY);
			return;
		}
	} else if (!failure.error) {
		/* The program closed the socket before the peer answered. */
		failure.error = ECANCELED;
	}
	count_in(failures, &failure);
}

static __always_inline void end_connect(const struct sock *sock, int state)
{
	struct opening opening;

	if (!socket_table_take(connecting, sock, &opening))
		return;
	/* Any other state is a success: established, or syn_recv after a simultaneous open. */
	if (state == close)
		fail_connect(sock, &opening);
	else
		count_in(opened, &opening);
}

static __always_inline void count_given_up(long result)
{
	__u64 thread = bpf_get_current_pid_tgid();
	struct opening *stored;
	struct failure failure;

	/* The usual result of a nonblocking connect, never of one that has ended. */
	if (result == -EINPROGRESS)
		return;
	stored = bpf_map_lookup_elem(&given_up, &thread);
	if (!stored)
		return;
	failure.opening = *stored;
	/* connect() to AF_UNSPEC cancels a pending connect, and itself succeeds. */
	failure.error = is_error(result) ? -result : ECANCELED;
	bpf_map_delete_elem(&given_up, &thread);
	count_in(failures, &failure);
}
