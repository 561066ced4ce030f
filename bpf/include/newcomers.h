/* SPDX-License-Identifier: GPL-2.0 OR BSD-2-Clause */
/*
 * Limits how many keys a user may add to a map between two scrapes. Anybody can make up names (prctl, exec, ports). Without the
 * limit, one user's names would fill a map faster than any scrape can empty it, and hide everybody else's.
 *
 * A share belongs to a user in a service, container or session. It may add keys as long as it has added fewer since the last scrape
 * than there are places left. So one busy user gets half of the places, two get a third each, and some are always left for the next.
 */
#pragma once

#include <linux/types.h>
#include <stdbool.h>

#include <bpf/bpf_core_read.h>
#include <bpf/bpf_helpers.h>

#include "kernel/cred.h"
#include "kernel/task.h"
#include "kernel_version.h"

#define SHARES 256

/* Entry 0: the places left until the next scrape. Entry 1 + i: the keys that share i has added since scrape `scrape`. */
struct newcomers {
	__u32 scrape; /* 0: the exporter sets no limit */
	__s32 count;
};

#define NEWCOMERS(NAME)                                                                                                \
	struct {                                                                                                       \
		__uint(type, BPF_MAP_TYPE_ARRAY);                                                                      \
		__uint(max_entries, 1 + SHARES);                                                                       \
		__type(key, __u32);                                                                                    \
		__type(value, struct newcomers);                                                                       \
	} NAME##_newcomers SEC(".maps")

/*
 * In a user namespace, the user who made the outermost one: a user with 65,536 subordinate ids (newuidmap) has one share, not as
 * many. The kernel nests at most 32 user namespaces below the first.
 */
static __always_inline __u32 responsible_user(void)
{
	struct task_struct___credentials *task = (void *)bpf_get_current_task();
	struct user_namespace *space = BPF_CORE_READ(task, real_cred, user_ns);

	if (BPF_CORE_READ(space, level) == 0)
		return bpf_get_current_uid_gid();
	for (int level = 0; level < 32 && BPF_CORE_READ(space, level) > 1; level++)
		space = BPF_CORE_READ(space, parent);
	return BPF_CORE_READ(space, owner.val);
}

/*
 * The third level of the cgroup v2 tree is a pod in Kubernetes, and user@UID.service or a session in systemd's user.slice. Users may
 * create cgroups below these, but not next to them. Services and most containers are on the second level. Before 5.15, tracing programs
 * cannot ask for an ancestor (95b861a7935b "bpf: Allow bpf_get_current_ancestor_cgroup_id for tracing"): a user then has one share.
 */
static __always_inline __u64 service_or_container(void)
{
	__u64 cgroup;

	if (LINUX_KERNEL_VERSION < KERNEL_VERSION(5, 15, 0))
		return 0;
	cgroup = bpf_get_current_ancestor_cgroup_id(3);
	return cgroup ? cgroup : bpf_get_current_cgroup_id();
}

static __always_inline __u32 share_of_current(void)
{
	__u64 mixed = (service_or_container() << 32 ^ responsible_user()) * 0x9e3779b97f4a7c15;

	return mixed >> 56;
}

/*
 * Whether the current user may add a key to the map whose NEWCOMERS these are; takes a place then. CPUs that race for the first key
 * after a scrape may admit a few more. Not inlined: programs have many call sites, and only new keys get here.
 */
static __noinline __attribute__((unused)) bool may_add_key(void *newcomers)
{
	__u32 index = 0;
	struct newcomers *all = bpf_map_lookup_elem(newcomers, &index), *share;

	if (!all || !all->scrape)
		return true;
	index = 1 + share_of_current();
	share = bpf_map_lookup_elem(newcomers, &index);
	if (!share)
		return true;
	if (share->scrape != all->scrape) {
		share->count = 0;
		share->scrape = all->scrape;
	}
	if (share->count >= all->count)
		return false;
	(void)__atomic_fetch_add(&share->count, 1, __ATOMIC_RELAXED);
	(void)__atomic_fetch_add(&all->count, -1, __ATOMIC_RELAXED);
	return true;
}
