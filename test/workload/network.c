/* TCP connections over loopback to its own listener: opened, refused, reset, retransmitted. */
#include "endpoint.h"

#include <arpa/inet.h>
#include <errno.h>
#include <fcntl.h>
#include <linux/filter.h>
#include <linux/tcp.h>
#include <netinet/in.h>
#include <poll.h>
#include <signal.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

struct endpoint loopback(const struct run *run)
{
	struct endpoint peer = {.family = run->family == 6 ? AF_INET6 : AF_INET};
	if (peer.family == AF_INET6) {
		struct sockaddr_in6 *address = (struct sockaddr_in6 *)&peer.address;
		address->sin6_family = AF_INET6;
		address->sin6_addr = in6addr_loopback;
		address->sin6_port = htons(run->port);
		peer.length = sizeof(*address);
	} else {
		struct sockaddr_in *address = (struct sockaddr_in *)&peer.address;
		address->sin_family = AF_INET;
		address->sin_addr.s_addr = htonl(INADDR_LOOPBACK);
		address->sin_port = htons(run->port);
		peer.length = sizeof(*address);
	}
	return peer;
}

int new_socket(const struct endpoint *peer)
{
	int made = socket(peer->family, SOCK_STREAM, 0);
	if (made < 0)
		fail("socket");
	return made;
}

int bind_port(struct endpoint *peer)
{
	int bound = new_socket(peer), yes = 1;
	/* Connections of an earlier run may still be in TIME_WAIT. */
	if (setsockopt(bound, SOL_SOCKET, SO_REUSEADDR, &yes, sizeof(yes)))
		fail("setsockopt(SO_REUSEADDR)");
	if (bind(bound, (struct sockaddr *)&peer->address, peer->length))
		fail("bind");
	if (getsockname(bound, (struct sockaddr *)&peer->address, &peer->length))
		fail("getsockname");
	return bound;
}

static int listen_somewhere(struct endpoint *peer)
{
	int listener = bind_port(peer);
	if (listen(listener, 128))
		fail("listen");
	return listener;
}

static int accept_via(int listener, const char *via)
{
#ifdef SYS_accept
	if (!strcmp(via, "accept"))
		return (int)syscall(SYS_accept, listener, NULL, NULL);
#endif
	if (!strcmp(via, "socketcall"))
		return accept_by_socketcall(listener);
	return (int)syscall(SYS_accept4, listener, NULL, NULL, 0);
}

/*
 * Accepts N connections and waits for the end of each, so no connection is still open when it returns. Writes one byte per
 * connection: whether it ended by a reset.
 */
static void serve(const struct run *run, int listener, int done)
{
	char byte;
	if (run->accept_comm)
		set_comm(run->accept_comm);
	for (uint64_t i = 0; i < run->count; i++) {
		int connection = accept_via(listener, argument(run, 0, "accept4"));
		if (connection < 0)
			fail("accept");
		ssize_t got = read(connection, &byte, 1);
		if (got < 0 && errno != ECONNRESET)
			fail("read");
		close(connection);
		byte = got < 0;
		if (write(done, &byte, 1) != 1)
			fail("write");
	}
}

/* Starts a process that serves, because commands are names of processes. @returns where it writes */
static int start_server(const struct run *run, int listener)
{
	int ends[2];
	if (pipe(ends))
		fail("pipe");
	pid_t server = fork();
	if (server < 0)
		fail("fork");
	if (!server) {
		prctl(PR_SET_PDEATHSIG, SIGKILL);
		close(ends[0]);
		serve(run, listener, ends[1]);
		_exit(0);
	}
	close(ends[1]);
	return ends[0];
}

void connect_to(int connection, const struct endpoint *peer, bool nonblocking)
{
	int error = 0;
	socklen_t length = sizeof(error);
	if (nonblocking && fcntl(connection, F_SETFL, O_NONBLOCK))
		fail("fcntl");
	if (!connect(connection, (const struct sockaddr *)&peer->address, peer->length))
		return;
	if (!nonblocking || errno != EINPROGRESS)
		fail("connect");
	struct pollfd ready = {.fd = connection, .events = POLLOUT};
	while (poll(&ready, 1, -1) < 0)
		;
	if (getsockopt(connection, SOL_SOCKET, SO_ERROR, &error, &length) || (errno = error))
		fail("connect");
}

/*
 * Waits for the peer's FIN before the socket is closed. Else the kernel may already have replaced the socket by one in TIME_WAIT,
 * which sends the last ACK without counting it, and how often this happens depends on the load.
 */
