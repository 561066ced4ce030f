/* SPDX-License-Identifier: GPL-2.0 OR BSD-2-Clause */
/* Recognizes the main processes of services and containers. */
#pragma once

#include <stdbool.h>

#include <bpf/bpf_core_read.h>
#include <bpf/bpf_helpers.h>

#include "command.h"
#include "kernel/pid.h"
#include "kernel/session.h"

/*
 * Whether a process entered its PID namespace from outside, as `docker exec` and the exec probes of Kubernetes do. The first process of
 * a namespace did not enter it.
 */
static __always_inline bool entered_pid_namespace(struct task_struct *leader, struct task_struct *parent)
{
	struct upid *own = innermost_id(BPF_CORE_READ((struct task_struct___pid *)leader, thread_pid));
	struct upid *of_parent = innermost_id(BPF_CORE_READ((struct task_struct___pid *)parent, thread_pid));

	return BPF_CORE_READ(own, nr) != 1 && BPF_CORE_READ(own, ns) != BPF_CORE_READ(of_parent, ns);
}

static __always_inline bool are_equal(const struct command *one, const struct command *other)
{
	const __u64 *first = (const __u64 *)one->name, *second = (const __u64 *)other->name;

	return first[0] == second[0] && first[1] == second[1];
}

/*
 * Whether a process is the main process of a service or container: a session leader without a controlling terminal. Supervisors and
 * container runtimes give each one its own session (systemd, s6, OpenRC, runc, crun); shells, builds and tests do not.
 */
static __always_inline bool has_own_session(struct task_struct *task)
{
	struct signal_struct___session *session = (void *)task->signal;

	return session->leader && !session->tty;
}
