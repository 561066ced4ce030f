#include "iteration_work.h"

#include <time.h>
#include <unistd.h>

#include <cerrno>
#include <utility>

#include "failure.h"

namespace santabpf {
namespace {

// The kernel answers EAGAIN after a million objects for which the program printed nothing, and whenever the program asks for
// another try of the same object: one that always does would go on for ever.
constexpr int kMostTries = 1000;

uint64_t ThreadTime() {
  timespec time{};
  clock_gettime(CLOCK_THREAD_CPUTIME_ID, &time);
  return static_cast<uint64_t>(time.tv_sec) * 1000000000 + static_cast<uint64_t>(time.tv_nsec);
}

}  // namespace

Napi::Promise IterationWork::Start(Napi::Env env, std::shared_ptr<LinkState> link, Descriptor iterator) {
  auto work = std::make_unique<IterationWork>(env, std::move(link), std::move(iterator));
  const Napi::Promise promise = work->deferred_.Promise();
  work->Queue();
  static_cast<void>(work.release());  // a queued worker deletes itself
  return promise;
}

IterationWork::IterationWork(Napi::Env env, std::shared_ptr<LinkState> link, Descriptor iterator)
    : Napi::AsyncWorker(env, "santabpf.iterate"), deferred_(env), link_(std::move(link)), iterator_(std::move(iterator)) {}

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

void IterationWork::Execute() {
  const uint64_t start = ThreadTime();
  error_ = ReadToEnd();
  nanoseconds_ = ThreadTime() - start;
  iterator_.Reset();
}

void IterationWork::OnOK() {
  if (error_ != 0) {
    deferred_.Reject(ErrorOf(Env(), {error_, "run iterator", ""}).Value());
  } else {
    deferred_.Resolve(Napi::Number::New(Env(), static_cast<double>(nanoseconds_)));
  }
}

void IterationWork::OnError(const Napi::Error& error) { deferred_.Reject(error.Value()); }

}  // namespace santabpf
