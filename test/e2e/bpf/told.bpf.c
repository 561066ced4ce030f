// SPDX-License-Identifier: GPL-2.0 OR BSD-2-Clause
// Counts what test/workload tells it, as arguments of a getppid that no other program makes: nothing here moves by itself.
#include "santabpf.h"

#define VALUE_FOLLOWS 0x73616e7461627066

#if defined(__TARGET_ARCH_x86)
struct pt_regs___told {
	unsigned long di, si, dx;
} __attribute__((preserve_access_index));
#define FIRST(registers) BPF_CORE_READ(registers, di)
#define SECOND(registers) BPF_CORE_READ(registers, si)
#define THIRD(registers) BPF_CORE_READ(registers, dx)
#else
struct pt_regs___told {
	unsigned long regs[31], orig_x0;
} __attribute__((preserve_access_index));
#define FIRST(registers) BPF_CORE_READ(registers, orig_x0)
#define SECOND(registers) BPF_CORE_READ(registers, regs[1])
#define THIRD(registers) BPF_CORE_READ(registers, regs[2])
#endif

const volatile __u64 wanted_kind = 1;

struct told {
	__u64 value;
	__u32 parity;
	__u32 size_class;
};

PERCPU_HASH(values, struct told, __u64, 16384);
PERCPU_HASH(commands, struct command, __u64, 1024);
PERCPU_ARRAY(sizes, struct size_histogram, 1);
__u64 calls = 0;

SEC("tp_btf/sys_enter")
int BPF_PROG(count_told, struct pt_regs___told *registers)
{
	__u32 zero = 0;
	struct told told = {};
	struct command command;
	struct size_histogram *histogram;
	__u64 *count;

	if (FIRST(registers) != VALUE_FOLLOWS || SECOND(registers) != wanted_kind)
		return 0;
	add(&calls, 1);
	told.value = THIRD(registers);
	told.parity = told.value & 1;
	told.size_class = ceil_log2(told.value);
	count = lookup_or_try_init(values, &told);
	if (count)
		add(count, 1);
	current_command(&command);
	count = lookup_or_try_init(commands, &command);
	if (count)
		add(count, 1);
	histogram = bpf_map_lookup_elem(&sizes, &zero);
	if (histogram)
		observe_size(histogram, told.value);
	return 0;
}
