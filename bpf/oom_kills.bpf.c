// SPDX-License-Identifier: GPL-2.0 OR BSD-2-Clause
// Processes that the kernel killed for want of memory: which, how large they were, in which cgroup, and who asked for memory then.
#include <linux/signal.h>

#include "santabpf.h"
#include "cgroup.h"
#include "resident_memory.h"
#include "preemption.h"

/* The kernel's SEND_SIG_PRIV: a signal from itself. */
#define FROM_KERNEL 1

/* What ran out. */
enum limit {
	host = 0,
	cgroup,
};

struct kill {
	struct command command;
	struct command requester;
	struct cgroup_path cgroup;
	enum limit limit;
};

struct killed {
	__u64 count;
	__u64 bytes;
};

PERCPU_HASH(kills, struct kill, struct killed, 1024);

struct victim {
	struct kill kill;
	__u32 unused;
	__u64 bytes;
};

/* Threads that the kernel sent SIGKILL a moment ago, by id. */
struct {
	__uint(type, BPF_MAP_TYPE_LRU_HASH);
	__uint(max_entries, 1024);
	__type(key, __u32);
	__type(value, struct victim);
} victims SEC(".maps");

/* For whom each thread reclaimed memory last, by id: one that then asks for a victim does it for the same. */
struct {
	__uint(type, BPF_MAP_TYPE_LRU_HASH);
	__uint(max_entries, 4096);
	__type(key, __u32);
	__type(value, enum limit);
} reclaimers SEC(".maps");

/*
 * The out-of-memory killer sends SIGKILL and then, without letting go of the victim, marks it as one. Marks alone do not tell: those who
 * are exiting anyway get them too, and then nothing is killed. A mark has the victim's id only in some kernels, its task in others.
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
	command_of(receiver->group_leader, &victim.kill.command);
	current_command(&victim.kill.requester);
	fold_kernel_thread(BPF_CORE_READ(current, flags), &victim.kill.requester);
	cgroup_path_of(memory_cgroup_of(receiver), &victim.kill.cgroup);
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
