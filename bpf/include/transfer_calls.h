/* SPDX-License-Identifier: GPL-2.0 OR BSD-2-Clause */
/* System calls that read or write file descriptors. */
#pragma once

#include "call_table.h"

enum operation {
	read = 1,
	write = 2,
	/* From one descriptor to another, mostly a socket, without a user buffer. */
	sendfile = 3, /* the file is the second argument */
	splice = 4,
};

static const __u8 operations[SYSCALL_NUMBERS] = {
	[__NR_read] = NATIVE(read),
	[__NR_write] = NATIVE(write),
	[__NR_pread64] = NATIVE(read),
	[__NR_pwrite64] = NATIVE(write),
	[__NR_readv] = NATIVE(read),
	[__NR_writev] = NATIVE(write),
	[__NR_preadv] = NATIVE(read),
	[__NR_pwritev] = NATIVE(write),
	[__NR_preadv2] = NATIVE(read),
	[__NR_pwritev2] = NATIVE(write),
	[__NR_sendfile] = NATIVE(sendfile),
	[__NR_splice] = NATIVE(splice),
	[COMPAT_read] = COMPAT(read),
	[COMPAT_write] = COMPAT(write),
	[COMPAT_readv] = COMPAT(read),
	[COMPAT_writev] = COMPAT(write),
	[COMPAT_pread64] = COMPAT(read),
	[COMPAT_pwrite64] = COMPAT(write),
	[COMPAT_preadv] = COMPAT(read),
	[COMPAT_pwritev] = COMPAT(write),
	[COMPAT_preadv2] = COMPAT(read),
	[COMPAT_pwritev2] = COMPAT(write),
	[COMPAT_sendfile] = COMPAT(sendfile),
	[COMPAT_sendfile64] = COMPAT(sendfile),
	[COMPAT_splice] = COMPAT(splice),
};
