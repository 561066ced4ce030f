#include "iteration_work.h"

#include <time.h>
#include <unistd.h>

#include <cerrno>
#include <utility>

namespace santabpf {
namespace {

// The kernel answers EAGAIN after a million objects without output, and whenever the program asks to see the same object
// again. A program that always asks again would never end.
constexpr int kMostTries = 1000;

uint64_t ThreadTime() {
  timespec time{};
  clock_gettime(CLOCK_THREAD_CPUTIME_ID, &time);
  return static_cast<uint64_t>(time.tv_sec) * 1000000000 + static_cast<uint64_t>(time.tv_nsec);
}

}  // namespace

IterationWork::IterationWork(Napi::Env env, std::shared_ptr<LinkState> link, Descriptor iterator)
    : PromiseWork(env, "santabpf.iterate", "run iterator"), link_(std::move(link)), iterator_(std::move(iterator)) {}

int IterationWork::ReadToEnd() const {
  char printed[4096];
  for (int tries = 0;;) {
    if (!link_->attached()) return ECANCELED;
    const ssize_t size = read(iterator_.get(), printed, sizeof(printed));
    if (size == 0) return 0;
    if (size > 0) {
      tries = 0;
    } else if (errno != EAGAIN && errno != EINTR) {
      return errno;
    } else if (++tries == kMostTries) {
      return EAGAIN;
    }
  }
}

int IterationWork::Run(std::string&) {
  const uint64_t start = ThreadTime();
  const int error = ReadToEnd();
  nanoseconds_ = ThreadTime() - start;
  iterator_.Reset();
  return error;
}

Napi::Value IterationWork::Result() { return Napi::Number::New(Env(), static_cast<double>(nanoseconds_)); }

}  // namespace santabpf
