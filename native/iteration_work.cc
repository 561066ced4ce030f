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

// A read returns when it has so many bytes. A program that prints a byte for each object can be stopped after so many.
constexpr size_t kPrintedBytes = 64;

uint64_t ThreadTime() {
  timespec time{};
  clock_gettime(CLOCK_THREAD_CPUTIME_ID, &time);
  return static_cast<uint64_t>(time.tv_sec) * 1000000000 + static_cast<uint64_t>(time.tv_nsec);
}

}  // namespace

int Iteration::ReadToEnd() const {
  char printed[kPrintedBytes];
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

int Iteration::Run() {
  const uint64_t start = ThreadTime();
  const int error = ReadToEnd();
  nanoseconds_ = ThreadTime() - start;
  iterator_.Reset();
  return error;
}

Napi::Promise IterationWork::Start(Napi::Env env, std::shared_ptr<LinkState> link, Descriptor iterator) {
  const auto iteration = std::make_shared<Iteration>(std::move(link), std::move(iterator));
  auto work = std::make_unique<IterationWork>(env, iteration);
  return ReadingWork::Start(std::move(work), ReadingThreads::Lane::kIterators, [iteration] { return iteration->Run(); });
}

IterationWork::IterationWork(Napi::Env env, std::shared_ptr<Iteration> iteration)
    : ReadingWork(env, "run iterator"), iteration_(std::move(iteration)) {}

Napi::Value IterationWork::Result() {
  return Napi::Number::New(Environment(), static_cast<double>(iteration_->nanoseconds()));
}

}  // namespace santabpf
