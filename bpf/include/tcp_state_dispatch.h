/* SPDX-License-Identifier: GPL-2.0 OR BSD-2-Clause */
/*
 * What the program that follows the states of TCP sockets (bpf/tcp_states.bpf.c) and its handlers (tcp_state_change.h) share: see
 * handlers.h.
 */
#pragma once

#include "handlers.h"
#include "kernel/tcp.h"

/* The kernel has 13 states. Kinds of changes are TCP_STATES * old state + new state: in hexadecimal, a digit for each. */
#define TCP_STATES 16

/* Changes of state by kind, since the program is attached. An array: a lookup in a hash takes as long as the rest of the program. */
PERCPU_ARRAY(tcp_state_changes, __u64, TCP_STATES *TCP_STATES);

HANDLER_MAPS(tcp_state, struct handler_list, TCP_STATES *TCP_STATES);

static __always_inline __u32 kind_of_change(__u32 from, __u32 to)
{
	return (from & (TCP_STATES - 1)) * TCP_STATES + (to & (TCP_STATES - 1));
}

/* Continues with the next handler of the change: see tail_call_handler(). */
static __always_inline void call_state_handler(void *ctx, __u32 kind, __u32 after)
{
	struct handler_list *list = bpf_map_lookup_elem(&tcp_state_handler_lists, &kind);

	if (list)
		tail_call_handler(ctx, &tcp_state_handlers, list, after);
}
