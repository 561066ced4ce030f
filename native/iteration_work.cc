#include "iteration_work.h"

#include <bpf/bpf.h>
#include <unistd.h>

#include <cerrno>
#include <utility>

#include "failure.h"
#include "thread_clock.h"

namespace santabpf {
namespace {

// The kernel answers EAGAIN after a million objects without output, and whenever the program asks to see the same object
// again. A program that always asks again would never end.
constexpr int kMostTries = 1000;

// A read returns when it has so many bytes. A program that prints a byte for each object can be stopped after so many.
constexpr size_t kPrintedBytes = 64;

}  // namespace

int TimedRun::Run() {
  const uint64_t start = ThreadNanoseconds();
  const int error = RunToEnd();
  nanoseconds_ = ThreadNanoseconds() - start;
  return error;
}

int Iteration::RunToEnd() {
  // Closed at the end: a job may outlive its run.
  const Descriptor iterator(std::move(iterator_));
  char printed[kPrintedBytes];
  for (int tries = 0;;) {
    if (!link_->attached()) return ECANCELED;
    const ssize_t size = read(iterator.get(), printed, sizeof(printed));
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

int ProgramRun::RunToEnd() {
  const Descriptor program(std::move(program_));
  LIBBPF_OPTS(bpf_test_run_opts, opts);
  errno = 0;
  const int result = bpf_prog_test_run_opts(program.get(), &opts);
  if (result != 0) return ErrnoOf(result);
  const auto answer = static_cast<int32_t>(opts.retval);
  return answer < 0 ? -answer : 0;
}

Napi::Promise IterationWork::Start(Napi::Env env, std::shared_ptr<TimedRun> run) {
  auto work = std::make_unique<IterationWork>(env, run);
  return ReadingWork::Start(std::move(work), ReadingThreads::Lane::kIterators, [run] { return run->Run(); });
}

IterationWork::IterationWork(Napi::Env env, std::shared_ptr<TimedRun> run)
    : ReadingWork(env, "run iterator"), run_(std::move(run)) {}

Napi::Value IterationWork::Result() {
  return Napi::Number::New(Environment(), static_cast<double>(run_->nanoseconds()));
}

}  // namespace santabpf
