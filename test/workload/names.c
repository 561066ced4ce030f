/* Calls under very many command names, as somebody makes who wants to hide in them. */
#include "workload.h"

#include <fcntl.h>
#include <stdio.h>
#include <sys/mman.h>
#include <time.h>
#include <unistd.h>

static void wait_until(uint64_t ns)
{
	struct timespec until = {.tv_sec = ns / 1000000000, .tv_nsec = ns % 1000000000};
	clock_nanosleep(CLOCK_MONOTONIC, TIMER_ABSTIME, &until, NULL);
}

/* Under each name: an open, a read of one byte, a write of WRITTEN bytes, an open that fails, and one that is refused. */
static void perform_names(struct run *run)
{
	const char *prefix = argument(run, 0, "");
	uint64_t names = number(argument(run, 1, "1")), per_second = number(argument(run, 2, "0"));
	uint64_t written = number(argument(run, 3, "1"));
	int nowhere = open("/dev/null", O_WRONLY), zeroes = open("/dev/zero", O_RDONLY);
	char name[32], byte;
	/* /dev/null does not look at what is written: the memory is never touched. */
	void *data = mmap(NULL, written, PROT_READ, MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE, -1, 0);

	if (nowhere < 0 || zeroes < 0)
		fail("/dev/null, /dev/zero");
	if (data == MAP_FAILED)
		fail("mmap");
	begin(run);
	for (uint64_t i = 0; i < run->count; i++) {
		int file;
		if (per_second && i % 64 == 0)
			wait_until(run->started_ns + i * 1000000000 / per_second);
		snprintf(name, sizeof(name), names == 1 ? "%s" : "%s%llu", prefix, (unsigned long long)(i % names));
		set_comm(name);
		file = open("/dev/null", O_RDONLY);
		if (file < 0 || read(zeroes, &byte, 1) != 1 || write(nowhere, data, written) != (ssize_t)written)
			fail(name);
		close(file);
		if (open("/proc/self/no-such-file", O_RDONLY) >= 0)
			fail_plain("it exists", "/proc/self/no-such-file");
		file = open("/proc/1/mem", O_RDONLY);
		if (file >= 0)
			close(file);
	}
	end(run);
	set_comm("workload");
}

const struct workload name_workloads[] = {
	{"names", "PREFIX [NAMES [PER_SECOND [WRITTEN]]]", 1, perform_names},
	{0},
};
