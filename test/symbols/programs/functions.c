/* Prints the addresses of functions, as `NAME ADDRESS`, and waits. */
#include <stdio.h>
#include <unistd.h>

static __attribute__((noinline)) int hidden_function(int n) { return n * 3 + 1; }

int visible_function(int n) { return hidden_function(n) + n; }

#ifdef LIBRARY
int library_function(int n);
#endif

int main(void) {
  printf("hidden_function %p\nvisible_function %p\nputs %p\n", (void *)hidden_function, (void *)visible_function,
         (void *)puts);
#ifdef LIBRARY
  printf("library_function %p\n", (void *)library_function);
#endif
  puts("ready 0");
  fflush(stdout);
  pause();
  return visible_function(1);
}
