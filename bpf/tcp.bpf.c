// SPDX-License-Identifier: GPL-2.0 OR BSD-2-Clause
// Counts TCP connections opened, failed and accepted by command, and measures how long they wait for accept().
// Also counts retransmits, resets and state changes.
#include "santabpf.h"
#include "accept_wait.h"
#include "call_table.h"
#include "preemption.h"
#include "tcp_ports.h"
#include "kernel/tcp.h"
#include "value_maps.h"

struct opening {
	struct command command;
	__u32 port;
};

struct failure {
	struct opening opening;
	__u32 error;
};

struct in_state {
	enum tcp_state state;
	struct ports ports;
};

struct state_change {
	enum tcp_state from;
	enum tcp_state to;
};

PERCPU_HASH(opened, struct opening, __u64, 4096);
PERCPU_HASH(accepted, struct command, __u64, 4096);
PERCPU_HASH(failures, struct failure, __u64, 4096);
PERCPU_HASH(retransmits, struct in_state, __u64, 1024);
/* 1024 entries bound the cardinality during a scan of the host's ports. */
PERCPU_HASH(resets_sent, struct in_state, __u64, 1024);
PERCPU_HASH(resets_received, struct in_state, __u64, 1024);
PERCPU_HASH(state_changes, struct state_change, __u64, 256);

/* Pending connects by socket address: the answer arrives in an interrupt, where the current task is unrelated. */
struct {
	__uint(type, BPF_MAP_TYPE_HASH);
	__uint(max_entries, 16384);
	__type(key, __u64);
	__type(value, struct opening);
} connecting SEC(".maps");

/* Connects that failed before any packet was sent, by thread: the errno is known only when the system call returns. */
struct {
	__uint(type, BPF_MAP_TYPE_LRU_HASH);
	__uint(max_entries, 1024);
	__type(key, __u64);
	__type(value, struct opening);
} given_up SEC(".maps");

#define count_in(MAP, KEY)                                                                                             \
	({                                                                                                             \
		__u64 *count_ = lookup_or_try_init(MAP, KEY);                                                          \
		if (count_)                                                                                            \
			add(count_, 1);                                                                                \
	})

static __always_inline void begin_connect(const struct sock *sock)
{
	struct task_struct *task = (void *)bpf_get_current_task();
	struct opening opening = { .port = folded(peer_port(sock)) };
	__u64 id = (__u64)sock, *lost;

	current_command(&opening.command);
	fold_kernel_thread(BPF_CORE_READ(task, flags), &opening.command);
	if (!bpf_map_update_elem(&connecting, &id, &opening, BPF_ANY))
		return;
	/* The map is full: the result will be unknown, and most connects succeed. */
	lost = overflow_of(opened);
	if (lost)
		add(lost, 1);
}

static __always_inline void fail_connect(const struct sock *sock, const struct opening *opening)
{
	struct failure failure = { .opening = *opening, .error = BPF_CORE_READ(sock, sk_err) };
	__u64 thread = bpf_get_current_pid_tgid();

	if (!failure.error && BPF_CORE_READ_BITFIELD_PROBED(sock, sk_shutdown) != SHUTDOWN_MASK) {
		bpf_map_update_elem(&given_up, &thread, opening, BPF_ANY);
		return;
	}
	/* The program closed the socket before the peer answered. */
	if (!failure.error)
		failure.error = ECANCELED;
	count_in(failures, &failure);
}

static __always_inline void end_connect(const struct sock *sock, int state)
{
	__u64 id = (__u64)sock;
	struct opening *stored = bpf_map_lookup_elem(&connecting, &id);
	struct opening opening;

	if (!stored)
		return;
	opening = *stored;
	bpf_map_delete_elem(&connecting, &id);
	/* Any other state is a success: established, or syn_recv after a simultaneous open. */
	if (state == close)
		fail_connect(sock, &opening);
	else
		count_in(opened, &opening);
}

