/* Short-lived processes and threads: forks, execs, exits, kills. */
#include "workload.h"

#include <errno.h>
#include <fcntl.h>
#include <pthread.h>
#include <sched.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

/* Runs the body in N children, one after the other; each must end with exactly the wait status given. */
static void in_children(struct run *run, void (*body)(const struct run *), int status)
{
	begin(run);
	for (uint64_t i = 0; i < run->count; i++) {
		int ended = 0;
		pid_t child = fork();
		if (child < 0)
			fail("fork");
		if (!child)
			body(run);
		if (waitpid(child, &ended, 0) != child)
			fail("waitpid");
		if ((ended & ~0x80) != status)
			fail_plain("child ended", WIFSIGNALED(ended) ? strsignal(WTERMSIG(ended)) : "with another exit code");
	}
	end(run);
}

static void leave(const struct run *run)
{
	(void)run;
	_exit(0);
}

static void perform_forks(struct run *run)
{
	in_children(run, leave, 0);
}

static void *call_for_ever(void *argument)
{
	for (;;)
		syscall(SYS_gettid);
	return argument;
}

static void leave_with_code(const struct run *run)
{
	uint64_t threads = number(argument(run, 1, "0"));
	pthread_t thread;
	while (threads--)
		if (pthread_create(&thread, NULL, call_for_ever, NULL))
			_exit(255);
	_exit((int)number(argument(run, 0, "0")));
}

static void perform_exits(struct run *run)
{
	uint64_t code = number(argument(run, 0, "0"));
	in_children(run, leave_with_code, W_EXITCODE((int)code & 0xff, 0));
	report(run, "code", code & 0xff);
}

static void *burn(void *argument)
{
	uint64_t until = clock_ns(CLOCK_THREAD_CPUTIME_ID) + *(const uint64_t *)argument;
	while (clock_ns(CLOCK_THREAD_CPUTIME_ID) < until)
		;
	return NULL;
}

static void work_and_leave(const struct run *run)
{
	uint64_t nanoseconds = number(argument(run, 0, "0")) * 1000, threads = number(argument(run, 1, "0"));
	uint64_t rest = number(argument(run, 2, "0"));
	pthread_t thread;
	while (threads--) {
		if (pthread_create(&thread, NULL, burn, &nanoseconds) || pthread_join(thread, NULL))
			_exit(255);
	}
	burn(&nanoseconds);
	if (rest)
		usleep((useconds_t)(rest * 1000));
	_exit(0);
}

static uint64_t nanoseconds_of(const struct rusage *usage)
{
	const struct timeval *user = &usage->ru_utime, *system = &usage->ru_stime;
	return ((uint64_t)(user->tv_sec + system->tv_sec) * 1000000 + user->tv_usec + system->tv_usec) * 1000;
}

/* The CPU time is what the kernel reports when the parent waits for the children. */
static void perform_jobs(struct run *run)
{
	struct rusage usage;
	in_children(run, work_and_leave, 0);
	if (getrusage(RUSAGE_CHILDREN, &usage))
		fail("getrusage");
	report(run, "cpu_nanoseconds", nanoseconds_of(&usage));
}

static int signal_number(const char *name)
{
	for (int signal = 1; signal < NSIG; signal++) {
		const char *known = sigabbrev_np(signal);
		if (known && !strcmp(known, strncmp(name, "SIG", 3) ? name : name + 3))
			return signal;
	}
	return (int)number(name);
}

static _Noreturn void end_by_signal(int signal)
{
	struct sigaction action = {.sa_handler = SIG_DFL};
	sigset_t none;
	prctl(PR_SET_DUMPABLE, 0, 0, 0, 0);
	sigaction(signal, &action, NULL);
	sigemptyset(&none);
	sigprocmask(SIG_SETMASK, &none, NULL);
	kill(getpid(), signal);
	/* The first process of a PID namespace ignores its own signals. */
	_exit(255);
}

static void die_of_signal(const struct run *run)
{
	end_by_signal(signal_number(argument(run, 0, "KILL")));
}

static void perform_killed(struct run *run)
{
	int signal = signal_number(argument(run, 0, "KILL"));
	in_children(run, die_of_signal, signal);
	report(run, "signal", signal);
}

static void end_as(const char *status)
{
	if (*status >= '0' && *status <= '9')
		_exit((int)number(status));
	end_by_signal(signal_number(status));
}

static int wait_status(const char *status)
{
	bool is_code = *status >= '0' && *status <= '9';
	return is_code ? W_EXITCODE((int)number(status) & 0xff, 0) : signal_number(status);
}

/* A session of its own, as a supervisor gives to a service. */
static void serve_and_end(const struct run *run)
{
	if (setsid() < 0)
		_exit(254);
	set_comm(argument(run, 1, "service"));
	end_as(argument(run, 0, "0"));
}

