// SPDX-License-Identifier: GPL-2.0 OR BSD-2-Clause
// Reports the accept queue of each listening TCP socket: its length and its limit. Counts connections dropped at listening sockets.
#include "santabpf.h"
#include "iterators.h"
#include "preemption.h"
#include "kernel/tcp.h"
#include "value_maps.h"

struct server {
	struct command command;
	__u32 port;
};

/* The init process, such as systemd, opens sockets for services and keeps them open. */
#define FIRST_PROCESS 1

struct listener {
	struct server server;
	__u32 process;
	__u32 connections;
	__u32 limit;
	__u32 full;
};

/* The drops of a listening socket that are counted already, and the command that they are counted under. */
struct account {
	struct command command;
	__u32 drops;
};

/* Keyed by socket address, like `accounts`. */
SHARED_HASH(listeners, __u64, struct listener, 4096);
SHARED_HASH(drops, struct server, __u64, 4096);
/* The end of listening removes an entry. If it was missed, the next socket that listens at the address replaces it. */
struct {
	__uint(type, BPF_MAP_TYPE_HASH);
	__uint(max_entries, 4096);
	__type(key, __u64);
	__type(value, struct account);
} accounts SEC(".maps");

/* Creates the series even without drops: otherwise rate() would miss the first one. */
static __always_inline void count_drops(const struct server *server, __u32 number)
{
	__u64 *count = lookup_or_try_init(drops, server);

	if (count && number)
		add(count, number);
}

static __always_inline __u32 drops_of(const struct sock *sock)
{
	return BPF_CORE_READ(sock, sk_drops.counter);
}

static __always_inline void open_account(const struct sock *sock, const struct command *command)
{
	__u64 id = (__u64)sock;
	struct account account = { .command = *command, .drops = drops_of(sock) };

	if (bpf_map_update_elem(&accounts, &id, &account, BPF_ANY))
		/* The map is full: drops of this socket are not counted. */
		overflow_of(drops);
}

/* The kernel's counter has 32 bits: unsigned subtraction stays correct when it wraps. */
static __always_inline void settle(const struct sock *sock, struct account *account)
{
	struct server server = { .command = account->command, .port = local_port(sock) };
	__u32 now = drops_of(sock), dropped = now - account->drops;

	account->drops = now;
	count_drops(&server, dropped);
}

static __always_inline int change_listening(const struct sock *sock, int from, int to)
{
	__u64 id = (__u64)sock;
	struct account *account;
	struct command command;

	if ((from != listen && to != listen) || !is_tcp(sock))
		return 0;
	if (to == listen) {
		current_command(&command);
		open_account(sock, &command);
		return 0;
	}
	account = bpf_map_lookup_elem(&accounts, &id);
	if (!account)
		return 0;
	settle(sock, account);
	bpf_map_delete_elem(&accounts, &id);
	return 0;
}

INTERRUPT_TRACEPOINT(sock, inet_sock_set_state, change_state,
		(const struct sock *sock, int from, int to), change_listening(sock, from, to),
		struct trace_event_raw_inet_sock_set_state,
		change_listening(event->skaddr, event->oldstate, event->newstate))

static __always_inline void rename(__u64 id, struct listener *listener, const struct command *command, __u32 process)
{
	struct account *account = bpf_map_lookup_elem(&accounts, &id);

	listener->server.command = *command;
	listener->process = process;
	if (account)
		account->command = *command;
}

static __always_inline void list(const struct sock *sock, const struct task_struct *task)
{
	__u64 id = (__u64)sock;
	struct listener *known = bpf_map_lookup_elem(&listeners, &id), listener = {}, *others;
	struct account *account;

	/* The iterator visits processes by ascending id. The first one names the socket, unless that is the init process. */
	if (known && (known->process != FIRST_PROCESS || task->tgid == FIRST_PROCESS))
		return;
	command_of(task, &listener.server.command);
	if (known) {
		rename(id, known, &listener.server.command, task->tgid);
		return;
	}
	listener.server.port = local_port(sock);
	listener.process = task->tgid;
	listener.connections = BPF_CORE_READ(sock, sk_ack_backlog);
	listener.limit = BPF_CORE_READ(sock, sk_max_ack_backlog);
	/* As sk_acceptq_is_full(): the queue holds one connection more than the limit. */
	listener.full = listener.connections > listener.limit;
	if (bpf_map_update_elem(&listeners, &id, &listener, BPF_NOEXIST)) {
		/* The map is full: add to the overflow entry, once for each process that has the socket open. */
		others = overflow_of(listeners);
		if (others) {
			others->connections += listener.connections;
			others->limit += listener.limit;
			others->full += listener.full;
		}
	}

	account = bpf_map_lookup_elem(&accounts, &id);
	if (!account) {
		/* The socket is older than the probe: its earlier drops are not counted. */
		open_account(sock, &listener.server.command);
		count_drops(&listener.server, 0);
		return;
	}
	settle(sock, account);
	if (task->tgid != FIRST_PROCESS)
		account->command = listener.server.command;
}

/* Runs at each scrape. */
SEC("iter/task_file")
int list_listeners(struct bpf_iter__task_file *context)
{
	const struct task_struct *task = context->task;
	const struct file *file = context->file;
	const struct sock *sock;

	if (!task || !file || (file->f_inode->i_mode & S_IFMT) != S_IFSOCK)
		return 0;
	sock = tcp_sock_of(file->private_data);
	if (sock && BPF_CORE_READ(sock, __sk_common.skc_state) == listen)
		list(sock, task);
	return 0;
}
