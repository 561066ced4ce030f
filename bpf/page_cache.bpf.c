// SPDX-License-Identifier: GPL-2.0 OR BSD-2-Clause
// Counts bytes read from disks by command and cause, and pages read again after their eviction from the page cache (refaults).
#include "santabpf.h"
#include "current_call.h"
#include "identity.h"
#include "kernel/cgroup.h"
#include "iterators.h"
#include "kernel/mm.h"
#include "transfer_calls.h"

enum cause {
	in_read = 0, /* a page cache miss of a read call, sendfile or splice */
	in_write,    /* a write to part of a page: the rest of the page is read first */
	in_fault,    /* a page fault on a mapped file, program code included */
	in_other,    /* readahead on demand, directories and inodes, io_uring */
	in_kernel,   /* kernel threads: loop devices, NFS servers */
	past_cache,  /* direct I/O, swap, private buffers of file systems */
};

struct reading {
	struct command command;
	enum cause cause;
	__u32 unused;
	__u64 cgroup;
};

SHARED_HASH(disk_reads, struct reading, __u64, 8192);

/* The kernel's own totals, by NUMA node. */
#define NODES 16
struct {
	__uint(type, BPF_MAP_TYPE_ARRAY);
	__uint(max_entries, NODES);
	__type(key, __u32);
	__type(value, __u64);
} refaults SEC(".maps");

#pragma clang attribute push(__attribute__((preserve_access_index)), apply_to = record)

struct task_struct___submitter {
	void *bio_list;
};

#pragma clang attribute pop

static __always_inline enum cause cause_of(struct task_struct *task, bool fills_cache)
{
	__u32 number;

	if (!fills_cache)
		return past_cache;
	if (BPF_CORE_READ(task, flags) & PF_KTHREAD)
		return in_kernel;
	number = current_call(task);
	/* No system call in progress. */
	if (number == (__u32)-1)
		return in_fault;
	switch (meaning_in(operations, number)) {
	case read:
	case sendfile:
	case splice:
		return in_read;
	case write:
		return in_write;
	}
	return in_other;
}

/* True for a bio that a stacked device (device mapper, RAID) passes to an underlying disk: the original is counted. */
static __always_inline bool is_passed_down(struct task_struct *task, struct bio *bio)
{
	if (!(bio->bi_flags & BIO_CLONED))
		return false;
	/* File systems clone bios too. A stacked driver does so only during submission (bio_list is set) or in its kernel threads. */
	return BPF_CORE_READ((struct task_struct___submitter *)task, bio_list) ||
	       BPF_CORE_READ(task, flags) & PF_KTHREAD;
}

/* A kernel thread reads for somebody: a loop device for the programs that use its file system. */
static __always_inline __u64 cgroup_of_reader(struct task_struct *task, struct bio *bio)
{
	__u64 charged = 0;

	if (identity_cgroup && BPF_CORE_READ(task, flags) & PF_KTHREAD)
		charged = cgroup_of_bio(bio);
	return charged ? charged : current_cgroup();
}

static __always_inline int count_bio(struct bio *bio)
{
	struct task_struct *task = (void *)bpf_get_current_task();
	struct reading reading = {};
	__u32 size = bio->bi_iter.bi_size;
	struct page *page;
	__u64 *bytes;

	if ((bio->bi_opf & OPERATION_MASK) != OPERATION_READ || !size || is_passed_down(task, bio))
		return 0;
	/* The first page is enough: all pages of a bio have the same cause. */
	page = BPF_CORE_READ(bio, bi_io_vec, bv_page);
	reading.cause = cause_of(task, page && is_cache_to_fill(page));
	current_command(&reading.command);
	fold_kernel_thread(BPF_CORE_READ(task, flags), &reading.command);
	reading.cgroup = cgroup_of_reader(task, bio);
	bytes = lookup_or_try_init(disk_reads, &reading);
	if (bytes)
		add(bytes, size);
	return 0;
}

/* Runs once for each bio, before any split, in the task that requests the data. */
SEC("tp_btf/block_bio_queue")
int BPF_PROG(queue, struct bio *bio)
{
	return count_bio(bio);
}

/* Before e8a676d61c07 ("block: simplify and extend the block_bio_merge tracepoint class"). */
SEC("tp_btf/block_bio_queue")
int BPF_PROG(queue_before_5_11, void *queue, struct bio *bio)
{
	return count_bio(bio);
}

/* No symbol gives access to the per-node counters on every kernel, so they are reached through a memory cgroup. */
static __always_inline void read_refaults(__u32 node, struct mem_cgroup_per_node **nodes)
{
	__u64 item = bpf_core_enum_value(enum node_stat_item, WORKINGSET_REFAULT_FILE);
	struct node_count *counts;
	struct mem_cgroup_per_node *of_group;
	struct pglist_data *data;
	__u64 pages;

	if (bpf_probe_read_kernel(&of_group, sizeof(of_group), nodes + node))
		return;
	data = BPF_CORE_READ(of_group, lruvec.pgdat);
	/* The array has one entry per possible node: an id that differs was read past its end. */
	if (!data || BPF_CORE_READ(data, node_id) != node)
		return;
	counts = (void *)data + bpf_core_field_offset(data->vm_stat);
	if (!bpf_probe_read_kernel(&pages, sizeof(pages), counts + item))
		bpf_map_update_elem(&refaults, &node, &pages, BPF_ANY);
}

SEC("iter/bpf_map")
int read_totals(struct bpf_iter__bpf_map *context)
{
	struct task_struct___cgroups *task = (void *)bpf_get_current_task();
	struct css_set *groups = BPF_CORE_READ(task, cgroups);
	struct cgroup_subsys_state *state = NULL, **states;
	struct mem_cgroup___nodes *group;

	/* The final call, without a map, runs exactly once. */
	if (context->map)
		return 0;
	/* Without the memory controller (cgroup_disable=memory) the metric is absent. */
	if (!bpf_core_enum_value_exists(enum cgroup_subsys_id, memory_cgrp_id))
		return 0;
	states = (void *)groups + bpf_core_field_offset(groups->subsys);
	if (bpf_probe_read_kernel(&state, sizeof(state), states + bpf_core_enum_value(enum cgroup_subsys_id, memory_cgrp_id)) || !state)
		return 0;
	group = (void *)state - bpf_core_field_offset(struct mem_cgroup, css);
	for (__u32 node = 0; node < NODES; node++)
		read_refaults(node, (void *)group + bpf_core_field_offset(group->nodeinfo));
	return 0;
}
