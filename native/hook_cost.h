#pragma once

#include <string>

#include "promise_work.h"

namespace santabpf {

// Measures what the kernel spends to reach a program, on the hook at the end of system calls: an empty program more against none
// more, without the part that run statistics count as the program's run time. Resolves to nanoseconds.
class HookCostWork : public PromiseWork {
 public:
  explicit HookCostWork(Napi::Env env) : PromiseWork(env, "santabpf.hookCost", "measure the cost of a hook") {}

 protected:
  int Run(std::string& log) override;
  Napi::Value Result() override { return Napi::Number::New(Env(), nanoseconds_); }

 private:
  double nanoseconds_ = 0;
};

}  // namespace santabpf