static __always_inline int count_change(const struct sock *sock, int from, int to)
{
	struct state_change change = { .from = from, .to = to };

	/* SCTP and DCCP share the tracepoint. */
	if (BPF_CORE_READ(sock, sk_protocol) != IPPROTO_TCP)
		return 0;
	count_in(state_changes, &change);
	if (to == syn_sent)
		begin_connect(sock);
	else if (from == syn_sent)
		end_connect(sock, to);
	else if (from == syn_recv && to == established)
		accept_wait_start(sock);
	else if (to == close)
		accept_wait_discard(sock);
	return 0;
}

INTERRUPT_TRACEPOINT(sock, inet_sock_set_state, change_state,
		(const struct sock *sock, int from, int to), count_change(sock, from, to),
		struct trace_event_raw_inet_sock_set_state,
		count_change(event->skaddr, event->oldstate, event->newstate))

/* Values in the call table. */
#define ACCEPTS 1
#define CONNECTS 2
static const __u8 socket_calls[SYSCALL_NUMBERS] = {
	[__NR_accept] = NATIVE(ACCEPTS),
	[__NR_accept4] = NATIVE(ACCEPTS),
	[__NR_connect] = NATIVE(CONNECTS),
#ifdef COMPAT_accept
	[COMPAT_accept] = COMPAT(ACCEPTS),
#endif
	[COMPAT_accept4] = COMPAT(ACCEPTS),
	[COMPAT_connect] = COMPAT(CONNECTS),
};

static __always_inline const struct sock *tcp_behind(long descriptor)
{
	struct task_struct___files *task = (void *)bpf_get_current_task();
	struct file **files = BPF_CORE_READ(task, files, fdt, fd), *file = 0;

	bpf_probe_read_kernel(&file, sizeof(file), files + descriptor);
	return tcp_sock_of(BPF_CORE_READ(file, private_data));
}

static __always_inline void count_given_up(long result)
{
	__u64 thread = bpf_get_current_pid_tgid();
	struct opening *stored = bpf_map_lookup_elem(&given_up, &thread);
	struct failure failure;

	if (!stored)
		return;
	failure.opening = *stored;
	/* connect() to AF_UNSPEC cancels a pending connect, and itself succeeds. */
	failure.error = is_error(result) ? -result : ECANCELED;
	bpf_map_delete_elem(&given_up, &thread);
	count_in(failures, &failure);
}

/* The accepting task is known only at the exit of accept(): before it, the connection belongs to the listening socket. */
static __always_inline int count_result(__u32 number, long result)
{
	__u8 meaning = meaning_in(socket_calls, number);
	struct command command;
	const struct sock *sock;

	if (meaning == CONNECTS) {
		count_given_up(result);
	} else if (meaning == ACCEPTS && result >= 0) {
		sock = tcp_behind(result);
		if (!sock)
			return 0;
		current_command(&command);
		count_in(accepted, &command);
		accept_wait_finish(sock);
	}
	return 0;
}

TASK_TRACEPOINT(raw_syscalls, sys_exit, leave_call,
		(struct pt_regs___syscall *registers, long result), count_result(NUMBER_OF(registers), result),
		struct trace_event_raw_sys_exit, count_result(event->id, event->ret))

static __always_inline int count_retransmit(const struct sock *sock)
{
	struct in_state in = { .state = BPF_CORE_READ(sock, __sk_common.skc_state), .ports = ports_of(sock) };

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

	in.ports.local = folded(local_port(listener));
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
		in.ports = ports_of(sock);
	count_in(resets_sent, &in);
	return 0;
}

SEC("tp_btf/tcp_receive_reset")
int BPF_PROG(receive_reset, const struct sock *sock)
{
	struct in_state in = { .state = sock->__sk_common.skc_state, .ports = ports_of(sock) };

	count_in(resets_received, &in);
	return 0;
}
