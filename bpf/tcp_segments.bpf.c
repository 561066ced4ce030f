// SPDX-License-Identifier: GPL-2.0 OR BSD-2-Clause
// Counts TCP segments sent and retransmitted, by process and ports.
// The counters of the sockets are read at each scrape and when a connection closes, so packets cause no overhead.
#include "santabpf.h"
#include "holder.h"
#include "iterators.h"
#include "map_walk.h"
#include "remembered_sockets.h"
#include "socket_table.h"
#include "tcp_ports.h"
#include "tcp_services.h"
#include "tcp_state_change.h"
#include "kernel/tcp.h"
#include "value_maps.h"

struct connections {
	struct command command;
	struct ports ports;
	__u32 unused;
	__u64 cgroup;
};

struct segments {
	__u64 sent;
	__u64 sent_again;
};

/* A connection: its process, and its segments that are counted already. */
struct account {
	struct remembered remembered;
	struct holder holder;
	__u32 sent;
	__u32 sent_again;
	__u32 walk;
	bool is_named;
	bool is_seen; /* by a scrape that counted some of its segments */
	__u16 unused;
};

SHARED_HASH(segments, struct connections, struct segments, 4096);
/*
 * The close of a connection removes its entry. If it was missed, the next connection at the address replaces it, or a scrape.
 * `accounts`, keyed by socket address, has the connections that find no place in `placed`: these cost less.
 */
SOCKET_TABLE(placed, struct account);
REMEMBERED_SOCKETS(accounts, struct account, 65536);

/* The number of the walk over all open files. Until the first is complete, an unknown connection may be older than the probe. */
__u32 walk = 1;

struct sent {
	__u32 sent;
	__u32 sent_again;
};

static __always_inline struct sent sent_by(const struct sock *sock, bool is_typed)
{
	const struct tcp_sock *tcp = whole_socket(sock, is_typed);

	if (!tcp)
		return (struct sent){};
	return (struct sent){ .sent = MEMBER(is_typed, tcp, segs_out), .sent_again = MEMBER(is_typed, tcp, total_retrans) };
}

static __always_inline void set_sent(struct account *account, struct sent sent)
{
	account->sent = sent.sent;
	account->sent_again = sent.sent_again;
}

/*
 * The kernel's counters have 32 bits: unsigned subtraction stays correct when they wrap. A decrease means another connection at
 * the same address: the close of the earlier one was missed.
 */
static __always_inline void count(const struct connections *connections, struct sent before, struct sent now)
{
	struct segments *total = lookup_or_try_init(segments, connections);
	bool same = now.sent - before.sent <= (__u32)-1 / 2;

	if (!total)
		return;
	add(&total->sent, same ? now.sent - before.sent : now.sent);
	add(&total->sent_again, same ? now.sent_again - before.sent_again : now.sent_again);
}

/* The entry of a socket that another one has replaced in memory. */
static __always_inline bool is_stale(const struct placed_entry *entry)
{
	const struct sock *sock = (const struct sock *)entry->sock;

	return !is_remembered(sock, &entry->value.remembered, UNTYPED);
}

static __always_inline struct account *account_of(const struct sock *sock, bool is_typed)
{
	struct placed_entry *entry = socket_table_find(placed, sock);
	__u64 id = (__u64)sock;
	struct account *account = entry ? &entry->value : bpf_map_lookup_elem(&accounts, &id);

	return account && is_remembered(sock, &account->remembered, is_typed) ? account : 0;
}

static __always_inline void begin(const struct sock *sock, struct account *account, bool is_typed)
{
	account->remembered.identity = identity_of(sock, is_typed);
	if (!socket_table_set(placed, sock, account, is_stale))
		return;
	if (!remember(accounts, sock, account, is_typed))
		/* There is no place: the connection is counted when it closes. */
		overflow_of(segments);
}

static __always_inline void begin_connect(const struct sock *sock, bool is_typed)
{
	struct account account = { .is_named = is_process() };

	account.holder = current_holder();
	set_sent(&account, sent_by(sock, is_typed));
	begin(sock, &account, is_typed);
}

/* Runs in an interrupt, where the process is unknown. */
static __always_inline void begin_accepted(const struct sock *sock, bool is_typed)
{
	struct account account = {};

	/* Two programs connected to each other at the same time: the connect has begun it. */
	if (!account_of(sock, is_typed))
		begin(sock, &account, is_typed);
}

static __always_inline void end(const struct sock *sock, bool is_typed)
{
	struct connections connections = {};
	struct placed_entry *entry = socket_table_find(placed, sock);
	__u64 id = (__u64)sock;
	struct account *known = entry ? &entry->value : bpf_map_lookup_elem(&accounts, &id);
	bool is_known = known && is_remembered(sock, &known->remembered, is_typed);
	struct sent before = {};

	connections.cgroup = is_known && known->is_named ? known->holder.cgroup : cgroup_of_socket(sock);
	if (is_known)
		before = (struct sent){ known->sent, known->sent_again };
	if (is_known && known->is_seen)
		connections.command = known->holder.command;
	else if (identity_command)
		connections.command = (struct command){ "(short-lived)" };
	if (entry)
		entry->sock = 0;
	else if (known)
		forget(accounts, id);
	if (!is_known && walk == 1)
		return;
	connections.ports = ports_of(sock, is_typed);
	count(&connections, before, sent_by(sock, is_typed));
}

