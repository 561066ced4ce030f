// SPDX-License-Identifier: GPL-2.0 OR BSD-2-Clause
// Counts CPU samples by stack, for the flight recorder. It is loaded only while stacks are recorded.
#include <linux/bpf_perf_event.h>

#include "santabpf.h"
#include "cpu_mode.h"
#include "stacks.h"

SEC("perf_event")
int BPF_PROG(sample_stack)
{
	struct bpf_perf_event_data *event = (struct bpf_perf_event_data *)ctx;

	/* The idle task of every CPU has id 0. */
	if ((__u32)bpf_get_current_pid_tgid() != 0)
		add_to_stack(ctx, 1, !IN_USER_MODE(event->regs));
	return 0;
}
