/* SPDX-License-Identifier: GPL-2.0 OR BSD-2-Clause */
/* Sockets and TCP connections, reduced as in kernel/task.h. */
#pragma once

#include <linux/types.h>

#include <bpf/bpf_core_read.h>
#include <bpf/bpf_endian.h>

#include "kernel/cred.h"
#include "kernel/fs.h"
#include "kernel/task.h"
#include "typed.h"

#pragma clang attribute push(__attribute__((preserve_access_index)), apply_to = record)

struct net;

typedef struct {
	struct net *net;
} possible_net_t;

struct in6_addr {}; /* 16 bytes, read as a whole */

struct sock_common {
	__be32 skc_daddr;
	__be16 skc_dport;
	__u16 skc_num;
	unsigned short skc_family;
	volatile unsigned char skc_state;
	possible_net_t skc_net;
	struct in6_addr skc_v6_daddr;
};

struct socket;

struct sock {
	struct sock_common __sk_common;
	struct socket *sk_socket; /* of a connection: set when it is accepted, cleared when it is closed */
	kuid_t sk_uid; /* of its creator; of a connection, that of the listening socket until it is accepted */
	__u16 sk_protocol;
	int sk_err;
	__u8 sk_shutdown;
	/* Of a listening socket: the length of the accept queue, its limit, and requests dropped because it was full. */
	__u32 sk_ack_backlog;
	__u32 sk_max_ack_backlog;
	atomic_t sk_drops;
};

struct inet_sock {
	__u16 inet_sport; /* in network order, as bound or accepted; keeps its value when the socket closes */
};

struct tcp_sock {
	__u32 segs_out;
	__u32 total_retrans; /* included in segs_out */
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

struct trace_event_raw_inet_sock_set_state {
	const void *skaddr;
	int oldstate;
	int newstate;
};

#pragma clang attribute pop

/* The kernel's numbers. The names become label values. */
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

/* `is_typed`, here and below: see typed.h. */
static __always_inline bool is_tcp(const struct sock *sock, bool is_typed)
{
	__u16 family = MEMBER(is_typed, sock, __sk_common.skc_family);

	return (family == AF_INET || family == AF_INET6) && MEMBER(is_typed, sock, sk_protocol) == IPPROTO_TCP;
}

/* The TCP socket behind a user's socket. For MPTCP it is the first subflow. NULL for other protocols. */
static __always_inline const struct sock *tcp_sock_of(const struct socket *socket)
{
	const struct sock *sock = BPF_CORE_READ(socket, sk);

	if (is_tcp(sock, UNTYPED))
		return sock;
	if (!bpf_core_field_exists(((struct mptcp_sock *)0)->first) || BPF_CORE_READ(sock, sk_protocol) != IPPROTO_MPTCP)
		return 0;
	sock = BPF_CORE_READ((const struct mptcp_sock *)sock, first);
	return is_tcp(sock, UNTYPED) ? sock : 0;
}

static __always_inline __u16 peer_port(const struct sock *sock, bool is_typed)
{
	return bpf_ntohs(MEMBER(is_typed, sock, __sk_common.skc_dport));
}

/* A typed struct sock ends where that struct ends: a helper (Linux 5.9) finds the whole socket. NULL only if it is no TCP socket. */
static __always_inline const struct tcp_sock *whole_socket(const struct sock *sock, bool is_typed)
{
	return is_typed ? (const struct tcp_sock *)bpf_skc_to_tcp_sock((void *)sock) : (const struct tcp_sock *)sock;
}

static __always_inline __u16 local_port(const struct sock *sock, bool is_typed)
{
	const struct inet_sock *inet = (const struct inet_sock *)whole_socket(sock, is_typed);

	return inet ? bpf_ntohs(MEMBER(is_typed, inet, inet_sport)) : 0;
}
