/* SPDX-License-Identifier: GPL-2.0 OR BSD-2-Clause */
/* The version of the running kernel, for behaviour that its types do not show. */
#pragma once

#include <linux/version.h>

#include <bpf/bpf_helpers.h>

/* A constant for the verifier, which removes the branches that this kernel cannot take. */
extern int LINUX_KERNEL_VERSION __kconfig;

/*
 * Since 05b24ff9b2cf ("bpf: Prevent bpf program recursion for raw tracepoint probes") the kernel never starts a program that is
 * already running on the same CPU. Before it, an interrupt could run a raw tracepoint program in the middle of the same program.
 */
static __always_inline bool programs_never_nest(void)
{
	return LINUX_KERNEL_VERSION >= KERNEL_VERSION(6, 1, 0);
}
