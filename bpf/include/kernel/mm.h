/* SPDX-License-Identifier: GPL-2.0 OR BSD-2-Clause */
/* Pages, resident set counters, NUMA node counters and bios; reduced as in kernel/task.h. */
#pragma once

#include <linux/types.h>

#include <bpf/bpf_core_read.h>
#include <stdbool.h>

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

/* Shared by all events that end a reclaim. */
struct trace_event_raw_mm_vmscan_direct_reclaim_end_template {
	unsigned long nr_reclaimed;
};

struct task_struct___memory {
	struct mm_struct *mm;
};

struct page {
	void *mapping; /* the lowest bits are flags */
};

struct page___before_6_18 {
	unsigned long flags;
};

struct page_flags {
	unsigned long f;
};

struct page___since_6_18 {
	struct page_flags flags; /* 53fbef56e07d ("mm: introduce memdesc_flags_t") */
};

struct page___before_7_0 {
	unsigned long compound_head;
};

struct page___since_7_0 {
	unsigned long compound_info; /* seen in 7.2: as before, or a mask for the page's address */
};

struct bio_vec {
	struct page *bv_page;
};

struct bvec_iter {
	unsigned int bi_size;
};

struct node_count {
	long counter;
};

struct pglist_data {
	int node_id;
	struct node_count vm_stat[1];
};

struct lruvec {
	struct pglist_data *pgdat;
};

struct mem_cgroup_per_node {
	struct lruvec lruvec;
};

struct mem_cgroup___nodes {
	struct mem_cgroup_per_node *nodeinfo[1];
};

struct bio {
	unsigned int bi_opf;
	unsigned short bi_flags;
	struct bvec_iter bi_iter;
	struct bio_vec *bi_io_vec;
};

#pragma clang attribute pop

/* bio.bi_opf */
#define OPERATION_MASK 0xff
#define OPERATION_READ 0

/* bio.bi_flags: an anonymous enum in the kernel, so CO-RE cannot read it; the same number in 5.10 to 7.2 */
#define BIO_CLONED (1 << 1)

/* page.mapping: set for anonymous pages and others that belong to no file */
#define MAPPING_MARKS 3

/* Read the running kernel's number with bpf_core_enum_value. */
enum pageflags {
	PG_uptodate,
};

/* Indexes of pglist_data.vm_stat; likewise. */
enum node_stat_item {
	WORKINGSET_REFAULT_FILE,
};

/* Separates masks from addresses: every mask is in the last half gigabyte of addresses, and no struct page is. */
#define FIRST_MASK 0xffffffffe0000000UL

/* The head page of a compound page, for any of its pages; a single page is its own head. */
static __always_inline struct page *head_of(struct page *page)
{
	struct page___since_7_0 *newer = (void *)page;
	unsigned long word;

	if (bpf_core_field_exists(newer->compound_info))
		word = BPF_CORE_READ(newer, compound_info);
	else
		word = BPF_CORE_READ((struct page___before_7_0 *)page, compound_head);
	if (!(word & 1))
		return page;
	return (void *)(word >= FIRST_MASK ? (unsigned long)page & word : word - 1);
}

/*
 * Whether a read into the page fills the page cache: the page belongs to a file and is not up to date yet. The target of direct I/O may
 * belong to a file too, such as shared memory, but it is up to date.
 */
static __always_inline bool is_cache_to_fill(struct page *page)
{
	struct page *head = head_of(page);
	struct page___since_6_18 *newer = (void *)head;
	unsigned long mapping = (unsigned long)BPF_CORE_READ(head, mapping), flags;

	if (!mapping || mapping & MAPPING_MARKS)
		return false;
	if (bpf_core_field_exists(newer->flags.f))
		flags = BPF_CORE_READ(newer, flags.f);
	else
		flags = BPF_CORE_READ((struct page___before_6_18 *)head, flags);
	return !(flags & 1UL << bpf_core_enum_value(enum pageflags, PG_uptodate));
}

/* Indexes of mm_struct.rss_stat. */
enum resident_pages {
	file_pages = 0,
	anonymous_pages = 1,
	shared_pages = 3,
};

/*
 * The pages of one kind, the number that the kernel's log shows; it may be off by some dozens per CPU. A macro because libbpf needs
 * KIND as a constant. Both kernel versions have `rss_stat`, but only the newer is an array.
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
