/* A process that exceeds the CPU quota of its cgroup. */
#include "cgroup_files.h"
#include "workload.h"

#include <errno.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

/* Mount points of the CPU controller in cgroup v1 and v2. */
#define CPU_V1 "/sys/fs/cgroup/cpu"
#define UNIFIED "/sys/fs/cgroup"

static char folder[PATH_MAX];
static bool is_v1;

/* A value from the cgroup's cpu.stat. */
static uint64_t figure(const char *name)
{
	char path[PATH_MAX + 64], line[256];
	uint64_t value = 0;
	snprintf(path, sizeof(path), "%s/cpu.stat", folder);
	FILE *file = fopen(path, "r");
	if (!file)
		fail(path);
	while (fgets(line, sizeof(line), file))
		if (!strncmp(line, name, strlen(name)) && line[strlen(name)] == ' ')
			value = strtoull(line + strlen(name), NULL, 10);
	fclose(file);
	return value;
}

static uint64_t throttled_ns(void)
{
	return is_v1 ? figure("throttled_time") : figure("throttled_usec") * 1000;
}

/* The quota is a tenth of a CPU. */
static void make_group(const char *name)
{
	is_v1 = !access(CPU_V1 "/cpu.cfs_quota_us", F_OK);
	if (!is_v1)
		write_file(UNIFIED, "cgroup.subtree_control", "+cpu");
	snprintf(folder, sizeof(folder), "%s/%s", is_v1 ? CPU_V1 : UNIFIED, name);
	/* A previous run may still be removing a cgroup of the same name. */
	for (int tries = 0; mkdir(folder, 0755); tries++) {
		if (errno != EEXIST || tries == 500)
			fail(folder);
		usleep(10000);
	}
	if (is_v1)
		write_file(folder, "cpu.cfs_quota_us", "10000");
	else
		write_file(folder, "cpu.max", "10000 100000");
}

static _Noreturn void exceed_quota(uint64_t count, uint64_t seconds)
{
	write_file(folder, "cgroup.procs", "0");
	while (figure("nr_throttled") < count)
		;
	sleep((unsigned int)seconds);
	_exit(0);
}

/* Runs outside the cgroup: waits for the process in it, then removes the cgroup. */
static _Noreturn void look_after(uint64_t count, uint64_t seconds)
{
	prctl(PR_SET_PDEATHSIG, 0);
	fclose(stdout);
	fclose(stderr);
	pid_t child = fork();
	if (!child)
		exceed_quota(count, seconds);
	waitpid(child, NULL, 0);
	remove_cgroup(folder);
	_exit(0);
}

/* The throttled process sleeps on in its cgroup after this returns, because probes do not show an empty cgroup. */
static void perform_throttled(struct run *run)
{
	make_group(run->comm ? run->comm : "santabpf-workload");
	run->started_ns = clock_ns(CLOCK_MONOTONIC);
	pid_t keeper = fork();
	if (keeper < 0)
		fail("fork");
	if (!keeper)
		look_after(run->count, number(run->arguments[0]));
	while (figure("nr_throttled") < run->count)
		usleep(20000);
	/* Wait for the last period to end. */
	usleep(500000);
	run->nanoseconds = clock_ns(CLOCK_MONOTONIC) - run->started_ns;
	report(run, "periods", figure("nr_periods"));
	report(run, "throttled_periods", figure("nr_throttled"));
	report(run, "throttled_nanoseconds", throttled_ns());
}

const struct workload throttling_workloads[] = {
	{"throttled", "SECONDS  (throttled periods, in a cgroup with the name of --comm that is kept for SECONDS)", 1, perform_throttled},
	{0},
};
