/* SPDX-License-Identifier: GPL-2.0 OR BSD-2-Clause */
/* The processes that listen on TCP ports. */
#pragma once

#include "holder.h"
#include "kernel/tcp.h"
#include "remembered_sockets.h"

/* Keyed by the network namespace and port of a listening socket: the process that accepts its connections. */
struct service {
	__u64 network;
	__u64 port;
};

struct owner {
	struct holder holder;
	__u64 walk;
};

struct {
	__uint(type, BPF_MAP_TYPE_LRU_HASH);
	__uint(max_entries, 4096);
	__type(key, struct service);
	__type(value, struct owner);
} owners SEC(".maps");

static __always_inline struct service service_of(const struct sock *sock, bool is_typed)
{
	return (struct service){ .network = network_of(sock, is_typed), .port = local_port(sock, is_typed) };
}

/* The init process, such as systemd, listens for services. */
#define FIRST_PROCESS 1

static __always_inline void begin_listen(const struct sock *sock, bool is_typed)
{
	struct service service = service_of(sock, is_typed);
	struct owner owner = {};

	if (!service.port || !is_process() || bpf_get_current_pid_tgid() >> 32 == FIRST_PROCESS)
		return;
	owner.holder = current_holder();
	bpf_map_update_elem(&owners, &service, &owner, BPF_ANY);
}
