/* SPDX-License-Identifier: GPL-2.0 OR BSD-2-Clause */
/* What the scheduler knows of a task, reduced as in kernel_types.h. */
#pragma once

#include <stdbool.h>

#include "kernel_types.h"

#pragma clang attribute push(__attribute__((preserve_access_index)), apply_to = record)

struct sched_entity___since_6_12 {
	unsigned char sched_delayed;
};

struct task_struct___scheduler {
	unsigned int on_rq; /* an int until 7.0, a byte since: loads of unsigned numbers are fitted to the size */
};

struct task_struct___since_6_12 {
	struct sched_entity___since_6_12 se;
};

struct task_struct___since_5_14 {
	unsigned int __state; /* 2f064a59a11f ("sched: Change task_struct::state") */
};

struct task_struct___before_5_14 {
	long state;
};

#pragma clang attribute pop

#define TASK_DEAD 0x80

/*
 * Whether a task that leaves the CPU would rather stay. Its state does not tell: a preempted task may be on its way to sleep,
 * and one with a signal pending stays although it wanted to sleep. The queue does, and is locked during sched_switch.
 * Since 6.12 (152e11f6df29 "sched/fair: Implement delayed dequeue") a sleeper may stay queued for a while, marked as such.
 */
static __always_inline bool is_waiting_for_cpu(struct task_struct *task)
{
	struct task_struct___since_6_12 *newer = (void *)task;

	if (!((struct task_struct___scheduler *)task)->on_rq)
		return false;
	return !bpf_core_field_exists(newer->se.sched_delayed) || !newer->se.sched_delayed;
}

static __always_inline bool is_dead(struct task_struct *task)
{
	struct task_struct___since_5_14 *newer = (void *)task;

	if (bpf_core_field_exists(newer->__state))
		return newer->__state & TASK_DEAD;
	return ((struct task_struct___before_5_14 *)task)->state & TASK_DEAD;
}
