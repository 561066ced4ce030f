/* SPDX-License-Identifier: GPL-2.0 OR BSD-2-Clause */
/* Cgroups, their controllers' state and the links from tasks; reduced as in kernel/task.h. */
#pragma once

#include <linux/types.h>

#pragma clang attribute push(__attribute__((preserve_access_index)), apply_to = record)

struct kernfs_node {
	const char *name;
};

struct kernfs_node___before_6_15 {
	struct kernfs_node *parent;
};

struct kernfs_node___since_6_15 {
	struct kernfs_node *__parent; /* 633488947ef6 ("kernfs: Use RCU to access kernfs_node::parent.") */
};

struct cgroup {
	struct kernfs_node *kn;
};

struct cgroup_subsys_state {
	struct cgroup *cgroup;
};

struct css_set {
	struct cgroup_subsys_state *subsys[1];
	struct cgroup *dfl_cgrp;
};

/* The memory controller's state of a cgroup. */
struct mem_cgroup {
	struct cgroup_subsys_state css;
};

/* The CPU controller's state of a cgroup. */
struct task_group {
	struct cgroup_subsys_state css;
};

struct task_struct___cgroups {
	struct css_set *cgroups;
};

#pragma clang attribute pop

/* The numbers depend on the kernel's configuration: read them with bpf_core_enum_value only. */
enum cgroup_subsys_id {
	cpu_cgrp_id,
	memory_cgrp_id,
};
