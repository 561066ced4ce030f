/* SPDX-License-Identifier: GPL-2.0 OR BSD-2-Clause */
/* Credentials, and the owner of a task's executable; reduced as in kernel/task.h. */
#pragma once

#include <linux/types.h>

#pragma clang attribute push(__attribute__((preserve_access_index)), apply_to = record)

/* A user id in the initial user namespace: root of a container with its own user namespace is not 0. */
typedef struct {
	__u32 val;
} kuid_t;

struct user_namespace {
	int level; /* 0: the initial namespace */
	struct user_namespace *parent;
	kuid_t owner;
};

/* Two 32-bit numbers until 6.2, then one 64-bit number (f122a08b197d "capability: just use a 'single u64' instead of a 'u32[2]' array"). */
struct capabilities {
	__u64 val;
};

struct cred {
	kuid_t uid;
	kuid_t suid;
	kuid_t euid;
	kuid_t fsuid;
	struct capabilities cap_permitted;
	struct user_namespace *user_ns;
};

struct inode___credentials {
	unsigned short i_mode;
	kuid_t i_uid;
};

struct qstr___credentials {
	const unsigned char *name;
};

struct dentry___credentials {
	struct qstr___credentials d_name;
};

struct path___credentials {
	struct dentry___credentials *dentry;
};

struct file___credentials {
	struct path___credentials f_path;
	struct inode___credentials *f_inode;
};

struct mm_struct___credentials {
	struct file___credentials *exe_file;
};

struct task_struct___credentials {
	const struct cred *real_cred;
	struct mm_struct___credentials *mm;
	kuid_t loginuid; /* with CONFIG_AUDIT */
};

#pragma clang attribute pop
