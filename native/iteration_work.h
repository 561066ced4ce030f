#pragma once

#include <cstdint>
#include <memory>
#include <string>

#include "descriptor.h"
#include "link.h"
#include "promise_work.h"

namespace santabpf {

// Runs a BPF iterator from start to end and discards what the program prints. Resolves to the nanoseconds of CPU time
// it took. Rejects with ECANCELED when the link is detached meanwhile.
class IterationWork : public PromiseWork {
 public:
  // `iterator` comes from bpf_iter_create.
  IterationWork(Napi::Env env, std::shared_ptr<LinkState> link, Descriptor iterator);

 protected:
  int Run(std::string&) override;
  Napi::Value Result() override;

 private:
  int ReadToEnd() const;

  const std::shared_ptr<LinkState> link_;
  Descriptor iterator_;
  uint64_t nanoseconds_ = 0;
};

}  // namespace santabpf
