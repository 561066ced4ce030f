/* SPDX-License-Identifier: GPL-2.0 OR BSD-2-Clause */
/*
 * Recognizes BPF programs that can change nothing and report nothing, whatever they are attached to. Libraries load such programs to
 * find out what the kernel supports (libbpf, bpftrace, bpftool). What a program does decides, because anybody can choose its name.
 */
#pragma once

#include <linux/bpf.h>
#include <stdbool.h>

#include <bpf/bpf_helpers.h>

/* Filters are longer as soon as they compare anything and act on it. */
#define INERT_INSTRUCTIONS 8

struct instructions {
	__u64 slots[INERT_INSTRUCTIONS];
	__u32 count; /* more than INERT_INSTRUCTIONS: `slots` is not filled */
};

#define OPERATION(SLOT) ((__u8)(SLOT))
#define CALL (BPF_JMP | BPF_CALL)
#define LOAD_CONSTANT (BPF_LD | BPF_IMM | BPF_DW) /* a 64-bit constant: the only way to the address of a map */

static __always_inline bool is_among(const struct instructions *program, __u8 operation)
{
	for (int i = 0; i < INERT_INSTRUCTIONS; i++)
		if (i < program->count && OPERATION(program->slots[i]) == operation)
			return true;
	return false;
}

/*
 * libbpf's test for bpf_probe_read_kernel(). Any helper may take its place: the arguments are an empty buffer of the program, its size
 * and 0.
 */
static __always_inline bool is_read_test(const struct instructions *program)
{
	return program->count == 6 && program->slots[0] == 0xa1bf /* r1 = r10 */ &&
	       program->slots[1] == 0xfffffff800000107 /* r1 += -8 */ && program->slots[2] == 0x8000002b7 /* r2 = 8 */ &&
	       program->slots[3] == 0x3b7 /* r3 = 0 */ && OPERATION(program->slots[4]) == CALL;
}

/*
 * Whether a verified program is inert:
 *   - of two instructions, which can only return a constant or the result of a call without chosen arguments. Attached to a cgroup or a
 *     network device, such a program may refuse or drop everything, which does not stay hidden.
 *   - of a type whose result only its own loader sees, and without calls. Without a map it can report nothing; a socket filter with a
 *     map sees no more than the socket's owner.
 */
static __always_inline bool is_inert(enum bpf_prog_type type, const struct instructions *program)
{
	if (program->count <= 2)
		return true;
	if (program->count > INERT_INSTRUCTIONS)
		return false;
	switch (type) {
	case BPF_PROG_TYPE_SOCKET_FILTER:
		return !is_among(program, CALL);
	case BPF_PROG_TYPE_KPROBE:
	case BPF_PROG_TYPE_TRACEPOINT:
	case BPF_PROG_TYPE_RAW_TRACEPOINT:
	case BPF_PROG_TYPE_PERF_EVENT:
		return is_read_test(program) || !(is_among(program, CALL) || is_among(program, LOAD_CONSTANT));
	default:
		return false;
	}
}
