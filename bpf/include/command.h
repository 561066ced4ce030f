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

/*
 * A mask of the bytes before the first zero byte of `word`; of all bytes if there is none. The first byte is the lowest. Without
 * branches, here and below: the verifier would follow everything after a name once for each place of its end.
 */
static __always_inline __u64 bytes_before_end(__u64 word)
{
	__u64 ends = (word - 0x0101010101010101) & ~word & 0x8080808080808080;

	return (ends & -ends) / 0x80 - 1;
}

/* Zeroes everything from the first byte on that equals the bytes of `ends`, which are all the same. */
static __always_inline void cut_at(__u64 ends, __u64 *first, __u64 *second)
{
	__u64 kept = bytes_before_end(*first ^ ends);

	*first &= kept;
	/* The top bit of `kept` is set if the first word is kept whole. */
	*second &= bytes_before_end(*second ^ ends) & (__u64)((__s64)kept >> 63);
}

/*
 * The command of the current task. Since 5.11 (3ca1032ab7ab "bpf: Expose bpf_get_current_task_btf") the name is read as two typed
 * loads, which cost no more than bpf_get_current_comm(), the helper for the name of the thread.
 */
static __always_inline void current_command(struct command *command)
{
	const struct task_struct *leader;
	__u64 first, second;

	if (!bpf_core_enum_value_exists(enum bpf_func_id, BPF_FUNC_get_current_task_btf)) {
		command_of((void *)bpf_get_current_task(), command);
		return;
	}
	leader = ((struct task_struct *)bpf_get_current_task_btf())->group_leader;
	first = *(const __u64 *)leader->comm;
	second = *((const __u64 *)leader->comm + 1);
	cut_at(0, &first, &second);
	__builtin_memcpy(command->name, &first, sizeof(first));
	__builtin_memcpy(command->name + sizeof(first), &second, sizeof(second));
}

/* task_struct.flags of the current task. */
static __always_inline unsigned int current_flags(void)
{
	if (!bpf_core_enum_value_exists(enum bpf_func_id, BPF_FUNC_get_current_task_btf))
		return BPF_CORE_READ((struct task_struct *)bpf_get_current_task(), flags);
	return ((struct task_struct *)bpf_get_current_task_btf())->flags;
}

/*
 * Cuts a kernel thread's name at the slash: "kworker/u8:3" becomes "kworker". The numbers after it would make one series per CPU
 * and thread. Names of user processes keep their slashes. `flags` is task_struct.flags.
 */
static __always_inline void fold_kernel_thread(unsigned int flags, struct command *command)
{
	__u64 first, second;

	if (!(flags & PF_KTHREAD))
		return;
	__builtin_memcpy(&first, command->name, sizeof(first));
	__builtin_memcpy(&second, command->name + sizeof(first), sizeof(second));
	cut_at(0x2f2f2f2f2f2f2f2f, &first, &second); /* slashes */
	__builtin_memcpy(command->name, &first, sizeof(first));
	__builtin_memcpy(command->name + sizeof(first), &second, sizeof(second));
}
