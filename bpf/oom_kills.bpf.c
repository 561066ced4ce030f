// SPDX-License-Identifier: GPL-2.0 OR BSD-2-Clause
// Counts OOM kills and the resident memory of the victims, by victim, cgroup, limit and the command that requested memory.
#include <linux/signal.h>

#include "santabpf.h"
#include "cgroup.h"
#include "identity.h"
#include "resident_memory.h"
#include "preemption.h"

/* SEND_SIG_PRIV: the kernel itself sends the signal. */
#define FROM_KERNEL 1

/* Where memory ran out. */
enum limit {
	host = 0,
	cgroup,
};

struct kill {
	struct command command;
	struct command requester;
	struct cgroup_path path;
	enum limit limit;
	__u32 unused;
	__u64 cgroup;
};

struct killed {
	__u64 count;
	__u64 bytes;
};

SHARED_HASH(kills, struct kill, struct killed, 1024);

struct victim {
	struct kill kill;
	__u64 bytes;
};

/* Threads that the kernel just sent SIGKILL, by thread id. The mark of a victim removes its entry; other kills have none: hence LRU. */
struct {
	__uint(type, BPF_MAP_TYPE_LRU_HASH);
	__uint(max_entries, 1024);
	__type(key, __u32);
	__type(value, struct victim);
} victims SEC(".maps");

/*
 * The limit of the last reclaim, by thread id. A thread that then invokes the OOM killer does so for the same limit. Nothing ends an
 * entry: hence LRU.
 */
struct {
	__uint(type, BPF_MAP_TYPE_LRU_HASH);
	__uint(max_entries, 4096);
	__type(key, __u32);
	__type(value, enum limit);
} reclaimers SEC(".maps");

/*
 * The OOM killer sends SIGKILL, then marks the victim while it still holds a reference to it. The mark alone is no proof of a
 * kill: tasks that are already exiting are marked too. Depending on the kernel, mark_victim carries the victim's id or its task.
 */
SEC("tp_btf/signal_generate")
int BPF_PROG(note_signal, int signal, void *info, struct task_struct *receiver)
{
	struct task_struct *current = (void *)bpf_get_current_task();
	__u32 requester = bpf_get_current_pid_tgid();
	struct victim victim = {};
	enum limit *limit;
	__u32 id;

	if (signal != SIGKILL || (__u64)info != FROM_KERNEL)
		return 0;
	cgroup_path_of(memory_cgroup_of(receiver), &victim.kill.path);
	command_of(receiver, &victim.kill.command);
	victim.kill.cgroup = cgroup_of(receiver);
	current_command(&victim.kill.requester);
	fold_kernel_thread(BPF_CORE_READ(current, flags), &victim.kill.requester);
	limit = bpf_map_lookup_elem(&reclaimers, &requester);
	if (limit)
		victim.kill.limit = *limit;
	victim.bytes = resident_bytes_of(receiver);
	id = receiver->pid;
	bpf_map_update_elem(&victims, &id, &victim, BPF_ANY);
	return 0;
}

static __always_inline int count_victim(__u32 id)
{
	struct victim *victim = bpf_map_lookup_elem(&victims, &id);
	struct killed *killed;

	if (!victim)
		return 0;
	killed = lookup_or_try_init(kills, &victim->kill);
	if (killed) {
		add(&killed->count, 1);
		add(&killed->bytes, victim->bytes);
	}
	bpf_map_delete_elem(&victims, &id);
	return 0;
}

/* Since 6.8 (72ba14deb40a "mm: add fields to the mark_victim tracepoint"), and in the 6.1 of Debian. */
SEC("tp_btf/mark_victim")
int BPF_PROG(count_task, struct task_struct *task)
{
	return count_victim(task->pid);
}

SEC("tp_btf/mark_victim")
int BPF_PROG(count_id, int id)
{
	return count_victim(id);
}

static __always_inline int note_reclaim(enum limit limit)
{
	__u32 id = bpf_get_current_pid_tgid();
	enum limit *known = bpf_map_lookup_elem(&reclaimers, &id);

	if (known)
		*known = limit;
	else
		bpf_map_update_elem(&reclaimers, &id, &limit, BPF_ANY);
	return 0;
}

TASK_TRACEPOINT_WITHOUT_ARGUMENTS(vmscan, mm_vmscan_direct_reclaim_begin, note_reclaim_for_host, note_reclaim(host))

TASK_TRACEPOINT_WITHOUT_ARGUMENTS(vmscan, mm_vmscan_memcg_reclaim_begin, note_reclaim_for_cgroup, note_reclaim(cgroup))
