// SPDX-License-Identifier: GPL-2.0 OR BSD-2-Clause
// Counts process exits by command and exit code, and processes killed by a signal by command and signal. Counts ends of the main
// processes of services and containers separately.
#include "santabpf.h"
#include "cgroup.h"
#include "identity.h"
#include "last_thread.h"
#include "preemption.h"
#include "service.h"

struct exit {
	struct command command;
	__u32 code;
	__u32 unused;
	__u64 cgroup;
};

struct kill {
	struct command command;
	__u32 signal;
	__u32 unused;
	__u64 cgroup;
};

/* No padding: see maps.h. */
struct service_exit {
	struct command command;
	struct command parent;
	struct cgroup_path path;
	__u32 code;
	__u32 signal; /* 0: the process exited by itself */
	__u64 cgroup;
};

SHARED_HASH(exits, struct exit, __u64, 4096);
SHARED_HASH(kills, struct kill, __u64, 4096);
SHARED_HASH(service_exits, struct service_exit, __u64, 1024);

/* As wait(2) would report it. */
static __always_inline __u32 wait_status(struct task_struct *task)
{
	if (task->signal->flags & SIGNAL_GROUP_EXIT)
		return task->signal->group_exit_code;
	return task->group_leader->exit_code;
}

static __always_inline __u32 signal_of(__u32 status)
{
	return status & 0x7f;
}

static __always_inline __u32 code_of(__u32 status)
{
	return status >> 8 & 0xff;
}

static __always_inline void count_service(struct task_struct *task, __u32 status)
{
	struct task_struct *parent = BPF_CORE_READ((struct task_struct___parent *)task->group_leader, real_parent);
	struct service_exit end = { .signal = signal_of(status) };
	__u64 *count;

	process_name_of(task, &end.command);
	process_name_of(parent, &end.parent);
	/* Servers whose workers have their own sessions: PostgreSQL, sshd. What a client does ends the worker, not the service. */
	if (are_equal(&end.command, &end.parent) || entered_pid_namespace(task->group_leader, parent))
		return;
	if (!identity_command) {
		clear_name(&end.command);
		clear_name(&end.parent);
	}
	if (!end.signal)
		end.code = code_of(status);
	cgroup_path_of(memory_cgroup_of(task), &end.path);
	end.cgroup = cgroup_of(task);
	count = lookup_or_try_init(service_exits, &end);
	if (count)
		add(count, 1);
}

static __always_inline int count_process(struct task_struct *task)
{
	struct exit exit = {};
	struct kill kill = {};
	__u32 status;
	__u64 *count;

	if (task->flags & PF_KTHREAD)
		return 0;
	status = wait_status(task);
	kill.signal = signal_of(status);
	if (kill.signal) {
		command_of(task, &kill.command);
		kill.cgroup = cgroup_of(task);
		count = lookup_or_try_init(kills, &kill);
	} else {
		exit.code = code_of(status);
		command_of(task, &exit.command);
		exit.cgroup = cgroup_of(task);
		count = lookup_or_try_init(exits, &exit);
	}
	if (count)
		add(count, 1);
	if (has_own_session(task))
		count_service(task, status);
	return 0;
}

static __always_inline int count_raw(__u64 *arguments)
{
	return is_last_thread(arguments) ? count_process((void *)arguments[0]) : 0;
}

TASK_TRACEPOINT(sched, sched_process_exit, count_exit,
		(struct task_struct *task), count_raw(ctx),
		struct trace_event_raw_sched_process_exit,
		event->group_dead ? count_process((void *)bpf_get_current_task_btf()) : 0)
