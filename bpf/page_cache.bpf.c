// SPDX-License-Identifier: GPL-2.0 OR BSD-2-Clause
// What is read from disks, by whom and why; and how much of it had been in the page cache a while ago.
#include "santabpf.h"
#include "kernel/cgroup.h"
#include "iterators.h"
#include "kernel/mm.h"
#include "transfer_calls.h"

enum cause {
	in_read = 0, /* a call of the read family, sendfile or splice did not find it in the page cache */
	in_write,    /* a part of a page is written, and the rest of it read before */
	in_fault,    /* a mapped file, a program's code as well */
	in_other,    /* readahead on demand, directories and inodes, io_uring */
	in_kernel,   /* threads of the kernel: loop devices, NFS servers */
	past_cache,  /* direct I/O, swap, and what file systems keep in buffers of their own */
};

struct reading {
	struct command command;
	enum cause cause;
};

PERCPU_HASH(disk_reads, struct reading, __u64, 8192);

/* As the kernel counts them, by NUMA node. */
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
	void *stack;
};

#pragma clang attribute pop

/* Of a kernel thread's stack on x86 and arm64, pages of 4 KiB. */
#define STACK_BYTES 16384

/* As the current task's call or fault found them: they lie at the bottom of its kernel stack. */
static __always_inline struct pt_regs___syscall *current_registers(struct task_struct *task)
{
	/* Since 5.15: dd6e10fbd9fb ("bpf: Add bpf_task_pt_regs() helper"). */
	if (bpf_core_enum_value_exists(enum bpf_func_id, BPF_FUNC_task_pt_regs))
		return (void *)bpf_task_pt_regs((void *)bpf_get_current_task_btf());
	return BPF_CORE_READ((struct task_struct___submitter *)task, stack) + STACK_BYTES -
	       bpf_core_type_size(struct pt_regs___syscall);
}

static __always_inline enum cause cause_of(struct task_struct *task, bool fills_cache)
{
	struct pt_regs___syscall *registers;
	__u32 number;

	if (!fills_cache)
		return past_cache;
	if (BPF_CORE_READ(task, flags) & PF_KTHREAD)
		return in_kernel;
	registers = current_registers(task);
#if defined(__TARGET_ARCH_x86)
	number = BPF_CORE_READ(registers, orig_ax);
#else
	number = BPF_CORE_READ(registers, syscallno);
#endif
	/* In no call. */
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

/* The lower one of a request to a disk that is made of other disks. */
static __always_inline bool is_passed_down(struct task_struct *task, struct bio *bio)
{
	if (!(bio->bi_flags & BIO_CLONED))
		return false;
	/* While a disk's driver is asked for something, or by its threads. File systems also clone, of their own accord. */
	return BPF_CORE_READ((struct task_struct___submitter *)task, bio_list) ||
	       BPF_CORE_READ(task, flags) & PF_KTHREAD;
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
	/* One is like the others: they are read for the same reason. */
	page = BPF_CORE_READ(bio, bi_io_vec, bv_page);
	reading.cause = cause_of(task, page && is_cache_to_fill(page));
	current_command(&reading.command);
	fold_kernel_thread(BPF_CORE_READ(task, flags), &reading.command);
	bytes = lookup_or_try_init(disk_reads, &reading);
	if (bytes)
		add(bytes, size);
	return 0;
}

/* Once for each bio, before it is split, by the task that wants the data. */
SEC("tp_btf/block_bio_queue")
int BPF_PROG(queue, struct bio *bio)
{
	return count_bio(bio);
}

/* Until e8a676d61c07 ("block: simplify and extend the block_bio_merge tracepoint class"). */
SEC("tp_btf/block_bio_queue")
int BPF_PROG(queue_before_5_11, void *queue, struct bio *bio)
{
	return count_bio(bio);
}

/* The nodes' counts lie in no place that a program may name on every kernel, but any memory cgroup leads to them. */
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
	/* There are only as many as the machine may have nodes. */
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

	/* Once, after the last one. */
	if (context->map)
		return 0;
	/* Without it (cgroup_disable=memory) the metric is not there. */
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
