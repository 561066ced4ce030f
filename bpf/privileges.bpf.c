// SPDX-License-Identifier: GPL-2.0 OR BSD-2-Clause
// Counts processes that gain root privileges: by executing a privileged file, or without exec, which suggests an exploit.
//
// No system call is hooked. Unprivileged processes are recorded at fork and exec. Their credentials are checked again at
// fork, exec and exit.
#include <linux/stat.h>

#include "santabpf.h"
#include "credentials.h"
#include "identity.h"
#include "powerless.h"
#include "preemption.h"

/* From <linux/capability.h>. */
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

/* Capabilities that let a process make itself root. */
const volatile __u64 root_capabilities = CAPABILITY(CAP_CHOWN) | CAPABILITY(CAP_DAC_OVERRIDE) | CAPABILITY(CAP_FOWNER) |
					 CAPABILITY(CAP_SETGID) | CAPABILITY(CAP_SETUID) | CAPABILITY(CAP_SYS_MODULE) |
					 CAPABILITY(CAP_SYS_RAWIO) | CAPABILITY(CAP_SYS_PTRACE) | CAPABILITY(CAP_SYS_ADMIN) |
					 CAPABILITY(CAP_MKNOD) | CAPABILITY(CAP_SETFCAP);

enum way {
	setuid_file,       /* executed a set-user-ID file owned by root */
	file_capabilities, /* executed a file with capabilities */
	without_exec,      /* neither: no system call grants privileges that a process may not have */
};

/* No padding: see maps.h. */
struct gain {
	struct command command;
	__u32 user;
	__u32 login;
	enum way way;
	__u32 unused;
	__u64 cgroup;
};

SHARED_HASH(gains, struct gain, __u64, 1024);

/* Includes credentials that suffice to become root by a system call. */
static __always_inline bool are_roots(const struct cred *rights)
{
	__u64 capabilities = 0;

	/* Any of the four ids: a process that gives up user 0 in one of them can take it back. */
	if (!BPF_CORE_READ(rights, uid.val) || !BPF_CORE_READ(rights, euid.val) || !BPF_CORE_READ(rights, suid.val) ||
	    !BPF_CORE_READ(rights, fsuid.val))
		return true;
	/* In a child user namespace any user can hold all capabilities, but only over that namespace. */
	if (BPF_CORE_READ(rights, user_ns, level))
		return false;
	bpf_probe_read_kernel(&capabilities, sizeof(capabilities), __builtin_preserve_access_index(&rights->cap_permitted));
	return capabilities & root_capabilities;
}

static __always_inline void count_gain(enum way way, const struct past *past)
{
	struct gain gain = { .command = past->command, .user = past->user, .way = way, .cgroup = current_cgroup() };
	__u64 *count;

	gain.login = login_of((void *)bpf_get_current_task());
	count = lookup_or_try_init(gains, &gain);
	if (count)
		add(count, 1);
}

static __always_inline __u32 process_id(void)
{
	return bpf_get_current_pid_tgid() >> 32;
}

/* Must not run during exec: root privileges of a recorded process then mean a gain without exec. */
static __always_inline void look_at_current(const struct cred *rights)
{
	__u32 process = process_id();
	struct past past;

	if (!is_powerless(process) || !are_roots(rights))
		return;
	past_of(process, &past);
	forget_powerless(process);
	count_gain(without_exec, &past);
}

/* The parent wakes the child for the first time here, with interrupts off: see forks.bpf.c. */
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
		/* The id may be that of an earlier process whose exit was missed. */
		forget_powerless(process);
		return 0;
	}
	past.user = BPF_CORE_READ(rights, uid.val);
	command_of(child, &past.command);
	note_powerless(process, &past);
	return 0;
}

/* The name of the executed file, not the command: any user can create a link to the file and name it "sudo". */
static __always_inline void name_of_file(struct task_struct *task, struct command *command)
{
	clear_name(command);
	if (identity_command)
		copy_name(command, (const char *)BPF_CORE_READ((struct task_struct___credentials *)task, mm, exe_file, f_path.dentry, d_name.name));
}

/* A set-user-ID file changes the effective user but not the real user. */
static __always_inline bool are_of_setuid_file(struct task_struct *task, const struct cred *rights)
{
	struct inode___credentials *inode;

	if (!BPF_CORE_READ(rights, uid.val) || BPF_CORE_READ(rights, euid.val))
		return false;
	inode = BPF_CORE_READ((struct task_struct___credentials *)task, mm, exe_file, f_inode);
	return BPF_CORE_READ(inode, i_mode) & S_ISUID && !BPF_CORE_READ(inode, i_uid.val);
}

/* The task already has the new program's credentials and name. */
static __always_inline int look_at_new_program(void)
{
	struct task_struct *task = (void *)bpf_get_current_task();
	const struct cred *rights = rights_of(task);
	struct past past = {};
	__u32 process = process_id();
	enum way way;

	current_command(&past.command);
	past.user = BPF_CORE_READ(rights, uid.val);
	if (!are_roots(rights)) {
		note_powerless(process, &past);
		return 0;
	}
	if (are_of_setuid_file(task, rights)) {
		/* Also without an entry: the process may have dropped its privileges after fork. */
		way = setuid_file;
		name_of_file(task, &past.command);
	} else if (!is_powerless(process)) {
		return 0;
	} else if (past.user) {
		way = file_capabilities;
		name_of_file(task, &past.command);
	} else {
		/* The process was root before this exec: the gain belongs to the previous program. */
		way = without_exec;
		past_of(process, &past);
	}
	forget_powerless(process);
	count_gain(way, &past);
	return 0;
}

TASK_TRACEPOINT_WITHOUT_ARGUMENTS(sched, sched_process_exec, look_at_exec, look_at_new_program())

static __always_inline int look_at_end(void)
{
	struct task_struct *task = (void *)bpf_get_current_task();
	__u32 process = process_id();

	look_at_current(rights_of(task));
	/* All threads have exited or are exiting. */
	if (!BPF_CORE_READ(task, signal, live.counter))
		forget_powerless(process);
	return 0;
}

TASK_TRACEPOINT_WITHOUT_ARGUMENTS(sched, sched_process_exit, look_at_exit, look_at_end())
