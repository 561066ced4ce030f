/* SPDX-License-Identifier: GPL-2.0 OR BSD-2-Clause */
/*
 * The functions that a Python interpreter runs. CPython 3.13 says where its structures have their fields (_Py_DebugOffsets); the
 * exporter reads that from the process and enters it here. All memory belongs to the process, so nothing in it is trusted.
 */
#pragma once

#include <bpf/bpf_core_read.h>
#include <bpf/bpf_helpers.h>

#include "kernel/pid.h"
#include "maps.h"

/* Threads and interpreters that are searched for the current thread, newest first. */
#define PYTHON_THREADS 64
#define PYTHON_FRAMES 64
/* What is read of a thread and of a frame at once. The exporter refuses offsets beyond (src/symbols/python_offsets.ts). */
#define PYTHON_THREAD_BYTES 256
#define PYTHON_FRAME_BYTES 80
/* Marks the address of a code object: no user address has this bit. */
#define PYTHON_CODE (1ULL << 63)
/* The owner of a frame that stands for C code. */
#define PYTHON_OWNED_BY_C 3

/* The layout is that of src/symbols/python_offsets.ts. Offsets in bytes. */
struct python_process {
	__u64 interpreters; /* where the address of the first one is */
	__u32 next_interpreter, threads; /* of an interpreter */
	__u32 next_thread, native_id, current_frame; /* of a thread */
	__u32 code, previous, owner; /* of a frame */
};

/* By the number of the process. */
struct {
	__uint(type, BPF_MAP_TYPE_HASH);
	__uint(max_entries, 1024);
	__type(key, __u32);
	__type(value, struct python_process);
} python_processes SEC(".maps");

/* The sizes are powers of two, for masks. */
struct python_memory {
	__u64 thread[PYTHON_THREAD_BYTES / 8];
	__u8 frame[128];
};
PERCPU_ARRAY(python_memory, struct python_memory, 1);

static __always_inline __u64 user_word(__u64 address)
{
	__u64 word = 0;

	bpf_probe_read_user(&word, sizeof(word), (void *)address);
	return word;
}

static __always_inline __u64 thread_word(const struct python_memory *memory, __u32 offset)
{
	return memory->thread[(offset / 8) & (PYTHON_THREAD_BYTES / 8 - 1)];
}

static __always_inline __u64 frame_word(const struct python_memory *memory, __u32 offset)
{
	return *(__u64 *)(memory->frame + (offset & 0x78));
}

/* The innermost frame of the current thread; 0 without one. */
static __always_inline __u64 python_frame(const struct python_process *python, struct python_memory *memory)
{
	struct task_struct___pid *task = (void *)bpf_get_current_task();
	/* Python knows its threads by their numbers in their own PID namespace. */
	struct upid *number = innermost_id(BPF_CORE_READ(task, thread_pid));
	__u32 own = BPF_CORE_READ(number, nr);
	__u64 interpreter = user_word(python->interpreters);
	__u64 thread = 0;

	_Pragma("clang loop unroll(disable)") for (__u32 i = 0; i < PYTHON_THREADS; i++)
	{
		if (!thread) {
			if (!interpreter)
				break;
			thread = user_word(interpreter + python->threads);
			interpreter = user_word(interpreter + python->next_interpreter);
			continue;
		}
		if (bpf_probe_read_user(memory->thread, sizeof(memory->thread), (void *)thread))
			break;
		if (thread_word(memory, python->native_id) == own)
			return thread_word(memory, python->current_frame);
		thread = thread_word(memory, python->next_thread);
	}
	return 0;
}

/*
 * Writes the code objects of the functions that the current thread runs, innermost first, behind the `*count` frames in `frames`, which
 * has `limit` places. The count stays in memory: the verifier would follow each of its values.
 */
static __always_inline void add_python_frames(__u64 *frames, volatile __u32 *count, __u32 limit)
{
	__u32 process = bpf_get_current_pid_tgid() >> 32, only = 0;
	struct python_process *python = bpf_map_lookup_elem(&python_processes, &process);
	struct python_memory *memory;
	__u64 frame;

	if (!python)
		return;
	memory = bpf_map_lookup_elem(&python_memory, &only);
	if (!memory)
		return;
	frame = python_frame(python, memory);
	_Pragma("clang loop unroll(disable)") for (__u32 i = 0; i < PYTHON_FRAMES; i++)
	{
		__u64 place = *count;

		if (!frame || place >= limit)
			break;
		if (bpf_probe_read_user(memory->frame, PYTHON_FRAME_BYTES, (void *)frame))
			break;
		if (memory->frame[python->owner & 0x7f] != PYTHON_OWNED_BY_C) {
			frames[place] = frame_word(memory, python->code) | PYTHON_CODE;
			*count = place + 1;
		}
		frame = frame_word(memory, python->previous);
	}
}
