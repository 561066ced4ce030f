// SPDX-License-Identifier: GPL-2.0 OR BSD-2-Clause
// Bytes read and written by command, and how many at a time.
#include "santabpf.h"
#include "call_table.h"
#include "preemption.h"
#include "value_maps.h"

enum operation {
	read = 1,
	write = 2,
};

struct transfer {
	struct command command;
	enum operation operation;
};

PERCPU_HASH_ON_DEMAND(transfers, struct transfer, struct size_histogram, 8192);

static const __u8 operations[SYSCALL_NUMBERS] = {
	[__NR_read] = NATIVE(read),
	[__NR_write] = NATIVE(write),
	[__NR_pread64] = NATIVE(read),
	[__NR_pwrite64] = NATIVE(write),
	[__NR_readv] = NATIVE(read),
	[__NR_writev] = NATIVE(write),
	[__NR_preadv] = NATIVE(read),
	[__NR_pwritev] = NATIVE(write),
	[__NR_preadv2] = NATIVE(read),
	[__NR_pwritev2] = NATIVE(write),
	[COMPAT_read] = COMPAT(read),
	[COMPAT_write] = COMPAT(write),
	[COMPAT_readv] = COMPAT(read),
	[COMPAT_writev] = COMPAT(write),
	[COMPAT_pread64] = COMPAT(read),
	[COMPAT_pwrite64] = COMPAT(write),
	[COMPAT_preadv] = COMPAT(read),
	[COMPAT_pwritev] = COMPAT(write),
	[COMPAT_preadv2] = COMPAT(read),
	[COMPAT_pwritev2] = COMPAT(write),
};

static __always_inline int count_result(__u32 number, long result)
{
	struct transfer transfer;
	struct size_histogram *sizes;

	if (result <= 0)
		return 0;
	transfer.operation = meaning_in(operations, number);
	if (!transfer.operation)
		return 0;
	current_command(&transfer.command);
	sizes = entry_of(transfers, &transfer);
	if (sizes)
		observe_size(sizes, result);
	return 0;
}

SEC("tp_btf/sys_exit")
int BPF_PROG(count_transfer, struct pt_regs___syscall *registers, long result)
{
	decline_where_preemptible();
	return count_result(NUMBER_OF(registers), result);
}

SEC("tp/raw_syscalls/sys_exit")
int count_transfer_classic(struct trace_event_raw_sys_exit *event)
{
	return count_result(event->id, event->ret);
}

SEC("tp_btf/sys_exit")
int BPF_PROG(count_transfer_preemptible, struct pt_regs___syscall *registers, long result)
{
	return count_result(NUMBER_OF(registers), result);
}
