#include "old_kernel.h"

#include <bpf/bpf.h>
#include <sys/mman.h>

#include <atomic>
#include <cerrno>

#include "arguments.h"
#include "failure.h"

namespace {

std::atomic<bool> refuse_batches{false};
std::atomic<bool> refuse_mappings{false};

}  // namespace

// The linker option --wrap leads the addon's calls of NAME to __wrap_NAME.
extern "C" {

int __real_bpf_map_lookup_batch(int fd, void* in, void* out, void* keys, void* values, __u32* count, const bpf_map_batch_opts* opts);
void* __real_mmap(void* address, size_t size, int protection, int flags, int fd, off_t offset);
void* __real_mmap64(void* address, size_t size, int protection, int flags, int fd, off_t offset);

int __wrap_bpf_map_lookup_batch(int fd, void* in, void* out, void* keys, void* values, __u32* count, const bpf_map_batch_opts* opts) {
  if (!refuse_batches) return __real_bpf_map_lookup_batch(fd, in, out, keys, values, count, opts);
  errno = santabpf::kKernelNotSupported;
  return -errno;
}

void* __wrap_mmap(void* address, size_t size, int protection, int flags, int fd, off_t offset) {
  if (!refuse_mappings) return __real_mmap(address, size, protection, flags, fd, offset);
  errno = ENODEV;
  return MAP_FAILED;
}

void* __wrap_mmap64(void* address, size_t size, int protection, int flags, int fd, off_t offset) {
  if (!refuse_mappings) return __real_mmap64(address, size, protection, flags, fd, offset);
  errno = ENODEV;
  return MAP_FAILED;
}

}  // extern "C"

namespace santabpf_test {
namespace {

void RefuseBatches(const Napi::CallbackInfo& info) { refuse_batches = santabpf::Arguments(info).Bool(0, "refuse"); }

void RefuseMappings(const Napi::CallbackInfo& info) { refuse_mappings = santabpf::Arguments(info).Bool(0, "refuse"); }

}  // namespace

void ExportOldKernel(Napi::Env env, Napi::Object exports) {
  exports.Set("refuseBatches", Napi::Function::New<RefuseBatches>(env, "refuseBatches"));
  exports.Set("refuseMappings", Napi::Function::New<RefuseMappings>(env, "refuseMappings"));
}

}  // namespace santabpf_test
