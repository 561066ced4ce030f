/* SPDX-License-Identifier: GPL-2.0 OR BSD-2-Clause */
/* Ports of connections as label values, with ephemeral ports folded to limit cardinality. */
#pragma once

#include "kernel/tcp.h"

/* A probe's `constants` can set it. Ports from here up become 0: the kernel assigns them from net.ipv4.ip_local_port_range. */
const volatile __u32 first_ephemeral_port = 32768;

struct ports {
	__u16 local;
	__u16 peer;
};

static __always_inline __u16 folded(__u16 port)
{
	return port < first_ephemeral_port ? port : 0;
}

static __always_inline struct ports ports_of(const struct sock *sock, bool is_typed)
{
	return (struct ports){ .local = folded(local_port(sock, is_typed)), .peer = folded(peer_port(sock, is_typed)) };
}
