// SPDX-License-Identifier: GPL-2.0 OR BSD-2-Clause
// Counts errors of system calls by name, and refused calls by command and user. All calls are counted in syscall_exits.bpf.c.
#include <linux/errno.h>

#include "santabpf.h"
#include "identity.h"
#include "syscall_exit.h"

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
	__u32 unused;
	__u64 cgroup;
};

PERCPU_ARRAY(interruptions, __u64, SYSCALL_NUMBERS);
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

static __always_inline void count_refusal(__u32 call, __u32 error)
{
	struct refusal refusal = { .user = bpf_get_current_uid_gid(), .call = call, .error = error };
	__u64 *count;

	current_command(&refusal.command);
	refusal.cgroup = current_cgroup();
	count = lookup_or_try_init(refusals, &refusal);
	if (count)
		add_nonatomic(count, 1);
}

static __always_inline int count_error(__u32 number, long result)
{
	struct failure failure = { .call = syscall_of(number), .error = -result };
	__u64 *count;

	if (failure.call >= SYSCALL_NUMBERS)
		return 0;
	if (is_interrupted(result)) {
		count = bpf_map_lookup_elem(&interruptions, &failure.call);
	} else {
		if (is_refusal(failure.error))
			count_refusal(failure.call, failure.error);
		count = lookup_or_try_init(failures, &failure);
	}
	if (count)
		add_nonatomic(count, 1);
	return 0;
}

SYSCALL_EXIT(count_failure, FAILED, , count_error(number, result))
