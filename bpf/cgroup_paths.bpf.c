// SPDX-License-Identifier: GPL-2.0 OR BSD-2-Clause
// Reports cgroups as they are made, renamed and removed, so that a cgroup that lives for a moment has its name afterwards. It belongs to
// no probe: the exporter loads it while any label names a cgroup.
#include "santabpf.h"
#include "newcomers.h"

enum cgroup_change {
	MADE,
	REMOVED,
	RENAMED,
};

#define LONGEST_PATH 1024

/* As src/kernel/cgroup_events.ts reads it. */
struct cgroup_event {
	__u64 id;
	__u32 change;
	__u32 hierarchy; /* the kernel's number of it; 0: v2 */
	__u32 length; /* of the path, which follows */
	char path[LONGEST_PATH];
};

#define EVENT_HEADER __builtin_offsetof(struct cgroup_event, path)

struct {
	__uint(type, BPF_MAP_TYPE_RINGBUF);
	__uint(max_entries, 256 * 1024);
} cgroup_events SEC(".maps");

/* Events that were not reported. */
PERCPU_ARRAY(cgroup_events_lost, __u64, 1);

PERCPU_ARRAY(cgroup_event_drafts, struct cgroup_event, 1);

/* Who makes thousands of cgroups a second would keep the exporter from following all others. A share is that of newcomers.h. */
#define MOST_PER_SECOND 1000
struct cgroup_changes {
	__u64 second;
	__u64 count;
};

struct {
	__uint(type, BPF_MAP_TYPE_ARRAY);
	__uint(max_entries, SHARES);
	__type(key, __u32);
	__type(value, struct cgroup_changes);
} cgroup_changes_of_shares SEC(".maps");

/* The hierarchies of v1 whose cgroups are reported; 0: none. */
const volatile __u32 v1_hierarchy = 0;
const volatile __u32 blkio_hierarchy = 0;

#pragma clang attribute push(__attribute__((preserve_access_index)), apply_to = record)

struct kernfs_node___numbered {
	__u64 id;
};

struct cgroup_root___numbered {
	int hierarchy_id;
};

struct cgroup___rooted {
	struct kernfs_node___numbered *kn;
	struct cgroup_root___numbered *root;
};

struct trace_event_raw_cgroup {
	int root;
	__u64 id;
	__u32 __data_loc_path;
};

#pragma clang attribute pop

/* A few events too many pass when CPUs race for the first one of a second. */
static __always_inline bool is_share_used_up(void)
{
	__u32 index = share_of_current() & (SHARES - 1);
	struct cgroup_changes *share = bpf_map_lookup_elem(&cgroup_changes_of_shares, &index);
	__u64 second = bpf_ktime_get_ns() / 1000000000;

	if (!share)
		return false;
	if (share->second != second) {
		share->count = 0;
		share->second = second;
	}
	if (share->count >= MOST_PER_SECOND)
		return true;
	add(&share->count, 1);
	return false;
}

static __always_inline int report(enum cgroup_change change, __u32 hierarchy, __u64 id, const char *path)
{
	struct cgroup_event *event;
	long size = 0;
	__u32 first = 0;
	__u64 *lost;

	if (hierarchy && hierarchy != v1_hierarchy && hierarchy != blkio_hierarchy)
		return 0;
	event = bpf_map_lookup_elem(&cgroup_event_drafts, &first);
	lost = bpf_map_lookup_elem(&cgroup_events_lost, &first);
	if (!event || !lost)
		return 0;
	if (is_share_used_up()) {
		add(lost, 1);
		return 0;
	}
	event->id = id;
	event->change = change;
	event->hierarchy = hierarchy;
	if (path)
		size = bpf_probe_read_kernel_str(event->path, sizeof(event->path), path);
	event->length = size > 0 ? size - 1 : 0;
	size = event->length & (LONGEST_PATH - 1);
	if (bpf_ringbuf_output(&cgroup_events, event, EVENT_HEADER + size, 0))
		add(lost, 1);
	return 0;
}

static __always_inline int report_cgroup(enum cgroup_change change, void *argument, const char *path)
{
	struct cgroup___rooted *cgroup = argument;

	return report(change, BPF_CORE_READ(cgroup, root, hierarchy_id), BPF_CORE_READ(cgroup, kn, id), path);
}

static __always_inline const char *path_of(struct trace_event_raw_cgroup *event)
{
	return (const char *)event + (event->__data_loc_path & 0xffff);
}

/*
 * The kernel calls these hooks under a spin lock, which keeps them from being preempted. The classic ones are for hosts without BTF of
 * their own.
 */
SEC("tp_btf/cgroup_mkdir")
int BPF_PROG(cgroup_made, struct cgroup *cgroup, const char *path)
{
	return report_cgroup(MADE, cgroup, path);
}

SEC("tp/cgroup/cgroup_mkdir")
int BPF_PROG(cgroup_made_classic)
{
	struct trace_event_raw_cgroup *event = (void *)ctx;

	return report(MADE, event->root, event->id, path_of(event));
}

SEC("tp_btf/cgroup_rmdir")
int BPF_PROG(cgroup_removed, struct cgroup *cgroup, const char *path)
{
	return report_cgroup(REMOVED, cgroup, 0);
}

SEC("tp/cgroup/cgroup_rmdir")
int BPF_PROG(cgroup_removed_classic)
{
	struct trace_event_raw_cgroup *event = (void *)ctx;

	return report(REMOVED, event->root, event->id, 0);
}

SEC("tp_btf/cgroup_rename")
int BPF_PROG(cgroup_renamed, struct cgroup *cgroup, const char *path)
{
	return report_cgroup(RENAMED, cgroup, path);
}

SEC("tp/cgroup/cgroup_rename")
int BPF_PROG(cgroup_renamed_classic)
{
	struct trace_event_raw_cgroup *event = (void *)ctx;

	return report(RENAMED, event->root, event->id, path_of(event));
}
