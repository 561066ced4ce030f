/* System calls without side effects. No other program makes some of them, so their sums over all processes are exact. */
#include "workload.h"

#include <errno.h>
#include <poll.h>
#include <signal.h>
#include <string.h>
#include <sys/ipc.h>
#include <sys/sem.h>
#include <sys/syscall.h>
#include <time.h>
#include <unistd.h>

static void perform_getppid(struct run *run)
{
	begin(run);
	for (uint64_t i = 0; i < run->count; i++)
		syscall(SYS_getppid);
	end(run);
}

static long ask_interval(int wanted)
{
	struct timespec interval;
	switch (wanted) {
	case 0:
		return syscall(SYS_sched_rr_get_interval, 0, &interval);
	case EFAULT:
		return syscall(SYS_sched_rr_get_interval, 0, NULL);
	case EINVAL:
		return syscall(SYS_sched_rr_get_interval, -1, &interval);
	case ESRCH:
		return syscall(SYS_sched_rr_get_interval, 0x7fffffff, &interval);
	}
	fail_plain("the errno must be 0, EFAULT, EINVAL or ESRCH, not", strerrorname_np(wanted));
}

static void perform_rare_call(struct run *run)
{
	int wanted = errno_number(argument(run, 0, "0"));
	begin(run);
	for (uint64_t i = 0; i < run->count; i++)
		if (ask_interval(wanted) != (wanted ? -1 : 0) || (wanted && errno != wanted))
			fail("sched_rr_get_interval gave another result than requested");
	end(run);
}

/* Any number, known or not. "compat" calls the 32-bit table. */
static void perform_call(struct run *run)
{
	uint64_t number_ = number(argument(run, 0, "0"));
	bool compat = argument_is(run, 1, "compat");
	begin(run);
	for (uint64_t i = 0; i < run->count; i++) {
		if (!compat) {
			syscall((long)number_);
			continue;
		}
#ifdef __x86_64__
		long result = (long)number_;
		__asm__ volatile("int $0x80" : "+a"(result) : "b"(0), "c"(0), "d"(0) : "memory", "r8", "r9", "r10", "r11");
		if (result == -ENOSYS)
			fail_plain("this kernel does not support 32-bit system calls", "");
#else
		fail_plain("32-bit system calls are implemented on x86 only", "");
#endif
	}
	end(run);
}

static void on_signal(int signal)
{
	(void)signal;
}

/* Each ppoll unblocks a signal that is already pending, so every call is interrupted. */
static void perform_interrupted(struct run *run)
{
	struct sigaction action = {.sa_handler = on_signal};
	sigset_t one, none;
	sigemptyset(&none);
	sigemptyset(&one);
	sigaddset(&one, SIGUSR1);
	sigaction(SIGUSR1, &action, NULL);
	sigprocmask(SIG_BLOCK, &one, NULL);
	begin(run);
	for (uint64_t i = 0; i < run->count; i++) {
		kill(getpid(), SIGUSR1);
		if (ppoll(NULL, 0, NULL, &none) != -1 || errno != EINTR)
			fail("ppoll was not interrupted");
	}
	end(run);
}

static void sleep_once(const struct timespec *time, int semaphore)
{
	struct sembuf never = {.sem_op = -1};
	if (semaphore < 0 ? syscall(SYS_nanosleep, time, NULL)
			  : syscall(SYS_semtimedop, semaphore, &never, 1, time) != -1 || errno != EAGAIN)
		fail("sleep");
}

/* Reports the time measured around each call, which is an upper bound for the kernel's measurement. */
static void perform_sleeps(struct run *run)
{
	uint64_t each = number(argument(run, 0, "0")), slept = 0;
	struct timespec time = {.tv_sec = each / 1000000000, .tv_nsec = each % 1000000000};
	int semaphore = -1;
	if (argument_is(run, 1, "semtimedop") && (semaphore = semget(IPC_PRIVATE, 1, 0600)) < 0)
		fail("semget");
	begin(run);
	for (uint64_t i = 0; i < run->count; i++) {
		uint64_t start = clock_ns(CLOCK_MONOTONIC);
		sleep_once(&time, semaphore);
		slept += clock_ns(CLOCK_MONOTONIC) - start;
	}
	end(run);
	if (semaphore >= 0)
		semctl(semaphore, 0, IPC_RMID);
	report(run, "slept_nanoseconds", slept);
}

const struct workload call_workloads[] = {
	{"getppid", "", 0, perform_getppid},
	{"rare-call", "[0|EFAULT|EINVAL|ESRCH]  (sched_rr_get_interval)", 0, perform_rare_call},
	{"call", "NUMBER [native|compat]", 1, perform_call},
	{"interrupted", "  (ppoll)", 0, perform_interrupted},
	{"nanosleep", "NANOSECONDS [nanosleep|semtimedop]", 1, perform_sleeps},
	{0},
};
