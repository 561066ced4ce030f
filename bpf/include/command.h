/* SPDX-License-Identifier: GPL-2.0 OR BSD-2-Clause */
/* The name of a task as (part of) a key. */
#pragma once

#include <bpf/bpf_helpers.h>

#include <bpf/bpf_core_read.h>

#include "kernel/task.h"

#define COMMAND_LENGTH 16
struct command {
	char name[COMMAND_LENGTH];
};

/*
 * The name of the current task, nothing but zeroes after its end: the struct is zeroed first, for not every kernel's helper
 * writes to the end of the buffer, and two keys that differ there would be two commands.
 */
static __always_inline void current_command(struct command *command)
{
	__builtin_memset(command, 0, sizeof(*command));
	bpf_get_current_comm(command->name, sizeof(command->name));
}

/* The name of any task. The kernel's own copy may hold rests of an older, longer name, hence a copy up to its end. */
static __always_inline void command_of(const struct task_struct *task, struct command *command)
{
	__builtin_memset(command, 0, sizeof(*command));
	bpf_probe_read_kernel_str(command->name, sizeof(command->name), task->comm);
}

/* The name of the current task's process, whatever its threads call themselves. */
static __always_inline void current_process(struct command *command)
{
	struct task_struct *task = (void *)bpf_get_current_task();

	command_of(BPF_CORE_READ(task, group_leader), command);
}

/*
 * "kworker/u8:3" becomes "kworker", "ksoftirqd/1" "ksoftirqd": the names of kernel threads number CPUs and threads, which
 * would be a series each. Names of programs are left alone, slash or not. The flags are those of the task_struct.
 */
static __always_inline void fold_kernel_thread(unsigned int flags, struct command *command)
{
	bool behind = false;

	if (!(flags & PF_KTHREAD))
		return;
#pragma unroll
	for (int i = 0; i < COMMAND_LENGTH; i++) {
		behind = behind || command->name[i] == '/';
		if (behind)
			command->name[i] = 0;
	}
}