static __always_inline int change_connection(const struct sock *sock, int to, bool is_typed)
{
	if (to == syn_sent)
		begin_connect(sock, is_typed);
	else if (to == listen)
		begin_listen(sock, is_typed);
	else if (to == close)
		end(sock, is_typed);
	else
		begin_accepted(sock, is_typed);
	return 0;
}

TCP_STATE_CHANGE(change_state, change_connection(sock, to, is_typed), { ANY_STATE, STATE(syn_sent) | STATE(listen) },
		{ STATE(syn_recv), STATE(established) }, { ~STATE(listen) & ANY_STATE, STATE(close) })

/* A server that accepted a connection, or will accept it, is the one that listens. A walk corrects that. */
static __always_inline bool name_by_port(const struct sock *sock, struct account *account)
{
	struct service service = service_of(sock, UNTYPED);
	struct owner *owner = bpf_map_lookup_elem(&owners, &service);

	if (!owner)
		return false;
	account->holder = owner->holder;
	account->is_named = true;
	return true;
}

/* Counts what a connection has sent since the last scrape. False if another socket is at the address. */
static __always_inline bool settle(const struct sock *sock, struct account *account)
{
	struct connections connections = { .ports = ports_of(sock, UNTYPED) };
	struct sent before, now = sent_by(sock, UNTYPED);
	enum tcp_state state = BPF_CORE_READ(sock, __sk_common.skc_state);

	if (state == listen || state == close || !is_remembered(sock, &account->remembered, UNTYPED))
		return false;
	account->remembered.doubted = 0;
	/* A connection without a name waits for a walk, or for its end. */
	if (account->sent == now.sent || (!account->is_named && !name_by_port(sock, account)))
		return true;
	refresh_name(&account->holder);
	connections.command = account->holder.command;
	connections.cgroup = account->holder.cgroup;
	before = (struct sent){ account->sent, account->sent_again };
	set_sent(account, now);
	account->is_seen = true;
	count(&connections, before, now);
	return true;
}

static __always_inline void settle_placed(struct placed_entry *entry)
{
	if (!entry->sock || settle((const struct sock *)entry->sock, &entry->value))
		return;
	/* As doubt(). */
	if (entry->value.remembered.doubted)
		entry->sock = 0;
	else
		entry->value.remembered.doubted = 1;
}

static __always_inline void settle_known(__u64 id, struct account *account)
{
	if (!settle((const struct sock *)id, account))
		doubt(accounts, id, &account->remembered);
}

MAP_WALK(count_placed, placed, settle_placed(value))
MAP_WALK(count_connections, accounts, settle_known(*(const __u64 *)key, value))

/* The process with the lowest id that has the socket open names it: the walk visits processes by ascending id. */
static __always_inline void name_connection(const struct sock *sock, const struct task_struct *task)
{
	struct account *known = account_of(sock, UNTYPED), account = { .walk = walk, .is_named = true };

	if (known && known->walk == walk)
		return;
	account.holder = holder_of(task);
	if (known) {
		known->holder = account.holder;
		known->walk = walk;
		known->is_named = true;
		return;
	}
	/* Older than the probe: what it has sent already is not counted. */
	if (walk == 1)
		set_sent(&account, sent_by(sock, UNTYPED));
	begin(sock, &account, UNTYPED);
}

static __always_inline void name_service(const struct sock *sock, const struct task_struct *task)
{
	struct service service = service_of(sock, UNTYPED);
	struct owner *known = bpf_map_lookup_elem(&owners, &service), owner = { .walk = walk };

	if (task->tgid == FIRST_PROCESS || (known && known->walk == walk))
		return;
	owner.holder = holder_of(task);
	bpf_map_update_elem(&owners, &service, &owner, BPF_ANY);
}

/* Runs in the background, at the start and rarely after it. */
SEC("iter/task_file")
int find_connections(struct bpf_iter__task_file *context)
{
	const struct task_struct *task = context->task;
	const struct file *file = context->file;
	const struct sock *sock;
	enum tcp_state state;

	if (!task || !file) {
		walk++;
		return 0;
	}
	if ((file->f_inode->i_mode & S_IFMT) != S_IFSOCK)
		return 0;
	sock = tcp_sock_of(file->private_data);
	if (!sock)
		return 0;
	state = BPF_CORE_READ(sock, __sk_common.skc_state);
	if (state == listen)
		name_service(sock, task);
	else if (state != close)
		name_connection(sock, task);
	return 0;
}
