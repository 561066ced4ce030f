// SPDX-License-Identifier: GPL-2.0 OR BSD-2-Clause
// Counts CPU samples by command and mode (kernel or user). Each CPU is sampled at a fixed rate.
#include <linux/bpf_perf_event.h>

#include "santabpf.h"
#include "cpu_mode.h"
#include "identity.h"

enum cpu_mode {
	kernel,
	user,
};

struct sample {
	struct command command;
	enum cpu_mode mode;
	__u32 unused; /* 0 */
	__u64 cgroup;
};

SHARED_HASH(samples, struct sample, __u64, 4096);
PERCPU_ARRAY(idle_samples, __u64, 1);

SEC("perf_event")
int BPF_PROG(count_sample)
{
	struct bpf_perf_event_data *event = (struct bpf_perf_event_data *)ctx;
	struct sample sample = {};
	struct task_struct *task;
	__u32 only = 0;
	__u64 *count;

	/* The idle task of every CPU has id 0. */
	if ((__u32)bpf_get_current_pid_tgid() == 0) {
		count = bpf_map_lookup_elem(&idle_samples, &only);
		if (count)
			add(count, 1);
		return 0;
	}
	task = (void *)bpf_get_current_task();
	current_command(&sample.command);
	fold_kernel_thread(BPF_CORE_READ(task, flags), &sample.command);
	sample.cgroup = current_cgroup();
	sample.mode = IN_USER_MODE(event->regs) ? user : kernel;
	count = lookup_or_try_init(samples, &sample);
	if (count)
		add(count, 1);
	return 0;
}
