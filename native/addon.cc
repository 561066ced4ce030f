#include <bpf/libbpf.h>
#include <malloc.h>
#include <napi.h>

#include <mutex>
#include <string>

#include "addon_data.h"
#include "arguments.h"
#include "failure.h"
#include "kernel_enum.h"
#include "link.h"
#include "log_capture.h"
#include "map.h"
#include "object.h"
#include "run_statistics.h"

namespace santabpf {
namespace {

Napi::Value LibbpfVersion(const Napi::CallbackInfo& info) {
  return Napi::String::New(info.Env(), std::to_string(libbpf_major_version()) + "." + std::to_string(libbpf_minor_version()));
}

Napi::Value PossibleCpus(const Napi::CallbackInfo& info) {
  const int cpus = libbpf_num_possible_cpus();
  if (cpus < 0) throw ErrorOf(info.Env(), {ErrnoOf(cpus), "count possible CPUs", ""});
  return Napi::Number::New(info.Env(), cpus);
}

Napi::Value SupportsMapType(const Napi::CallbackInfo& info) {
  const uint32_t type = Arguments(info).Uint32(0, "type");
  const int result = libbpf_probe_bpf_map_type(static_cast<bpf_map_type>(type), nullptr);
  return Napi::Boolean::New(info.Env(), result == 1);
}

Napi::Value SupportsProgramType(const Napi::CallbackInfo& info) {
  const uint32_t type = Arguments(info).Uint32(0, "type");
  const int result = libbpf_probe_bpf_prog_type(static_cast<bpf_prog_type>(type), nullptr);
  return Napi::Boolean::New(info.Env(), result == 1);
}

Napi::Value KernelEnum(const Napi::CallbackInfo& info) {
  const Arguments arguments(info);
  const std::string name = arguments.Text(0, "name");
  return KernelEnumWork::Start(info.Env(), name, info[1].IsUndefined() ? "" : arguments.Text(1, "btfPath"));
}

// libbpf reads the kernel's whole BTF, 5 MB and more, for each object that it loads. By default glibc would after the
// first one take such blocks from the arenas of the threads, which it never gives back: 6 to 10 MB for each thread.
void GiveBackLargeBlocks() {
#ifdef __GLIBC__
  static std::once_flag once;
  std::call_once(once, [] {
    mallopt(M_MMAP_THRESHOLD, 512 * 1024);
    mallopt(M_ARENA_MAX, 2);
  });
#endif
}

Napi::Object Init(Napi::Env env, Napi::Object exports) {
  LogCapture::Install();
  GiveBackLargeBlocks();
  auto data = std::make_unique<AddonData>();
  data->link_class = Napi::Persistent(Link::Define(env));
  data->map_class = Napi::Persistent(BpfMap::Define(env));
  // What JavaScript left open is closed before its environment is torn down, in the main thread and in workers.
  env.AddCleanupHook([registry = data->registry] { registry->CloseAll(); });
  env.SetInstanceData(data.release());  // the environment owns it

  exports.Set("libbpfVersion", Napi::Function::New<LibbpfVersion>(env, "libbpfVersion"));
  exports.Set("possibleCpus", Napi::Function::New<PossibleCpus>(env, "possibleCpus"));
  exports.Set("supportsMapType", Napi::Function::New<SupportsMapType>(env, "supportsMapType"));
  exports.Set("supportsProgramType", Napi::Function::New<SupportsProgramType>(env, "supportsProgramType"));
  exports.Set("kernelEnum", Napi::Function::New<KernelEnum>(env, "kernelEnum"));
  exports.Set("BpfObject", BpfObject::Define(env));
  exports.Set("RunStatistics", RunStatistics::Define(env));
  return exports;
}

NODE_API_MODULE(santabpf, Init)

}  // namespace
}  // namespace santabpf
