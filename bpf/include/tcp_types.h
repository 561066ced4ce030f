/* SPDX-License-Identifier: GPL-2.0 OR BSD-2-Clause */
/* Sockets and the way from a file descriptor to one, reduced as in kernel_types.h. */
#pragma once

#include <linux/types.h>

#pragma clang attribute push(__attribute__((preserve_access_index)), apply_to = record)

struct sock_common {
	unsigned short skc_family;
	volatile unsigned char skc_state;
};

struct sock {
	struct sock_common __sk_common;
	__u16 sk_protocol;
	int sk_err;
	__u8 sk_shutdown;
};

struct sk_buff;

struct socket {
	struct sock *sk;
};

struct file {
	void *private_data;
};

struct fdtable {
	struct file **fd;
};

struct files_struct {
	struct fdtable *fdt;
};

struct trace_event_raw_inet_sock_set_state {
	const void *skaddr;
	int oldstate;
	int newstate;
};

struct task_struct___files {
	struct files_struct *files;
};

#pragma clang attribute pop

/* The kernel's numbers, with names for labels. */
enum tcp_state {
	none = 0, /* no socket */
	established,
	syn_sent,
	syn_recv,
	fin_wait1,
	fin_wait2,
	time_wait,
	close,
	close_wait,
	last_ack,
	listen,
	closing,
	new_syn_recv,
};

#define AF_INET 2
#define AF_INET6 10
#define IPPROTO_TCP 6
#define EPERM 1
#define EINPROGRESS 115
#define ECANCELED 125
#define SHUTDOWN_MASK 3
