/* TCP connections accepted and opened by io_uring: no system call of their own returns the result. */
#include "endpoint.h"

#include <arpa/inet.h>
#include <errno.h>
#include <linux/io_uring.h>
#include <netinet/in.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <sys/syscall.h>
#include <unistd.h>

struct ring {
	int descriptor;
	char *submissions, *completions;
	struct io_uring_sqe *entry;
	struct io_uring_params parameters;
};

static void *map(const struct ring *ring, size_t size, off_t what)
{
	void *mapped = mmap(NULL, size, PROT_READ | PROT_WRITE, MAP_SHARED | MAP_POPULATE, ring->descriptor, what);
	if (mapped == MAP_FAILED)
		fail("mmap of a ring");
	return mapped;
}

static void open_ring(struct ring *ring)
{
	struct io_uring_params *parameters = &ring->parameters;
	ring->descriptor = (int)syscall(SYS_io_uring_setup, 1, parameters);
	if (ring->descriptor < 0)
		fail("io_uring_setup");
	ring->submissions = map(ring, parameters->sq_off.array + parameters->sq_entries * sizeof(unsigned), IORING_OFF_SQ_RING);
	ring->completions = map(ring, parameters->cq_off.cqes + parameters->cq_entries * sizeof(struct io_uring_cqe),
				IORING_OFF_CQ_RING);
	ring->entry = map(ring, parameters->sq_entries * sizeof(struct io_uring_sqe), IORING_OFF_SQES);
}

/* Performs one operation and waits for its result. */
static int perform(struct ring *ring, const struct io_uring_sqe *operation)
{
	unsigned *tail = (unsigned *)(ring->submissions + ring->parameters.sq_off.tail);
	unsigned *head = (unsigned *)(ring->completions + ring->parameters.cq_off.head);
	const struct io_uring_cqe *results = (struct io_uring_cqe *)(ring->completions + ring->parameters.cq_off.cqes);
	*ring->entry = *operation;
	__atomic_store_n(tail, *tail + 1, __ATOMIC_RELEASE);
	if (syscall(SYS_io_uring_enter, ring->descriptor, 1, 1, IORING_ENTER_GETEVENTS, NULL, 0) != 1)
		fail("io_uring_enter");
	int result = results[*head & (ring->parameters.cq_entries - 1)].res;
	__atomic_store_n(head, *head + 1, __ATOMIC_RELEASE);
	return result;
}

static int accept_by_ring(struct ring *ring, int listener)
{
	struct io_uring_sqe operation = {.opcode = IORING_OP_ACCEPT, .fd = listener};
	int connection = perform(ring, &operation);
	if (connection < 0) {
		errno = -connection;
		fail("accept by io_uring");
	}
	return connection;
}

static void allow_descriptors(uint64_t count)
{
	struct rlimit limit = {.rlim_cur = count, .rlim_max = count};
	if (setrlimit(RLIMIT_NOFILE, &limit))
		fail("setrlimit(RLIMIT_NOFILE)");
}

/* N connections accepted by io_uring stay open while ORDINARY ones are accepted by accept4(). */
static void perform_tcp_ring(struct run *run)
{
	uint64_t ordinary = number(argument(run, 0, ""));
	struct endpoint peer = loopback(run);
	struct in_addr *address = &((struct sockaddr_in *)&peer.address)->sin_addr;
	struct ring ring = {0};
	allow_descriptors(run->count + 64);
	/* Many addresses of this host, because the search for a free local port of a single one is slow. */
	address->s_addr = INADDR_ANY;
	int listener = bind_port(&peer);
	if (listen(listener, 128))
		fail("listen");
	open_ring(&ring);
	begin(run);
	for (uint64_t i = 0; i < run->count; i++) {
		address->s_addr = htonl(INADDR_LOOPBACK + i % 100);
		int client = new_socket(&peer);
		connect_to(client, &peer, false);
		accept_by_ring(&ring, listener);
		close(client);
	}
	for (uint64_t i = 0; i < ordinary; i++) {
		int client = new_socket(&peer);
		connect_to(client, &peer, false);
		int connection = accept4(listener, NULL, NULL, 0);
		if (connection < 0)
			fail("accept4");
		close(client);
		close(connection);
	}
	end(run);
}

static int connect_via(struct ring *ring, const char *via, int connection, const struct endpoint *peer)
{
	struct io_uring_sqe operation = {
		.opcode = IORING_OP_CONNECT, .fd = connection, .addr = (uintptr_t)&peer->address, .off = peer->length};
	if (!strcmp(via, "socketcall"))
		return connect_by_socketcall(connection, peer);
	if (strcmp(via, "ring"))
		return connect(connection, (const struct sockaddr *)&peer->address, peer->length) ? -errno : 0;
	return perform(ring, &operation);
}

static int bound_to(const struct endpoint *here)
{
	int bound = new_socket(here), yes = 1;
	if (setsockopt(bound, SOL_SOCKET, SO_REUSEADDR, &yes, sizeof(yes)))
		fail("setsockopt(SO_REUSEADDR)");
	if (bind(bound, (const struct sockaddr *)&here->address, here->length))
		fail("bind");
	return bound;
}

/* Connects whose local and peer address have a connection already, each followed by a connect() that succeeds. */
static void perform_tcp_unavailable(struct run *run)
{
	struct endpoint peer = loopback(run), here = loopback(run);
	struct ring ring = {0};
	int listener = bind_port(&peer), first = bind_port(&here);
	if (listen(listener, 128))
		fail("listen");
	connect_to(first, &peer, false);
	open_ring(&ring);
	begin(run);
	for (uint64_t i = 0; i < run->count; i++) {
		int second = bound_to(&here), other = new_socket(&peer);
		if (connect_via(&ring, argument(run, 0, "connect"), second, &peer) != -EADDRNOTAVAIL)
			fail_plain("connect", "did not fail with EADDRNOTAVAIL");
		connect_to(other, &peer, false);
		close(second);
		close(other);
		close(accept4(listener, NULL, NULL, 0));
	}
	end(run);
}

const struct workload ring_workloads[] = {
	{"tcp-ring", "ORDINARY  (connections accepted by io_uring that stay open, then ORDINARY others)", 1, perform_tcp_ring},
	{"tcp-unavailable", "[connect|ring|socketcall]  (EADDRNOTAVAIL, then a connect that succeeds)", 0, perform_tcp_unavailable},
	{0},
};