static void serve_with_terminal(const struct run *run)
{
	int terminal = posix_openpt(O_RDWR | O_NOCTTY);
	if (setsid() < 0 || terminal < 0 || grantpt(terminal) || unlockpt(terminal) || open(ptsname(terminal), O_RDWR) < 0)
		_exit(254);
	set_comm(argument(run, 1, "service"));
	end_as(argument(run, 0, "0"));
}

/* The first process of a PID namespace, as in a container. */
static void serve_in_container(const struct run *run)
{
	int status;
	pid_t first;
	if (unshare(CLONE_NEWPID) || (first = fork()) < 0)
		_exit(254);
	if (!first)
		serve_and_end(run);
	if (waitpid(first, &status, 0) != first)
		_exit(254);
	end_as(argument(run, 0, "0"));
}

static void perform_services(struct run *run)
{
	int status = wait_status(argument(run, 0, "0"));
	const char *where = argument(run, 2, "session");
	if (!strcmp(where, "session"))
		return in_children(run, serve_and_end, status);
	if (!strcmp(where, "terminal"))
		return in_children(run, serve_with_terminal, status);
	if (!strcmp(where, "container"))
		return in_children(run, serve_in_container, status);
	if (strcmp(where, "entered"))
		fail_plain("the place must be session, terminal, container or entered, not", where);
	/* Children of this process enter the namespace that the first one keeps alive. */
	if (unshare(CLONE_NEWPID))
		fail("unshare(CLONE_NEWPID)");
	pid_t first = fork();
	if (first < 0)
		fail("fork");
	if (!first)
		for (;;)
			pause();
	in_children(run, serve_and_end, status);
	kill(first, SIGKILL);
	waitpid(first, NULL, 0);
}

static void execute(const struct run *run)
{
	const char *uid = argument(run, 0, "-"), *path = argument(run, 1, run->program);
	char *const arguments[] = {(char *)path, "nothing", NULL}, *const environment[] = {NULL};
	if (strcmp(uid, "-") && syscall(SYS_setresuid, (uid_t)number(uid), (uid_t)number(uid), (uid_t)number(uid)))
		_exit(126);
	execve(path, arguments, environment);
	_exit(127);
}

static void perform_execs(struct run *run)
{
	in_children(run, execute, 0);
}

static const char *unexecutable(int wanted)
{
	static char long_name[4097];
	switch (wanted) {
	case ENOENT:
		return "/proc/self/no-such-program";
	case EACCES:
		return "/";
	case ENOTDIR:
		return "/proc/self/exe/x";
	case ENAMETOOLONG:
		memset(long_name, 'x', sizeof(long_name) - 1);
		return long_name;
	}
	fail_plain("the errno must be ENOENT, EACCES, ENOTDIR or ENAMETOOLONG, not", strerrorname_np(wanted));
}

static void perform_failing_execs(struct run *run)
{
	int wanted = errno_number(argument(run, 0, "ENOENT"));
	char *const arguments[] = {(char *)unexecutable(wanted), NULL};
	bool at = argument_is(run, 1, "execveat");
	begin(run);
	for (uint64_t i = 0; i < run->count; i++) {
		long result = at ? syscall(SYS_execveat, AT_FDCWD, arguments[0], arguments, arguments + 1, 0)
				 : execve(arguments[0], arguments, arguments + 1);
		if (result != -1 || errno != wanted)
			fail("exec failed with another errno than requested");
	}
	end(run);
	report(run, "errno", wanted);
}

static void *nothing_to_do(void *argument)
{
	return argument;
}

static void perform_threads(struct run *run)
{
	begin(run);
	for (uint64_t i = 0; i < run->count; i++) {
		pthread_t thread;
		if ((errno = pthread_create(&thread, NULL, nothing_to_do, NULL)))
			fail("pthread_create");
		if ((errno = pthread_join(thread, NULL)))
			fail("pthread_join");
	}
	end(run);
}

const struct workload process_workloads[] = {
	{"forks", "", 0, perform_forks},
	{"threads", "", 0, perform_threads},
	{"exits", "CODE [THREADS]  (while THREADS more threads run)", 1, perform_exits},
	{"jobs", "MICROSECONDS [THREADS] [MILLISECONDS]  (of CPU time in each of its threads, then sleeps)", 1, perform_jobs},
	{"killed", "SIGNAL", 1, perform_killed},
	{"services", "CODE|SIGNAL NAME [session|terminal|container|entered]  (main processes of services that end so)", 2, perform_services},
	{"execs", "[UID|-] [PATH]  (runs PATH, by default this program, as UID)", 0, perform_execs},
	{"failing-execs", "[ENOENT|EACCES|ENOTDIR|ENAMETOOLONG] [execve|execveat]", 0, perform_failing_execs},
	{0},
};
