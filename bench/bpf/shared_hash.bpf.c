// SPDX-License-Identifier: GPL-2.0 OR BSD-2-Clause
// A naive version of `syscalls` for comparison: counts calls at the entry and errors at the exit, each in a hash map that all
// CPUs share.
#include "santabpf.h"
#include "syscall.h"

#define SHARED_HASH(NAME)                                                                                              \
	struct {                                                                                                       \
		__uint(type, BPF_MAP_TYPE_HASH);                                                                       \
		__uint(max_entries, 1024);                                                                             \
		__type(key, __u64);                                                                                    \
		__type(value, __u64);                                                                                  \
	} NAME SEC(".maps")

SHARED_HASH(calls);
SHARED_HASH(errors);

static __always_inline void count(void *map, __u64 key)
{
	__u64 *value = bpf_map_lookup_elem(map, &key);

	if (!value) {
		__u64 zero = 0;

		bpf_map_update_elem(map, &key, &zero, BPF_NOEXIST);
		value = bpf_map_lookup_elem(map, &key);
	}
	if (value)
		__sync_fetch_and_add(value, 1);
}

SEC("tp_btf/sys_enter")
int BPF_PROG(count_call, struct pt_regs___syscall *registers, long number)
{
	count(&calls, number);
	return 0;
}

SEC("tp_btf/sys_exit")
int BPF_PROG(count_error, struct pt_regs___syscall *registers, long result)
{
	if (result < 0)
		count(&errors, -result);
	return 0;
}
