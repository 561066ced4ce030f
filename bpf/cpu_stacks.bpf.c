// SPDX-License-Identifier: GPL-2.0 OR BSD-2-Clause
// Counts CPU samples by stack, for the flight recorder. It is loaded only while stacks are recorded.
#include <linux/bpf_perf_event.h>

#include "santabpf.h"
#include "cpu_mode.h"
#include "stacks.h"

/* Stacks exceed BPF's own stack. */
PERCPU_ARRAY(stack_draft, struct stack, 1);

SEC("perf_event")
int BPF_PROG(sample_stack)
{
	struct bpf_perf_event_data *event = (struct bpf_perf_event_data *)ctx;
	struct stack *draft;
	__u32 only = 0;

	/* The idle task of every CPU has id 0. */
	if ((__u32)bpf_get_current_pid_tgid() == 0)
		return 0;
	draft = bpf_map_lookup_elem(&stack_draft, &only);
	if (!draft)
		return 0;
	draft->kernel_count = 0;
	if (!IN_USER_MODE(event->regs))
		draft->kernel_count = frames_in(bpf_get_stack(ctx, draft->kernel, sizeof(draft->kernel), 0));
	take_user_stack(ctx, draft);
	add_stack(draft, 1);
	return 0;
}
