/* SPDX-License-Identifier: GPL-2.0 OR BSD-2-Clause */
/* Recognizes the exporter's own process. */
#pragma once

#include <linux/types.h>
#include <stdbool.h>

#include <bpf/bpf_core_read.h>
#include <bpf/bpf_helpers.h>

#include "kernel/pid.h"

/* Set by the loader: the exporter's process id, and the inode number of the PID namespace of that id. */
const volatile __u32 exporter_pid = 0;
const volatile __u32 exporter_pid_namespace = 0;

/* Whether the current task belongs to the exporter. It costs half a dozen reads: use it for rare events only. */
static __always_inline bool is_own_process(void)
{
	struct task_struct___pid *task = (void *)bpf_get_current_task();
	/* The exporter knows its id in its innermost PID namespace. */
	struct upid *number = innermost_id(BPF_CORE_READ(task, group_leader, thread_pid));

	return BPF_CORE_READ(number, nr) == exporter_pid && BPF_CORE_READ(number, ns, ns.inum) == exporter_pid_namespace;
}
