/* SPDX-License-Identifier: GPL-2.0 OR BSD-2-Clause */
/* The time from when a TCP connection is established until a server accepts it. */
#pragma once

#include "kernel/tcp.h"
#include "socket_table.h"
#include "value_maps.h"

struct server {
	struct command command;
	__u32 port;
};

SHARED_HASH(accept_waits, struct server, struct time_histogram, 4096);

/*
 * Established connections in accept queues: the time of establishment. accept() or the close removes an entry; one that was accepted
 * unseen, by io_uring, leaves its place when another connection needs it.
 */
SOCKET_TABLE(waiting, __u64);

static __always_inline bool accept_wait_is_over(const struct waiting_entry *entry)
{
	const struct sock *sock = (const struct sock *)entry->sock;
	unsigned char state = BPF_CORE_READ(sock, __sk_common.skc_state);

	/* syn_recv: the state changes after the event. close_wait: the client has closed already. */
	return (state != syn_recv && state != established && state != close_wait) || BPF_CORE_READ(sock, sk_socket);
}

/* Skips sockets that a program already holds: simultaneous open, or accepted with the request (Fast Open). */
static __always_inline void accept_wait_start(const struct sock *sock, bool is_typed)
{
	__u64 now;

	if (MEMBER(is_typed, sock, sk_socket))
		return;
	now = bpf_ktime_get_ns();
	if (socket_table_set(waiting, sock, &now, accept_wait_is_over))
		/* No place: the wait is not measured, and counted as lost. */
		overflow_of(accept_waits);
}

/* The connection was closed before accept(), or its server accepts in a way that the probe does not see. */
static __always_inline void accept_wait_discard(const struct sock *sock)
{
	__u64 since;

	socket_table_take(waiting, sock, &since);
}

static __always_inline void accept_wait_finish(const struct sock *sock)
{
	__u64 now = bpf_ktime_get_ns(), since;
	struct time_histogram *waits;
	struct server server;

	if (!socket_table_take(waiting, sock, &since))
		return;
	current_command(&server.command);
	server.port = local_port(sock, UNTYPED);
	waits = lookup_or_try_init(accept_waits, &server);
	if (waits)
		observe_time(waits, now - since);
}
