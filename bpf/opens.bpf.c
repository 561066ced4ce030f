// SPDX-License-Identifier: GPL-2.0 OR BSD-2-Clause
// Counts files opened by command, and failed opens by command and errno.
#include "santabpf.h"
#include "syscall_exit.h"

struct failure {
	struct command command;
	__u32 error;
};

PERCPU_HASH(opens, struct command, __u64, 4096);
PERCPU_HASH(failures, struct failure, __u64, 4096);

static const __u8 opening_calls[SYSCALL_NUMBERS] = {
#ifdef __NR_open
	[__NR_open] = NATIVE(1),
	[__NR_creat] = NATIVE(1),
#endif
	[__NR_openat] = NATIVE(1),
	[__NR_openat2] = NATIVE(1) | COMPAT(1), /* 437 in both tables: calls added since Linux 5.1 have the same number in both */
	[__NR_open_by_handle_at] = NATIVE(1),
	[COMPAT_open] = COMPAT(1),
	[COMPAT_creat] = COMPAT(1),
	[COMPAT_openat] = COMPAT(1),
	[COMPAT_open_by_handle_at] = COMPAT(1),
};

static __always_inline int count_result(__u32 number, long result)
{
	struct failure failure;
	__u64 *count;

	if (!meaning_in(opening_calls, number))
		return 0;
	current_command(&failure.command);
	if (result >= 0) {
		count = lookup_or_try_init(opens, &failure.command);
	} else if (is_error(result)) {
		failure.error = -result;
		count = lookup_or_try_init(failures, &failure);
	} else {
		/* Interrupted: the kernel restarts the call, and the restart is counted. */
		return 0;
	}
	if (count)
		add_nonatomic(count, 1);
	return 0;
}

SYSCALL_EXIT(count_open, SUCCEEDED | FAILED, opening_calls, count_result(number, result))
