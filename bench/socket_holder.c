/*
 * Opens many sockets and holds them until its input ends. Prints "ready" when all are open.
 *   sockets N                 N TCP sockets without a connection
 *   connections N NAMESPACES  N connections over loopback, spread over network namespaces of their own
 */
#define _GNU_SOURCE
#include <arpa/inet.h>
#include <errno.h>
#include <net/if.h>
#include <netinet/in.h>
#include <sched.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <unistd.h>

/* Below the number of local ports that connections to one port can use. */
#define CONNECTIONS_PER_LISTENER 20000

_Noreturn static void fail(const char *operation)
{
	fprintf(stderr, "socket_holder: %s: %s\n", operation, strerror(errno));
	exit(1);
}

static int tcp_socket(void)
{
	int made = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);

	if (made < 0)
		fail("socket");
	return made;
}

/* Returns how many sockets a process can hold. */
static long raise_file_limit(void)
{
	struct rlimit limit;

	if (getrlimit(RLIMIT_NOFILE, &limit))
		fail("read the limit of open files");
	limit.rlim_cur = limit.rlim_max;
	if (setrlimit(RLIMIT_NOFILE, &limit))
		fail("raise the limit of open files");
	/* Some are for the standard streams, pipes and listeners. */
	return limit.rlim_max - 100;
}

static void hold_sockets(long count)
{
	while (count-- > 0)
		tcp_socket();
}

static void enter_own_network(void)
{
	struct ifreq request = { .ifr_name = "lo", .ifr_flags = IFF_UP };
	int any;

	if (unshare(CLONE_NEWNET))
		fail("unshare network");
	any = tcp_socket();
	if (ioctl(any, SIOCSIFFLAGS, &request))
		fail("set up loopback");
	close(any);
}

static void hold_connections(long count)
{
	struct sockaddr_in address;
	socklen_t length = sizeof(address);
	int listener = -1;

	for (long i = 0; i < count; i++) {
		int client = tcp_socket();

		if (i % CONNECTIONS_PER_LISTENER == 0) {
			listener = tcp_socket();
			address = (struct sockaddr_in){ .sin_family = AF_INET, .sin_addr.s_addr = htonl(INADDR_LOOPBACK) };
			if (bind(listener, (struct sockaddr *)&address, length) || listen(listener, 128) ||
			    getsockname(listener, (struct sockaddr *)&address, &length))
				fail("listen");
		}
		if (connect(client, (struct sockaddr *)&address, length))
			fail("connect");
		if (accept4(listener, NULL, NULL, SOCK_CLOEXEC) < 0)
			fail("accept");
	}
}

/* Forks a process that ends with this one. Returns whether this is the new one. */
static int forked(void)
{
	pid_t child = fork();

	if (child < 0)
		fail("fork");
	if (!child)
		prctl(PR_SET_PDEATHSIG, SIGKILL);
	return !child;
}

_Noreturn static void hold(void)
{
	for (;;)
		pause();
}

/* Divides the work among processes. Each writes a byte when it is done. */
static void start(void (*work)(long), long count, long parts, int report)
{
	for (long part = 0; part < parts; part++) {
		if (!forked())
			continue;
		work(count * (part + 1) / parts - count * part / parts);
		if (write(report, "", 1) != 1)
			exit(1);
		close(report);
		hold();
	}
}

static long divided(long count, long most)
{
	return (count + most - 1) / most;
}

int main(int argc, char **arguments)
{
	const char *what = argc > 1 ? arguments[1] : "";
	long count = argc > 2 ? atol(arguments[2]) : 0, namespaces = argc > 3 ? atol(arguments[3]) : 0;
	long limit = raise_file_limit(), parts;
	int report[2];
	char byte;

	/* All descendants are ended as a group, and waited for. */
	if (setpgid(0, 0) || prctl(PR_SET_CHILD_SUBREAPER, 1))
		fail("lead a group");
	if (pipe(report))
		fail("pipe");
	if (!strcmp(what, "sockets") && argc == 3) {
		parts = divided(count, limit);
		start(hold_sockets, count, parts, report[1]);
	} else if (!strcmp(what, "connections") && namespaces > 0) {
		long each = divided(divided(count, namespaces), limit / 2);

		parts = each * namespaces;
		for (long i = 0; i < namespaces; i++) {
			if (!forked())
				continue;
			enter_own_network();
			start(hold_connections, count * (i + 1) / namespaces - count * i / namespaces, each, report[1]);
			close(report[1]);
			hold();
		}
	} else {
		fprintf(stderr, "usage: socket_holder sockets N | connections N NAMESPACES\n");
		return 2;
	}
	close(report[1]);
	while (parts-- > 0)
		if (read(report[0], &byte, 1) != 1)
			return 1;
	printf("ready\n");
	fflush(stdout);
	while (read(STDIN_FILENO, &byte, 1) > 0)
		;
	signal(SIGTERM, SIG_IGN);
	kill(0, SIGTERM);
	while (wait(NULL) > 0)
		;
	return 0;
}
