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

/* Below the kernel's default limit of open files, fs.nr_open. */
#define SOCKETS_PER_PROCESS 500000
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

static void raise_file_limit(void)
{
	struct rlimit limit = { SOCKETS_PER_PROCESS + 1000, SOCKETS_PER_PROCESS + 1000 };

	if (setrlimit(RLIMIT_NOFILE, &limit))
		fail("raise the limit of open files");
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

	enter_own_network();
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

/* Runs the work in a process that ends with this one. */
static void start(void (*work)(long), long count, int report)
{
	pid_t child = fork();

	if (child < 0)
		fail("fork");
	if (child)
		return;
	prctl(PR_SET_PDEATHSIG, SIGKILL);
	work(count);
	if (write(report, "", 1) != 1)
		exit(1);
	close(report);
	for (;;)
		pause();
}

int main(int argc, char **arguments)
{
	const char *what = argc > 1 ? arguments[1] : "";
	long count = argc > 2 ? atol(arguments[2]) : 0, parts;
	void (*work)(long) = hold_sockets;
	int report[2];
	char byte;

	if (!strcmp(what, "sockets") && argc == 3) {
		parts = (count + SOCKETS_PER_PROCESS - 1) / SOCKETS_PER_PROCESS;
	} else if (!strcmp(what, "connections") && argc == 4 && atol(arguments[3]) > 0) {
		parts = atol(arguments[3]);
		work = hold_connections;
	} else {
		fprintf(stderr, "usage: socket_holder sockets N | connections N NAMESPACES\n");
		return 2;
	}
	raise_file_limit();
	/* The children are ended as a group. */
	if (setpgid(0, 0))
		fail("setpgid");
	if (pipe(report))
		fail("pipe");
	for (long part = 0; part < parts; part++)
		start(work, count * (part + 1) / parts - count * part / parts, report[1]);
	close(report[1]);
	for (long part = 0; part < parts; part++)
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
