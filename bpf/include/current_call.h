/* SPDX-License-Identifier: GPL-2.0 OR BSD-2-Clause */
/* The system call that the current task is in, for hooks below it. */
#pragma once

#include <linux/bpf.h>

#include <bpf/bpf_core_read.h>
#include <bpf/bpf_helpers.h>

#include "kernel/task.h"

#pragma clang attribute push(__attribute__((preserve_access_index)), apply_to = record)

struct task_struct___stack {
	void *stack;
};

#pragma clang attribute pop

/* The size of a kernel stack on x86 and arm64 with 4 KiB pages. */
#define STACK_BYTES 16384

/* User registers at the entry of the current system call or fault. They are saved at the bottom of the task's kernel stack. */
static __always_inline struct pt_regs___syscall *current_registers(struct task_struct *task)
{
	/* Since 5.15: dd6e10fbd9fb ("bpf: Add bpf_task_pt_regs() helper"). */
	if (bpf_core_enum_value_exists(enum bpf_func_id, BPF_FUNC_task_pt_regs))
		return (void *)bpf_task_pt_regs((void *)bpf_get_current_task_btf());
	return BPF_CORE_READ((struct task_struct___stack *)task, stack) + STACK_BYTES -
	       bpf_core_type_size(struct pt_regs___syscall);
}

/* The number of the current system call, in its own mode; -1 outside of a system call. */
static __always_inline __u32 current_call(struct task_struct *task)
{
	struct pt_regs___syscall *registers = current_registers(task);

#if defined(__TARGET_ARCH_x86)
	return BPF_CORE_READ(registers, orig_ax);
#else
	return BPF_CORE_READ(registers, syscallno);
#endif
}
