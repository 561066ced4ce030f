/* CPU time before and after a process gets another name. */
#include "workload.h"

#include <errno.h>
#include <pthread.h>
#include <stdio.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <unistd.h>

struct team {
	const struct run *run;
	const char *way, *next;
	int results; /* the pipe to the parent */
	pthread_barrier_t burnt, renamed;
};

static void burn(uint64_t milliseconds)
{
	uint64_t until = clock_ns(CLOCK_THREAD_CPUTIME_ID) + milliseconds * 1000000;
	while (clock_ns(CLOCK_THREAD_CPUTIME_ID) < until)
		;
}

/* What "change exec" and "change thread-exec" execute. */
void burn_and_exit(const char *milliseconds)
{
	burn(number(milliseconds));
	_exit(0);
}

static void change(const struct team *team)
{
	char milliseconds[24];
	uint64_t spent;
	/* The clock of the process is exact once its other threads wait. */
	usleep(20000);
	spent = clock_ns(CLOCK_PROCESS_CPUTIME_ID);
	if (write(team->results, &spent, sizeof(spent)) != sizeof(spent))
		fail("write to the parent");
	if (!strcmp(team->way, "rename")) {
		set_comm(team->next);
		return;
	}
	snprintf(milliseconds, sizeof(milliseconds), "%llu", (unsigned long long)team->run->count);
	execl(team->next, team->next, "burn", milliseconds, NULL);
	fail("execl");
}

static void *play(void *argument)
{
	struct team *team = argument;
	set_comm("cpu-thread");
	burn(team->run->count);
	if (pthread_barrier_wait(&team->burnt) == PTHREAD_BARRIER_SERIAL_THREAD && !strcmp(team->way, "thread-exec"))
		change(team);
	pthread_barrier_wait(&team->renamed);
	burn(team->run->count);
	return NULL;
}

static _Noreturn void lead(struct team *team, unsigned int others)
{
	pthread_t threads[others];
	prctl(PR_SET_PDEATHSIG, SIGKILL);
	if (team->run->comm)
		set_comm(team->run->comm);
	pthread_barrier_init(&team->burnt, NULL, others + (strcmp(team->way, "thread-exec") != 0));
	pthread_barrier_init(&team->renamed, NULL, others + 1);
	for (unsigned int i = 0; i < others; i++)
		if ((errno = pthread_create(&threads[i], NULL, play, team)))
			fail("pthread_create");
	burn(team->run->count);
	if (!strcmp(team->way, "thread-exec"))
		for (;;)
			pause();
	pthread_barrier_wait(&team->burnt);
	change(team);
	pthread_barrier_wait(&team->renamed);
	burn(team->run->count);
	for (unsigned int i = 0; i < others; i++)
		pthread_join(threads[i], NULL);
	_exit(0);
}

/* A process and its threads use N milliseconds each; the process gets another name; those that are left use N each again. */
static void perform_change(struct run *run)
{
	struct team team = {.run = run, .way = argument(run, 0, "rename"), .next = argument(run, 1, "renamed")};
	int ends[2], status = 0;
	struct rusage usage;
	uint64_t first = 0, total;

	if (pipe(ends))
		fail("pipe");
	team.results = ends[1];
	run->started_ns = clock_ns(CLOCK_MONOTONIC);
	pid_t child = fork();
	if (child < 0)
		fail("fork");
	if (!child)
		lead(&team, (unsigned int)number(argument(run, 2, "0")));
	if (read(ends[0], &first, sizeof(first)) != sizeof(first))
		fail("read from the child");
	if (wait4(child, &status, 0, &usage) != child || status)
		fail_plain("child", "failed");
	run->nanoseconds = clock_ns(CLOCK_MONOTONIC) - run->started_ns;
	/* The kernel frees the child after an RCU grace period. */
	usleep(300000);
	total = ((uint64_t)(usage.ru_utime.tv_sec + usage.ru_stime.tv_sec) * 1000000 + usage.ru_utime.tv_usec + usage.ru_stime.tv_usec) * 1000;
	report(run, "first_nanoseconds", first);
	report(run, "second_nanoseconds", total - first);
}

/* The process gets two names in turn, N times. */
static void perform_renames(struct run *run)
{
	const char *names[] = {run->comm ? run->comm : "renamed", argument(run, 0, "renamed-too")};
	uint64_t start = clock_ns(CLOCK_PROCESS_CPUTIME_ID);
	begin(run);
	for (uint64_t i = 0; i < run->count; i++)
		set_comm(names[i % 2]);
	report(run, "cpu_nanoseconds", clock_ns(CLOCK_PROCESS_CPUTIME_ID) - start);
	end(run);
}

const struct workload cpu_time_workloads[] = {
	{"renames", "NAME", 1, perform_renames},
	{"change", "rename|exec|thread-exec NAME|PATH [THREADS]  (N milliseconds of CPU time in each thread before and after it)", 2, perform_change},
	{0},
};
