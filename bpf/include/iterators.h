/* SPDX-License-Identifier: GPL-2.0 OR BSD-2-Clause */
/*
 * Contexts of iterators (SEC("iter/...")). An iterator runs once per object, then once more with a NULL object. All iterators run at
 * every scrape, before the maps are read; those that the probe's file lists with `background` run at the start and rarely after it,
 * beside scrapes. They must return 0.
 */
#pragma once

#include "kernel/task.h"

#pragma clang attribute push(__attribute__((preserve_access_index)), apply_to = record)

struct file;

/* SEC("iter/task"): every thread in the exporter's PID namespace and its descendants; on a host, all threads. Linux 5.8. */
struct bpf_iter__task {
	struct task_struct *task;
};

/*
 * SEC("iter/task_file"): every open file of every task in the same PID namespaces, by process id. Since Linux 5.10 threads that share
 * the files of their process are skipped, 203d7b054fc7 ("bpf: Avoid iterating duplicated files for task_file iterator").
 */
struct bpf_iter__task_file {
	struct task_struct *task;
	struct file *file;
};

/* SEC("iter/bpf_map"): every map. Its last run is the cheapest way to run code once per scrape. Linux 5.8. */
struct bpf_iter__bpf_map {
	void *map;
};

/*
 * SEC("iter/bpf_map_elem"): every entry of one map, which the probe's file names in `over`. The value may be written, and the entry
 * removed. Linux 5.9.
 */
struct bpf_iter__bpf_map_elem {
	void *key;
	void *value;
};

#pragma clang attribute pop
