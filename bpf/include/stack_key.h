/* SPDX-License-Identifier: GPL-2.0 OR BSD-2-Clause */
/* Whose stack it is. */
#pragma once

#include <linux/types.h>

#include <bpf/bpf_helpers.h>

#include "command.h"
#include "identity.h"

struct stack_key {
	struct command command;
	__u32 pid; /* of the process, in the initial namespace; 0 for kernel threads */
	__u32 unused; /* 0 */
	__u64 hash; /* of the addresses */
	__u64 cgroup; /* 0 if it is not asked for */
};

static __always_inline void identify_stack(struct stack_key *key)
{
	struct task_struct *task = (void *)bpf_get_current_task();
	unsigned int flags = BPF_CORE_READ(task, flags);

	current_command(&key->command);
	fold_kernel_thread(flags, &key->command);
	key->pid = flags & PF_KTHREAD ? 0 : bpf_get_current_pid_tgid() >> 32;
	key->unused = 0;
	key->cgroup = current_cgroup();
}
