/* Maps executable memory as a JIT compiler does, prints its address, as `code ADDRESS`, and waits.
 * With arguments: UID GID to become first. */
#define _GNU_SOURCE
#include <grp.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/mman.h>
#include <unistd.h>

int main(int count, char **words) {
  if (count == 3 && (setgroups(0, NULL) != 0 || setgid(atoi(words[2])) != 0 || setuid(atoi(words[1])) != 0)) return 1;
  void *code = mmap(NULL, 1 << 16, PROT_READ | PROT_WRITE | PROT_EXEC, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
  printf("code %p\nready 0\n", code);
  fflush(stdout);
  pause();
  return 0;
}
