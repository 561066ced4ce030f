// SPDX-License-Identifier: GPL-2.0 OR BSD-2-Clause
// Counts bytes read and written by command, the sizes of all reads and writes, and bytes read through the page cache.
#include "santabpf.h"
#include "cached_file.h"
#include "syscall_exit.h"
#include "transfer_calls.h"

struct transfer {
	struct command command;
	enum operation operation;
};

PERCPU_HASH(transfers, struct transfer, __u64, 4096);
/* By operation. */
PERCPU_ARRAY(sizes, struct size_histogram, write + 1);
PERCPU_HASH(file_reads, struct command, __u64, 4096);

static __always_inline int count_result(__u32 number, struct pt_regs___syscall *registers, long result)
{
	struct transfer transfer;
	struct size_histogram *histogram;
	__u64 *bytes;
	__u32 index;

	if (result <= 0)
		return 0;
	transfer.operation = meaning_in(operations, number);
	if (!transfer.operation)
		return 0;
	current_command(&transfer.command);
	if (transfer.operation == read || transfer.operation == write) {
		index = transfer.operation;
		histogram = bpf_map_lookup_elem(&sizes, &index);
		if (histogram)
			observe_size_nonatomic(histogram, result);
		bytes = lookup_or_try_init(transfers, &transfer);
		if (bytes)
			add_nonatomic(bytes, result);
	}
	if (transfer.operation == write || !is_cached_file(descriptor_in(registers, transfer.operation == sendfile)))
		return 0;
	bytes = lookup_or_try_init(file_reads, &transfer.command);
	if (bytes)
		add_nonatomic(bytes, result);
	return 0;
}

SYSCALL_EXIT(count_transfer, SUCCEEDED, operations, count_result(number, REGISTERS, result))
