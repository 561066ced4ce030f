/* Dropped packets on loopback: closed port, full receive buffer, socket filter, closed or shut down receiver. */
#include "endpoint.h"

#include <errno.h>
#include <linux/filter.h>
#include <net/if.h>
#include <netinet/in.h>
#include <sched.h>
#include <stdio.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/mount.h>
#include <unistd.h>

/* Enters a new network namespace. Its loopback device has a unique name, so all drops on that device are ours. */
void enter_network(const char *device)
{
	struct ifreq request = {.ifr_name = "lo"};
	if (unshare(CLONE_NEWNET))
		fail("unshare(CLONE_NEWNET)");
	int any = socket(AF_INET, SOCK_DGRAM, 0);
	if (any < 0)
		fail("socket");
	strncpy(request.ifr_newname, device, IFNAMSIZ - 1);
	if (ioctl(any, SIOCSIFNAME, &request))
		fail("ioctl(SIOCSIFNAME)");
	strncpy(request.ifr_name, device, IFNAMSIZ - 1);
	request.ifr_flags = IFF_UP;
	if (ioctl(any, SIOCSIFFLAGS, &request))
		fail("ioctl(SIOCSIFFLAGS)");
	close(any);
}

/* The kernel's count: a number in the line `udp` of /proc/net/snmp, or a line of /proc/net/snmp6. */
static uint64_t kernel_count(const struct run *run, const char *name)
{
	char names[1024], values[1024], wanted[64], *name_rest, *value_rest;
	FILE *file = fopen(run->family == 6 ? "/proc/thread-self/net/snmp6" : "/proc/thread-self/net/snmp", "r");
	uint64_t found = UINT64_MAX;
	unsigned long long value;
	if (!file)
		fail("/proc/thread-self/net/snmp");
	snprintf(wanted, sizeof(wanted), "Udp6%s", name);
	while (found == UINT64_MAX && fgets(names, sizeof(names), file)) {
		if (run->family == 6) {
			if (sscanf(names, "%1023s %llu", values, &value) == 2 && !strcmp(values, wanted))
				found = value;
			continue;
		}
		if (!fgets(values, sizeof(values), file) || strncmp(names, "Udp:", 4))
			continue;
		char *one = strtok_r(names, " \n", &name_rest), *number_ = strtok_r(values, " \n", &value_rest);
		for (; one && number_; one = strtok_r(NULL, " \n", &name_rest), number_ = strtok_r(NULL, " \n", &value_rest))
			if (!strcmp(one, name))
				found = number(number_);
	}
	fclose(file);
	if (found == UINT64_MAX)
		fail_plain("the kernel does not report the counter", name);
	return found;
}

static int udp_socket(const struct run *run, struct endpoint *peer, bool bound)
{
	*peer = loopback(run);
	int made = socket(peer->family, SOCK_DGRAM, 0);
	if (made < 0)
		fail("socket");
	if (bound && (bind(made, (struct sockaddr *)&peer->address, peer->length) ||
		      getsockname(made, (struct sockaddr *)&peer->address, &peer->length)))
		fail("bind");
	return made;
}

static void send_to(int sender, const struct endpoint *peer)
{
	static const char text[512];
	if (sendto(sender, text, sizeof(text), 0, (const struct sockaddr *)&peer->address, peer->length) != sizeof(text))
		fail("sendto");
}

static void send_counted(struct run *run, int sender, const struct endpoint *peer, const char *kernel_name)
{
	uint64_t before = kernel_count(run, kernel_name);
	begin(run);
	for (uint64_t i = 0; i < run->count; i++)
		send_to(sender, peer);
	end(run);
	report(run, "dropped", kernel_count(run, kernel_name) - before);
}

static void perform_udp_refused(struct run *run)
{
	struct endpoint peer, any;
	int bound = udp_socket(run, &peer, true), sender = udp_socket(run, &any, false);
	/* The port is free again. The sender cannot get it, because it is bound to another one since its first datagram. */
	close(bound);
	send_counted(run, sender, &peer, "NoPorts");
	close(sender);
}

static void stay_on(int cpu)
{
	cpu_set_t only;
	CPU_ZERO(&only);
	CPU_SET(cpu, &only);
	if (sched_setaffinity(0, sizeof(only), &only))
		fail("sched_setaffinity");
}

/* Packets to loopback are received on this CPU: packets from another CPU arrive there in interrupts (receive packet steering). */
static void receive_on(int cpu)
{
	char device[IFNAMSIZ], path[128];
	if (!if_indextoname(1, device))
		fail("if_indextoname");
	/* A sysfs that shows the devices of this network namespace. */
	if (unshare(CLONE_NEWNS) || mount(NULL, "/", NULL, MS_REC | MS_PRIVATE, NULL) || mount("sysfs", "/sys", "sysfs", 0, NULL))
		fail("mount /sys");
	snprintf(path, sizeof(path), "/sys/class/net/%s/queues/rx-0/rps_cpus", device);
	FILE *file = fopen(path, "w");
	if (!file || fprintf(file, "%x", 1 << cpu) < 0 || fclose(file))
		fail("rps_cpus");
}

