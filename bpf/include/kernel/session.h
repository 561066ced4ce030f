/* SPDX-License-Identifier: GPL-2.0 OR BSD-2-Clause */
/* Sessions, their terminals and the parents of processes, reduced as in kernel/task.h. */
#pragma once

#include "kernel/task.h"

#pragma clang attribute push(__attribute__((preserve_access_index)), apply_to = record)

struct tty_struct;

struct signal_struct___session {
	int leader; /* of a session */
	struct tty_struct *tty;
};

struct task_struct___parent {
	struct task_struct *real_parent;
};

#pragma clang attribute pop
