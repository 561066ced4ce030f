/* SPDX-License-Identifier: GPL-2.0 OR BSD-2-Clause */
/*
 * Handlers of TCP sockets that change their state (see handlers.h). The event comes before the change. It may come in an interrupt,
 * where the current task is unrelated, and in the middle of the same handler: counts must be added with add().
 */
#pragma once

#include "preemption.h"
#include "tcp_state_dispatch.h"

/* What a handler wants to see: changes from any state of one set to any state of another. */
#define STATE(NAME) (1 << (NAME))
#define ANY_STATE 0xffff
struct handled_changes {
	struct {
		__u16 from;
		__u16 to;
	} any_of[4];
};

/*
 * Defines handler NAME as three programs, as SYSCALL_EXIT does. RESULT is an expression of `sock`, `from`, `to` and `is_typed` (see
 * typed.h). The last arguments are up to four pairs of sets of states, such as { ANY_STATE, STATE(listen) | STATE(close) }.
 */
#define TCP_STATE_CHANGE(NAME, RESULT, CHANGES...)                                                                     \
	const struct handled_changes changes_handled_by_##NAME = { .any_of = { CHANGES } };                            \
	/* Set by the loader. */                                                                                       \
	const volatile __u32 place_of_##NAME = 0;                                                                      \
	static __always_inline void handle_##NAME(void *ctx, const struct sock *sock, int from, int to, bool is_typed, \
						  void *counters)                                              \
	{                                                                                                              \
		__u64 start = handler_start(tcp_state);                                                                \
                                                                                                                       \
		(void)(RESULT);                                                                                        \
		handler_end(tcp_state, counters, start);                                                               \
		call_state_handler(ctx, kind_of_change(from, to), place_of_##NAME);                                    \
	}                                                                                                              \
	SEC("tp_btf/inet_sock_set_state")                                                                              \
	int COUNTED_PROG(NAME, count_nested_run, const struct sock *sock, int from, int to)                            \
	{                                                                                                              \
		reject_if_preemptible();                                                                               \
		handle_##NAME(ctx, sock, from, to, TYPED, &runs_of_##NAME);                                            \
		return 0;                                                                                              \
	}                                                                                                              \
	SEC("tp/sock/inet_sock_set_state")                                                                             \
	int COUNTED_PROG(NAME##_classic, count_nested_run)                                                             \
	{                                                                                                              \
		struct trace_event_raw_inet_sock_set_state *event = (void *)ctx;                                       \
                                                                                                                       \
		handle_##NAME(ctx, event->skaddr, event->oldstate, event->newstate, UNTYPED, &runs_of_##NAME##_classic); \
		return 0;                                                                                              \
	}                                                                                                              \
	SEC("tp_btf/inet_sock_set_state")                                                                              \
	int COUNTED_PROG(NAME##_preemptible, count_nested_run, const struct sock *sock, int from, int to)              \
	{                                                                                                              \
		handle_##NAME(ctx, sock, from, to, TYPED, &runs_of_##NAME##_preemptible);                              \
		return 0;                                                                                              \
	}