static void end_orderly(int connection)
{
	char byte;
	if (shutdown(connection, SHUT_WR))
		fail("shutdown");
	if (read(connection, &byte, 1))
		fail("read until the peer's FIN");
}

static void perform_connections(struct run *run, bool reset)
{
	struct endpoint peer = loopback(run);
	int listener = listen_somewhere(&peer), server = start_server(run, listener);
	struct linger abort = {.l_onoff = 1, .l_linger = 0};
	bool nonblocking = argument_is(run, 1, "nonblocking");
	char was_reset;
	begin(run);
	for (uint64_t i = 0; i < run->count; i++) {
		int connection = new_socket(&peer);
		connect_to(connection, &peer, nonblocking);
		if (reset && setsockopt(connection, SOL_SOCKET, SO_LINGER, &abort, sizeof(abort)))
			fail("setsockopt(SO_LINGER)");
		if (!reset)
			end_orderly(connection);
		close(connection);
		if (read(server, &was_reset, 1) != 1)
			fail_plain("the server", "ended early");
		if (was_reset != reset)
			fail_plain("a connection ended", reset ? "without a reset" : "with a reset");
	}
	end(run);
	close(server);
	close(listener);
	wait(NULL);
}

static void perform_tcp(struct run *run)
{
	perform_connections(run, false);
}

static void perform_tcp_reset(struct run *run)
{
	perform_connections(run, true);
}

static void perform_tcp_refused(struct run *run)
{
	struct endpoint peer = loopback(run);
	int bound = bind_port(&peer);
	begin(run);
	for (uint64_t i = 0; i < run->count; i++) {
		int connection = new_socket(&peer);
		if (!connect(connection, (struct sockaddr *)&peer.address, peer.length) || errno != ECONNREFUSED)
			fail("connect was not refused");
		close(connection);
	}
	end(run);
	close(bound);
}

/* A socket that connects to its own port receives its own SYN: a simultaneous open, and a simultaneous close. */
static void perform_tcp_simultaneous(struct run *run)
{
	begin(run);
	for (uint64_t i = 0; i < run->count; i++) {
		struct endpoint peer = loopback(run);
		int both = bind_port(&peer);
		connect_to(both, &peer, false);
		close(both);
	}
	end(run);
}

static struct tcp_info information(int connection)
{
	struct tcp_info info = {0};
	socklen_t length = sizeof(info);
	if (getsockopt(connection, IPPROTO_TCP, TCP_INFO, &info, &length))
		fail("getsockopt(TCP_INFO)");
	return info;
}

/* A socket filter drops all segments until the sender has made at least N retransmits. */
static void perform_tcp_retransmits(struct run *run)
{
	struct endpoint peer = loopback(run);
	int listener = listen_somewhere(&peer), sender = new_socket(&peer), nothing = 0;
	struct sock_filter drop = {.code = BPF_RET | BPF_K, .k = 0};
	struct sock_fprog filter = {.len = 1, .filter = &drop};
	struct linger abort = {.l_onoff = 1, .l_linger = 0};
	char byte = 'x';
	struct tcp_info sent;
	connect_to(sender, &peer, false);
	int receiver = accept(listener, NULL, NULL);
	if (receiver < 0)
		fail("accept");
	if (setsockopt(receiver, SOL_SOCKET, SO_ATTACH_FILTER, &filter, sizeof(filter)))
		fail("setsockopt(SO_ATTACH_FILTER)");
	begin(run);
	if (write(sender, &byte, 1) != 1)
		fail("write");
	while (information(sender).tcpi_total_retrans < run->count)
		poll(NULL, 0, 1);
	if (setsockopt(receiver, SOL_SOCKET, SO_DETACH_FILTER, &nothing, sizeof(nothing)))
		fail("setsockopt(SO_DETACH_FILTER)");
	if (read(receiver, &byte, 1) != 1)
		fail("read");
	end(run);
	sent = information(sender);
	setsockopt(sender, SOL_SOCKET, SO_LINGER, &abort, sizeof(abort));
	close(sender);
	close(receiver);
	close(listener);
	report(run, "retransmits", sent.tcpi_total_retrans);
	report(run, "segments", sent.tcpi_segs_out);
}

const struct workload network_workloads[] = {
	{"tcp", "[accept4|accept|socketcall] [nonblocking]", 0, perform_tcp},
	{"tcp-reset", "[accept4|accept] [nonblocking]", 0, perform_tcp_reset},
	{"tcp-refused", "", 0, perform_tcp_refused},
	{"tcp-simultaneous", "", 0, perform_tcp_simultaneous},
	{"tcp-retransmits", "", 0, perform_tcp_retransmits},
	{0},
};
