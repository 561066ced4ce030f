/* SPDX-License-Identifier: GPL-2.0 OR BSD-2-Clause */
/* Sockets and the way from a file descriptor to one, reduced as in kernel/task.h. */
#pragma once

#include <linux/types.h>

#include <bpf/bpf_core_read.h>
#include <bpf/bpf_endian.h>

#include "kernel/task.h"

#pragma clang attribute push(__attribute__((preserve_access_index)), apply_to = record)

struct sock_common {
	__be16 skc_dport;
	__u16 skc_num;
	unsigned short skc_family;
	volatile unsigned char skc_state;
};

struct socket;

struct sock {
	struct sock_common __sk_common;
	struct socket *sk_socket; /* of a connection: since it was accepted, until it is closed */
	__u16 sk_protocol;
	int sk_err;
	__u8 sk_shutdown;
	/* Of a listening socket: connections that wait to be accepted, how many may, and requests that found no room. */
	__u32 sk_ack_backlog;
	__u32 sk_max_ack_backlog;
	atomic_t sk_drops;
};

struct inet_sock {
	__u16 inet_sport; /* in network order, as it was bound or accepted; not 0 again when the socket closes */
};

struct tcp_sock {
	__u32 segs_out;
	__u32 total_retrans; /* of them */
};

struct mptcp_sock {
	struct sock *first;
};

struct request_sock {
	struct sock_common __req_common;
};

struct sk_buff {
	unsigned char *head;
	__u16 transport_header;
};

struct socket {
	struct sock *sk;
};

struct inode {
	unsigned short i_mode;
};

struct file {
	struct inode *f_inode;
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
#define IPPROTO_MPTCP 262
#define EPERM 1
#define EINPROGRESS 115
#define ECANCELED 125
#define SHUTDOWN_MASK 3

/* inode.i_mode */
#define S_IFMT 0170000
#define S_IFSOCK 0140000

static __always_inline bool is_tcp(const struct sock *sock)
{
	__u16 family = BPF_CORE_READ(sock, __sk_common.skc_family);

	return (family == AF_INET || family == AF_INET6) && BPF_CORE_READ(sock, sk_protocol) == IPPROTO_TCP;
}

/* The TCP socket that a program's socket is, or for one of MPTCP the (first) one beneath it; 0 for others. */
static __always_inline const struct sock *tcp_sock_of(const struct socket *socket)
{
	const struct sock *sock = BPF_CORE_READ(socket, sk);

	if (is_tcp(sock))
		return sock;
	if (!bpf_core_field_exists(((struct mptcp_sock *)0)->first) || BPF_CORE_READ(sock, sk_protocol) != IPPROTO_MPTCP)
		return 0;
	sock = BPF_CORE_READ((const struct mptcp_sock *)sock, first);
	return is_tcp(sock) ? sock : 0;
}

static __always_inline __u16 peer_port(const struct sock *sock)
{
	return bpf_ntohs(BPF_CORE_READ(sock, __sk_common.skc_dport));
}

static __always_inline __u16 local_port(const struct sock *sock)
{
	return bpf_ntohs(BPF_CORE_READ((const struct inet_sock *)sock, inet_sport));
}
