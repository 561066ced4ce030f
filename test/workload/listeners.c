/* Servers whose clients wait in the accept queue. */
#include "endpoint.h"

#include <arpa/inet.h>
#include <errno.h>
#include <fcntl.h>
#include <net/if.h>
#include <netinet/in.h>
#include <poll.h>
#include <sched.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/prctl.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#define LISTENERS 2
#ifndef IPPROTO_MPTCP
#define IPPROTO_MPTCP 262
#endif

static void enter_own_network(void)
{
	struct ifreq request = {.ifr_name = "lo", .ifr_flags = IFF_UP};
	if (unshare(CLONE_NEWNET))
		fail("unshare(CLONE_NEWNET)");
	int any = socket(AF_INET, SOCK_DGRAM, 0);
	if (any < 0 || ioctl(any, SIOCSIFFLAGS, &request))
		fail("ioctl(SIOCSIFFLAGS)");
	close(any);
}

/* The kernel's count of connections that listeners in this network namespace dropped. */
static uint64_t listen_drops(void)
{
	char names[8192], values[8192], *rest_of_names, *rest_of_values;
	FILE *file = fopen("/proc/thread-self/net/netstat", "r");
	if (!file || !fgets(names, sizeof(names), file) || !fgets(values, sizeof(values), file))
		fail("/proc/thread-self/net/netstat");
	fclose(file);
	char *name = strtok_r(names, " \n", &rest_of_names), *value = strtok_r(values, " \n", &rest_of_values);
	while (name && value) {
		if (!strcmp(name, "ListenDrops"))
			return number(value);
		name = strtok_r(NULL, " \n", &rest_of_names);
		value = strtok_r(NULL, " \n", &rest_of_values);
	}
	fail_plain("/proc/net/netstat has no number", "ListenDrops");
}

static bool has_word(const struct run *run, const char *word)
{
	for (int i = 2; i < run->argument_count; i++)
		if (!strcmp(run->arguments[i], word))
			return true;
	return false;
}

static int listen_on(struct endpoint *here, int protocol, int backlog, bool several)
{
	int listener = socket(here->family, SOCK_STREAM, protocol), yes = 1;
	if (listener < 0)
		fail("socket");
	if (several && setsockopt(listener, SOL_SOCKET, SO_REUSEPORT, &yes, sizeof(yes)))
		fail("setsockopt(SO_REUSEPORT)");
	if (bind(listener, (struct sockaddr *)&here->address, here->length))
		fail("bind");
	if (getsockname(listener, (struct sockaddr *)&here->address, &here->length))
		fail("getsockname");
	if (listen(listener, backlog) || fcntl(listener, F_SETFL, O_NONBLOCK))
		fail("listen");
	return listener;
}

/* A worker with its own command name that inherits the listening socket. */
static pid_t fork_worker(void)
{
	pid_t worker = fork();
	if (worker < 0)
		fail("fork");
	if (worker)
		return worker;
	prctl(PR_SET_PDEATHSIG, SIGKILL);
	set_comm("gt-worker");
	for (;;)
		pause();
}

static uint64_t accept_all(int listener)
{
	uint64_t accepted = 0;
	for (;; accepted++) {
		int connection = accept(listener, NULL, NULL);
		if (connection < 0 && errno == EAGAIN)
			return accepted;
		if (connection < 0)
			fail("accept");
		close(connection);
	}
}

static void hold(int milliseconds)
{
	uint64_t end = clock_ns(CLOCK_MONOTONIC) + milliseconds * 1000000ULL;
	while (clock_ns(CLOCK_MONOTONIC) < end)
		poll(NULL, 0, 1);
}

/* Runs in its own network namespace. The server accepts nothing for a while, then all connections that still wait. */
static void perform_tcp_waiting(struct run *run)
{
	int milliseconds = (int)number(argument(run, 0, "")), backlog = (int)number(argument(run, 1, ""));
	bool dual_stack = has_word(run, "dual-stack"), several = has_word(run, "reuseport");
	struct endpoint here = loopback(run), peer = here;
	int listeners[LISTENERS], *clients = calloc(run->count, sizeof(*clients));
	uint64_t accepted = 0, capacity = (several ? LISTENERS : 1) * (backlog + 1);
	pid_t worker = 0;
	if (!clients)
		fail("calloc");
	if (dual_stack) {
		struct sockaddr_in6 *any = (struct sockaddr_in6 *)&here.address;
		*any = (struct sockaddr_in6){.sin6_family = AF_INET6, .sin6_addr = in6addr_any};
		here.family = AF_INET6;
		here.length = sizeof(*any);
	}
	enter_own_network();
	begin(run);
	for (int i = 0; i < (several ? LISTENERS : 1); i++)
		listeners[i] = listen_on(&here, has_word(run, "mptcp") ? IPPROTO_MPTCP : 0, backlog, several);
	((struct sockaddr_in *)&peer.address)->sin_port = ((struct sockaddr_in *)&here.address)->sin_port;
	if (has_word(run, "worker"))
		worker = fork_worker();

	uint64_t first_request = clock_ns(CLOCK_MONOTONIC);
	for (uint64_t i = 0; i < run->count; i++) {
		clients[i] = new_socket(&peer);
		if (i < capacity) {
			connect_to(clients[i], &peer, false);
			continue;
		}
		if (fcntl(clients[i], F_SETFL, O_NONBLOCK))
			fail("fcntl");
		if (!connect(clients[i], (struct sockaddr *)&peer.address, peer.length) || errno != EINPROGRESS)
			fail("connect did not find the queue full");
	}
	uint64_t last_request = clock_ns(CLOCK_MONOTONIC);
	hold(milliseconds);
	for (uint64_t i = 0; i < run->count; i++)
		close(clients[i]);
	uint64_t first_accept = clock_ns(CLOCK_MONOTONIC);
	for (int i = 0; i < (several ? LISTENERS : 1); i++)
		accepted += accept_all(listeners[i]);
	uint64_t last_accept = clock_ns(CLOCK_MONOTONIC);
	uint64_t drops = listen_drops();
	for (int i = 0; i < (several ? LISTENERS : 1); i++)
		close(listeners[i]);
	if (worker && (kill(worker, SIGKILL) || waitpid(worker, NULL, 0) < 0))
		fail("kill");
	end(run);
	report(run, "port", ntohs(((struct sockaddr_in *)&here.address)->sin_port));
	report(run, "accepted", accepted);
	report(run, "least_wait", first_accept - last_request);
	report(run, "most_wait", last_accept - first_request);
	report(run, "drops", drops);
}

const struct workload listener_workloads[] = {
	{"tcp-waiting", "MILLISECONDS BACKLOG [dual-stack] [mptcp] [reuseport] [worker]", 2, perform_tcp_waiting},
	{0},
};
