/* SPDX-License-Identifier: GPL-2.0 OR BSD-2-Clause */
/* Arguments of a system call by its registers. Also valid on exit: the kernel keeps the argument registers. */
#pragma once

#include <bpf/bpf_core_read.h>

#if defined(__TARGET_ARCH_x86)
#define FIRST_ARGUMENT(REGISTERS) BPF_CORE_READ(REGISTERS, di)
#define SECOND_ARGUMENT(REGISTERS) BPF_CORE_READ(REGISTERS, si)
#define COMPAT_FIRST_ARGUMENT(REGISTERS) BPF_CORE_READ(REGISTERS, bx)
#define COMPAT_SECOND_ARGUMENT(REGISTERS) BPF_CORE_READ(REGISTERS, cx)
#elif defined(__TARGET_ARCH_arm64)
#define FIRST_ARGUMENT(REGISTERS) BPF_CORE_READ(REGISTERS, orig_x0)
#define SECOND_ARGUMENT(REGISTERS) BPF_CORE_READ(REGISTERS, regs[1])
#define COMPAT_FIRST_ARGUMENT FIRST_ARGUMENT
#define COMPAT_SECOND_ARGUMENT SECOND_ARGUMENT
#endif
