/* SPDX-License-Identifier: GPL-2.0 OR BSD-2-Clause */
/* The scheduler's fields of a task, reduced as in kernel/task.h. */
#pragma once

#include <stdbool.h>

#include "kernel/task.h"
#include "kernel_version.h"

#pragma clang attribute push(__attribute__((preserve_access_index)), apply_to = record)

struct sched_entity___since_6_12 {
	unsigned char sched_delayed;
};

struct task_struct___scheduler {
	unsigned int on_rq; /* an int before 7.0, then a byte; libbpf adapts the load size of unsigned fields */
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

struct sched_ext_entity {
	unsigned int flags;
};

struct task_struct___since_6_12_ext {
	struct sched_ext_entity scx; /* CONFIG_SCHED_CLASS_EXT */
};

struct sched_info {
	unsigned long long last_arrival;
};

struct sched_entity___times {
	__u64 sum_exec_runtime;
	__u64 prev_sum_exec_runtime;
};

struct task_struct___times {
	int prio;
	struct sched_info sched_info; /* CONFIG_SCHED_INFO, selected by CONFIG_SCHEDSTATS and CONFIG_TASK_DELAY_ACCT */
	struct sched_entity___times se;
};

#pragma clang attribute pop

/* task_struct.__state */
#define TASK_UNINTERRUPTIBLE 0x02
#define TASK_STOPPED 0x04
#define TASK_TRACED 0x08
#define TASK_PARKED 0x40
#define TASK_DEAD 0x80
#define TASK_NOLOAD 0x400
#define TASK_FROZEN 0x8000 /* since Linux 6.1 */

/* task_struct.prio: real-time tasks are below */
#define MAX_RT_PRIO 100

/*
 * Whether a task that leaves the CPU is still runnable. Its state is no evidence: a preempted task may already be set to sleep,
 * and a task with a pending signal stays runnable although its state says sleep. `on_rq` is reliable because the run queue is locked
 * during sched_switch. Since 6.12 (152e11f6df29 "sched/fair: Implement delayed dequeue") a sleeping task may stay queued with
 * `sched_delayed` set.
 */
static __always_inline bool is_waiting_for_cpu(struct task_struct *task)
{
	struct task_struct___since_6_12 *newer = (void *)task;

	if (!((struct task_struct___scheduler *)task)->on_rq)
		return false;
	return !bpf_core_field_exists(newer->se.sched_delayed) || !newer->se.sched_delayed;
}

static __always_inline unsigned long state_of(struct task_struct *task)
{
	struct task_struct___since_5_14 *newer = (void *)task;

	if (bpf_core_field_exists(newer->__state))
		return newer->__state;
	return ((struct task_struct___before_5_14 *)task)->state;
}

static __always_inline bool is_dead(struct task_struct *task)
{
	return state_of(task) & TASK_DEAD;
}

/*
 * Before f5d39b020809 ("freezer,sched: Rewrite core freezer logic"), Linux 6.1, frozen tasks were in uninterruptible sleep too.
 * Later kernels use the flag for another purpose.
 */
#define NOT_FROZEN_SO KERNEL_VERSION(6, 1, 0)

static __always_inline bool is_frozen(struct task_struct *task)
{
	return LINUX_KERNEL_VERSION < NOT_FROZEN_SO && task->flags & PF_FROZEN;
}

/* As D in ps: includes killable sleep (hung NFS), but not idle kernel threads (TASK_IDLE). */
static __always_inline bool is_blocked(struct task_struct *task)
{
	unsigned long state = state_of(task);

	return state & TASK_UNINTERRUPTIBLE && !(state & TASK_NOLOAD) && !is_frozen(task);
}

/* sched_ext_entity.flags. The state's numbers were in an enum of their own before they moved to scx_ent_flags, shifted. */
enum scx_ent_flags {
	SCX_TASK_STATE_SHIFT,
	SCX_TASK_STATE_MASK,
};
enum scx_ent_flags___shifted {
	SCX_TASK_ENABLED___shifted,
};
enum scx_task_state {
	SCX_TASK_ENABLED,
};

/* Whether a BPF scheduler (sched_ext, since 6.12) runs the task. It has the policies of the fair class. */
static __always_inline bool is_sched_ext(struct task_struct *task)
{
	struct task_struct___since_6_12_ext *newer = (void *)task;
	__u64 enabled;

	if (!bpf_core_field_exists(newer->scx.flags))
		return false;
	if (bpf_core_enum_value_exists(enum scx_task_state, SCX_TASK_ENABLED))
		enabled = bpf_core_enum_value(enum scx_task_state, SCX_TASK_ENABLED)
			  << bpf_core_enum_value(enum scx_ent_flags, SCX_TASK_STATE_SHIFT);
	else
		enabled = bpf_core_enum_value(enum scx_ent_flags___shifted, SCX_TASK_ENABLED___shifted);
	return (BPF_CORE_READ(newer, scx.flags) & bpf_core_enum_value(enum scx_ent_flags, SCX_TASK_STATE_MASK)) == enabled;
}

/*
 * When a sleeping task left the CPU, in nanoseconds of the scheduler's clock: its last arrival plus the length of that run. Only the
 * fair class records the length of a run, and its record stands still in other classes; for all other tasks the result is the arrival.
 * For a running task the result is at most some milliseconds ago.
 */
static __always_inline __u64 left_cpu_at(struct task_struct *task)
{
	struct task_struct___times *times = (void *)task;
	__u64 arrived = BPF_CORE_READ(times, sched_info.last_arrival);

	if (BPF_CORE_READ(times, prio) < MAX_RT_PRIO || is_sched_ext(task))
		return arrived;
	return arrived + BPF_CORE_READ(times, se.sum_exec_runtime) - BPF_CORE_READ(times, se.prev_sum_exec_runtime);
}
