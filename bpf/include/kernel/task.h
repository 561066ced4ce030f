/* SPDX-License-Identifier: GPL-2.0 OR BSD-2-Clause */
/*
 * The kernel's types, reduced to the fields that our programs read. libbpf finds the fields in the running kernel's BTF at
 * load, so that neither their order nor their offsets here matter. What is after three underscores is not part of a type's name.
 */
#pragma once

#include <linux/types.h>
#include <stdbool.h>

#pragma clang attribute push(__attribute__((preserve_access_index)), apply_to = record)

typedef struct {
	int counter;
} atomic_t;

struct thread_info {
	unsigned long flags;
	__u32 status; /* x86 */
};

struct signal_struct {
	atomic_t live;
	int group_exit_code;
	unsigned int flags;
};

struct task_struct {
	struct thread_info thread_info;
	unsigned int flags;
	int exit_code;
	int pid;
	int tgid;
	__u64 start_time;
	struct task_struct *group_leader;
	char comm[16];
	struct signal_struct *signal;
};

/* What classic tracepoints hand to their programs. */
struct trace_event_raw_sys_enter {
	long id;
};

struct trace_event_raw_sys_exit {
	long id;
	long ret;
};

/* A type of its own, with this field, in newer kernels (6.18, not 6.12), where also the raw tracepoint has the argument. */
struct trace_event_raw_sched_process_exit {
	bool group_dead;
};

/* A suffix, for <linux/bpf_perf_event.h> declares the whole struct. */
struct pt_regs___syscall {
#if defined(__TARGET_ARCH_x86)
	unsigned long bx;
	unsigned long cx;
	unsigned long si;
	unsigned long di;
	unsigned long orig_ax;
#elif defined(__TARGET_ARCH_arm64)
	unsigned long regs[31];
	unsigned long orig_x0; /* regs[0] holds the result when the call is over */
	int syscallno;
#else
#error "Expected x86 or arm64 for the target architecture"
#endif
};

#pragma clang attribute pop

/* task_struct.flags */
#define PF_KTHREAD 0x00200000
#define PF_FROZEN 0x00010000 /* before Linux 6.1 */

/* signal_struct.flags */
#define SIGNAL_GROUP_EXIT 0x00000004

/* thread_info.status on x86: in a 32-bit system call */
#define TS_COMPAT 0x0002

/* thread_info.flags on arm64: a 32-bit task */
#define TIF_32BIT 22

/* The kernel's error numbers that a caller never sees: interrupted by a signal, to be done again or to become EINTR. */
#define ERESTARTSYS 512
#define ERESTARTNOINTR 513
#define ERESTARTNOHAND 514
#define ERESTART_RESTARTBLOCK 516
