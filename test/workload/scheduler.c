/* CPU time, and waits for a CPU. */
#include "workload.h"

#include <errno.h>
#include <pthread.h>
#include <sched.h>
#include <semaphore.h>
#include <signal.h>
#include <stdio.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

/* N is in milliseconds of CPU time, not of wall time, so the CPU time is the same on busy CPUs. */
static void perform_spin(struct run *run)
{
	bool in_user_mode = argument_is(run, 0, "user");
	uint64_t start = clock_ns(CLOCK_PROCESS_CPUTIME_ID), spent = 0;
	begin(run);
	while (spent < run->count * 1000000) {
		/* Spins in user mode only, or spends nearly all of the time in a system call that reads the clock. */
		for (volatile int i = 0; in_user_mode && i < 1000000; i++)
			;
		for (int i = 0; !in_user_mode && i < 100; i++)
			clock_ns(CLOCK_PROCESS_CPUTIME_ID);
		spent = clock_ns(CLOCK_PROCESS_CPUTIME_ID) - start;
	}
	end(run);
	report(run, "cpu_nanoseconds", spent);
}

static uint64_t switches_so_far(void)
{
	struct rusage usage;
	if (getrusage(RUSAGE_THREAD, &usage))
		fail("getrusage");
	return (uint64_t)(usage.ru_nvcsw + usage.ru_nivcsw);
}

/* The run-queue wait of this process as the kernel counts it; 0 if the kernel does not. */
static uint64_t wait_so_far(void)
{
	char path[64];
	unsigned long long ran, waited = 0;
	snprintf(path, sizeof(path), "/proc/self/task/%ld/schedstat", syscall(SYS_gettid));
	FILE *file = fopen(path, "r");
	if (file) {
		if (fscanf(file, "%llu %llu", &ran, &waited) != 2)
			waited = 0;
		fclose(file);
	}
	return waited;
}

struct player {
	struct run *run;
	sem_t *mine, *theirs;
	pthread_barrier_t *start;
	uint64_t spin_ns, switches, uncertain;
	uint64_t wait_ns, most_wait_ns; /* while the name was certainly set, and while it may have been set */
};

/* The name is set for a known number of switches. Each switch out while it is set means one switch in, and one wait.
 * A switch between counting and renaming could belong to either name. It is not counted but reported as uncertain. */
static uint64_t rename_on(struct player *player, const char *name)
{
	uint64_t before = switches_so_far(), after;
	set_comm(name);
	after = switches_so_far();
	player->uncertain += after - before;
	return after;
}

static uint64_t rename_off(struct player *player)
{
	uint64_t before = switches_so_far();
	set_comm("workload");
	player->uncertain += switches_so_far() - before;
	return before;
}

static void play(struct player *player)
{
	const char *comm = player->run->comm ? player->run->comm : "workload";
	uint64_t waited_before, first, waited;
	/* From here on, one of the two processes is always runnable. */
	pthread_barrier_wait(player->start);
	waited_before = wait_so_far();
	first = rename_on(player, comm);
	waited = wait_so_far();
	for (uint64_t i = 0; i < player->run->count; i++) {
		while (sem_wait(player->mine))
			;
		/* The other thread is runnable from here on, and waits until this one is done. */
		sem_post(player->theirs);
		if (player->spin_ns)
			for (uint64_t until = clock_ns(CLOCK_MONOTONIC) + player->spin_ns; clock_ns(CLOCK_MONOTONIC) < until;)
				;
	}
	player->wait_ns = wait_so_far() - waited;
	player->switches = rename_off(player) - first;
	player->most_wait_ns = wait_so_far() - waited_before;
}

struct game {
	pthread_barrier_t start;
	sem_t balls[2];
	struct player players[2];
};

