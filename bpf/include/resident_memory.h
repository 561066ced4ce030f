/* SPDX-License-Identifier: GPL-2.0 OR BSD-2-Clause */
/* What the memory management knows of a process, reduced as in kernel/task.h. */
#pragma once

#include <linux/types.h>

#include <bpf/bpf_core_read.h>

#pragma clang attribute push(__attribute__((preserve_access_index)), apply_to = record)

typedef struct {
	__s64 counter;
} atomic_long_t;

struct mm_rss_stat {
	atomic_long_t count[4];
};

struct mm_struct___before_6_2 {
	struct mm_rss_stat rss_stat;
};

struct percpu_counter {
	__s64 count;
};

struct mm_struct___since_6_2 {
	struct percpu_counter rss_stat[4]; /* f1a7941243c1 ("mm: convert mm's rss stats into percpu_counter") */
};

struct mm_struct;

/* Of every event that ends a reclaim. */
struct trace_event_raw_mm_vmscan_direct_reclaim_end_template {
	unsigned long nr_reclaimed;
};

struct task_struct___memory {
	struct mm_struct *mm;
};

#pragma clang attribute pop

/* The kinds of pages that a process has, as the kernel numbers them. */
enum resident_pages {
	file_pages = 0,
	anonymous_pages = 1,
	shared_pages = 3,
};

/* Of a page; set before load, to the machine's. */
const volatile __u64 page_bytes = 4096;

/*
 * The pages of one kind, as the kernel counts them in its log: it may be off by some dozens per CPU. A macro, for libbpf must see the
 * number of the kind as a constant. Both sorts of kernels have a field of that name, but only one has an array.
 */
#define PAGES_OF(MM, KIND)                                                                                             \
	({                                                                                                             \
		__s64 pages_ = 0;                                                                                      \
		if (bpf_core_field_exists(((struct mm_struct___since_6_2 *)0)->rss_stat[0].count))                     \
			pages_ = BPF_CORE_READ((struct mm_struct___since_6_2 *)(MM), rss_stat[KIND].count);            \
		else                                                                                                   \
			pages_ = BPF_CORE_READ((struct mm_struct___before_6_2 *)(MM), rss_stat.count[KIND].counter);   \
		pages_ > 0 ? (__u64)pages_ : 0;                                                                        \
	})

/* What a process has in memory, in bytes: its own, what it maps of files, and shared memory. 0 without an mm. */
static __always_inline __u64 resident_bytes_of(struct task_struct *task)
{
	struct mm_struct *mm = BPF_CORE_READ((struct task_struct___memory *)task, mm);
	__u64 pages;

	if (!mm)
		return 0;
	pages = PAGES_OF(mm, file_pages) + PAGES_OF(mm, anonymous_pages) + PAGES_OF(mm, shared_pages);
	return pages * page_bytes;
}
