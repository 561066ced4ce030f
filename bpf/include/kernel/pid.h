/* SPDX-License-Identifier: GPL-2.0 OR BSD-2-Clause */
/* Process ids and PID namespaces, reduced as in kernel/task.h. */
#pragma once

#include <bpf/bpf_core_read.h>

#pragma clang attribute push(__attribute__((preserve_access_index)), apply_to = record)

struct ns_common {
	unsigned int inum;
};

struct pid_namespace {
	struct ns_common ns;
};

struct upid {
	int nr;
	struct pid_namespace *ns;
};

struct pid {
	unsigned int level;
	struct upid numbers[1];
};

struct task_struct___pid {
	struct task_struct___pid *group_leader;
	struct pid *thread_pid;
};

#pragma clang attribute pop

/* The id of a process in its innermost PID namespace, which is the last of its ids. */
static __always_inline struct upid *innermost_id(struct pid *id)
{
	const char *first = (const char *)__builtin_preserve_access_index(&id->numbers[0]);

	return (void *)(first + BPF_CORE_READ(id, level) * bpf_core_type_size(struct upid));
}
