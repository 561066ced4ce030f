// SPDX-License-Identifier: GPL-2.0 OR BSD-2-Clause
// rawtracepoint:sys_enter { @[comm] = count(); }
#include "santabpf.h"

struct thread_name {
	char comm[16];
};

PERCPU_HASH(script, struct thread_name, __u64, 4096);

SEC("raw_tp/sys_enter")
int count_call(void *ctx)
{
	struct thread_name name = {};
	__u64 *count;

	bpf_get_current_comm(name.comm, sizeof(name.comm));
	count = lookup_or_try_init(script, &name);
	if (count)
		add(count, 1);
	return 0;
}
