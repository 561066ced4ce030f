#include "run_statistics.h"

#include <bpf/bpf.h>

#include "failure.h"

namespace santabpf {

int RunStatisticsState::Enable() {
  Descriptor descriptor(bpf_enable_stats(BPF_STATS_RUN_TIME));
  if (!descriptor.valid()) return ErrnoOf(descriptor.get());
  descriptor_ = std::move(descriptor);
  return 0;
}

Napi::Function RunStatistics::Define(Napi::Env env) {
  return DefineClass(env, "RunStatistics",
                     {
                         InstanceAccessor<&RunStatistics::Enabled>("enabled"),
                         InstanceMethod<&RunStatistics::Close>("close"),
                     });
}

RunStatistics::RunStatistics(const Napi::CallbackInfo& info) : Napi::ObjectWrap<RunStatistics>(info) {
  auto state = std::make_unique<RunStatisticsState>(AddonData::Of(info.Env()).registry);
  const int error = state->Enable();
  if (error != 0) throw ErrorOf(info.Env(), {error, "enable run statistics", ""});
  state_ = std::move(state);
}

Napi::Value RunStatistics::Enabled(const Napi::CallbackInfo& info) { return Napi::Boolean::New(info.Env(), state_->enabled()); }

void RunStatistics::Close(const Napi::CallbackInfo&) { state_->Close(); }

}  // namespace santabpf
