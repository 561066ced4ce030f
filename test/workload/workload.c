/* workload [--comm NAME] [--thread NAME] [--accept-comm NAME] [--family 4|6] [--port PORT] [--fifo PRIORITY] [--login UID]
 * [--network DEVICE] WORKLOAD N [ARGUMENT...]
 *
 * Does exactly N of the named thing and prints one line of JSON. Build: cc -O2 -static -pthread -o workload *.c */
#include "workload.h"

#include <errno.h>
#include <fcntl.h>
#include <pthread.h>
#include <sched.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <time.h>
#include <unistd.h>

#define OWN_COMM "workload"

static const struct workload *const tables[] = {
	call_workloads,  file_workloads,      process_workloads, network_workloads, listener_workloads,
	block_workloads, scheduler_workloads, value_workloads,   rights_workloads,  memory_workloads,
	packet_workloads, throttling_workloads, cpu_time_workloads, ring_workloads, name_workloads,
};
#define TABLES (sizeof(tables) / sizeof(tables[0]))

void fail(const char *operation)
{
	fprintf(stderr, "workload: %s: %s\n", operation, strerror(errno));
	exit(1);
}

void fail_plain(const char *text, const char *detail)
{
	fprintf(stderr, "workload: %s: %s\n", text, detail);
	exit(1);
}

void set_comm(const char *name)
{
	if (prctl(PR_SET_NAME, name, 0, 0, 0))
		fail("prctl(PR_SET_NAME)");
}

uint64_t clock_ns(int clock)
{
	struct timespec now;
	if (clock_gettime(clock, &now))
		fail("clock_gettime");
	return (uint64_t)now.tv_sec * 1000000000 + now.tv_nsec;
}

void begin(struct run *run)
{
	if (run->comm)
		set_comm(run->comm);
	run->started_ns = clock_ns(CLOCK_MONOTONIC);
}

void end(struct run *run)
{
	run->nanoseconds = clock_ns(CLOCK_MONOTONIC) - run->started_ns;
	if (run->comm)
		set_comm(OWN_COMM);
}

void report(struct run *run, const char *name, uint64_t value)
{
	if (run->fact_count == MAX_FACTS)
		fail_plain("too many facts", name);
	run->facts[run->fact_count++] = (struct fact){name, value};
}

uint64_t number(const char *text)
{
	char *rest;
	errno = 0;
	uint64_t value = strtoull(text, &rest, 0);
	if (errno || rest == text || *rest || *text == '-')
		fail_plain("not a whole number", text);
	return value;
}

int errno_number(const char *name)
{
	for (int error = 1; error < 134; error++) {
		const char *known = strerrorname_np(error);
		if (known && !strcmp(known, name))
			return error;
	}
	return (int)number(name);
}

const char *argument(const struct run *run, int index, const char *otherwise)
{
	return index < run->argument_count ? run->arguments[index] : otherwise;
}

bool argument_is(const struct run *run, int index, const char *text)
{
	return !strcmp(argument(run, index, ""), text);
}

static const struct workload *find(const char *name)
{
	for (size_t table = 0; table < TABLES; table++)
		for (const struct workload *one = tables[table]; one->name; one++)
			if (!strcmp(one->name, name))
				return one;
	return NULL;
}

static _Noreturn void usage(void)
{
	fprintf(stderr, "usage: workload [--comm NAME] [--accept-comm NAME] [--family 4|6] [--port PORT] [--fifo PRIORITY]"
			" [--login UID] [--network DEVICE] WORKLOAD N [ARGUMENT...]\n");
	for (size_t table = 0; table < TABLES; table++)
		for (const struct workload *one = tables[table]; one->name; one++)
			fprintf(stderr, "  %s N %s\n", one->name, one->usage);
	exit(2);
}

static void print(const struct workload *workload, const struct run *run)
{
	printf("{\"workload\":\"%s\",\"pid\":%d,\"count\":%llu,\"nanoseconds\":%llu", workload->name, getpid(),
	       (unsigned long long)run->count, (unsigned long long)run->nanoseconds);
	for (int i = 0; i < run->fact_count; i++)
		printf(",\"%s\":%llu", run->facts[i].name, (unsigned long long)run->facts[i].value);
	printf("}\n");
	if (fflush(stdout))
		fail("write to stdout");
}

/* As pam_loginuid does when a person logs in. */
static void log_in(const char *uid)
{
	int file = open("/proc/self/loginuid", O_WRONLY);
	if (file < 0 || write(file, uid, strlen(uid)) < 0)
		fail("/proc/self/loginuid");
	close(file);
}

static void be_first(int priority)
{
	struct sched_param parameters = {.sched_priority = priority};
	if (sched_setscheduler(0, SCHED_FIFO, &parameters))
		fail("sched_setscheduler");
}

struct task {
	const struct workload *workload;
	struct run *run;
};

static void *perform_task(void *argument)
{
	const struct task *task = argument;
	/* begin() names the thread that calls it: this one. */
	task->run->comm = task->run->thread;
	task->workload->perform(task->run);
	return NULL;
}

static void perform_in_thread(const struct workload *workload, struct run *run)
{
	struct task task = {workload, run};
	pthread_t thread;
	if (run->comm)
		set_comm(run->comm);
	if ((errno = pthread_create(&thread, NULL, perform_task, &task)))
		fail("pthread_create");
	if ((errno = pthread_join(thread, NULL)))
		fail("pthread_join");
}

int main(int argc, char **argv)
{
	static char own_path[4096];
	struct run run = {.family = 4};
	int next = 1;

	/* The process workloads execute this program: it must exit at once. */
	if (argc == 2 && !strcmp(argv[1], "nothing"))
		_exit(0);
	if (argc == 3 && !strcmp(argv[1], "burn"))
		burn_and_exit(argv[2]);
	if (readlink("/proc/self/exe", own_path, sizeof(own_path) - 1) < 0)
		fail("readlink /proc/self/exe");
	run.program = own_path;
	for (; next + 1 < argc && !strncmp(argv[next], "--", 2); next += 2) {
		if (!strcmp(argv[next], "--comm"))
			run.comm = argv[next + 1];
		else if (!strcmp(argv[next], "--thread"))
			run.thread = argv[next + 1];
		else if (!strcmp(argv[next], "--accept-comm"))
			run.accept_comm = argv[next + 1];
		else if (!strcmp(argv[next], "--family"))
			run.family = (int)number(argv[next + 1]);
		else if (!strcmp(argv[next], "--port"))
			run.port = (int)number(argv[next + 1]);
		else if (!strcmp(argv[next], "--fifo"))
			be_first((int)number(argv[next + 1]));
		else if (!strcmp(argv[next], "--login"))
			log_in(argv[next + 1]);
		else if (!strcmp(argv[next], "--network"))
			enter_network(argv[next + 1]);
		else
			usage();
	}
	const struct workload *workload = next < argc ? find(argv[next]) : NULL;
	if (!workload || argc < next + 2 + workload->required)
		usage();
	run.count = number(argv[next + 1]);
	run.argument_count = argc - next - 2;
	run.arguments = argv + next + 2;
	/* If the parent dies, nothing else ends this process. */
	prctl(PR_SET_PDEATHSIG, SIGKILL);
	set_comm(OWN_COMM);
	if (run.thread)
		perform_in_thread(workload, &run);
	else
		workload->perform(&run);
	print(workload, &run);
	return 0;
}
