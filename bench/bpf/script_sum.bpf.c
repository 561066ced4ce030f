// SPDX-License-Identifier: GPL-2.0 OR BSD-2-Clause
// rawtracepoint:sys_exit /args.ret > 0/ { @[comm] = sum(args.ret); }
#include "santabpf.h"

struct thread_name {
	char comm[16];
};

PERCPU_HASH(script, struct thread_name, __u64, 4096);

SEC("raw_tp/sys_exit")
int add_result(struct bpf_raw_tracepoint_args *ctx)
{
	struct thread_name name = {};
	__s64 result = ctx->args[1];
	__u64 *sum;

	if (result <= 0)
		return 0;
	bpf_get_current_comm(name.comm, sizeof(name.comm));
	sum = lookup_or_try_init(script, &name);
	if (sum)
		add(sum, result);
	return 0;
}
