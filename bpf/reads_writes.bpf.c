// SPDX-License-Identifier: GPL-2.0 OR BSD-2-Clause
// Counts bytes read and written by command, the sizes of all reads and writes, and bytes read through the page cache.
#include "santabpf.h"
#include "cached_file.h"
#include "identity.h"
#include "syscall_exit.h"
#include "transfer_calls.h"

struct transfer {
	struct command command;
	enum operation operation;
	__u32 unused;
	__u64 cgroup;
};

struct reader {
	struct command command;
	__u64 cgroup;
};

PERCPU_HASH(transfers, struct transfer, __u64, 4096);
/* By operation. */
PERCPU_ARRAY(sizes, struct size_histogram, write + 1);
PERCPU_HASH(file_reads, struct reader, __u64, 4096);

static __always_inline int count_result(__u32 number, struct pt_regs___syscall *registers, long result)
{
	union {
		struct transfer transfer;
		struct reader reader;
	} key; /* the command is read once for both */
	struct size_histogram *histogram;
	__u32 index, operation;
	__u64 *bytes, cgroup;

	if (result <= 0)
		return 0;
	operation = meaning_in(operations, number);
	if (!operation)
		return 0;
	current_command(&key.reader.command);
	cgroup = current_cgroup();
	if (operation == read || operation == write) {
		index = operation;
		histogram = bpf_map_lookup_elem(&sizes, &index);
		if (histogram)
			observe_size_nonatomic(histogram, result);
		key.transfer.operation = operation;
		key.transfer.unused = 0;
		key.transfer.cgroup = cgroup;
		bytes = lookup_or_try_init(transfers, &key.transfer);
		if (bytes)
			add_nonatomic(bytes, result);
	}
	if (operation == write || !is_cached_file(descriptor_in(registers, operation == sendfile)))
		return 0;
	key.reader.cgroup = cgroup;
	bytes = lookup_or_try_init(file_reads, &key.reader);
	if (bytes)
		add_nonatomic(bytes, result);
	return 0;
}

SYSCALL_EXIT(count_transfer, SUCCEEDED, operations, count_result(number, REGISTERS, result))
