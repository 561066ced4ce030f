#include "addon.h"

#include <bpf/libbpf.h>
#include <malloc.h>

#include <memory>
#include <mutex>
#include <string>

#include "addon_data.h"
#include "arguments.h"
#include "attach_mark.h"
#include "attach_target.h"
#include "event_buffer.h"
#include "event_counter.h"
#include "failure.h"
#include "gzip_writer.h"
#include "hook_cost.h"
#include "inner_maps.h"
#include "kernel_enum.h"
#include "link.h"
#include "log_capture.h"
#include "map.h"
#include "mapped_file.h"
#include "object.h"
#include "process_bounds.h"
#include "run_statistics.h"
#include "type_index.h"

namespace santabpf {
namespace {

Napi::Value LibbpfVersion(const Napi::CallbackInfo& info) {
  return Napi::String::New(info.Env(), std::to_string(libbpf_major_version()) + "." + std::to_string(libbpf_minor_version()));
}

Napi::Value SupportsMapType(const Napi::CallbackInfo& info) {
  const uint32_t type = Arguments(info).Uint32(0, "type");
  const int result = libbpf_probe_bpf_map_type(static_cast<bpf_map_type>(type), nullptr);
  return Napi::Boolean::New(info.Env(), result == 1);
}

Napi::Value KernelEnum(const Napi::CallbackInfo& info) {
  const Arguments arguments(info);
  const std::string name = arguments.Text(0, "name");
  const std::string btf_path = info[1].IsUndefined() ? "" : arguments.Text(1, "btfPath");
  return PromiseWork::Start(std::make_unique<KernelEnumWork>(info.Env(), name, btf_path));
}

Napi::Value HookCost(const Napi::CallbackInfo& info) { return PromiseWork::Start(std::make_unique<HookCostWork>(info.Env())); }

Napi::Value AttachMarkFile(const Napi::CallbackInfo& info) { return Napi::String::New(info.Env(), FileOfAttachMark()); }

void CallAttachMark(const Napi::CallbackInfo&) { post_attach_mark(); }

void BoundThisProcess(const Napi::CallbackInfo& info) {
  const int error = BoundProcess(Arguments(info).Uint32(0, "cpuSeconds"));
  if (error != 0) throw ErrorOf(info.Env(), {error, "bound process", ""});
}

// libbpf may read the kernel's whole BTF, 5 MB and more, and V8's compiler takes megabytes on each of its threads for some
// milliseconds. By default glibc keeps all that: the first large block that is freed raises both thresholds for good.
void ReturnLargeBlocks() {
#ifdef __GLIBC__
  static std::once_flag once;
  std::call_once(once, [] {
    mallopt(M_MMAP_THRESHOLD, 512 * 1024);
    mallopt(M_TRIM_THRESHOLD, 128 * 1024);
    mallopt(M_ARENA_MAX, 2);
  });
#endif
}

// Also from the middle of an arena, where blocks that stay hold what others have freed around them.
void ReturnFreeMemory(const Napi::CallbackInfo&) {
#ifdef __GLIBC__
  malloc_trim(0);
#endif
}

}  // namespace

Napi::Object Init(Napi::Env env, Napi::Object exports) {
  LogCapture::Install();
  AttachTarget::Install();
  ReturnLargeBlocks();
  auto data = std::make_unique<AddonData>();
  data->link_class = Napi::Persistent(Link::Define(env));
  data->map_class = Napi::Persistent(BpfMap::Define(env));
  data->inner_maps_class = Napi::Persistent(InnerMaps::Define(env));
  // Closes what JavaScript left open before its environment is torn down, in the main thread and in workers.
  env.AddCleanupHook([registry = data->registry] { registry->CloseAll(); });
  env.SetInstanceData(data.release());  // owned by the environment

  exports.Set("libbpfVersion", Napi::Function::New<LibbpfVersion>(env, "libbpfVersion"));
  exports.Set("supportsMapType", Napi::Function::New<SupportsMapType>(env, "supportsMapType"));
  exports.Set("kernelEnum", Napi::Function::New<KernelEnum>(env, "kernelEnum"));
  exports.Set("hookCost", Napi::Function::New<HookCost>(env, "hookCost"));
  exports.Set("attachMarkFile", Napi::Function::New<AttachMarkFile>(env, "attachMarkFile"));
  exports.Set("callAttachMark", Napi::Function::New<CallAttachMark>(env, "callAttachMark"));
  exports.Set("returnFreeMemory", Napi::Function::New<ReturnFreeMemory>(env, "returnFreeMemory"));
  exports.Set("mappedText", Napi::Function::New<MappedText>(env, "mappedText"));
  exports.Set("mappedBytes", Napi::Function::New<MappedBytes>(env, "mappedBytes"));
  exports.Set("readTypes", Napi::Function::New<ReadTypes>(env, "readTypes"));
  exports.Set("boundProcess", Napi::Function::New<BoundThisProcess>(env, "boundProcess"));
  exports.Set("BpfObject", BpfObject::Define(env));
  exports.Set("EventCounter", EventCounter::Define(env));
  exports.Set("EventBuffer", EventBuffer::Define(env));
  exports.Set("GzipWriter", GzipWriter::Define(env));
  exports.Set("RunStatistics", RunStatistics::Define(env));
  return exports;
}

}  // namespace santabpf
