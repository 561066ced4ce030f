/* SPDX-License-Identifier: GPL-2.0 OR BSD-2-Clause */
/* Whether a descriptor stands for a file whose bytes come out of the page cache, and got there from a disk. */
#pragma once

#include <bpf/bpf_core_read.h>
#include <bpf/bpf_helpers.h>

#include "syscall.h"

#pragma clang attribute push(__attribute__((preserve_access_index)), apply_to = record)

struct super_block___cached {
	unsigned long s_magic;
	void *s_bdev;
};

struct inode___cached {
	unsigned short i_mode;
	struct super_block___cached *i_sb;
};

struct file___cached {
	struct inode___cached *f_inode;
	unsigned int f_flags;
};

struct fdtable___cached {
	struct file___cached **fd;
};

struct files_struct___cached {
	struct fdtable___cached *fdt;
};

struct task_struct___cached {
	struct files_struct___cached *files;
};

#pragma clang attribute pop

#define S_IFMT 0170000
#define S_IFREG 0100000
#define S_IFBLK 0060000

#if defined(__TARGET_ARCH_x86)
#define O_DIRECT 040000
#define FIRST_ARGUMENT(REGISTERS) BPF_CORE_READ(REGISTERS, di)
#define SECOND_ARGUMENT(REGISTERS) BPF_CORE_READ(REGISTERS, si)
#define COMPAT_FIRST_ARGUMENT(REGISTERS) BPF_CORE_READ(REGISTERS, bx)
#define COMPAT_SECOND_ARGUMENT(REGISTERS) BPF_CORE_READ(REGISTERS, cx)
#elif defined(__TARGET_ARCH_arm64)
#define O_DIRECT 0200000
#define FIRST_ARGUMENT(REGISTERS) BPF_CORE_READ(REGISTERS, orig_x0)
#define SECOND_ARGUMENT(REGISTERS) BPF_CORE_READ(REGISTERS, regs[1])
#define COMPAT_FIRST_ARGUMENT FIRST_ARGUMENT
#define COMPAT_SECOND_ARGUMENT SECOND_ARGUMENT
#endif

/* File systems of disks that name no single disk, from linux/magic.h; BCACHEFS_SUPER_MAGIC from fs/bcachefs. */
#define BTRFS_SUPER_MAGIC 0x9123683e
#define OVERLAYFS_SUPER_MAGIC 0x794c7630
#define BCACHEFS_SUPER_MAGIC 0xca451a4e

/* The descriptor that a system call was given first or second. At its end, too: the registers are as its caller left them. */
static __always_inline __u32 descriptor_in(struct pt_regs___syscall *registers, bool second)
{
	if (in_compat_call())
		return second ? COMPAT_SECOND_ARGUMENT(registers) : COMPAT_FIRST_ARGUMENT(registers);
	return second ? SECOND_ARGUMENT(registers) : FIRST_ARGUMENT(registers);
}

/* Of the current task, whose last call on the descriptor went well. */
static __always_inline bool is_cached_file(__u32 descriptor)
{
	struct task_struct___cached *task = (void *)bpf_get_current_task();
	struct file___cached **files = BPF_CORE_READ(task, files, fdt, fd), *file;
	struct super_block___cached *super_block;
	struct inode___cached *inode;
	unsigned short kind;
	unsigned long magic;

	if (bpf_probe_read_kernel(&file, sizeof(file), files + descriptor))
		return false;
	inode = BPF_CORE_READ(file, f_inode);
	kind = BPF_CORE_READ(inode, i_mode) & S_IFMT;
	if (kind != S_IFREG && kind != S_IFBLK)
		return false;
	if (BPF_CORE_READ(file, f_flags) & O_DIRECT)
		return false;
	if (kind == S_IFBLK)
		return true;
	super_block = BPF_CORE_READ(inode, i_sb);
	if (BPF_CORE_READ(super_block, s_bdev))
		return true;
	magic = BPF_CORE_READ(super_block, s_magic);
	return magic == BTRFS_SUPER_MAGIC || magic == OVERLAYFS_SUPER_MAGIC || magic == BCACHEFS_SUPER_MAGIC;
}
