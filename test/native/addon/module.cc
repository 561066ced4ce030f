#include "addon.h"
#include "event_records.h"
#include "map_entries.h"
#include "old_kernel.h"

namespace {

Napi::Object InitTests(Napi::Env env, Napi::Object exports) {
  santabpf::Init(env, exports);
  santabpf_test::ExportEventRecords(env, exports);
  santabpf_test::ExportMapEntries(env, exports);
  santabpf_test::ExportOldKernel(env, exports);
  return exports;
}

}  // namespace

NODE_API_MODULE(santabpf_test, InitTests)
