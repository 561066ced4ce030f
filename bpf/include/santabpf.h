/* SPDX-License-Identifier: GPL-2.0 OR BSD-2-Clause */
/*
 * SantaBPF's BPF library: every program includes this file. Optional headers include identity.h, syscall.h and start_time.h. Kernel types by
 * subsystem are in kernel/.
 */
#pragma once

#include <linux/bpf.h>

#include <bpf/bpf_helpers.h>

#include <bpf/bpf_core_read.h>
#include <bpf/bpf_tracing.h>
#include <stdbool.h>

#include "kernel/task.h"
#include "counter.h"
#include "run_counter.h"
#include "maps.h"
#include "histogram.h"
#include "command.h"

/* Some helpers require a GPL-compatible program. */
char LICENSE[] SEC("license") = "Dual BSD/GPL";
