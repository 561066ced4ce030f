static __attribute__((noinline)) int library_helper(int n) { return n + 7; }

int library_function(int n) { return library_helper(n) * 2; }
