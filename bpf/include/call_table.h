/* SPDX-License-Identifier: GPL-2.0 OR BSD-2-Clause */
/* Lookup of a few system calls among all others, in constant time. */
#pragma once

#include "syscall.h"

/*
 * A table maps each system call number to the program's own meaning, 1 to 15. The low half of an entry is for 64-bit calls and is set
 * with NATIVE(). The high half is for 32-bit calls and is set with COMPAT(). 0 means that the program ignores the call. Join both
 * halves with | where a number has two meanings.
 *
 *	static const __u8 meanings[SYSCALL_NUMBERS] = { [__NR_openat] = NATIVE(1), [COMPAT_openat] = COMPAT(1) };
 */
#define NATIVE(MEANING) (MEANING)
#define COMPAT(MEANING) ((MEANING) << 4)

/* The meaning of a call in the current mode, 0 if ignored. The verifier needs bounds check and load on one register: hence the barrier. */
static __always_inline __u8 meaning_in(const __u8 table[SYSCALL_NUMBERS], __u64 number)
{
	__u8 meaning;

	barrier_var(number);
	if (number >= SYSCALL_NUMBERS)
		return 0;
	meaning = table[number];
	if (!meaning)
		return 0;
	return in_compat_call() ? meaning >> 4 : meaning & 0xf;
}

/* Numbers of 32-bit calls on i386 and ARM. */
#if defined(__TARGET_ARCH_x86)
#define COMPAT_socketcall 102
#define COMPAT_openat 295
#define COMPAT_splice 313
#define COMPAT_open_by_handle_at 342
#define COMPAT_preadv 333
#define COMPAT_pwritev 334
#define COMPAT_connect 362
#define COMPAT_accept4 364
#define COMPAT_preadv2 378
#define COMPAT_pwritev2 379
#elif defined(__TARGET_ARCH_arm64)
#define COMPAT_connect 283
#define COMPAT_accept 285
#define COMPAT_openat 322
#define COMPAT_splice 340
#define COMPAT_preadv 361
#define COMPAT_pwritev 362
#define COMPAT_accept4 366
#define COMPAT_open_by_handle_at 371
#define COMPAT_preadv2 392
#define COMPAT_pwritev2 393
#endif
/* The same number on both. */
#define COMPAT_read 3
#define COMPAT_write 4
#define COMPAT_open 5
#define COMPAT_creat 8
#define COMPAT_readv 145
#define COMPAT_writev 146
#define COMPAT_pread64 180
#define COMPAT_pwrite64 181
#define COMPAT_sendfile 187
#define COMPAT_sendfile64 239
#define COMPAT_openat2 437
