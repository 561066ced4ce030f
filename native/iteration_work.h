#pragma once

#include <cstdint>
#include <memory>
#include <utility>

#include "descriptor.h"
#include "link.h"
#include "reading_work.h"

namespace santabpf {

// A run of a program that runs when it is asked to, on any thread.
class TimedRun {
 public:
  virtual ~TimedRun() = default;

  // Runs the program to its end; 0 or an errno.
  int Run();
  // Of CPU time that Run() took.
  uint64_t nanoseconds() const { return nanoseconds_; }

 private:
  virtual int RunToEnd() = 0;

  uint64_t nanoseconds_ = 0;
};

// A BPF iterator from start to end. What it prints is discarded. ECANCELED when its link is detached meanwhile: at once between two
// reads, and after at most a million objects where the program prints nothing.
class Iteration : public TimedRun {
 public:
  // `iterator` comes from bpf_iter_create.
  Iteration(std::shared_ptr<LinkState> link, Descriptor iterator) : link_(std::move(link)), iterator_(std::move(iterator)) {}

 private:
  int RunToEnd() override;

  const std::shared_ptr<LinkState> link_;
  Descriptor iterator_;
};

// A program of type BPF_PROG_TYPE_SYSCALL, without a context. Nothing stops it; the verifier knows that it ends. What it
// returns, if negative, is the errno, negated.
class ProgramRun : public TimedRun {
 public:
  explicit ProgramRun(Descriptor program) : program_(std::move(program)) {}

 private:
  int RunToEnd() override;

  Descriptor program_;
};

// Resolves to the nanoseconds of CPU time that a run took.
class IterationWork : public ReadingWork {
 public:
  static Napi::Promise Start(Napi::Env env, std::shared_ptr<TimedRun> run);

  IterationWork(Napi::Env env, std::shared_ptr<TimedRun> run);

 protected:
  Napi::Value Result() override;

 private:
  const std::shared_ptr<TimedRun> run_;
};

}  // namespace santabpf
