/* Runs out of memory in a cgroup of its own: causes OOM kills and waits for memory reclaim. */
#include "cgroup_files.h"
#include "workload.h"

#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <sched.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

/* Mount points of the memory controller. With cgroup v1, pressure is read from the v2 hierarchy of a hybrid setup. */
#define MEMORY_V1 "/sys/fs/cgroup/memory"
#define HYBRID_UNIFIED "/sys/fs/cgroup/unified"
#define UNIFIED "/sys/fs/cgroup"

static char limited[PATH_MAX], observed[PATH_MAX];
static bool is_v1;
static pid_t maker, children[2];

/* The number after the given text in a file of a cgroup; 0 if the file or the text is missing. */
static uint64_t figure(const char *folder, const char *name, const char *words)
{
	char path[PATH_MAX + 64], text[16384] = "";
	snprintf(path, sizeof(path), "%s/%s", folder, name);
	int file = open(path, O_RDONLY);
	if (file < 0)
		return 0;
	ssize_t size = read(file, text, sizeof(text) - 1);
	close(file);
	const char *found = size > 0 ? strstr(text, words) : NULL;
	return found ? strtoull(found + strlen(words), NULL, 10) : 0;
}

static void remove_groups(void)
{
	if (getpid() != maker)
		return;
	remove_cgroup(limited);
	if (observed[0])
		rmdir(observed);
}

/* Nothing else removes the cgroups if this workload is terminated or its parent dies. */
static void give_up(int signal)
{
	(void)signal;
	for (int i = 0; i < 2; i++)
		if (children[i] > 0 && !kill(children[i], SIGKILL))
			waitpid(children[i], NULL, 0);
	remove_groups();
	_exit(1);
}

/* The path of this process in the v2 hierarchy, without a last slash. */
static void unified_path(char *path, size_t size)
{
	char line[PATH_MAX] = "";
	FILE *file = fopen("/proc/self/cgroup", "r");
	if (!file)
		fail("/proc/self/cgroup");
	path[0] = 0;
	while (fgets(line, sizeof(line), file))
		if (!strncmp(line, "0::/", 4)) {
			line[strcspn(line, "\n")] = 0;
			snprintf(path, size, "%.*s", (int)size - 1, line[4] ? line + 3 : "");
		}
	fclose(file);
}

/* Makes a cgroup with a memory limit, which is removed when the workload exits. */
static void make_groups(const char *limit)
{
	is_v1 = !access(MEMORY_V1 "/memory.limit_in_bytes", F_OK);
	if (!is_v1)
		write_file_if_present(UNIFIED, "cgroup.subtree_control", "+memory");
	snprintf(limited, sizeof(limited), "%s/santabpf-workload-%d", is_v1 ? MEMORY_V1 : UNIFIED, getpid());
	if (mkdir(limited, 0755))
		fail(limited);
	if (is_v1 && !access(HYBRID_UNIFIED "/cgroup.procs", F_OK)) {
		/* Below its own cgroup, so that it stays in its unit. */
		char own[PATH_MAX / 2];
		unified_path(own, sizeof(own));
		snprintf(observed, sizeof(observed), HYBRID_UNIFIED "%s/santabpf-workload-%d", own, getpid());
		if (mkdir(observed, 0755))
			fail(observed);
	}
	maker = getpid();
	atexit(remove_groups);
	signal(SIGTERM, give_up);
	prctl(PR_SET_PDEATHSIG, SIGTERM);
	write_file(limited, is_v1 ? "memory.limit_in_bytes" : "memory.max", limit);
	/* Without this, the kernel could swap instead of killing. */
	write_file_if_present(limited, "memory.memsw.limit_in_bytes", limit);
	write_file_if_present(limited, "memory.swap.max", "0");
}

static void join_groups(void)
{
	write_file(limited, "cgroup.procs", "0");
	if (observed[0])
		write_file(observed, "cgroup.procs", "0");
}

/* Touches memory page by page, so the count of bytes is right even if the process is killed on the way. */
static void take(uint64_t bytes, volatile uint64_t *taken)
{
	size_t page = (size_t)sysconf(_SC_PAGESIZE);
	char *memory = mmap(NULL, bytes, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE, -1, 0);
	if (memory == MAP_FAILED)
		fail("mmap");
	/* The allocation of a huge page does not invoke the OOM killer. */
	madvise(memory, bytes, MADV_NOHUGEPAGE);
	for (uint64_t at = 0; at < bytes; at += page) {
		memory[at] = 1;
		*taken += page;
	}
}

static pid_t start(const char *comm)
{
	pid_t child = fork();
	if (child < 0)
		fail("fork");
	children[children[0] > 0] = child;
	if (!child) {
		signal(SIGTERM, SIG_DFL);
		prctl(PR_SET_PDEATHSIG, SIGKILL);
		if (comm)
			set_comm(comm);
		if (limited[0])
			join_groups();
	}
	return child;
}

