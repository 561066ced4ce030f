// SPDX-License-Identifier: GPL-2.0 OR BSD-2-Clause
// rawtracepoint:sys_enter { @start[tid] = nsecs; }
// rawtracepoint:sys_exit /@start[tid]/ { @ns[comm] = hist(nsecs - @start[tid]); delete(@start, tid); }
#include "santabpf.h"
#include "script_histogram.h"

struct thread_name {
	char comm[16];
};

struct {
	__uint(type, BPF_MAP_TYPE_HASH);
	__uint(max_entries, 4096);
	__type(key, __u64);
	__type(value, __u64);
} start SEC(".maps");
PERCPU_HASH(script, struct thread_name, struct script_histogram, 4096);

SEC("raw_tp/sys_enter")
int begin(void *ctx)
{
	__u64 thread = (__u32)bpf_get_current_pid_tgid();
	__u64 now = bpf_ktime_get_ns();

	bpf_map_update_elem(&start, &thread, &now, BPF_ANY);
	return 0;
}

SEC("raw_tp/sys_exit")
int finish(void *ctx)
{
	__u64 thread = (__u32)bpf_get_current_pid_tgid();
	__u64 *since = bpf_map_lookup_elem(&start, &thread);
	struct script_histogram *histogram;
	struct thread_name name = {};

	if (!since || !*since)
		return 0;
	bpf_get_current_comm(name.comm, sizeof(name.comm));
	histogram = lookup_or_try_init(script, &name);
	if (histogram)
		observe(histogram, bpf_ktime_get_ns() - *since);
	bpf_map_delete_elem(&start, &thread);
	return 0;
}
