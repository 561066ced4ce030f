#pragma once

#include <napi.h>

#include <memory>

#include "addon_data.h"
#include "descriptor.h"

namespace santabpf {

// The kernel counts runs and run time of all programs while any process holds such a descriptor.
class RunStatisticsState : public Closable {
 public:
  explicit RunStatisticsState(std::shared_ptr<Registry> registry) : Closable(std::move(registry)) {}

  // 0 or an errno.
  int Enable();
  void Close() override { descriptor_.Reset(); }
  bool enabled() const { return descriptor_.valid(); }

 private:
  Descriptor descriptor_;
};

class RunStatistics : public Napi::ObjectWrap<RunStatistics> {
 public:
  static Napi::Function Define(Napi::Env env);

  explicit RunStatistics(const Napi::CallbackInfo& info);

 private:
  Napi::Value Enabled(const Napi::CallbackInfo& info);
  void Close(const Napi::CallbackInfo& info);

  std::unique_ptr<RunStatisticsState> state_;
};

}  // namespace santabpf