static int status_of(pid_t child)
{
	int status;
	if (waitpid(child, &status, 0) != child)
		fail("waitpid");
	for (int i = 0; i < 2; i++)
		if (children[i] == child)
			children[i] = 0;
	return status;
}

static void expect_status(pid_t child, int wanted)
{
	int status = status_of(child);
	if (status != wanted)
		fail_plain("a process ended in an unexpected way", WIFSIGNALED(status) ? strsignal(WTERMSIG(status)) : "exit");
}

/*
 * N processes, one after the other, exceed the limit of a cgroup. With "none" they exhaust the memory of the whole machine:
 * use that in a virtual machine only.
 */
static void perform_oom(struct run *run)
{
	volatile uint64_t *taken =
		mmap(NULL, sizeof(*taken), PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS, -1, 0);
	bool whole_machine = argument_is(run, 0, "none");
	uint64_t limit = whole_machine ? 1ULL << 40 : number(argument(run, 0, "0"));
	if (!whole_machine)
		make_groups(argument(run, 0, "0"));
	begin(run);
	for (uint64_t i = 0; i < run->count; i++) {
		pid_t child = start(NULL);
		if (!child) {
			/* The kernel must not choose another process. */
			write_file("/proc/self", "oom_score_adj", "1000");
			take(2 * limit, taken);
			_exit(0);
		}
		expect_status(child, SIGKILL);
	}
	end(run);
	report(run, "taken_bytes", *taken);
}

/*
 * N times: one process holds three quarters of the limit, and another one asks for half of it. The kernel kills the holder.
 * If the holder's memory is not freed soon enough, the kernel kills the asker too.
 */
static void perform_oom_by_another(struct run *run)
{
	volatile uint64_t *taken =
		mmap(NULL, 2 * sizeof(*taken), PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS, -1, 0);
	uint64_t limit = number(argument(run, 0, "0")), askers_killed = 0;
	make_groups(argument(run, 0, "0"));
	begin(run);
	for (uint64_t i = 0; i < run->count; i++) {
		uint64_t wanted = taken[0] + limit / 4 * 3;
		pid_t holder = start(NULL);
		if (!holder) {
			take(limit / 4 * 3, taken);
			for (;;)
				pause();
		}
		while (taken[0] < wanted)
			usleep(1000);
		pid_t asker = start(argument(run, 1, NULL));
		if (!asker) {
			take(limit / 2, taken + 1);
			_exit(0);
		}
		expect_status(holder, SIGKILL);
		int status = status_of(asker);
		if (status == SIGKILL)
			askers_killed++;
		else if (status)
			fail_plain("the process that asked for memory ended in an unexpected way", strsignal(WTERMSIG(status)));
	}
	end(run);
	report(run, "taken_bytes", taken[0]);
	report(run, "askers_killed", askers_killed);
}

/* Pressure is averaged over CPUs. On a single CPU it is the time stalled. */
static void stay_on_one_cpu(void)
{
	cpu_set_t one;
	CPU_ZERO(&one);
	CPU_SET(sched_getcpu(), &one);
	if (sched_setaffinity(0, sizeof(one), &one))
		fail("sched_setaffinity");
}

/* Reads a file or block device N times from start to end, in a cgroup whose limit is below its size. */
static void perform_reclaim(struct run *run)
{
	static char buffer[1 << 16];
	int file = open(argument(run, 1, "/dev/zero"), O_RDONLY);
	if (file < 0)
		fail(argument(run, 1, ""));
	/* Pages that are already cached are charged to another cgroup. */
	posix_fadvise(file, 0, 0, POSIX_FADV_DONTNEED);
	make_groups(argument(run, 0, "0"));
	stay_on_one_cpu();
	begin(run);
	pid_t child = start(NULL);
	if (!child) {
		for (uint64_t i = 0; i < run->count; i++) {
			ssize_t size;
			if (lseek(file, 0, SEEK_SET))
				_exit(1);
			while ((size = read(file, buffer, sizeof(buffer))) > 0)
				;
			if (size < 0)
				_exit(2);
		}
		_exit(0);
	}
	expect_status(child, 0);
	end(run);
	report(run, "pressure_microseconds", figure(observed[0] ? observed : limited, "memory.pressure", "total="));
	if (!is_v1) {
		report(run, "limit_hits", figure(limited, "memory.events", "\nmax "));
		report(run, "reclaimed_bytes", figure(limited, "memory.stat", "\npgsteal ") * (uint64_t)sysconf(_SC_PAGESIZE));
	}
}

const struct workload memory_workloads[] = {
	{"oom", "LIMIT|none  (processes that exceed a cgroup limit of LIMIT bytes, or all memory, until they are killed)", 1, perform_oom},
	{"oom-by-another", "LIMIT [COMM]  (the same, but the allocation that exceeds the limit is made by COMM)", 1,
	 perform_oom_by_another},
	{"reclaim", "LIMIT FILE  (reads FILE or a block device N times in a cgroup of LIMIT bytes)", 2, perform_reclaim},
	{0},
};
