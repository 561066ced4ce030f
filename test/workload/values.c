/* Sends values to the programs of test/fixtures/bpf, as arguments of a system call that takes none. */
#include "workload.h"

#include <errno.h>
#include <pthread.h>
#include <sched.h>
#include <sys/syscall.h>
#include <unistd.h>

/* Marks our calls: no other caller of getppid has this value in its registers. */
#define VALUE_FOLLOWS 0x73616e7461627066

static void tell(uint64_t kind, uint64_t value)
{
	syscall(SYS_getppid, VALUE_FOLLOWS, kind, value);
}

static void perform_values(struct run *run)
{
	uint64_t kind = number(argument(run, 0, "0"));
	begin(run);
	for (uint64_t i = 0; i < run->count; i++)
		for (int index = 1; index < run->argument_count; index++)
			tell(kind, number(argument(run, index, "0")));
	end(run);
}

struct racer {
	struct run *run;
	pthread_barrier_t *barrier;
};

static void *race(void *argument_)
{
	struct racer *racer = argument_;
	uint64_t kind = number(argument(racer->run, 0, "0"));
	for (uint64_t value = 0; value < racer->run->count; value++) {
		/* Rarely enough that the threads drift apart in between, so either one can be ahead. */
		if (value % 16 == 0)
			pthread_barrier_wait(racer->barrier);
		tell(kind, value);
	}
	return NULL;
}

/* Two threads, on separate CPUs if possible, send the values 0 to N-1 at the same time. */
static void perform_race(struct run *run)
{
	pthread_barrier_t barrier;
	pthread_t threads[2];
	struct racer racer = {.run = run, .barrier = &barrier};
	cpu_set_t allowed, one;
	int cpu = -1;
	pthread_barrier_init(&barrier, NULL, 2);
	if (sched_getaffinity(0, sizeof(allowed), &allowed))
		fail("sched_getaffinity");
	begin(run);
	for (int i = 0; i < 2; i++) {
		pthread_attr_t attributes;
		pthread_attr_init(&attributes);
		if (CPU_COUNT(&allowed) > 1) {
			do
				cpu++;
			while (!CPU_ISSET(cpu, &allowed));
			CPU_ZERO(&one);
			CPU_SET(cpu, &one);
			pthread_attr_setaffinity_np(&attributes, sizeof(one), &one);
		}
		if ((errno = pthread_create(&threads[i], &attributes, race, &racer)))
			fail("pthread_create");
	}
	for (int i = 0; i < 2; i++)
		pthread_join(threads[i], NULL);
	end(run);
}

const struct workload value_workloads[] = {
	{"values", "KIND VALUE...  (sends each value N times)", 1, perform_values},
	{"race", "KIND  (sends the values below N from two threads at once)", 1, perform_race},
	{0},
};
