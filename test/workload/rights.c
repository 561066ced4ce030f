/* Privileges: refused calls, root gained, kernel modules and BPF programs loaded. */
#include "workload.h"

#include <errno.h>
#include <fcntl.h>
#include <linux/bpf.h>
#include <linux/capability.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

static void become(uid_t uid)
{
	if (syscall(SYS_setresuid, uid, uid, uid))
		fail("setresuid");
}

static int refused(int wanted)
{
	static int full = -1;
	static char large[1 << 15];
	switch (wanted) {
	case EACCES:
		return setpriority(PRIO_PROCESS, 0, -20);
	case EPERM:
		return sethostname("refused", 7);
	case ENOSPC:
		if (full < 0 && (full = open("/dev/full", O_WRONLY)) < 0)
			fail("/dev/full");
		return write(full, "", 1) < 0 ? -1 : 0;
	case EMFILE:
		return dup(0);
	case EDQUOT:
		/* More than kernel.keys.maxbytes. */
		return syscall(SYS_add_key, "user", "santabpf", large, sizeof(large) - 1, -2) < 0 ? -1 : 0;
	}
	fail_plain("the errno must be EACCES, EPERM, ENOSPC, EMFILE or EDQUOT, not", strerrorname_np(wanted));
}

static void perform_refused(struct run *run)
{
	int wanted = errno_number(argument(run, 0, "EACCES"));
	struct rlimit limit = {.rlim_cur = 1, .rlim_max = 1};
	become((uid_t)number(argument(run, 1, "65534")));
	if (wanted == EMFILE && setrlimit(RLIMIT_NOFILE, &limit))
		fail("setrlimit");
	begin(run);
	for (uint64_t i = 0; i < run->count; i++)
		if (refused(wanted) != -1 || errno != wanted)
			fail("the call failed with another errno than requested");
	end(run);
	report(run, "errno", wanted);
}

/* A user whose only capability is CAP_SETUID. A probe can be configured to ignore it. */
static void keep_only_setuid(uid_t uid)
{
	struct __user_cap_header_struct header = {.version = _LINUX_CAPABILITY_VERSION_3};
	struct __user_cap_data_struct data[2] = {{.effective = 1 << CAP_SETUID, .permitted = 1 << CAP_SETUID}};
	if (prctl(PR_SET_KEEPCAPS, 1, 0, 0, 0))
		fail("prctl(PR_SET_KEEPCAPS)");
	become(uid);
	if (syscall(SYS_capset, &header, data))
		fail("capset");
}

/* N processes of a user become root while they run, as after an exploit. */
static void perform_turns_to_root(struct run *run)
{
	bool executes = argument_is(run, 1, "exec");
	keep_only_setuid((uid_t)number(argument(run, 0, "65534")));
	begin(run);
	for (uint64_t i = 0; i < run->count; i++) {
		char *const arguments[] = {(char *)run->program, "nothing", NULL}, *const environment[] = {NULL};
		int status;
		pid_t child = fork();
		if (child < 0)
			fail("fork");
		if (!child) {
			if (syscall(SYS_setresuid, 0, 0, 0))
				_exit(1);
			if (executes)
				execve(run->program, arguments, environment);
			_exit(executes);
		}
		if (waitpid(child, &status, 0) != child || status)
			fail_plain("a child did not become root", "");
	}
	end(run);
}

/* A program that returns 0. Every kernel lets root load it. */
static void perform_bpf_loads(struct run *run)
{
	static const struct bpf_insn returns_zero[] = {
		{.code = BPF_ALU64 | BPF_MOV | BPF_K, .dst_reg = BPF_REG_0},
		{.code = BPF_JMP | BPF_EXIT},
	};
	bool refused_ = argument_is(run, 0, "refused");
	struct rlimit unlimited = {.rlim_cur = RLIM_INFINITY, .rlim_max = RLIM_INFINITY};
	union bpf_attr attributes = {.prog_type = BPF_PROG_TYPE_SOCKET_FILTER};
	attributes.insns = (uintptr_t)(refused_ ? returns_zero + 1 : returns_zero);
	attributes.insn_cnt = refused_ ? 1 : 2;
	attributes.license = (uintptr_t) "GPL";
	strncpy(attributes.prog_name, argument(run, 1, "counted"), sizeof(attributes.prog_name) - 1);
	/* Only needed before Linux 5.11. Newer kernels may refuse it, so the result is ignored. */
	setrlimit(RLIMIT_MEMLOCK, &unlimited);
	begin(run);
	for (uint64_t i = 0; i < run->count; i++) {
		int program = (int)syscall(SYS_bpf, BPF_PROG_LOAD, &attributes, sizeof(attributes));
		if (refused_ != (program < 0))
			fail("bpf(BPF_PROG_LOAD)");
		if (program >= 0)
			close(program);
	}
	end(run);
}

static void perform_module_loads(struct run *run)
{
	const char *path = argument(run, 0, ""), *name = argument(run, 1, "");
	int file = open(path, O_RDONLY);
	if (file < 0)
		fail(path);
	begin(run);
	for (uint64_t i = 0; i < run->count; i++)
		if (syscall(SYS_finit_module, file, "", 0) || syscall(SYS_delete_module, name, 0))
			fail("finit_module, delete_module");
	end(run);
}

const struct workload rights_workloads[] = {
	{"refused", "[EACCES|EPERM|ENOSPC|EMFILE|EDQUOT] [UID]", 0, perform_refused},
	{"turns-to-root", "[UID] [exit|exec]", 0, perform_turns_to_root},
	{"module-loads", "FILE NAME  (and removals)", 2, perform_module_loads},
	{"bpf-loads", "[taken|refused] [NAME]  (of programs)", 0, perform_bpf_loads},
	{0},
};