/* In memory that the players share. */
static struct game *new_game(struct run *run)
{
	struct game *game = mmap(NULL, sizeof(*game), PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS, -1, 0);
	pthread_barrierattr_t shared;
	if (game == MAP_FAILED)
		fail("mmap");
	pthread_barrierattr_init(&shared);
	pthread_barrierattr_setpshared(&shared, PTHREAD_PROCESS_SHARED);
	pthread_barrier_init(&game->start, &shared, 2);
	for (int i = 0; i < 2; i++) {
		sem_init(&game->balls[i], 1, i == 0);
		game->players[i] = (struct player){
			.run = run,
			.mine = &game->balls[i],
			.theirs = &game->balls[!i],
			.start = &game->start,
			.spin_ns = number(argument(run, 0, "0")),
		};
	}
	return game;
}

/* Two processes on one CPU wake each other in turn, N times each. */
static void perform_pingpong(struct run *run)
{
	struct game *game = new_game(run);
	const struct player *players = game->players;
	cpu_set_t cpu;
	int status = 0;

	CPU_ZERO(&cpu);
	CPU_SET(sched_getcpu(), &cpu);
	run->started_ns = clock_ns(CLOCK_MONOTONIC);
	for (int i = 0; i < 2; i++) {
		pid_t player = fork();
		if (player < 0)
			fail("fork");
		if (player)
			continue;
		prctl(PR_SET_PDEATHSIG, SIGKILL);
		if (sched_setaffinity(0, sizeof(cpu), &cpu))
			fail("sched_setaffinity");
		play(&game->players[i]);
		_exit(0);
	}
	for (int i = 0; i < 2; i++)
		if (wait(&status) < 0 || status)
			fail_plain("a player", "failed");
	run->nanoseconds = clock_ns(CLOCK_MONOTONIC) - run->started_ns;
	report(run, "waits", players[0].switches + players[1].switches);
	report(run, "uncertain", players[0].uncertain + players[1].uncertain);
	report(run, "wait_nanoseconds", players[0].wait_ns + players[1].wait_ns);
	report(run, "most_wait_nanoseconds", players[0].most_wait_ns + players[1].most_wait_ns);
}

/* Uses the CPU, then waits uninterruptibly, as the parent in vfork() does for its child. */
static _Noreturn void be_blocked(const struct run *run, uint64_t seconds, uint64_t spin_ns, bool stays)
{
	prctl(PR_SET_PDEATHSIG, stays ? 0 : SIGKILL);
	/* A reader of the workload's output must not wait for this process. */
	fclose(stdout);
	fclose(stderr);
	if (run->comm)
		set_comm(run->comm);
	while (clock_ns(CLOCK_PROCESS_CPUTIME_ID) < spin_ns)
		;
	pid_t child = vfork();
	if (!child) {
		prctl(PR_SET_PDEATHSIG, SIGKILL);
		sleep((unsigned int)seconds);
		_exit(0);
	}
	_exit(child < 0);
}

/* N processes in uninterruptible sleep at once. Waits for them, or with "leave" returns after two seconds without them. */
static void perform_blocked(struct run *run)
{
	uint64_t seconds = number(argument(run, 0, "1"));
	uint64_t spin_ns = number(argument(run, 1, "0")) * 1000000;
	bool stay = argument_is(run, 2, "leave");
	run->started_ns = clock_ns(CLOCK_MONOTONIC);
	for (uint64_t i = 0; i < run->count; i++) {
		pid_t child = fork();
		if (child < 0)
			fail("fork");
		if (!child)
			be_blocked(run, seconds, spin_ns, stay);
	}
	if (stay)
		sleep(2);
	for (uint64_t i = 0; i < run->count && !stay; i++) {
		int status = 0;
		if (wait(&status) < 0 || status)
			fail_plain("child", "failed");
	}
	run->nanoseconds = clock_ns(CLOCK_MONOTONIC) - run->started_ns;
}

const struct workload scheduler_workloads[] = {
	{"blocked", "SECONDS [SPIN_MILLISECONDS] [leave]  (in uninterruptible sleep, after SPIN_MILLISECONDS of CPU time)", 1, perform_blocked},
	{"spin", "[kernel|user]  (N milliseconds of CPU time)", 0, perform_spin},
	{"pingpong", "[SPIN_NANOSECONDS]", 0, perform_pingpong},
	{0},
};
