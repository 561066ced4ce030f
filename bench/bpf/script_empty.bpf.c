// SPDX-License-Identifier: GPL-2.0 OR BSD-2-Clause
// What the kernel's run statistics show of a program that does nothing.
#include <linux/bpf.h>
#include <bpf/bpf_helpers.h>

SEC("raw_tp/sys_enter")
int do_nothing_at_enter(void *ctx)
{
	return 0;
}

SEC("raw_tp/sys_exit")
int do_nothing_at_exit(void *ctx)
{
	return 0;
}
