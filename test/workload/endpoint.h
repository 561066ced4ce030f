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

/* 127.0.0.1 or ::1, as --family says, and the port of --port. */
struct endpoint loopback(const struct run *run);

int new_socket(const struct endpoint *peer);

/* The port, or one of the kernel's choice, held until the socket is closed: nobody else can come to listen on it. */
int bind_port(struct endpoint *peer);

void connect_to(int connection, const struct endpoint *peer, bool nonblocking);

#endif
