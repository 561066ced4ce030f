/* SPDX-License-Identifier: GPL-2.0 OR BSD-2-Clause */
/* The threads of a process and their end, reduced as in kernel/task.h. */
#pragma once

#include <bpf/bpf_core_read.h>

#include "task.h"

#pragma clang attribute push(__attribute__((preserve_access_index)), apply_to = record)

struct list_head {
	struct list_head *next;
};

struct signal_struct___threads {
	struct list_head thread_head;
};

/* The thread that waits in an exec for the end of all others. */
struct signal_struct___since_5_16 {
	struct task_struct *group_exec_task;
};

struct signal_struct___before_5_16 {
	struct task_struct *group_exit_task;
};

struct task_struct___accounted {
	int exit_state;
	struct list_head thread_node;
	struct signal_struct___threads *signal;
};

#pragma clang attribute pop

/* task_struct.exit_state: the task was waited for, or needs no wait, and will be freed. */
#define EXIT_DEAD 0x10

/* The thread that executes a program, or NULL. */
static __always_inline struct task_struct *executing(struct signal_struct *signal)
{
	struct signal_struct___since_5_16 *newer = (void *)signal;

	if (bpf_core_field_exists(newer->group_exec_task))
		return newer->group_exec_task;
	return ((struct signal_struct___before_5_16 *)signal)->group_exit_task;
}
