// Prints the addresses of C++ functions, as `NAME ADDRESS`, and waits.
#include <unistd.h>

#include <cstdio>
#include <string>
#include <vector>

namespace shop {

namespace {
__attribute__((noinline)) int Hidden(const std::string& text) { return static_cast<int>(text.size()); }
}  // namespace

struct Basket {
  __attribute__((noinline)) int Sum(const std::vector<int>& prices) const { return static_cast<int>(prices.size()); }
  __attribute__((noinline)) int operator()(int n) const { return n; }
};

template <typename T>
__attribute__((noinline)) T Twice(T value) {
  return value + value;
}

}  // namespace shop

template <typename T>
void* AddressOf(T function) {
  void* address;
  static_assert(sizeof(function) >= sizeof(address));
  __builtin_memcpy(&address, &function, sizeof(address));
  return address;
}

int main() {
  printf("hidden %p\nmethod %p\ncall %p\ntemplate %p\n", AddressOf(&shop::Hidden), AddressOf(&shop::Basket::Sum),
         AddressOf(&shop::Basket::operator()), AddressOf(&shop::Twice<long>));
  puts("ready 0");
  fflush(stdout);
  pause();
  return shop::Hidden("") + shop::Basket().Sum({}) + shop::Basket()(1) + static_cast<int>(shop::Twice<long>(1));
}
