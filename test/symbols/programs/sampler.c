/* Stops a process some times and prints, one line each time, the instruction pointer and the words of its stack.
 *   sampler PID TIMES */
#define _GNU_SOURCE
#include <elf.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/ptrace.h>
#include <sys/uio.h>
#include <sys/user.h>
#include <sys/wait.h>
#include <unistd.h>

static unsigned long words[4096];

int main(int count, char **arguments) {
  if (count != 3) return 2;
  pid_t pid = atoi(arguments[1]);
  if (ptrace(PTRACE_SEIZE, pid, NULL, NULL) != 0) return 1;
  for (int i = 0; i < atoi(arguments[2]); i++) {
    int status;
    usleep(20000);
    struct user_regs_struct registers;
    struct iovec taken = {&registers, sizeof(registers)};
    if (ptrace(PTRACE_INTERRUPT, pid, NULL, NULL) != 0 || waitpid(pid, &status, __WALL) != pid ||
        ptrace(PTRACE_GETREGSET, pid, (void *)NT_PRSTATUS, &taken) != 0)
      return 1;
#ifdef __aarch64__
    unsigned long long counter = registers.pc, stack = registers.sp;
#else
    unsigned long long counter = registers.rip, stack = registers.rsp;
#endif
    struct iovec here = {words, sizeof(words)};
    struct iovec there = {(void *)stack, sizeof(words)};
    ssize_t length = process_vm_readv(pid, &here, 1, &there, 1, 0);
    printf("%llx", counter);
    for (ssize_t word = 0; word < length / 8; word++) printf(" %lx", words[word]);
    puts("");
    ptrace(PTRACE_CONT, pid, NULL, NULL);
  }
  return 0;
}
