#pragma once

#include <napi.h>

#include <cstdint>
#include <memory>

#include "descriptor.h"
#include "link.h"

namespace santabpf {

// Runs a BPF iterator from its beginning to its end on a thread of the pool and settles a promise. What the program prints is
// read and left aside.
class IterationWork : public Napi::AsyncWorker {
 public:
  // Starts the work on an iterator made by bpf_iter_create. `link` stops it early when it is detached.
  static Napi::Promise Start(Napi::Env env, std::shared_ptr<LinkState> link, Descriptor iterator);

  IterationWork(Napi::Env env, std::shared_ptr<LinkState> link, Descriptor iterator);

 protected:
  void Execute() override;
  void OnOK() override;
  void OnError(const Napi::Error& error) override;

 private:
  int ReadToEnd() const;

  Napi::Promise::Deferred deferred_;
  const std::shared_ptr<LinkState> link_;
  Descriptor iterator_;
  int error_ = 0;
  uint64_t nanoseconds_ = 0;
};

}  // namespace santabpf
