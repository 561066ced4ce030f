/* SPDX-License-Identifier: GPL-2.0 OR BSD-2-Clause */
/* The names of processes and threads, for use in a key. */
#pragma once

#include <bpf/bpf_helpers.h>

#include <bpf/bpf_core_read.h>

#include "kernel/task.h"

#define COMMAND_LENGTH 16
struct command {
	char name[COMMAND_LENGTH];
};

/* A string of the kernel, zero-padded. Copied as a string because the kernel's buffer may hold remains of a longer, older name. */
static __always_inline void copy_name(struct command *command, const char *name)
{
	__builtin_memset(command, 0, sizeof(*command));
	bpf_probe_read_kernel_str(command->name, sizeof(command->name), name);
}

/*
 * The command of a task: the name of its process, which is the name of the thread group leader. A thread's own name would split one
 * program into a series per thread: a Java virtual machine names dozens.
 */
static __always_inline void command_of(const struct task_struct *task, struct command *command)
{
	copy_name(command, BPF_CORE_READ(task, group_leader)->comm);
}

/* The name of one thread, for probes that list threads. */
static __always_inline void thread_name_of(const struct task_struct *task, struct command *name)
{
	copy_name(name, task->comm);
}

/* A mask of the bytes before the first zero byte of `word`; of all bytes if there is none. The first byte is the lowest. */
static __always_inline __u64 bytes_before_end(__u64 word)
{
	__u64 ends = (word - 0x0101010101010101) & ~word & 0x8080808080808080;

	return ends ? (ends & -ends) / 0x80 - 1 : ~0ULL;
}

/*
 * The command of the current task. Since 5.11 (3ca1032ab7ab "bpf: Expose bpf_get_current_task_btf") the name is read as two typed
 * loads, which cost no more than bpf_get_current_comm(), the helper for the name of the thread.
 */
static __always_inline void current_command(struct command *command)
{
	const struct task_struct *leader;
	__u64 first, second, kept;

	if (!bpf_core_enum_value_exists(enum bpf_func_id, BPF_FUNC_get_current_task_btf)) {
		command_of((void *)bpf_get_current_task(), command);
		return;
	}
	leader = ((struct task_struct *)bpf_get_current_task_btf())->group_leader;
	first = *(const __u64 *)leader->comm;
	second = *((const __u64 *)leader->comm + 1);
	kept = bytes_before_end(first);
	first &= kept;
	second = kept == ~0ULL ? second & bytes_before_end(second) : 0;
	__builtin_memcpy(command->name, &first, sizeof(first));
	__builtin_memcpy(command->name + sizeof(first), &second, sizeof(second));
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
