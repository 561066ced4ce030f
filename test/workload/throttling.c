/* A cgroup with a CPU quota, and a process in it that wants more. */
#include "workload.h"

#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

/* Where the CPU controller is mounted, of version 1 or 2. */
#define CPU_V1 "/sys/fs/cgroup/cpu"
#define UNIFIED "/sys/fs/cgroup"

static char folder[PATH_MAX];
static bool is_v1;

static void write_file(const char *parent, const char *name, const char *text)
{
	char path[PATH_MAX + 64];
	snprintf(path, sizeof(path), "%s/%s", parent, name);
	int file = open(path, O_WRONLY);
	if (file < 0 || write(file, text, strlen(text)) < 0)
		fail(path);
	close(file);
}

/* A figure of the kernel's own account of the cgroup. */
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

/* A tenth of a CPU. */
static void make_group(const char *name)
{
	is_v1 = !access(CPU_V1 "/cpu.cfs_quota_us", F_OK);
	if (!is_v1)
		write_file(UNIFIED, "cgroup.subtree_control", "+cpu");
	snprintf(folder, sizeof(folder), "%s/%s", is_v1 ? CPU_V1 : UNIFIED, name);
	/* One of the same name may be on its way out. */
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

static _Noreturn void want_more(uint64_t count, uint64_t seconds)
{
	write_file(folder, "cgroup.procs", "0");
	while (figure("nr_throttled") < count)
		;
	sleep((unsigned int)seconds);
	_exit(0);
}

/* Not of the cgroup: waits for its process, and removes it. */
static _Noreturn void look_after(uint64_t count, uint64_t seconds)
{
	prctl(PR_SET_PDEATHSIG, 0);
	fclose(stdout);
	fclose(stderr);
	pid_t child = fork();
	if (!child)
		want_more(count, seconds);
	waitpid(child, NULL, 0);
	/* The last process of a cgroup is waited for a moment before it has left. */
	for (int tries = 0; rmdir(folder) && errno == EBUSY && tries < 500; tries++)
		usleep(10000);
	_exit(0);
}

/* The process stays in its cgroup, and sleeps, when this has ended: an empty cgroup is out of sight. */
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
	/* Until the last period is over. */
	usleep(500000);
	run->nanoseconds = clock_ns(CLOCK_MONOTONIC) - run->started_ns;
	report(run, "periods", figure("nr_periods"));
	report(run, "throttled_periods", figure("nr_throttled"));
	report(run, "throttled_nanoseconds", throttled_ns());
}

const struct workload throttling_workloads[] = {
	{"throttled", "SECONDS  (periods without CPU time left, in a cgroup of the name of --comm that stays so long)", 1, perform_throttled},
	{0},
};
