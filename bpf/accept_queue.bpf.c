// SPDX-License-Identifier: GPL-2.0 OR BSD-2-Clause
// Reports the accept queue of each listening TCP socket: its length and its limit. Counts connections dropped at listening sockets.
#include "santabpf.h"
#include "holder.h"
#include "iterators.h"
#include "map_walk.h"
#include "remembered_sockets.h"
#include "tcp_state_change.h"
#include "kernel/tcp.h"
#include "value_maps.h"

struct server {
	struct command command;
	__u32 port;
	__u32 unused;
	__u64 cgroup;
};

/* The init process, such as systemd, opens sockets for services and keeps them open. */
#define FIRST_PROCESS 1

struct listener {
	struct server server;
	__u32 connections;
	__u32 limit;
	__u32 full;
	__u32 unused;
};

/* A listening socket: its process, and its drops that are counted already. */
struct account {
	struct remembered remembered;
	struct holder holder;
	__u32 port; /* set by the first scrape: listen() may choose it after its event */
	__u32 drops;
	__u32 walk; /* that named the socket; 0: named by listen() */
	__u32 unused;
};

/* Keyed by socket address, like `accounts`. */
SHARED_HASH(listeners, __u64, struct listener, 4096);
SHARED_HASH(drops, struct server, __u64, 4096);
REMEMBERED_SOCKETS(accounts, struct account, 16384);

/* The number of the walk over all open files. */
__u32 walk = 1;

static __always_inline struct server server_of(const struct account *account, __u32 port)
{
	return (struct server){ .command = account->holder.command, .port = port, .cgroup = account->holder.cgroup };
}

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

static __always_inline void open_account(const struct sock *sock, struct account *account, bool is_typed)
{
	account->drops = drops_of(sock);
	if (!remember(accounts, sock, account, is_typed))
		/* The socket is not shown, and its drops are not counted. */
		overflow_of(drops);
}

/*
 * The kernel's counter has 32 bits: unsigned subtraction stays correct when it wraps. A decrease means that another socket listens at
 * the address: the events between were missed.
 */
static __always_inline void settle(__u32 port, struct account *account, __u32 now)
{
	struct server server = server_of(account, port);
	__u32 dropped = now - account->drops;

	account->drops = now;
	count_drops(&server, dropped <= (__u32)-1 / 2 ? dropped : now);
}

static __always_inline int change_listening(const struct sock *sock, int to, bool is_typed)
{
	__u64 id = (__u64)sock;
	struct account account = {}, *known;

	if (to == listen) {
		if (!is_process())
			return 0;
		account.holder = current_holder();
		open_account(sock, &account, is_typed);
		return 0;
	}
	known = bpf_map_lookup_elem(&accounts, &id);
	if (!known)
		return 0;
	if (is_remembered(sock, &known->remembered, is_typed))
		settle(local_port(sock, is_typed), known, drops_of(sock));
	forget(accounts, id);
	return 0;
}

TCP_STATE_CHANGE(change_state, change_listening(sock, to, is_typed), { ANY_STATE, STATE(listen) },
		{ STATE(listen), STATE(close) })

static __always_inline void list(__u64 id, const struct listener *listener)
{
	struct listener *others;

	if (!bpf_map_update_elem(&listeners, &id, listener, BPF_NOEXIST))
		return;
	others = overflow_of(listeners);
	if (!others)
		return;
	others->connections += listener->connections;
	others->limit += listener->limit;
	others->full += listener->full;
}

static __always_inline void look_at(__u64 id, struct account *account)
{
	const struct sock *sock = (const struct sock *)id;
	__u32 dropped = drops_of(sock), port = local_port(sock, UNTYPED);
	struct listener listener = {};

	listener.connections = BPF_CORE_READ(sock, sk_ack_backlog);
	listener.limit = BPF_CORE_READ(sock, sk_max_ack_backlog);
	if (BPF_CORE_READ(sock, __sk_common.skc_state) != listen || !is_remembered(sock, &account->remembered, UNTYPED) ||
			(account->port && account->port != port)) {
		doubt(accounts, id, &account->remembered);
		return;
	}
	account->remembered.doubted = 0;
	account->port = port;
	refresh_name(&account->holder);
	listener.server = server_of(account, port);
	/* As sk_acceptq_is_full(): the queue holds one connection more than the limit. */
	listener.full = listener.connections > listener.limit;
	list(id, &listener);
	settle(port, account, dropped);
}

MAP_WALK(list_listeners, accounts, look_at(*(const __u64 *)key, value))

/*
 * The process with the lowest id that has the socket open names it: the walk visits processes by ascending id. The init process never
 * does, except in place of nobody.
 */
static __always_inline void name(const struct sock *sock, const struct task_struct *task)
{
	__u64 id = (__u64)sock;
	struct account *known = bpf_map_lookup_elem(&accounts, &id), account = {};

	if (known && (task->tgid == FIRST_PROCESS || known->walk == walk))
		return;
	account.holder = holder_of(task);
	account.walk = task->tgid == FIRST_PROCESS ? 0 : walk;
	if (known) {
		known->holder = account.holder;
		known->walk = account.walk;
		return;
	}
	/* The socket is older than the probe: its earlier drops are not counted. */
	open_account(sock, &account, UNTYPED);
}

/* Runs in the background, at the start and rarely after it. */
SEC("iter/task_file")
int find_listeners(struct bpf_iter__task_file *context)
{
	const struct task_struct *task = context->task;
	const struct file *file = context->file;
	const struct sock *sock;

	if (!task || !file) {
		walk++;
		return 0;
	}
	if ((file->f_inode->i_mode & S_IFMT) != S_IFSOCK)
		return 0;
	sock = tcp_sock_of(file->private_data);
	if (sock && BPF_CORE_READ(sock, __sk_common.skc_state) == listen)
		name(sock, task);
	return 0;
}
