// SPDX-License-Identifier: GPL-2.0 OR BSD-2-Clause
// Counts system calls and their errors by name, and refused calls by command and user.
// Only sys_exit is hooked: hooking sys_enter too would double the cost.
#include <linux/errno.h>

#include "santabpf.h"
#include "preemption.h"
#include "syscall.h"

struct failure {
	__u32 call;
	__u32 error;
};

/* No padding: see maps.h. */
struct refusal {
	struct command command;
	__u32 user;
	__u32 call;
	__u32 error;
};

PERCPU_ARRAY(calls, __u64, SYSCALL_NUMBERS);
PERCPU_ARRAY(interruptions, __u64, SYSCALL_NUMBERS);
PERCPU_ARRAY(unnamed_calls, __u64, UNNAMED_CALLS);
PERCPU_HASH(failures, struct failure, __u64, 4096);
PERCPU_HASH(refusals, struct refusal, __u64, 4096);

/* Errors caused by missing permissions or exhausted resources of the caller. All except EDQUOT are below 64. */
#define ERROR_BIT(ERROR) (1ULL << (ERROR))
#define REFUSALS                                                                                                       \
	(ERROR_BIT(EPERM) | ERROR_BIT(EACCES) | ERROR_BIT(EROFS) | ERROR_BIT(ENOSPC) | ERROR_BIT(EMFILE) | ERROR_BIT(ENFILE))

static __always_inline bool is_refusal(__u32 error)
{
	return error < 64 ? REFUSALS >> error & 1 : error == EDQUOT;
}

/* Not inlined, so that successful calls do not pay for its stack. */
static __noinline int count_refusal(__u32 call, __u32 error)
{
	struct refusal refusal = { .user = bpf_get_current_uid_gid(), .call = call, .error = error };
	__u64 *count;

	current_command(&refusal.command);
	count = lookup_or_try_init(refusals, &refusal);
	if (count)
		add_nonatomic(count, 1);
	return 0;
}

static __always_inline int count_number(__u32 number, long result)
{
	__u32 call = syscall_of(number);
	__u64 *count;

	if (call >= SYSCALL_NUMBERS) {
		call -= SYSCALL_NUMBERS;
		count = bpf_map_lookup_elem(&unnamed_calls, &call);
		if (count)
			add_nonatomic(count, 1);
		return 0;
	}
	if (is_ret_from_fork(call, result))
		return 0;
	count = bpf_map_lookup_elem(&calls, &call);
	if (count)
		add_nonatomic(count, 1);
	if (!is_error(result))
		return 0;
	if (is_interrupted(result)) {
		count = bpf_map_lookup_elem(&interruptions, &call);
	} else {
		struct failure failure = { .call = call, .error = -result };

		if (is_refusal(failure.error))
			count_refusal(failure.call, failure.error);
		count = lookup_or_try_init(failures, &failure);
	}
	if (count)
		add_nonatomic(count, 1);
	return 0;
}

TASK_TRACEPOINT(raw_syscalls, sys_exit, count_call,
		(struct pt_regs___syscall *registers, long result), count_number(NUMBER_OF(registers), result),
		struct trace_event_raw_sys_exit, count_number(event->id, event->ret))
