/* SPDX-License-Identifier: GPL-2.0 OR BSD-2-Clause */
/* Whether a file descriptor is a file that the page cache serves and a disk stores. */
#pragma once

#include <bpf/bpf_core_read.h>
#include <bpf/bpf_helpers.h>

#include "call_arguments.h"
#include "current_file.h"
#include "kernel/fs.h"
#include "syscall.h"

#if defined(__TARGET_ARCH_x86)
#define O_DIRECT 040000
#elif defined(__TARGET_ARCH_arm64)
#define O_DIRECT 0200000
#endif

/* Disk file systems that set no s_bdev. From linux/magic.h; BCACHEFS_SUPER_MAGIC from fs/bcachefs. */
#define BTRFS_SUPER_MAGIC 0x9123683e
#define OVERLAYFS_SUPER_MAGIC 0x794c7630
#define BCACHEFS_SUPER_MAGIC 0xca451a4e

/*
 * The first or second argument of a system call, as a file descriptor. Also valid on exit: the kernel keeps the argument registers,
 * whose pointer is typed (see typed.h).
 */
static __always_inline __u32 descriptor_in(struct pt_regs___syscall *registers, bool second)
{
	if (in_compat_call())
		return second ? COMPAT_SECOND_ARGUMENT(registers, TYPED) : COMPAT_FIRST_ARGUMENT(registers, TYPED);
	return second ? SECOND_ARGUMENT(registers, TYPED) : FIRST_ARGUMENT(registers, TYPED);
}

/* Whether `descriptor` of the current task is such a file. Call it only after a successful call on it: see current_file(). */
static __always_inline bool is_cached_file(__u32 descriptor)
{
	struct file *file = current_file(descriptor);
	struct super_block *super_block;
	struct inode *inode;
	unsigned short kind;
	unsigned long magic;

	if (!file)
		return false;
	inode = BPF_CORE_READ(file, f_inode);
	kind = BPF_CORE_READ(inode, i_mode) & S_IFMT;
	if (kind != S_IFREG && kind != S_IFBLK)
		return false;
	if (BPF_CORE_READ((struct file___flags *)file, f_flags) & O_DIRECT)
		return false;
	if (kind == S_IFBLK)
		return true;
	super_block = BPF_CORE_READ(inode, i_sb);
	if (BPF_CORE_READ(super_block, s_bdev))
		return true;
	magic = BPF_CORE_READ(super_block, s_magic);
	return magic == BTRFS_SUPER_MAGIC || magic == OVERLAYFS_SUPER_MAGIC || magic == BCACHEFS_SUPER_MAGIC;
}
