// SPDX-License-Identifier: GPL-2.0 OR BSD-2-Clause
// Processes that got the rights of root: by executing a file that gives them, or in no way that the kernel provides for.
//
// Nothing hangs on system calls. A process without root's rights is noted when it is made and when it executes a program; what
// it has is looked at when it forks, executes and exits.
#include <linux/stat.h>

#include "santabpf.h"
#include "credentials.h"
#include "preemption.h"

/* Numbers of <linux/capability.h>. */
#define CAPABILITY(NUMBER) (1ULL << (NUMBER))
#define CAP_CHOWN 0
#define CAP_DAC_OVERRIDE 1
#define CAP_FOWNER 3
#define CAP_SETGID 6
#define CAP_SETUID 7
#define CAP_SYS_MODULE 16
#define CAP_SYS_RAWIO 17
#define CAP_SYS_PTRACE 19
#define CAP_SYS_ADMIN 21
#define CAP_MKNOD 27
#define CAP_SETFCAP 31

/* The capabilities with which a process can make itself root. */
const volatile __u64 root_capabilities = CAPABILITY(CAP_CHOWN) | CAPABILITY(CAP_DAC_OVERRIDE) | CAPABILITY(CAP_FOWNER) |
					 CAPABILITY(CAP_SETGID) | CAPABILITY(CAP_SETUID) | CAPABILITY(CAP_SYS_MODULE) |
					 CAPABILITY(CAP_SYS_RAWIO) | CAPABILITY(CAP_SYS_PTRACE) | CAPABILITY(CAP_SYS_ADMIN) |
					 CAPABILITY(CAP_MKNOD) | CAPABILITY(CAP_SETFCAP);

enum way {
	setuid_file,       /* executed a file of root's with the set-user-ID bit */
	file_capabilities, /* executed a file with capabilities */
	without_exec,      /* none of these: no call gives what the process had no right to */
};

/* No padding: see maps.h. */
struct gain {
	struct command command;
	__u32 user;
	__u32 login;
	enum way way;
};

PERCPU_HASH(gains, struct gain, __u64, 1024);

/* What a process was when it had no rights of root. */
struct past {
	struct command command;
	__u32 user;
};

/* Processes without rights of root, by id. Not made on demand, for an entry is made inside the scheduler. */
struct {
	__uint(type, BPF_MAP_TYPE_HASH);
	__uint(max_entries, 16384);
	__type(key, __u32);
	__type(value, struct past);
} powerless SEC(".maps");

/* Whether the rights are root's, or suffice to get them by a call. */
static __always_inline bool are_roots(const struct cred *rights)
{
	__u64 capabilities = 0;

	/* Any of the four: a process that puts 0 aside for a while may take it back. */
	if (!BPF_CORE_READ(rights, uid.val) || !BPF_CORE_READ(rights, euid.val) || !BPF_CORE_READ(rights, suid.val) ||
	    !BPF_CORE_READ(rights, fsuid.val))
		return true;
	/* In another user namespace everybody may have all capabilities, over that namespace. */
	if (BPF_CORE_READ(rights, user_ns, level))
		return false;
	bpf_probe_read_kernel(&capabilities, sizeof(capabilities), __builtin_preserve_access_index(&rights->cap_permitted));
	return capabilities & root_capabilities;
}

static __always_inline void count_gain(enum way way, const struct past *past)
{
	struct gain gain = { .command = past->command, .user = past->user, .way = way };
	__u64 *count;

	gain.login = login_of((void *)bpf_get_current_task());
	count = lookup_or_try_init(gains, &gain);
	if (count)
		add(count, 1);
}

static __always_inline void note_powerless(__u32 process, const struct past *past)
{
	if (bpf_map_update_elem(&powerless, &process, past, BPF_ANY))
		overflow_of(gains);
}

static __always_inline __u32 process_id(void)
{
	return bpf_get_current_pid_tgid() >> 32;
}

