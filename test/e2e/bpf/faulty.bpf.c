// SPDX-License-Identifier: GPL-2.0 OR BSD-2-Clause
// Programs that a kernel does not take, each for a reason of its own. Which of them is loaded, a probe file chooses.
#include "santabpf.h"

PERCPU_ARRAY(counts, __u64, 4);

static __always_inline int count(__u32 index)
{
	__u64 *value = bpf_map_lookup_elem(&counts, &index);

	if (value)
		add(value, 1);
	return 0;
}

SEC("raw_tp/sys_enter")
int harmless(void *context)
{
	return count(0);
}

SEC("raw_tp/sys_enter")
int out_of_bounds(void *context)
{
	__u32 zero = 0;
	__u64 *value = bpf_map_lookup_elem(&counts, &zero);

	if (value)
		value[1000] = 1;
	return 0;
}

SEC("fentry/do_nanosleep")
int BPF_PROG(at_entry)
{
	return count(1);
}

SEC("tp_btf/santabpf_no_such_hook")
int BPF_PROG(at_no_hook)
{
	return count(2);
}

SEC("kprobe/santabpf_no_such_function")
int at_no_function(void *context)
{
	return count(2);
}

SEC("tp/sched/sched_process_fork")
int classic(void *context)
{
	return count(3);
}
