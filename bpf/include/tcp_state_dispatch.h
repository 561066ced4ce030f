/* SPDX-License-Identifier: GPL-2.0 OR BSD-2-Clause */
/*
 * What the program that follows the states of TCP sockets (bpf/tcp_states.bpf.c) and its handlers (tcp_state_change.h) share: see
 * handlers.h.
 */
#pragma once

#include "handlers.h"
#include "kernel/tcp.h"

/* Kinds of changes: TCP_STATES * old state + new state. The kernel has 13 states. */
#define TCP_STATES 16

struct state_change {
	enum tcp_state from;
	enum tcp_state to;
};

/* Changes of state since the program is attached. */
PERCPU_HASH(tcp_state_changes, struct state_change, __u64, 256);

HANDLER_MAPS(tcp_state, struct handler_list, TCP_STATES * TCP_STATES);

/* Continues with the next handler of the change: see tail_call_handler(). */
static __always_inline void call_state_handler(void *ctx, __u32 from, __u32 to, __u32 after)
{
	__u32 kind = from * TCP_STATES + to;
	struct handler_list *list = to < TCP_STATES ? bpf_map_lookup_elem(&tcp_state_handler_lists, &kind) : 0;

	if (list)
		tail_call_handler(ctx, &tcp_state_handlers, list, after);
}
