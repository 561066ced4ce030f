// SPDX-License-Identifier: GPL-2.0 OR BSD-2-Clause
// Counts kernel modules and BPF programs loaded, by name, command and user. Excludes what this exporter loads itself,
// and programs that do nothing.
#include <linux/ptrace.h>

#include "santabpf.h"
#include "credentials.h"
#include "identity.h"
#include "inert.h"
#include "own_process.h"
#include "syscall_exit.h"

enum kind {
	module,
	bpf_program,
};

#define NAME_LENGTH 56 /* MODULE_NAME_LEN of 64-bit kernels */

/* No padding: see maps.h. */
struct change {
	struct command command;
	char name[NAME_LENGTH];
	enum kind kind;
	__u32 type;
	__u32 user;
	__u32 login;
	__u64 cgroup;
};

SHARED_HASH(changes, struct change, __u64, 1024);

static __always_inline int count(struct change *change)
{
	__u64 *count;

	change->user = bpf_get_current_uid_gid();
	change->login = login_of((void *)bpf_get_current_task());
	current_command(&change->command);
	change->cgroup = current_cgroup();
	count = lookup_or_try_init(changes, change);
	if (count)
		add(count, 1);
	return 0;
}

#pragma clang attribute push(__attribute__((preserve_access_index)), apply_to = record)

struct module {
	char name[NAME_LENGTH];
};

struct bpf_prog_aux___loaded {
	__u32 id;
	char name[BPF_OBJ_NAME_LEN];
};

struct bpf_prog___loaded {
	enum bpf_prog_type type;
	__u32 len;
	struct bpf_prog_aux___loaded *aux;
	struct bpf_insn insnsi[0];
};

/* Registers that still hold arguments of the system call when it returns. */
struct pt_regs___arguments {
#if defined(__TARGET_ARCH_x86)
	unsigned long di;
	unsigned long si;
#elif defined(__TARGET_ARCH_arm64)
	__u64 orig_x0;
	__u64 regs[31];
#endif
};

#pragma clang attribute pop

#if defined(__TARGET_ARCH_x86)
#define FIRST_ARGUMENT(registers) ((registers)->di)
#define SECOND_ARGUMENT(registers) ((registers)->si)
#elif defined(__TARGET_ARCH_arm64)
#define FIRST_ARGUMENT(registers) ((registers)->orig_x0)
#define SECOND_ARGUMENT(registers) ((registers)->regs[1])
#endif

/* Runs in the loading task: insmod, or modprobe, which the kernel also starts itself to load missing modules. */
SEC("tp_btf/module_load")
int BPF_PROG(count_module, struct module *loaded)
{
	struct change change = { .kind = module };

	bpf_probe_read_kernel_str(change.name, sizeof(change.name), loaded->name);
	return count(&change);
}

/* PERF_BPF_EVENT_PROG_LOAD: the program is verified and has an id. The hooked function also reports unloads. */
#define LOADED 1

static __always_inline void read_instructions(const struct bpf_prog___loaded *program, struct instructions *read)
{
	const void *first = __builtin_preserve_access_index(&program->insnsi[0]);

	read->count = BPF_CORE_READ(program, len);
	for (int i = 0; i < INERT_INSTRUCTIONS && i < read->count; i++)
		bpf_probe_read_kernel(&read->slots[i], sizeof(__u64), first + i * sizeof(__u64));
}

static __always_inline int count_verified(const struct bpf_prog___loaded *program)
{
	struct change change = { .kind = bpf_program };
	struct instructions instructions = {};

	if (is_own_process())
		return 0;
	change.type = BPF_CORE_READ(program, type);
	read_instructions(program, &instructions);
	if (is_inert(change.type, &instructions))
		return 0;
	BPF_CORE_READ_STR_INTO(&change.name, program, aux, name);
	return count(&change);
}

SEC("fentry/perf_event_bpf_event")
int BPF_PROG(count_program, struct bpf_prog___loaded *program, int event)
{
	return event == LOADED ? count_verified(program) : 0;
}

/*
 * Older kernels (5.10, not 6.1) build the file of perf_event_bpf_event() without hooks. This function is called right before it.
 * It is also called for each function of a program during compilation, when the program has no id yet.
 */
RUN_COUNTER(count_program_kprobe);

SEC("kprobe/bpf_prog_kallsyms_add")
int BPF_KPROBE(count_program_kprobe, struct bpf_prog___loaded *program)
{
	count_run(count_program_kprobe);
	return BPF_CORE_READ(program, aux, id) ? count_verified(program) : 0;
}

static __always_inline void read_user_instructions(const union bpf_attr *attributes, struct instructions *read)
{
	__u64 first = 0;

	bpf_probe_read_user(&read->count, sizeof(read->count), &attributes->insn_cnt);
	bpf_probe_read_user(&first, sizeof(first), &attributes->insns);
	for (int i = 0; i < INERT_INSTRUCTIONS && i < read->count; i++)
		bpf_probe_read_user(&read->slots[i], sizeof(__u64), (const void *)first + i * sizeof(__u64));
}

const __u8 bpf_calls[SYSCALL_NUMBERS] = { [__NR_bpf] = NATIVE(1) };

static __always_inline int count_load(const struct pt_regs___arguments *arguments)
{
	struct change change = { .kind = bpf_program };
	struct instructions instructions = {};
	const union bpf_attr *attributes;

	if (FIRST_ARGUMENT(arguments) != BPF_PROG_LOAD || is_own_process())
		return 0;
	attributes = (const void *)SECOND_ARGUMENT(arguments);
	bpf_probe_read_user(&change.type, sizeof(change.type), &attributes->prog_type);
	read_user_instructions(attributes, &instructions);
	if (is_inert(change.type, &instructions))
		return 0;
	bpf_probe_read_user_str(change.name, BPF_OBJ_NAME_LEN, attributes->prog_name);
	return count(&change);
}

/* The fallback for kernels where no function can be hooked. */
SYSCALL_EXIT(count_program_by_call, SUCCEEDED, bpf_calls, count_load((void *)REGISTERS))
