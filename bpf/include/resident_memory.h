/* SPDX-License-Identifier: GPL-2.0 OR BSD-2-Clause */
/* Resident memory of a process. Defines a constant: include it only where used. */
#pragma once

#include <linux/types.h>

#include "kernel/mm.h"
#include "kernel/task.h"

/* Page size in bytes. The loader sets it to the machine's before load. */
const volatile __u64 page_bytes = 4096;

/* Resident memory of a process in bytes: anonymous, file-mapped and shared pages. 0 without an mm. */
static __always_inline __u64 resident_bytes_of(struct task_struct *task)
{
	struct mm_struct *mm = BPF_CORE_READ((struct task_struct___memory *)task, mm);
	__u64 pages;

	if (!mm)
		return 0;
	pages = PAGES_OF(mm, file_pages) + PAGES_OF(mm, anonymous_pages) + PAGES_OF(mm, shared_pages);
	return pages * page_bytes;
}
