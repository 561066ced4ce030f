/* SPDX-License-Identifier: GPL-2.0 OR BSD-2-Clause */
/* Number, mode and result of a system call. */
#pragma once

#include <asm/unistd.h>
#include <linux/types.h>

#include <bpf/bpf_core_read.h>
#include <bpf/bpf_helpers.h>

#include "kernel/task.h"

/* Above every 64-bit system call number: Linux 7.2 has 472 calls. */
#define SYSCALL_NUMBERS 512

/* Why a system call has no name in the table of 64-bit calls. */
enum unnamed_call {
	compat = 0,    /* 32-bit call (on x86 also int 0x80 in a 64-bit program): its numbers mean other calls */
	x32,           /* x32 call */
	no_number,     /* rt_sigreturn, which overwrites the number with restored registers, and calls that a tracer cancelled */
	unknown_number,
	UNNAMED_CALLS,
};

#if defined(__TARGET_ARCH_x86)
#define NUMBER_OF(registers) ((registers)->orig_ax)
#define COMPAT_WORD thread_info.status
#define COMPAT_MASK TS_COMPAT
#define X32_BIT __X32_SYSCALL_BIT
#define X32_EXECVE (__X32_SYSCALL_BIT + 520)
#define X32_EXECVEAT (__X32_SYSCALL_BIT + 545)
#define COMPAT_EXECVE 11
#define COMPAT_EXECVEAT 358
#elif defined(__TARGET_ARCH_arm64)
#define NUMBER_OF(registers) ((__u32)(registers)->syscallno)
#define COMPAT_WORD thread_info.flags
#define COMPAT_MASK (1UL << TIF_32BIT)
#define X32_BIT 0
#define COMPAT_EXECVE 11
#define COMPAT_EXECVEAT 387
#endif

/* Whether the current system call is a 32-bit call. */
static __always_inline bool in_compat_call(void)
{
	/* Since 5.11 (3ca1032ab7ab "bpf: Expose bpf_get_current_task_btf") the task pointer is typed and read without a helper. */
	if (bpf_core_enum_value_exists(enum bpf_func_id, BPF_FUNC_get_current_task_btf)) {
		struct task_struct *task = (void *)bpf_get_current_task_btf();

		return task->COMPAT_WORD & COMPAT_MASK;
	}
	struct task_struct *task = (void *)bpf_get_current_task();

	return BPF_CORE_READ(task, COMPAT_WORD) & COMPAT_MASK;
}

/* The 64-bit call's number, or SYSCALL_NUMBERS + enum unnamed_call. */
static __always_inline __u32 syscall_of(__u32 number)
{
	if (in_compat_call())
		return SYSCALL_NUMBERS + compat;
	if (number < SYSCALL_NUMBERS)
		return number;
	if (number == (__u32)-1)
		return SYSCALL_NUMBERS + no_number;
	return SYSCALL_NUMBERS + (number & X32_BIT ? x32 : unknown_number);
}

/* Whether this is the exit of a new task from its parent's clone or fork. The parent's exit counts that call already. */
static __always_inline bool is_ret_from_fork(__u32 number, long result)
{
	if (result)
		return false;
#ifdef __NR_fork
	if (number == __NR_fork || number == __NR_vfork)
		return true;
#endif
	return number == __NR_clone || number == __NR_clone3;
}

/* Whether user space sees an error. */
static __always_inline bool is_error(long result)
{
	return result < 0 && result >= -4095;
}

/* Whether a signal interrupted the call. The kernel later restarts it or returns EINTR. 515 is ENOIOCTLCMD. */
static __always_inline bool is_interrupted(long result)
{
	return result <= -ERESTARTSYS && result >= -ERESTART_RESTARTBLOCK && result != -515;
}
