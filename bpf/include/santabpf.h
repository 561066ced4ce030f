/* SPDX-License-Identifier: GPL-2.0 OR BSD-2-Clause */
/* SantaBPF's library for programs: include this one file, then write the probe. More, when needed: syscall.h, start_time.h, cgroup.h. */
#pragma once

#include <linux/bpf.h>

#include <bpf/bpf_helpers.h>

#include <bpf/bpf_core_read.h>
#include <bpf/bpf_tracing.h>
#include <stdbool.h>

#include "kernel/task.h"
#include "counter.h"
#include "maps.h"
#include "histogram.h"
#include "command.h"

/* Some helpers are for GPL-compatible programs only. */
char LICENSE[] SEC("license") = "Dual BSD/GPL";
