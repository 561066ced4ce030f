// SPDX-License-Identifier: GPL-2.0 OR BSD-2-Clause
// Counts TCP connections opened, failed and accepted by command, and measures how long they wait for accept().
// Also counts retransmits, resets and state changes.
#include "santabpf.h"
#include "accept_wait.h"
#include "call_arguments.h"
#include "connects.h"
#include "current_file.h"
#include "syscall_exit.h"
#include "tcp_state_change.h"
#include "kernel/tcp.h"
#include "value_maps.h"

struct in_state {
	enum tcp_state state;
	struct ports ports;
};

SHARED_HASH(accepted, struct command, __u64, 4096);
SHARED_HASH(retransmits, struct in_state, __u64, 1024);
/* 1024 entries bound the cardinality during a scan of the host's ports. */
PERCPU_HASH(resets_sent, struct in_state, __u64, 1024);
SHARED_HASH(resets_received, struct in_state, __u64, 1024);

static __always_inline int count_change(const struct sock *sock, int from, int to, bool is_typed)
{
	if (to == syn_sent)
		begin_connect(sock, is_typed);
	else if (from == syn_sent)
		end_connect(sock, to);
	else if (from == syn_recv && to == established)
		accept_wait_start(sock, is_typed);
	else if (to == close)
		accept_wait_discard(sock);
	return 0;
}

TCP_STATE_CHANGE(change_state, count_change(sock, from, to, is_typed), { STATE(syn_sent), ANY_STATE },
		{ ANY_STATE, STATE(syn_sent) | STATE(close) }, { STATE(syn_recv), STATE(established) })

/* The accepting task is known only at the exit of accept(): before it, the connection belongs to the listening socket. */
static __always_inline void count_accepted(long descriptor)
{
	const struct sock *sock = tcp_sock_of(BPF_CORE_READ(current_file(descriptor), private_data));
	struct command command;

	if (!sock)
		return;
	current_command(&command);
	count_in(accepted, &command);
	accept_wait_finish(sock);
}

static __always_inline __u8 demultiplexed(void)
{
	__u32 call = COMPAT_FIRST_ARGUMENT(current_registers((void *)bpf_get_current_task()), UNTYPED);

	return call == SYS_ACCEPT || call == SYS_ACCEPT4 ? ACCEPTS : CONNECTS;
}

static __always_inline int count_result(__u32 number, long result)
{
	__u8 meaning = meaning_in(socket_calls, number);

	if (meaning == MULTIPLEXES)
		meaning = demultiplexed();
	if (meaning == CONNECTS)
		count_given_up(result);
	else if (meaning == ACCEPTS && result >= 0)
		count_accepted(result);
	return 0;
}

SYSCALL_EXIT(leave_call, SUCCEEDED | FAILED, socket_calls, count_result(number, result))

static __always_inline int count_retransmit(const struct sock *sock)
{
	struct in_state in = { .state = BPF_CORE_READ(sock, __sk_common.skc_state), .ports = ports_of(sock, UNTYPED) };

	count_in(retransmits, &in);
	return 0;
}

SEC("tp_btf/tcp_retransmit_skb")
int BPF_PROG(retransmit, const struct sock *sock, const struct sk_buff *packet, int error)
{
	return error ? 0 : count_retransmit(sock);
}

/* Before ad892e912b84 ("tcp: trace retransmit failures in tcp_retransmit_skb"), which added the failed retransmits. */
SEC("tp_btf/tcp_retransmit_skb")
int BPF_PROG(retransmit_before_6_17, const struct sock *sock)
{
	return count_retransmit(sock);
}

/* A retransmitted SYN-ACK: the connection has no full socket yet, only a request. */
SEC("tp_btf/tcp_retransmit_synack")
int BPF_PROG(retransmit_synack, const struct sock *listener, const struct request_sock *request)
{
	struct in_state in = { .state = new_syn_recv };

	in.ports.local = folded(local_port(listener, UNTYPED));
	in.ports.peer = folded(bpf_ntohs(request->__req_common.skc_dport));
	count_in(retransmits, &in);
	return 0;
}

/* The packet came from the peer: its destination is the local port. */
static __always_inline struct ports ports_of_answered(const struct sk_buff *packet)
{
	const unsigned char *header = BPF_CORE_READ(packet, head) + BPF_CORE_READ(packet, transport_header);
	struct {
		__be16 source;
		__be16 destination;
	} tcp = {};

	bpf_probe_read_kernel(&tcp, sizeof(tcp), header);
	return (struct ports){ .local = folded(bpf_ntohs(tcp.destination)), .peer = folded(bpf_ntohs(tcp.source)) };
}

/* Not tp_btf: the verifier may assume that the socket is not NULL, but it is when nothing listens (seen since 6.10). */
SEC("raw_tp/tcp_send_reset")
int BPF_PROG(send_reset)
{
	const struct sock *sock = (const struct sock *)ctx[0];
	const struct sk_buff *packet = (const struct sk_buff *)ctx[1];
	struct in_state in = { .state = none };

	if (sock)
		in.state = BPF_CORE_READ(sock, __sk_common.skc_state);
	/* A reset that answers a packet: the socket may be in TIME_WAIT, which lacks fields of a full socket. */
	if (packet)
		in.ports = ports_of_answered(packet);
	else if (sock)
		in.ports = ports_of(sock, UNTYPED);
	count_in(resets_sent, &in);
	return 0;
}

SEC("tp_btf/tcp_receive_reset")
int BPF_PROG(receive_reset, const struct sock *sock)
{
	struct in_state in = { .state = sock->__sk_common.skc_state, .ports = ports_of(sock, UNTYPED) };

	count_in(resets_received, &in);
	return 0;
}
