// SPDX-License-Identifier: GPL-2.0 OR BSD-2-Clause
// Counts TCP segments sent and retransmitted, by process and ports.
// The counters of the sockets are read at each scrape and when a connection closes, so packets cause no overhead.
#include "santabpf.h"
#include "iterators.h"
#include "preemption.h"
#include "tcp_ports.h"
#include "kernel/tcp.h"
#include "value_maps.h"

struct connections {
	struct command command;
	struct ports ports;
};

struct segments {
	__u64 sent;
	__u64 sent_again;
};

/* The segments of a connection that are counted already, and the command that they are counted under. */
struct account {
	struct command command;
	__u32 sent;
	__u32 sent_again;
};

SHARED_HASH(segments, struct connections, struct segments, 4096);
/* Keyed by socket address. The close removes an entry. If it was missed, the next connection at the address takes it over: see count(). */
struct {
	__uint(type, BPF_MAP_TYPE_HASH);
	__uint(max_entries, 32768);
	__type(key, __u64);
	__type(value, struct account);
} accounts SEC(".maps");

/* Until the first scrape is complete, an unknown connection may be older than the probe. */
bool visited_all = false;

static __always_inline struct account state_of(const struct sock *sock)
{
	const struct tcp_sock *tcp = (const struct tcp_sock *)sock;

	return (struct account){ .sent = BPF_CORE_READ(tcp, segs_out), .sent_again = BPF_CORE_READ(tcp, total_retrans) };
}

/*
 * The kernel's counters have 32 bits: unsigned subtraction stays correct when they wrap. A decrease means another connection at
 * the same address: the close of the earlier one was missed.
 */
static __always_inline void count(const struct sock *sock, const struct account *before, const struct account *now)
{
	struct connections connections = { .command = now->command, .ports = ports_of(sock) };
	struct segments *total = lookup_or_try_init(segments, &connections);
	bool same = now->sent - before->sent <= (__u32)-1 / 2;

	if (!total)
		return;
	add(&total->sent, same ? now->sent - before->sent : now->sent);
	add(&total->sent_again, same ? now->sent_again - before->sent_again : now->sent_again);
}

static __always_inline void visit(const struct sock *sock, const struct task_struct *task)
{
	__u64 id = (__u64)sock;
	struct account *known = bpf_map_lookup_elem(&accounts, &id), before = {}, now = state_of(sock);

	/* Also skips a socket shared with a process visited earlier. */
	if (known ? known->sent == now.sent : !now.sent)
		return;
	command_of(task, &now.command);
	if (known)
		before = *known;
	else if (!visited_all)
		before = now;
	if (bpf_map_update_elem(&accounts, &id, &now, BPF_ANY))
		/* The map is full: the connection is counted when it closes. */
		overflow_of(segments);
	else
		count(sock, &before, &now);
}

static __always_inline int end_connection(const struct sock *sock, int from, int to)
{
	const struct command nobody = { "(short-lived)" };
	struct account *known, before = {}, now;
	__u64 id = (__u64)sock;

	if (to != close || from == listen || !is_tcp(sock))
		return 0;
	known = bpf_map_lookup_elem(&accounts, &id);
	if (!known && !visited_all)
		return 0;
	now = state_of(sock);
	/* The default for a connection that no scrape saw: the close may run in an interrupt, where the process is unknown. */
	now.command = nobody;
	if (known) {
		before = *known;
		now.command = known->command;
		bpf_map_delete_elem(&accounts, &id);
	}
	count(sock, &before, &now);
	return 0;
}

INTERRUPT_TRACEPOINT(sock, inet_sock_set_state, change_state,
		(const struct sock *sock, int from, int to), end_connection(sock, from, to),
		struct trace_event_raw_inet_sock_set_state,
		end_connection(event->skaddr, event->oldstate, event->newstate))

/* Runs at each scrape. */
SEC("iter/task_file")
int visit_connections(struct bpf_iter__task_file *context)
{
	const struct task_struct *task = context->task;
	const struct file *file = context->file;
	const struct sock *sock;
	enum tcp_state state;

	if (!task || !file) {
		visited_all = true;
		return 0;
	}
	if ((file->f_inode->i_mode & S_IFMT) != S_IFSOCK)
		return 0;
	sock = tcp_sock_of(file->private_data);
	if (!sock)
		return 0;
	state = BPF_CORE_READ(sock, __sk_common.skc_state);
	if (state != listen && state != close)
		visit(sock, task);
	return 0;
}
