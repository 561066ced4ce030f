/* SPDX-License-Identifier: GPL-2.0 OR BSD-2-Clause */
/* The mode of the CPU when an interrupt saved its registers. */
#pragma once

#include <linux/bpf_perf_event.h>

#if defined(__TARGET_ARCH_x86)
#define IN_USER_MODE(registers) (((registers).cs & 3) == 3)
#elif defined(__TARGET_ARCH_arm64)
#define IN_USER_MODE(registers) (((registers).pstate & PSR_MODE_MASK) == PSR_MODE_EL0t)
#endif
