/* SPDX-License-Identifier: GPL-2.0 OR BSD-2-Clause */
/* Pages, the bios that fill them, and where the kernel counts them; reduced as in kernel/task.h. */
#pragma once

#include <linux/types.h>

#include <bpf/bpf_core_read.h>
#include <stdbool.h>

#pragma clang attribute push(__attribute__((preserve_access_index)), apply_to = record)

struct page {
	void *mapping; /* with marks in its lowest bits */
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
	unsigned long compound_info; /* seen in 7.2: either as before, or a mask to be put on the page's address */
};

struct bio_vec {
	struct page *bv_page;
};

struct bvec_iter {
	unsigned int bi_size;
};

/* What the kernel counts for each NUMA node. */
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

/* bio.bi_opf: the operation, of which reading is 0 */
#define OPERATION_MASK 0xff
#define OPERATION_READ 0

/* bio.bi_flags: of an anonymous enum, the same number in 5.10 to 7.2 */
#define BIO_CLONED (1 << 1)

/* page.mapping: the pages of a process, and others that are not of a file */
#define MAPPING_MARKS 3

/* Only the kernel's own number of it counts: the kernel is read at load. */
enum pageflags {
	PG_uptodate,
};

/* Likewise; of pglist_data.vm_stat. */
enum node_stat_item {
	WORKINGSET_REFAULT_FILE,
};

/* No page structure lies in the last half gigabyte of the addresses, and every mask does. */
#define FIRST_MASK 0xffffffffe0000000UL

/* The page that speaks for a large one, for any of its parts. */
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
 * Whether a read into it fills the page cache: it belongs to a file and holds nothing valid yet. Memory that direct I/O reads into
 * may belong to a file as well, as shared memory does, but is valid.
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
