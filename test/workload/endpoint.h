/* TCP endpoints on loopback. */
#ifndef ENDPOINT_H
#define ENDPOINT_H

#include "workload.h"

#include <sys/socket.h>

struct endpoint {
	struct sockaddr_storage address;
	socklen_t length;
	int family;
};

/* 127.0.0.1 or ::1, depending on --family, with the port from --port. */
struct endpoint loopback(const struct run *run);

int new_socket(const struct endpoint *peer);

/* Binds to the port, or to one that the kernel chooses. No other socket can listen on it until this one is closed. */
int bind_port(struct endpoint *peer);

/* By the 32-bit call, on x86. They return the result, or a negative errno. */
int connect_by_socketcall(int connection, const struct endpoint *peer);
int accept_by_socketcall(int listener);

void connect_to(int connection, const struct endpoint *peer, bool nonblocking);

#endif
