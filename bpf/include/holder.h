/* SPDX-License-Identifier: GPL-2.0 OR BSD-2-Clause */
/*
 * The process that a socket is counted under. A process may change its name later (prctl, exec), so a scrape reads it again. The address
 * of the process may then be free memory or another process: its start time shows that.
 */
#pragma once

#include <stdbool.h>

#include <bpf/bpf_core_read.h>
#include <bpf/bpf_helpers.h>

#include "command.h"
#include "kernel/task.h"

struct holder {
	struct command command;
	__u64 leader;
	__u64 started;
};

static __always_inline struct holder holder_of(const struct task_struct *task)
{
	const struct task_struct *leader = BPF_CORE_READ(task, group_leader);
	struct holder holder = { .leader = (__u64)leader, .started = BPF_CORE_READ(leader, start_time) };

	copy_name(&holder.command, leader->comm);
	return holder;
}

/* A kernel thread (NFS, MPTCP) opens sockets for others: its name says nothing. */
static __always_inline bool is_process(void)
{
	return !(current_flags() & PF_KTHREAD);
}

static __always_inline struct holder current_holder(void)
{
	const struct task_struct *leader;
	struct holder holder;

	if (!bpf_core_enum_value_exists(enum bpf_func_id, BPF_FUNC_get_current_task_btf))
		return holder_of((void *)bpf_get_current_task());
	leader = ((struct task_struct *)bpf_get_current_task_btf())->group_leader;
	holder.leader = (__u64)leader;
	holder.started = leader->start_time;
	current_command(&holder.command);
	return holder;
}

/* The name that the process has now; the last known one if it has ended. */
static __always_inline void refresh_name(struct holder *holder)
{
	const struct task_struct *leader = (void *)holder->leader;
	struct command command;

	copy_name(&command, leader->comm);
	if (BPF_CORE_READ(leader, start_time) == holder->started && command.name[0])
		/* In one piece: an event may be reading it. */
		holder->command = command;
}