/* N datagrams from CPU 0 to a closed port, dropped in interrupts of CPU 1. Some may be lost before: fewer are counted then. */
static void perform_udp_refused_across(struct run *run)
{
	struct endpoint peer, any;
	int bound = udp_socket(run, &peer, true), sender = udp_socket(run, &any, false);
	uint64_t before = kernel_count(run, "NoPorts"), now = 0, last = UINT64_MAX;
	receive_on(1);
	stay_on(0);
	close(bound);
	begin(run);
	for (uint64_t i = 0; i < run->count; i++)
		send_to(sender, &peer);
	for (; now != last; usleep(50000)) {
		last = now;
		now = kernel_count(run, "NoPorts");
	}
	end(run);
	report(run, "dropped", now - before);
	close(sender);
}

/* N times ten datagrams that are dropped when their socket is closed, all by this task on CPU 1. */
static void perform_unix_unread(struct run *run)
{
	stay_on(1);
	begin(run);
	for (uint64_t i = 0; i < run->count; i++) {
		int pair[2];
		if (socketpair(AF_UNIX, SOCK_DGRAM, 0, pair))
			fail("socketpair");
		for (int j = 0; j < 10; j++)
			if (send(pair[0], "x", 1, 0) != 1)
				fail("send");
		close(pair[1]);
		close(pair[0]);
	}
	end(run);
}

/* N datagrams that arrive at a full receive buffer. The datagrams that fill it are not counted. */
static void perform_udp_full(struct run *run)
{
	struct endpoint peer, any;
	int receiver = udp_socket(run, &peer, true), sender = udp_socket(run, &any, false), least = 1;
	uint64_t before = kernel_count(run, "RcvbufErrors");
	if (setsockopt(receiver, SOL_SOCKET, SO_RCVBUF, &least, sizeof(least)))
		fail("setsockopt(SO_RCVBUF)");
	while (kernel_count(run, "RcvbufErrors") == before)
		send_to(sender, &peer);
	report(run, "before", kernel_count(run, "RcvbufErrors") - before);
	send_counted(run, sender, &peer, "RcvbufErrors");
	close(sender);
	close(receiver);
}

static void perform_udp_filtered(struct run *run)
{
	struct sock_filter drop = {.code = BPF_RET | BPF_K, .k = 0};
	struct sock_fprog filter = {.len = 1, .filter = &drop};
	struct endpoint peer, any;
	int receiver = udp_socket(run, &peer, true), sender = udp_socket(run, &any, false);
	if (setsockopt(receiver, SOL_SOCKET, SO_ATTACH_FILTER, &filter, sizeof(filter)))
		fail("setsockopt(SO_ATTACH_FILTER)");
	send_counted(run, sender, &peer, "InErrors");
	close(sender);
	close(receiver);
}

/*
 * N datagrams that are dropped when their socket is closed. The first read moves all pending datagrams to the socket's reader queue.
 * The kernel gives no drop reason when it purges that queue.
 */
static void perform_udp_unread(struct run *run)
{
	struct endpoint peer, any;
	int receiver = udp_socket(run, &peer, true), sender = udp_socket(run, &any, false), room = 1 << 20;
	char text[512];
	if (setsockopt(receiver, SOL_SOCKET, SO_RCVBUF, &room, sizeof(room)))
		fail("setsockopt(SO_RCVBUF)");
	for (uint64_t i = 0; i <= run->count; i++)
		send_to(sender, &peer);
	if (recv(receiver, text, sizeof(text), 0) < 0)
		fail("recv");
	begin(run);
	close(receiver);
	end(run);
	close(sender);
}

/* On each connection, one data segment arrives after the receiver has shut down reading. */
static void perform_tcp_aborted(struct run *run)
{
	struct endpoint peer = loopback(run);
	int listener = bind_port(&peer);
	if (listen(listener, 128))
		fail("listen");
	begin(run);
	for (uint64_t i = 0; i < run->count; i++) {
		int sender = new_socket(&peer);
		connect_to(sender, &peer, false);
		int receiver = accept(listener, NULL, NULL);
		if (receiver < 0 || shutdown(receiver, SHUT_RDWR))
			fail("shutdown");
		if (write(sender, "x", 1) != 1)
			fail("write");
		close(sender);
		close(receiver);
	}
	end(run);
	close(listener);
}

const struct workload packet_workloads[] = {
	{"udp-refused", "", 0, perform_udp_refused},
	{"udp-refused-across", "", 0, perform_udp_refused_across},
	{"unix-unread", "", 0, perform_unix_unread},
	{"udp-full", "", 0, perform_udp_full},
	{"udp-filtered", "", 0, perform_udp_filtered},
	{"udp-unread", "", 0, perform_udp_unread},
	{"tcp-aborted", "", 0, perform_tcp_aborted},
	{0},
};
