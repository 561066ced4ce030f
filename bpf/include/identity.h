/* SPDX-License-Identifier: GPL-2.0 OR BSD-2-Clause */
/*
 * Who did it, for use in a key: the command (command.h) and the cgroup, as far as a label shows them.
 *
 * A key ends with `__u64 cgroup`. Where no label reads it, the loader creates the map with keys that end before it.
 */
#pragma once

#include <linux/types.h>
#include <stdbool.h>

#include <bpf/bpf_core_read.h>
#include <bpf/bpf_helpers.h>

#include "command.h"
#include "kernel/cgroup.h"
#include "kernel/task.h"

/* Set by the loader: whether any label shows the cgroup. Otherwise it is not read, and 0. */
const volatile bool identity_cgroup = false;

/* The v1 hierarchy that names tasks outside of all v2 cgroups, by one of its controllers. */
enum cgroup_hierarchy {
	no_hierarchy,
	memory_hierarchy,
	cpu_hierarchy,
	pids_hierarchy,
	cpuacct_hierarchy,
	blkio_hierarchy,
	freezer_hierarchy,
	devices_hierarchy,
	cpuset_hierarchy,
};

/* Set by the loader. */
const volatile enum cgroup_hierarchy identity_hierarchy = no_hierarchy;

/* The id of the root of a hierarchy. */
#define ROOT_CGROUP 1

/* Ids are unique within a hierarchy: the highest bit marks those of this one. Others are of v2. */
#define IN_IDENTITY_HIERARCHY (1ULL << 63)

/* The kernel numbers its controllers by its configuration. Those of cpuacct and blkio are cpuacct_cgrp_id and io_cgrp_id. */
#define STATE_IN(CONTROLLER)                                                                                           \
	if (bpf_core_enum_value_exists(enum cgroup_subsys_id, CONTROLLER))                                             \
		bpf_core_read(&state, sizeof(state),                                                                   \
			      (void *)&groups->subsys +                                                                \
				      bpf_core_enum_value(enum cgroup_subsys_id, CONTROLLER) * sizeof(state));         \
	break

static __always_inline __u64 id_in_identity_hierarchy(struct css_set *groups)
{
	struct cgroup_subsys_state *state = 0;
	__u64 id;

	switch (identity_hierarchy) {
	case no_hierarchy:
		break;
	case memory_hierarchy:
		STATE_IN(memory_cgrp_id);
	case cpu_hierarchy:
		STATE_IN(cpu_cgrp_id);
	case pids_hierarchy:
		STATE_IN(pids_cgrp_id);
	case cpuacct_hierarchy:
		STATE_IN(cpuacct_cgrp_id);
	case blkio_hierarchy:
		STATE_IN(io_cgrp_id);
	case freezer_hierarchy:
		STATE_IN(freezer_cgrp_id);
	case devices_hierarchy:
		STATE_IN(devices_cgrp_id);
	case cpuset_hierarchy:
		STATE_IN(cpuset_cgrp_id);
	}
	id = BPF_CORE_READ(state, cgroup, kn, id);
	return id ? id | IN_IDENTITY_HIERARCHY : ROOT_CGROUP;
}

/* The cgroup of a task; of a task that has ended, its last one. */
static __always_inline __u64 cgroup_of(const struct task_struct *task)
{
	struct css_set *groups;
	__u64 id;

	if (!identity_cgroup)
		return 0;
	groups = BPF_CORE_READ((struct task_struct___cgroups *)task, cgroups);
	id = BPF_CORE_READ(groups, dfl_cgrp, kn, id);
	if (id != ROOT_CGROUP || identity_hierarchy == no_hierarchy)
		return id;
	return id_in_identity_hierarchy(groups);
}

static __always_inline __u64 current_cgroup(void)
{
	struct task_struct___cgroups *task;
	__u64 id;

	if (!identity_cgroup)
		return 0;
	id = bpf_get_current_cgroup_id();
	if (id != ROOT_CGROUP || identity_hierarchy == no_hierarchy)
		return id;
	task = (void *)bpf_get_current_task();
	return id_in_identity_hierarchy(BPF_CORE_READ(task, cgroups));
}

/* States in which a socket is smaller than struct sock. */
#define TIME_WAIT_STATE 6
#define NEW_SYN_RECV_STATE 12

/* sock_cgroup_data.val: it has numbers of v1 controllers (net_cls, net_prio) in place of an address. Only the flags of 5.10 matter. */
#define IS_NO_CGROUP 1
#define CGROUP_FLAGS 3ULL

static __always_inline struct cgroup *cgroup_behind(const struct sock___cgroup *sock)
{
	__u64 word;

	if (!bpf_core_field_exists(sock->sk_cgrp_data))
		return 0;
	if (bpf_core_field_exists(((struct sock_cgroup_data___since_5_15 *)0)->cgroup))
		return BPF_CORE_READ(sock, sk_cgrp_data.cgroup);
	word = BPF_CORE_READ((const struct sock___cgroup_before_5_15 *)sock, sk_cgrp_data.val);
	return word & IS_NO_CGROUP ? 0 : (struct cgroup *)(word & ~CGROUP_FLAGS);
}

/*
 * The cgroup v2 of the process that made a socket, or the socket that accepted its connection. 0 without a socket, and for what is left
 * of a connection in TIME_WAIT. Sockets know no v1 cgroup.
 */
static __always_inline __u64 cgroup_of_socket(const void *socket)
{
	const struct sock___cgroup *sock = socket;
	unsigned char state;

	if (!identity_cgroup || !sock)
		return 0;
	state = BPF_CORE_READ(sock, __sk_common.skc_state);
	if (state == TIME_WAIT_STATE)
		return 0;
	if (state == NEW_SYN_RECV_STATE)
		sock = BPF_CORE_READ(sock, __sk_common.skc_listener);
	return BPF_CORE_READ(cgroup_behind(sock), kn, id);
}

/*
 * The cgroup that a bio is charged to: the one that caused it, or its nearest ancestor with the controller `io`. Of a writeback it is the
 * cgroup that made the pages dirty. 0 without one, and where the controller is in a v1 hierarchy of its own: its ids mean other cgroups.
 */
static __always_inline __u64 cgroup_of_bio(const void *bio)
{
	struct cgroup *cgroup;
	__u64 id;

	if (!identity_cgroup || !bio || !bpf_core_field_exists(((struct bio___cgroup *)0)->bi_blkg))
		return 0;
	cgroup = BPF_CORE_READ((const struct bio___cgroup *)bio, bi_blkg, blkcg, css.cgroup);
	id = BPF_CORE_READ(cgroup, kn, id);
	if (!id || !BPF_CORE_READ(cgroup, root, hierarchy_id))
		return id;
	return identity_hierarchy == blkio_hierarchy ? id | IN_IDENTITY_HIERARCHY : 0;
}

/* The same for the first bio of a block request. 0 for a request without data. */
static __always_inline __u64 cgroup_of_request(const void *request)
{
	if (!identity_cgroup)
		return 0;
	return cgroup_of_bio(BPF_CORE_READ((const struct request___cgroup *)request, bio));
}
