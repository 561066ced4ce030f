/* SPDX-License-Identifier: GPL-2.0 OR BSD-2-Clause */
/* Open files of the current task. */
#pragma once

#include <bpf/bpf_core_read.h>
#include <bpf/bpf_helpers.h>

#include "kernel/fs.h"

/* The file of a descriptor; NULL if it cannot be read. The index is not checked: call it only after a successful call on the descriptor. */
static __always_inline struct file *current_file(__u32 descriptor)
{
	struct file **files, *file = 0;

	if (bpf_core_enum_value_exists(enum bpf_func_id, BPF_FUNC_get_current_task_btf))
		files = ((struct task_struct___files *)bpf_get_current_task_btf())->files->fdt->fd;
	else
		files = BPF_CORE_READ((struct task_struct___files *)bpf_get_current_task(), files, fdt, fd);
	bpf_probe_read_kernel(&file, sizeof(file), files + descriptor);
	return file;
}
