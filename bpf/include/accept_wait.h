/* SPDX-License-Identifier: GPL-2.0 OR BSD-2-Clause */
/* The time from when a TCP connection is established until a server accepts it. */
#pragma once

#include "kernel/tcp.h"
#include "value_maps.h"

struct server {
	struct command command;
	__u32 port;
};

SHARED_HASH(accept_waits, struct server, struct time_histogram, 4096);

/* Established connections in accept queues: the time of establishment by socket address. */
struct {
	__uint(type, BPF_MAP_TYPE_HASH);
	__uint(max_entries, 16384);
	__type(key, __u64);
	__type(value, __u64);
} waiting SEC(".maps");

/* Skips sockets that a program already holds: simultaneous open, or accepted with the request (Fast Open). */
static __always_inline void accept_wait_start(const struct sock *sock)
{
	__u64 id = (__u64)sock, now = bpf_ktime_get_ns();

	if (BPF_CORE_READ(sock, sk_socket))
		return;
	if (bpf_map_update_elem(&waiting, &id, &now, BPF_ANY))
		/* The map is full: the wait is not measured, and counted as lost. */
		overflow_of(accept_waits);
}

/* The connection was closed before accept(), or its server accepts in a way that the probe does not see. */
static __always_inline void accept_wait_discard(const struct sock *sock)
{
	__u64 id = (__u64)sock;

	bpf_map_delete_elem(&waiting, &id);
}

static __always_inline void accept_wait_finish(const struct sock *sock)
{
	__u64 id = (__u64)sock, *since = bpf_map_lookup_elem(&waiting, &id), wait;
	struct time_histogram *waits;
	struct server server;

	if (!since)
		return;
	wait = bpf_ktime_get_ns() - *since;
	bpf_map_delete_elem(&waiting, &id);
	current_command(&server.command);
	server.port = local_port(sock);
	waits = lookup_or_try_init(accept_waits, &server);
	if (waits)
		observe_time(waits, wait);
}
