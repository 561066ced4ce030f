/* SPDX-License-Identifier: GPL-2.0 OR BSD-2-Clause */
/*
 * The cgroup path of a task or of a controller's state, for use in a key. It is a path because cgroup ids are unique only within a
 * hierarchy, and v1 has several. Nor could the exporter look up the id of an OOM-killed container: its cgroup is gone by then.
 */
#pragma once

#include <stdbool.h>

#include <bpf/bpf_core_read.h>
#include <bpf/bpf_helpers.h>

#include "kernel/cgroup.h"
#include "kernel/task.h"
#include "maps.h"

/*
 * The path from the root of the hierarchy, as /proc/PID/cgroup shows it outside of containers; "/" is the root. Zero-padded.
 * A path longer than 127 bytes or 16 levels keeps its end, because the end names the pod and the container in Kubernetes. A
 * truncated path starts with a slash only if the cut falls on one.
 */
#define CGROUP_PATH_LENGTH 128
#define CGROUP_LEVELS 16
struct cgroup_path {
	char name[CGROUP_PATH_LENGTH];
};

/* Scratch space: a path is built from its end. The second half of `text` stays zero. */
struct cgroup_path_draft {
	char text[2 * CGROUP_PATH_LENGTH];
	char name[256]; /* NAME_MAX and the terminating zero */
};
PERCPU_ARRAY(cgroup_path_drafts, struct cgroup_path_draft, 1);

static __always_inline struct kernfs_node *parent_of(struct kernfs_node *node)
{
	struct kernfs_node___since_6_15 *newer = (void *)node;

	if (bpf_core_field_exists(newer->__parent))
		return BPF_CORE_READ(newer, __parent);
	return BPF_CORE_READ((struct kernfs_node___before_6_15 *)node, parent);
}

/*
 * Writes "/NAME" before `start` and returns the new start; 0 means that the buffer is full. The masks change no value: the
 * verifier needs them as bounds.
 */
static __always_inline __u32 prepend_name(struct cgroup_path_draft *draft, __u32 start, const char *name)
{
	long size = bpf_probe_read_kernel_str(draft->name, sizeof(draft->name), name);
	__u32 length = size > 0 ? size - 1 : 0;
	__u32 skipped = length > start ? length - start : 0;

	length = (length - skipped) & (CGROUP_PATH_LENGTH - 1);
	start = (start - length) & (CGROUP_PATH_LENGTH - 1);
	bpf_probe_read_kernel(draft->text + start, length, name + skipped);
	if (start) {
		start = (start - 1) & (CGROUP_PATH_LENGTH - 1);
		draft->text[start] = '/';
	}
	return start;
}

/*
 * Writes the path of a cgroup, or an empty path if `cgroup` is NULL. The scratch space is per CPU and shared by the programs of an
 * object: two programs that call this function must not interrupt each other.
 */
static __always_inline void cgroup_path_of(struct cgroup *cgroup, struct cgroup_path *path)
{
	struct cgroup_path_draft *draft;
	struct kernfs_node *node, *parent;
	__u32 start = CGROUP_PATH_LENGTH - 1;
	__u32 first = 0;

	__builtin_memset(path, 0, sizeof(*path));
	draft = bpf_map_lookup_elem(&cgroup_path_drafts, &first);
	if (!draft || !cgroup)
		return;
	node = BPF_CORE_READ(cgroup, kn);
	if (!node)
		return;
	/* Only the root has no parent, and its name is empty. */
	for (int level = 0; level < CGROUP_LEVELS; level++) {
		parent = parent_of(node);
		if (!parent || !start)
			break;
		start = prepend_name(draft, start, BPF_CORE_READ(node, name));
		node = parent;
	}
	if (start == CGROUP_PATH_LENGTH - 1) {
		path->name[0] = '/';
		return;
	}
	bpf_probe_read_kernel(path->name, sizeof(path->name), draft->text + (start & (CGROUP_PATH_LENGTH - 1)));
}

/* A task's cgroup in a controller's hierarchy. `controller` is the running kernel's number in enum cgroup_subsys_id. */
static __always_inline struct cgroup *controlled_cgroup_of(struct task_struct *task, __u64 controller)
{
	struct css_set *groups = BPF_CORE_READ((struct task_struct___cgroups *)task, cgroups);
	struct cgroup_subsys_state *part = 0;

	bpf_core_read(&part, sizeof(part), (void *)&groups->subsys + controller * sizeof(part));
	return BPF_CORE_READ(part, cgroup);
}

/* A task's cgroup v2. It also exists on hosts whose controllers use v1 hierarchies. */
static __always_inline struct cgroup *unified_cgroup_of(struct task_struct *task)
{
	return BPF_CORE_READ((struct task_struct___cgroups *)task, cgroups, dfl_cgrp);
}

/*
 * The cgroup whose memory limit, or CPU share, applies to a task, in the hierarchy (v1 or v2) that has the controller. In v2 it is the
 * nearest ancestor that has the controller enabled. On kernels built without the controller it is the task's own v2 cgroup.
 */
static __always_inline struct cgroup *memory_cgroup_of(struct task_struct *task)
{
	if (bpf_core_enum_value_exists(enum cgroup_subsys_id, memory_cgrp_id))
		return controlled_cgroup_of(task, bpf_core_enum_value(enum cgroup_subsys_id, memory_cgrp_id));
	return unified_cgroup_of(task);
}

static __always_inline struct cgroup *cpu_cgroup_of(struct task_struct *task)
{
	if (bpf_core_enum_value_exists(enum cgroup_subsys_id, cpu_cgrp_id))
		return controlled_cgroup_of(task, bpf_core_enum_value(enum cgroup_subsys_id, cpu_cgrp_id));
	return unified_cgroup_of(task);
}

/*
 * The cgroup of a controller's state: pass &memory->css of a struct mem_cgroup or &group->css of a struct task_group. NULL for the
 * groups that the scheduler creates per session (CONFIG_SCHED_AUTOGROUP).
 */
static __always_inline struct cgroup *cgroup_of_part(struct cgroup_subsys_state *part)
{
	return BPF_CORE_READ(part, cgroup);
}
