/* SPDX-License-Identifier: GPL-2.0 OR BSD-2-Clause */
/*
 * What an iterator (SEC("iter/...")) is run with: once for each object of a kind, and once more at the end, without one. All of
 * them run at every scrape, before the maps are read; they return 0.
 */
#pragma once

#include "kernel_types.h"

#pragma clang attribute push(__attribute__((preserve_access_index)), apply_to = record)

/* SEC("iter/task"): every thread, of all PID namespaces. Linux 5.8. */
struct bpf_iter__task {
	struct task_struct *task;
};

#pragma clang attribute pop