/* The current process neither began nor executes anything just now: if it has rights of root, it got them out of nothing. */
static __always_inline void look_at_current(const struct cred *rights)
{
	__u32 process = process_id();
	struct past *noted, past;

	noted = bpf_map_lookup_elem(&powerless, &process);
	if (!noted || !are_roots(rights))
		return;
	past = *noted;
	/* Only one of its threads counts it. */
	if (bpf_map_delete_elem(&powerless, &process))
		return;
	count_gain(without_exec, &past);
}

/* The child's first wake-up, by its maker: as in forks.bpf.c, with interrupts off. */
SEC("tp_btf/sched_wakeup_new")
int BPF_PROG(note_fork, struct task_struct *child)
{
	struct task_struct *parent = (void *)bpf_get_current_task();
	const struct cred *rights;
	__u32 process = child->tgid;
	struct past past = {};

	if (child->flags & PF_KTHREAD)
		return 0;
	look_at_current(rights_of(parent));
	if (child->pid != process)
		return 0;
	rights = rights_of(child);
	if (are_roots(rights)) {
		/* One of the same number may have ended unseen. */
		bpf_map_delete_elem(&powerless, &process);
		return 0;
	}
	past.user = BPF_CORE_READ(rights, uid.val);
	current_command(&past.command);
	note_powerless(process, &past);
	return 0;
}

/* The name of the file that the process executes. Its command may be that of a link, which everybody can call "sudo". */
static __always_inline void name_of_file(struct task_struct *task, struct command *command)
{
	const unsigned char *name = BPF_CORE_READ((struct task_struct___credentials *)task, mm, exe_file, f_path.dentry, d_name.name);

	__builtin_memset(command, 0, sizeof(*command));
	bpf_probe_read_kernel_str(command->name, sizeof(command->name), name);
}

/* Whether the rights are those that a set-uid file of root's gave to another user: whatever the file, the real user stays the same. */
static __always_inline bool are_of_setuid_file(struct task_struct *task, const struct cred *rights)
{
	struct inode___credentials *inode;

	if (!BPF_CORE_READ(rights, uid.val) || BPF_CORE_READ(rights, euid.val))
		return false;
	inode = BPF_CORE_READ((struct task_struct___credentials *)task, mm, exe_file, f_inode);
	return BPF_CORE_READ(inode, i_mode) & S_ISUID && !BPF_CORE_READ(inode, i_uid.val);
}

/* After the new program's credentials and name are in place. */
static __always_inline int look_at_new_program(void)
{
	struct task_struct *task = (void *)bpf_get_current_task();
	const struct cred *rights = rights_of(task);
	struct past *noted, past = {};
	__u32 process = process_id();
	enum way way;

	current_command(&past.command);
	past.user = BPF_CORE_READ(rights, uid.val);
	if (!are_roots(rights)) {
		note_powerless(process, &past);
		return 0;
	}
	noted = bpf_map_lookup_elem(&powerless, &process);
	if (are_of_setuid_file(task, rights)) {
		/* Also where nothing is noted: a process that gave its rights away since it was made. */
		way = setuid_file;
		name_of_file(task, &past.command);
	} else if (!noted) {
		return 0;
	} else if (past.user) {
		way = file_capabilities;
		name_of_file(task, &past.command);
	} else {
		/* It had them before: it was the program before this one. */
		way = without_exec;
		past = *noted;
	}
	bpf_map_delete_elem(&powerless, &process);
	count_gain(way, &past);
	return 0;
}

TASK_TRACEPOINT_WITHOUT_ARGUMENTS(sched, sched_process_exec, look_at_exec, look_at_new_program())

static __always_inline int look_at_end(void)
{
	struct task_struct *task = (void *)bpf_get_current_task();
	__u32 process = process_id();

	look_at_current(rights_of(task));
	/* No thread is left, or all are on their way. */
	if (!BPF_CORE_READ(task, signal, live.counter))
		bpf_map_delete_elem(&powerless, &process);
	return 0;
}

TASK_TRACEPOINT_WITHOUT_ARGUMENTS(sched, sched_process_exit, look_at_exit, look_at_end())
