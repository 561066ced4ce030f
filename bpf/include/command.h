/* SPDX-License-Identifier: GPL-2.0 OR BSD-2-Clause */
/* The name of a task, for use in a key. */
#pragma once

#include <bpf/bpf_helpers.h>

#include <bpf/bpf_core_read.h>

#include "kernel/task.h"

#define COMMAND_LENGTH 16
struct command {
	char name[COMMAND_LENGTH];
};

/*
 * The name of the current task, zero-padded. The struct is zeroed first because the helper of some kernels does not write the whole
 * buffer, and bytes after the end would make two keys of one command.
 */
static __always_inline void current_command(struct command *command)
{
	__builtin_memset(command, 0, sizeof(*command));
	bpf_get_current_comm(command->name, sizeof(command->name));
}

/* The name of any task, zero-padded. Copied as a string because the kernel's buffer may hold remains of a longer, older name. */
static __always_inline void command_of(const struct task_struct *task, struct command *command)
{
	__builtin_memset(command, 0, sizeof(*command));
	bpf_probe_read_kernel_str(command->name, sizeof(command->name), task->comm);
}

/* The name of the current task's thread group leader. */
static __always_inline void current_process(struct command *command)
{
	struct task_struct *task = (void *)bpf_get_current_task();

	command_of(BPF_CORE_READ(task, group_leader), command);
}

/*
 * Cuts a kernel thread's name at the slash: "kworker/u8:3" becomes "kworker". The numbers after it would make one series per CPU
 * and thread. Names of user processes keep their slashes. `flags` is task_struct.flags.
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
