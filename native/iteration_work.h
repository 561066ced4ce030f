#pragma once

#include <cstdint>
#include <memory>
#include <utility>

#include "descriptor.h"
#include "link.h"
#include "reading_work.h"

namespace santabpf {

// A run of a BPF iterator, on any thread.
class Iteration {
 public:
  // `iterator` comes from bpf_iter_create.
  Iteration(std::shared_ptr<LinkState> link, Descriptor iterator) : link_(std::move(link)), iterator_(std::move(iterator)) {}

  // Runs the iterator from start to end; 0 or an errno.
  int Run();
  // Of CPU time that Run() took.
  uint64_t nanoseconds() const { return nanoseconds_; }

 private:
  int ReadToEnd() const;

  const std::shared_ptr<LinkState> link_;
  Descriptor iterator_;
  uint64_t nanoseconds_ = 0;
};

// Runs a BPF iterator from start to end and discards what the program prints. Resolves to the nanoseconds of CPU time
// it took. Rejects with ECANCELED when the link is detached meanwhile: at once between two reads, and after at most a
// million objects where the program prints nothing.
class IterationWork : public ReadingWork {
 public:
  static Napi::Promise Start(Napi::Env env, std::shared_ptr<LinkState> link, Descriptor iterator);

  IterationWork(Napi::Env env, std::shared_ptr<Iteration> iteration);

 protected:
  Napi::Value Result() override;

 private:
  const std::shared_ptr<Iteration> iteration_;
};

}  // namespace santabpf
