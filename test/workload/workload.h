/* Ground truth for the probes: every workload does exactly N of one thing and reports what it did, with its own clock. */
#ifndef WORKLOAD_H
#define WORKLOAD_H

#define _GNU_SOURCE
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#define MAX_FACTS 12

struct fact {
	const char *name;
	uint64_t value;
};

/* What one run was asked to do, and what it reports. */
struct run {
	const char *program;     /* path of this program, for workloads that execute it */
	const char *comm;        /* --comm: the command name during the counted part */
	const char *thread;      /* --thread: the name of a second thread, which then does the work */
	const char *accept_comm; /* --accept-comm: the same for the accepting process of the tcp workloads */
	int family;              /* --family 4|6 */
	int port;                /* --port: where TCP workloads listen; by default the kernel chooses */
	uint64_t count;          /* N, the first argument */
	int argument_count;      /* arguments after N */
	char **arguments;
	uint64_t started_ns;
	uint64_t nanoseconds;
	struct fact facts[MAX_FACTS];
	int fact_count;
};

struct workload {
	const char *name;
	const char *usage; /* arguments after N */
	int required;      /* how many of them are required */
	void (*perform)(struct run *run);
};

/* The counted part is between begin() and end(). Only that part runs with the command name of --comm. */
void begin(struct run *run);
void end(struct run *run);
void report(struct run *run, const char *name, uint64_t value);

void set_comm(const char *name);
uint64_t clock_ns(int clock);
uint64_t number(const char *text);
int errno_number(const char *name);
const char *argument(const struct run *run, int index, const char *otherwise);
bool argument_is(const struct run *run, int index, const char *text);

/* Prints the operation with errno, or the text with a detail, and exits 1. A workload that did not do exactly N has no result. */
_Noreturn void fail(const char *operation);
_Noreturn void fail_plain(const char *text, const char *detail);

extern const struct workload call_workloads[], file_workloads[], process_workloads[], network_workloads[],
	listener_workloads[], block_workloads[], scheduler_workloads[], value_workloads[], rights_workloads[],
	memory_workloads[], packet_workloads[], throttling_workloads[], cpu_time_workloads[], ring_workloads[];

/* Uses CPU time and exits: in cpu_time.c */
_Noreturn void burn_and_exit(const char *milliseconds);

/* --network: in packets.c */
void enter_network(const char *device);

#endif
