/* SPDX-License-Identifier: GPL-2.0 OR BSD-2-Clause */
/* Members of kernel objects, by a load where the verifier allows it: a call of bpf_probe_read_kernel() takes ten times as long. */
#pragma once

#include <bpf/bpf_core_read.h>

/*
 * What the verifier knows of a pointer, a constant. TYPED: it is an argument of a tp_btf program, comes from
 * bpf_get_current_task_btf(), or was loaded from such an object.
 */
#define TYPED true
#define UNTYPED false

/* An unsigned member of *POINTER. */
#define MEMBER(IS_TYPED, POINTER, PATH) ((IS_TYPED) ? (POINTER)->PATH : BPF_CORE_READ(POINTER, PATH))

/* The low half of an address as a number. The verifier allows no other arithmetic on a typed pointer. */
static __always_inline __u32 low_half(const void *pointer)
{
	__u32 half;

	asm volatile("%0 = %1" : "=w"(half) : "w"((__u32)(__u64)pointer));
	return half;
}
