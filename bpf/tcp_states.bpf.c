// SPDX-License-Identifier: GPL-2.0 OR BSD-2-Clause
// Counts changes of the states of TCP sockets, and hands each one to the handlers of the probes that want it. It belongs to no probe: the
// exporter loads it once, for all that have handlers.
#include "santabpf.h"
#include "preemption.h"
#include "tcp_state_dispatch.h"

static __always_inline int dispatch(void *ctx, const struct sock *sock, int from, int to, bool is_typed)
{
	__u32 kind = kind_of_change(from, to);
	__u64 *count;

	/* SCTP and DCCP share the tracepoint. */
	if (MEMBER(is_typed, sock, sk_protocol) != IPPROTO_TCP)
		return 0;
	count = bpf_map_lookup_elem(&tcp_state_changes, &kind);
	if (count)
		add(count, 1);
	call_state_handler(ctx, kind, 0);
	return 0;
}

INTERRUPT_TRACEPOINT(sock, inet_sock_set_state, dispatch_change,
		(const struct sock *sock, int from, int to), dispatch(ctx, sock, from, to, TYPED),
		struct trace_event_raw_inet_sock_set_state,
		dispatch(ctx, event->skaddr, event->oldstate, event->newstate, UNTYPED))
