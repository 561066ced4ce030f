/* Running out of memory, in a cgroup made for it: victims of the out-of-memory killer, and waits for pages to be reclaimed. */
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

/* Where the memory controller is mounted, of version 1 or 2; and version 2 beside a version 1, for its pressure figures. */
#define MEMORY_V1 "/sys/fs/cgroup/memory"
#define UNIFIED_BESIDE_V1 "/sys/fs/cgroup/unified"
#define UNIFIED "/sys/fs/cgroup"

static char limited[PATH_MAX], observed[PATH_MAX];
static bool is_v1;
static pid_t maker, children[2];

static void write_text(const char *folder, const char *name, const char *text)
{
	char path[PATH_MAX + 64];
	snprintf(path, sizeof(path), "%s/%s", folder, name);
	int file = open(path, O_WRONLY);
	if (file < 0 || write(file, text, strlen(text)) < 0)
		fail(path);
	close(file);
}

/* For what not every kernel has. */
static void write_if_there(const char *folder, const char *name, const char *text)
{
	char path[PATH_MAX + 64];
	snprintf(path, sizeof(path), "%s/%s", folder, name);
	if (!access(path, F_OK))
		write_text(folder, name, text);
}

/* The number that follows the words in a file of a cgroup; 0 when there is none. */
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
	/* The last process of a cgroup is waited for a moment before it has left. */
	for (int tries = 0; rmdir(limited) && errno == EBUSY && tries < 500; tries++)
		usleep(10000);
	if (observed[0])
		rmdir(observed);
}

/* A cgroup stays behind for good when nobody removes it: also when the one who started this workload is gone. */
static void give_up(int signal)
{
	(void)signal;
	for (int i = 0; i < 2; i++)
		if (children[i] > 0 && !kill(children[i], SIGKILL))
			waitpid(children[i], NULL, 0);
	remove_groups();
	_exit(1);
}

/* A cgroup with a limit, gone when the workload ends. */
static void make_groups(const char *limit)
{
	is_v1 = !access(MEMORY_V1 "/memory.limit_in_bytes", F_OK);
	if (!is_v1)
		write_if_there(UNIFIED, "cgroup.subtree_control", "+memory");
	snprintf(limited, sizeof(limited), "%s/santabpf-workload-%d", is_v1 ? MEMORY_V1 : UNIFIED, getpid());
	if (mkdir(limited, 0755))
		fail(limited);
	if (is_v1 && !access(UNIFIED_BESIDE_V1 "/cgroup.procs", F_OK)) {
		snprintf(observed, sizeof(observed), UNIFIED_BESIDE_V1 "/santabpf-workload-%d", getpid());
		if (mkdir(observed, 0755))
			fail(observed);
	}
	maker = getpid();
	atexit(remove_groups);
	signal(SIGTERM, give_up);
	prctl(PR_SET_PDEATHSIG, SIGTERM);
	write_text(limited, is_v1 ? "memory.limit_in_bytes" : "memory.max", limit);
	/* Nothing may be swapped out instead. */
	write_if_there(limited, "memory.memsw.limit_in_bytes", limit);
	write_if_there(limited, "memory.swap.max", "0");
}

static void join_groups(void)
{
	write_text(limited, "cgroup.procs", "0");
	if (observed[0])
		write_text(observed, "cgroup.procs", "0");
}

/* Takes memory and counts the bytes; in steps, so that the count is right when it is killed in the middle. */
static void take(uint64_t bytes, volatile uint64_t *taken)
{
	size_t page = (size_t)sysconf(_SC_PAGESIZE);
	char *memory = mmap(NULL, bytes, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE, -1, 0);
	if (memory == MAP_FAILED)
		fail("mmap");
	/* A huge page at a time would not ask for a victim. */
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
		fail_plain("a process ended otherwise than expected", WIFSIGNALED(status) ? strsignal(WTERMSIG(status)) : "exit");
}

/* N processes, one after the other, that take more than there is: in a cgroup, or all of the machine's, to be tried in a virtual one. */
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
			/* Nobody else is to suffer. */
			write_text("/proc/self", "oom_score_adj", "1000");
			take(2 * limit, taken);
			_exit(0);
		}
		expect_status(child, SIGKILL);
	}
	end(run);
	report(run, "taken_bytes", *taken);
}

/*
 * N times: one process holds three quarters, another asks for a half. It gets it when the first has been killed, or is killed itself where
 * the kernel is slow to take what the first had.
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
			fail_plain("the one that asked for memory ended otherwise", strsignal(WTERMSIG(status)));
	}
	end(run);
	report(run, "taken_bytes", taken[0]);
	report(run, "askers_killed", askers_killed);
}

/* The kernel's pressure is a mean over CPUs: on one alone it is a time. */
static void stay_on_one_cpu(void)
{
	cpu_set_t one;
	CPU_ZERO(&one);
	CPU_SET(sched_getcpu(), &one);
	if (sched_setaffinity(0, sizeof(one), &one))
		fail("sched_setaffinity");
}

/* Reads a file or block device N times from beginning to end, in a cgroup that has not room for it. */
static void perform_reclaim(struct run *run)
{
	static char buffer[1 << 16];
	int file = open(argument(run, 1, "/dev/zero"), O_RDONLY);
	if (file < 0)
		fail(argument(run, 1, ""));
	/* What is in memory already is some other cgroup's. */
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
	{"oom", "LIMIT|none  (processes that take more than LIMIT bytes, in a cgroup, or all memory, until they are killed)", 1, perform_oom},
	{"oom-by-another", "LIMIT [COMM]  (the same, but COMM asks for the memory that is not there)", 1,
	 perform_oom_by_another},
	{"reclaim", "LIMIT FILE  (reads FILE or a block device N times in a cgroup of LIMIT bytes)", 2, perform_reclaim},
	{0},
};
