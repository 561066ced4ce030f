/* SPDX-License-Identifier: GPL-2.0 OR BSD-2-Clause */
/* The login user and the credentials of a task. */
#pragma once

#include <linux/types.h>
#include <stdbool.h>

#include <bpf/bpf_core_read.h>
#include <bpf/bpf_helpers.h>

#include "kernel/cred.h"
#include "kernel/task.h"

#define NOBODY_LOGGED_IN ((__u32)-1)

/*
 * The login user id (auid) of a task; NOBODY_LOGGED_IN for services and other tasks outside of a login session. PAM's pam_loginuid
 * sets it at login, children inherit it, and sudo and su do not change it.
 */
static __always_inline __u32 login_of(const struct task_struct *task)
{
	const struct task_struct___credentials *person = (const void *)task;

	if (!bpf_core_field_exists(person->loginuid))
		return NOBODY_LOGGED_IN;
	return BPF_CORE_READ(person, loginuid.val);
}

/* The task's own credentials. `cred` would include temporary overrides inside the kernel. */
static __always_inline const struct cred *rights_of(const struct task_struct *task)
{
	return BPF_CORE_READ((const struct task_struct___credentials *)task, real_cred);
}
