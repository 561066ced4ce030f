#include "program_info.h"

#include <cstddef>
#include <string>

namespace santabpf {

namespace {

/** Two digits for each byte. */
template <size_t N>
Napi::String HexadecimalText(Napi::Env env, const __u8 (&bytes)[N]) {
  std::string text;
  for (const __u8 byte : bytes) {
    text += "0123456789abcdef"[byte >> 4];
    text += "0123456789abcdef"[byte & 15];
  }
  return Napi::String::New(env, text);
}

}  // namespace

Napi::Object ValueOf(Napi::Env env, const Program::Info& info) {
  const bpf_prog_info& program = info.info;
  const auto known = [&](size_t end, uint64_t number) -> Napi::Value {
    if (info.size < end) return env.Undefined();
    return Napi::Number::New(env, static_cast<double>(number));
  };
#define SANTABPF_KNOWN(field) known(offsetof(bpf_prog_info, field) + sizeof(program.field), program.field)
  const Napi::Object object = Napi::Object::New(env);
  object.Set("id", Napi::Number::New(env, program.id));
  object.Set("tag", HexadecimalText(env, program.tag));
  object.Set("runTimeNs", SANTABPF_KNOWN(run_time_ns));
  object.Set("runCount", SANTABPF_KNOWN(run_cnt));
  object.Set("recursionMisses", SANTABPF_KNOWN(recursion_misses));
#undef SANTABPF_KNOWN
  return object;
}

}  // namespace santabpf
