#include "map_entries.h"

#include <bpf/bpf.h>

#include <cerrno>
#include <cstdint>
#include <vector>

#include "arguments.h"
#include "descriptor.h"
#include "failure.h"
#include "map_layout.h"

namespace santabpf_test {
namespace {

using santabpf::Arguments;
using santabpf::ByteView;
using santabpf::Descriptor;
using santabpf::ErrnoOf;
using santabpf::ErrorOf;

struct OpenMap {
  Descriptor fd;
  santabpf::MapLayout layout{};
};

// The map whose id is the first argument.
OpenMap Open(const Napi::CallbackInfo& info, const char* operation) {
  OpenMap map;
  const int fd = bpf_map_get_fd_by_id(Arguments(info).Uint32(0, "id"));
  if (fd < 0) throw ErrorOf(info.Env(), {ErrnoOf(fd), operation, ""});
  map.fd = Descriptor(fd);
  const int error = santabpf::ReadLayout(fd, map.layout);
  if (error != 0) throw ErrorOf(info.Env(), {error, operation, ""});
  return map;
}

Napi::Value Lookup(const Napi::CallbackInfo& info) {
  const OpenMap map = Open(info, "look up");
  const ByteView key = Arguments(info).Bytes(1, "key", map.layout.key_size);
  Napi::Uint8Array value = Napi::Uint8Array::New(info.Env(), map.layout.value_stride);
  const int result = bpf_map_lookup_elem(map.fd.get(), key.data, value.Data());
  if (result == 0) return value;
  if (ErrnoOf(result) == ENOENT) return info.Env().Undefined();
  throw ErrorOf(info.Env(), {ErrnoOf(result), "look up", ""});
}

void Update(const Napi::CallbackInfo& info) {
  const OpenMap map = Open(info, "update");
  const ByteView key = Arguments(info).Bytes(1, "key", map.layout.key_size);
  const ByteView value = Arguments(info).Bytes(2, "value", map.layout.value_stride);
  const int result = bpf_map_update_elem(map.fd.get(), key.data, value.data, BPF_ANY);
  if (result != 0) throw ErrorOf(info.Env(), {ErrnoOf(result), "update", ""});
}

// Puts the map whose id is the third argument into a map of maps, at each of the keys. In one call: the kernel waits after each.
void UpdateInner(const Napi::CallbackInfo& info) {
  const OpenMap map = Open(info, "update");
  const ByteView keys = Arguments(info).Bytes(1, "keys");
  auto count = static_cast<uint32_t>(keys.size / map.layout.key_size);
  const int inner = bpf_map_get_fd_by_id(Arguments(info).Uint32(2, "inner"));
  if (inner < 0) throw ErrorOf(info.Env(), {ErrnoOf(inner), "update", ""});
  const Descriptor owned(inner);
  const std::vector<int> values(count, inner);
  const int result = bpf_map_update_batch(map.fd.get(), keys.data, values.data(), &count, nullptr);
  if (result != 0) throw ErrorOf(info.Env(), {ErrnoOf(result), "update", ""});
}

void UpdateBatch(const Napi::CallbackInfo& info) {
  const OpenMap map = Open(info, "update");
  const ByteView keys = Arguments(info).Bytes(1, "keys");
  auto count = static_cast<uint32_t>(keys.size / map.layout.key_size);
  const ByteView values = Arguments(info).Bytes(2, "values", size_t{count} * map.layout.value_stride);
  const int result = bpf_map_update_batch(map.fd.get(), keys.data, values.data, &count, nullptr);
  if (result != 0) throw ErrorOf(info.Env(), {ErrnoOf(result), "update", ""});
}

Napi::Value Remove(const Napi::CallbackInfo& info) {
  const OpenMap map = Open(info, "remove");
  const ByteView key = Arguments(info).Bytes(1, "key", map.layout.key_size);
  const int result = bpf_map_delete_elem(map.fd.get(), key.data);
  if (result != 0 && ErrnoOf(result) != ENOENT) throw ErrorOf(info.Env(), {ErrnoOf(result), "remove", ""});
  return Napi::Boolean::New(info.Env(), result == 0);
}

}  // namespace

void ExportMapEntries(Napi::Env env, Napi::Object exports) {
  exports.Set("lookup", Napi::Function::New<Lookup>(env, "lookup"));
  exports.Set("update", Napi::Function::New<Update>(env, "update"));
  exports.Set("updateInner", Napi::Function::New<UpdateInner>(env, "updateInner"));
  exports.Set("updateBatch", Napi::Function::New<UpdateBatch>(env, "updateBatch"));
  exports.Set("remove", Napi::Function::New<Remove>(env, "remove"));
}

}  // namespace santabpf_test
