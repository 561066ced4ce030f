/* SPDX-License-Identifier: GPL-2.0 OR BSD-2-Clause */
/* Cgroups, their controllers' state and the links from tasks; reduced as in kernel/task.h. */
#pragma once

#include <linux/types.h>

#pragma clang attribute push(__attribute__((preserve_access_index)), apply_to = record)

struct kernfs_node {
	__u64 id; /* the inode number of the cgroup's directory */
	const char *name;
};

struct kernfs_node___before_6_15 {
	struct kernfs_node *parent;
};

struct kernfs_node___since_6_15 {
	struct kernfs_node *__parent; /* 633488947ef6 ("kernfs: Use RCU to access kernfs_node::parent.") */
};

struct cgroup_root {
	int hierarchy_id; /* 0: cgroup v2 */
};

struct cgroup {
	struct kernfs_node *kn;
	struct cgroup_root *root;
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

/* With CONFIG_BLK_CGROUP: the controller's state that a bio is charged to. */
struct blkcg {
	struct cgroup_subsys_state css;
};

struct blkcg_gq {
	struct blkcg *blkcg;
};

struct bio___cgroup {
	struct blkcg_gq *bi_blkg;
};

struct request___cgroup {
	struct bio___cgroup *bio;
};

struct sock_cgroup_data___since_5_15 {
	struct cgroup *cgroup; /* 8520e224f547 ("bpf, cgroups: Fix cgroup v2 fallback on v1/v2 mixed mode") */
};

struct sock_cgroup_data___before_5_15 {
	__u64 val; /* the address of the cgroup and two flags */
};

struct sock___cgroup;

struct sock_common___cgroup {
	volatile unsigned char skc_state;
	struct sock___cgroup *skc_listener; /* of a request */
};

/* With CONFIG_SOCK_CGROUP_DATA. Its member has the type of the running kernel. */
struct sock___cgroup {
	struct sock_common___cgroup __sk_common;
	struct sock_cgroup_data___since_5_15 sk_cgrp_data;
};

struct sock___cgroup_before_5_15 {
	struct sock_cgroup_data___before_5_15 sk_cgrp_data;
};

#pragma clang attribute pop

/* The numbers depend on the kernel's configuration: read them with bpf_core_enum_value only. */
enum cgroup_subsys_id {
	cpu_cgrp_id,
	memory_cgrp_id,
	pids_cgrp_id,
	cpuacct_cgrp_id,
	io_cgrp_id,
	freezer_cgrp_id,
	devices_cgrp_id,
	cpuset_cgrp_id,
};
