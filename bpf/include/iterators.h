/* SPDX-License-Identifier: GPL-2.0 OR BSD-2-Clause */
/*
 * What an iterator (SEC("iter/...")) is run with: once for each object of a kind, and once more at the end, without one. All of
 * them run at every scrape, before the maps are read; they return 0.
 */
#pragma once

#include "kernel/task.h"

#pragma clang attribute push(__attribute__((preserve_access_index)), apply_to = record)

struct file;

/* SEC("iter/task"): every thread of the exporter's PID namespace and of those beneath it: on a host, all. Linux 5.8. */
struct bpf_iter__task {
	struct task_struct *task;
};

/*
 * SEC("iter/task_file"): every open file of every process, likewise, in the order of process ids. Threads that share the files of their
 * process are left out since Linux 5.10, 203d7b054fc7 ("bpf: Avoid iterating duplicated files for task_file iterator").
 */
struct bpf_iter__task_file {
	struct task_struct *task;
	struct file *file;
};

/* SEC("iter/bpf_map"): every map; the cheapest way to be run once, by its end. Linux 5.8. */
struct bpf_iter__bpf_map {
	void *map;
};

#pragma clang attribute pop
