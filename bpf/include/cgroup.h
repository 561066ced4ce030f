/* SPDX-License-Identifier: GPL-2.0 OR BSD-2-Clause */
/*
 * The control group of a task, or of a controller's part, as (part of) a key. As text: ids are unique in one hierarchy only, of which
 * cgroup v1 has many, and when the exporter would look an id up, a container that died of its limit is gone.
 */
#pragma once

#include <stdbool.h>

#include <bpf/bpf_core_read.h>
#include <bpf/bpf_helpers.h>

#include "kernel/cgroup.h"
#include "kernel/task.h"
#include "maps.h"

/*
 * The path from the root of the hierarchy, "/" for the root itself, as a process outside of containers reads it in
 * /proc/PID/cgroup; nothing but zeroes after its end. The end tells more than the beginning (a Kubernetes container's
 * has a pod's id and a container's): of a path longer than 127 bytes, or of more than 16 levels, the last part is kept, and it
 * does not begin with a slash unless it is cut just there.
 */
#define CGROUP_PATH_LENGTH 128
#define CGROUP_LEVELS 16
struct cgroup_path {
	char name[CGROUP_PATH_LENGTH];
};

/* Where a path is put together, from its end. The second half of `text` stays zero. */
struct cgroup_path_draft {
	char text[2 * CGROUP_PATH_LENGTH];
	char name[256]; /* NAME_MAX and its end */
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
 * Puts "/NAME" before what begins at `start`, and returns where the text begins now; 0 when there is no more room. The masks
 * are for the verifier: they change nothing.
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
 * Writes the path of a cgroup; an empty one when there is none. Its place for drafts is the object's, one per CPU: programs of one
 * object that call it must not interrupt each other in the middle.
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

/* A task's cgroup in the hierarchy of the controller with this number (of enum cgroup_subsys_id, in the running kernel). */
static __always_inline struct cgroup *controlled_cgroup_of(struct task_struct *task, __u64 controller)
{
	struct css_set *groups = BPF_CORE_READ((struct task_struct___cgroups *)task, cgroups);
	struct cgroup_subsys_state *part = 0;

	bpf_core_read(&part, sizeof(part), (void *)&groups->subsys + controller * sizeof(part));
	return BPF_CORE_READ(part, cgroup);
}

/* A task's cgroup of version 2, which there is also where controllers are in hierarchies of version 1. */
static __always_inline struct cgroup *unified_cgroup_of(struct task_struct *task)
{
	return BPF_CORE_READ((struct task_struct___cgroups *)task, cgroups, dfl_cgrp);
}

/*
 * The cgroup whose memory limit, or whose share of the CPUs, a task is under: of version 1 or 2, whichever has that controller; in
 * version 2 the nearest one above the task for which the controller is enabled. A kernel built without it has version 2's.
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
 * The cgroup of a controller's part: cgroup_of_part(&memory->css) of a struct mem_cgroup, &group->css of a struct task_group. The groups
 * that the scheduler makes by itself in the root, one per session (CONFIG_SCHED_AUTOGROUP), have none.
 */
static __always_inline struct cgroup *cgroup_of_part(struct cgroup_subsys_state *part)
{
	return BPF_CORE_READ(part, cgroup);
}
