#include "program_info.h"

#include <cstddef>

namespace santabpf {

Napi::Object ValueOf(Napi::Env env, const Program::Info& info) {
  const bpf_prog_info& program = info.info;
  const auto known = [&](size_t end, uint64_t number) -> Napi::Value {
    if (info.size < end) return env.Undefined();
    return Napi::Number::New(env, static_cast<double>(number));
  };
#define SANTABPF_KNOWN(field) known(offsetof(bpf_prog_info, field) + sizeof(program.field), program.field)
  const Napi::Object object = Napi::Object::New(env);
  object.Set("runTimeNs", SANTABPF_KNOWN(run_time_ns));
  object.Set("runCount", SANTABPF_KNOWN(run_cnt));
  object.Set("recursionMisses", SANTABPF_KNOWN(recursion_misses));
#undef SANTABPF_KNOWN
  return object;
}

}  // namespace santabpf
