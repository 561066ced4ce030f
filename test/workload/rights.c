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

#define INSTRUCTION(...) ((struct bpf_insn){__VA_ARGS__})
#define SET(REGISTER, NUMBER) INSTRUCTION(.code = BPF_ALU64 | BPF_MOV | BPF_K, .dst_reg = REGISTER, .imm = NUMBER)
#define COPY(REGISTER, FROM) INSTRUCTION(.code = BPF_ALU64 | BPF_MOV | BPF_X, .dst_reg = REGISTER, .src_reg = FROM)
#define ADD(REGISTER, NUMBER) INSTRUCTION(.code = BPF_ALU64 | BPF_ADD | BPF_K, .dst_reg = REGISTER, .imm = NUMBER)
#define STORE(REGISTER, OFFSET, NUMBER)                                                                                \
	INSTRUCTION(.code = BPF_ST | BPF_MEM | BPF_DW, .dst_reg = REGISTER, .off = OFFSET, .imm = NUMBER)
#define CALL(HELPER) INSTRUCTION(.code = BPF_JMP | BPF_CALL, .imm = HELPER)
#define MAP_VALUE(REGISTER)                                                                                            \
	INSTRUCTION(.code = BPF_LD | BPF_IMM | BPF_DW, .dst_reg = REGISTER, .src_reg = BPF_PSEUDO_MAP_VALUE), INSTRUCTION(0)
#define EXIT INSTRUCTION(.code = BPF_JMP | BPF_EXIT)

/* A map value is set to the map's descriptor before the load. */
static struct program {
	const char *name;
	enum bpf_prog_type type;
	uint32_t length;
	struct bpf_insn instructions[12];
} programs[] = {
	{"taken", BPF_PROG_TYPE_SOCKET_FILTER, 3, {CALL(BPF_FUNC_ktime_get_ns), SET(0, 0), EXIT}},
	{"refused", BPF_PROG_TYPE_SOCKET_FILTER, 1, {EXIT}},
	{"long", BPF_PROG_TYPE_SOCKET_FILTER, 9, {SET(1, 1), SET(2, 2), SET(3, 3), SET(4, 4), SET(5, 5), SET(6, 6), SET(7, 7), SET(0, 0), EXIT}},
	{"kills", BPF_PROG_TYPE_TRACEPOINT, 4, {SET(1, 9), CALL(BPF_FUNC_send_signal), SET(0, 0), EXIT}},
	{"reports", BPF_PROG_TYPE_TRACEPOINT, 5, {MAP_VALUE(1), STORE(1, 0, 42), SET(0, 0), EXIT}},
	{"allows", BPF_PROG_TYPE_CGROUP_SYSCTL, 3, {SET(1, 1), SET(0, 1), EXIT}},
	/* What libbpf and bpftrace load to find out what the kernel supports. */
	{"name-test", BPF_PROG_TYPE_SOCKET_FILTER, 2, {SET(0, 0), EXIT}},
	{"data-test", BPF_PROG_TYPE_SOCKET_FILTER, 5, {MAP_VALUE(1), STORE(1, 0, 42), SET(0, 0), EXIT}},
	{"attach-test", BPF_PROG_TYPE_CGROUP_SOCK, 2, {SET(0, 0), EXIT}},
	{"read-test", BPF_PROG_TYPE_TRACEPOINT, 6, {COPY(1, 10), ADD(1, -8), SET(2, 8), SET(3, 0), CALL(BPF_FUNC_probe_read_kernel), EXIT}},
	{"cookie-test", BPF_PROG_TYPE_TRACEPOINT, 2, {CALL(BPF_FUNC_get_attach_cookie), EXIT}},
	{"stack-test", BPF_PROG_TYPE_KPROBE, 3, {STORE(10, -8, 1), SET(0, 0), EXIT}},
};

static struct program *program_named(const char *name)
{
	for (size_t i = 0; i < sizeof(programs) / sizeof(programs[0]); i++)
		if (!strcmp(programs[i].name, name))
			return &programs[i];
	fail_plain("unknown BPF program", name);
}

static int array_map(void)
{
	union bpf_attr attributes = {.map_type = BPF_MAP_TYPE_ARRAY, .key_size = 4, .value_size = 32, .max_entries = 1};
	int map = (int)syscall(SYS_bpf, BPF_MAP_CREATE, &attributes, sizeof(attributes));
	if (map < 0)
		fail("bpf(BPF_MAP_CREATE)");
	return map;
}

static void perform_bpf_loads(struct run *run)
{
	struct program *program = program_named(argument(run, 0, "taken"));
	bool refused_ = argument_is(run, 0, "refused");
	struct rlimit unlimited = {.rlim_cur = RLIM_INFINITY, .rlim_max = RLIM_INFINITY};
	union bpf_attr attributes = {.prog_type = program->type, .insn_cnt = program->length};
	attributes.insns = (uintptr_t)program->instructions;
	attributes.license = (uintptr_t) "GPL";
	strncpy(attributes.prog_name, argument(run, 1, "counted"), sizeof(attributes.prog_name) - 1);
	/* Only needed before Linux 5.11. Newer kernels may refuse it, so the result is ignored. */
	setrlimit(RLIMIT_MEMLOCK, &unlimited);
	if (program->instructions[0].src_reg == BPF_PSEUDO_MAP_VALUE)
		program->instructions[0].imm = array_map();
	begin(run);
	for (uint64_t i = 0; i < run->count; i++) {
		int loaded = (int)syscall(SYS_bpf, BPF_PROG_LOAD, &attributes, sizeof(attributes));
		if (refused_ != (loaded < 0))
			fail("bpf(BPF_PROG_LOAD)");
		if (loaded >= 0)
			close(loaded);
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
	{"bpf-loads", "[taken|refused|long|...] [NAME]  (of programs)", 0, perform_bpf_loads},
	{0},
};
