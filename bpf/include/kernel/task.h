/* SPDX-License-Identifier: GPL-2.0 OR BSD-2-Clause */
/*
 * Tasks, registers and the records of common tracepoints, reduced to the fields that our programs read. At load, libbpf finds each
 * field by name in the running kernel's BTF. Neither order nor offset here matters. libbpf ignores ___ and what follows in a
 * type's name, so one kernel type can be declared several times.
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

/* Records of classic tracepoints. */
struct trace_event_raw_sys_enter {
	long id;
};

struct trace_event_raw_sys_exit {
	long id;
	long ret;
};

/* Newer kernels (6.18, not 6.12) have this type. On these the raw tracepoint has the argument `group_dead` as well. */
struct trace_event_raw_sched_process_exit {
	bool group_dead;
};

/* Suffixed because <linux/bpf_perf_event.h> already declares pt_regs. */
struct pt_regs___syscall {
#if defined(__TARGET_ARCH_x86)
	unsigned long bx;
	unsigned long cx;
	unsigned long si;
	unsigned long di;
	unsigned long orig_ax;
#elif defined(__TARGET_ARCH_arm64)
	unsigned long regs[31];
	unsigned long orig_x0; /* on exit regs[0] holds the result */
	int syscallno;
#else
#error "Unsupported target architecture: compile with -D__TARGET_ARCH_x86 or -D__TARGET_ARCH_arm64"
#endif
};

#pragma clang attribute pop

/* task_struct.flags */
#define PF_KTHREAD 0x00200000
#define PF_FROZEN 0x00010000 /* before Linux 6.1 */

/* signal_struct.flags */
#define SIGNAL_GROUP_EXIT 0x00000004

/* thread_info.status on x86: the task is in a 32-bit system call */
#define TS_COMPAT 0x0002

/* thread_info.flags on arm64: a 32-bit task */
#define TIF_32BIT 22

/* Internal error numbers of calls that a signal interrupted. User space never sees them: the call restarts or returns EINTR. */
#define ERESTARTSYS 512
#define ERESTARTNOINTR 513
#define ERESTARTNOHAND 514
#define ERESTART_RESTARTBLOCK 516
