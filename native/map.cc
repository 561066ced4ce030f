#include "map.h"

#include <bpf/bpf.h>
#include <bpf/libbpf.h>

#include <cerrno>
#include <cstring>
#include <utility>

#include "addon_data.h"
#include "arguments.h"
#include "construction.h"
#include "empty_work.h"
#include "failure.h"
#include "map_emptying.h"
#include "snapshot_work.h"

namespace santabpf {
namespace {

void Define(Napi::Object& handle, const char* name, const Napi::Value& value) {
  handle.DefineProperty(Napi::PropertyDescriptor::Value(name, value, napi_enumerable));
}

}  // namespace

Napi::Function BpfMap::Define(Napi::Env env) {
  return DefineClass(env, "BpfMap",
                     {
                         InstanceAccessor<&BpfMap::Closed>("closed"),
                         InstanceMethod<&BpfMap::Snapshot>("snapshot"),
                         InstanceMethod<&BpfMap::Lookup>("lookup"),
                         InstanceMethod<&BpfMap::LookupAndDelete>("lookupAndDelete"),
                         InstanceMethod<&BpfMap::Update>("update"),
                         InstanceMethod<&BpfMap::UpdateBatch>("updateBatch"),
                         InstanceMethod<&BpfMap::Delete>("delete"),
                         InstanceMethod<&BpfMap::Empty>("empty"),
                         InstanceMethod<&BpfMap::Close>("close"),
                     });
}

Napi::Object BpfMap::Create(Napi::Env env, std::shared_ptr<ObjectState> object, std::shared_ptr<MapState> map) {
  Napi::Object handle = Construct(env, AddonData::Of(env).map_class);
  BpfMap* const self = Unwrap(handle);
  self->object_ = std::move(object);
  self->map_ = std::move(map);
  const MapLayout& layout = self->map_->layout();
  const std::string& section = self->map_->section();
  const auto number = [env](uint32_t value) { return Napi::Number::New(env, value); };
  const char* const type_name = libbpf_bpf_map_type_str(static_cast<bpf_map_type>(layout.type));
  santabpf::Define(handle, "name", Napi::String::New(env, self->map_->name()));
  santabpf::Define(handle, "section", section.empty() ? env.Undefined() : Napi::String::New(env, section));
  santabpf::Define(handle, "id", number(layout.id));
  santabpf::Define(handle, "type", number(layout.type));
  santabpf::Define(handle, "typeName", Napi::String::New(env, type_name == nullptr ? "" : type_name));
  santabpf::Define(handle, "keySize", number(layout.key_size));
  santabpf::Define(handle, "valueSize", number(layout.value_size));
  santabpf::Define(handle, "maxEntries", number(layout.max_entries));
  santabpf::Define(handle, "flags", number(layout.flags));
  santabpf::Define(handle, "cpus", number(layout.cpus));
  santabpf::Define(handle, "valueStride", number(layout.value_stride));
  return handle;
}

BpfMap::BpfMap(const Napi::CallbackInfo& info) : Napi::ObjectWrap<BpfMap>(info) { RequireConstruct(info, "BpfMap"); }

void BpfMap::RequireOpen(Napi::Env env, const char* operation) const {
  if (map_->closed()) throw ErrorOf(env, {EBADF, operation, "the map is closed"});
}

Napi::Value BpfMap::Closed(const Napi::CallbackInfo& info) { return Napi::Boolean::New(info.Env(), map_->closed()); }

Napi::Value BpfMap::Snapshot(const Napi::CallbackInfo& info) {
  const Napi::Env env = info.Env();
  const Options options(info, 0);
  ReadOptions read;
  read.batch = options.Bool("batch").value_or(true);
  read.mmap = options.Bool("mmap").value_or(true);
  RequireOpen(env, "read map");
  if (map_->reading()) throw ErrorOf(env, {EBUSY, "read map", "the map is being read or emptied"});
  if (!IsReadable(map_->layout())) throw ErrorOf(env, {EOPNOTSUPP, "read map", "entries of this type of map cannot be listed"});
  return SnapshotWork::Start(info.This().As<Napi::Object>(), map_, read);
}

Napi::Value BpfMap::Lookup(const Napi::CallbackInfo& info) {
  const Napi::Env env = info.Env();
  const ByteView key = Arguments(info).Bytes(0, "key", map_->layout().key_size);
  RequireOpen(env, "look up");
  Napi::Uint8Array value = Napi::Uint8Array::New(env, map_->layout().value_stride);
  const int result = bpf_map_lookup_elem(map_->fd(), key.data, value.Data());
  if (result == 0) return value;
  if (ErrnoOf(result) == ENOENT) return env.Undefined();
  throw ErrorOf(env, {ErrnoOf(result), "look up", ""});
}

Napi::Value BpfMap::LookupAndDelete(const Napi::CallbackInfo& info) {
  const Napi::Env env = info.Env();
  const ByteView key = Arguments(info).Bytes(0, "key", map_->layout().key_size);
  RequireOpen(env, "look up and delete");
  if (IsArray(map_->layout())) throw ErrorOf(env, {EINVAL, "look up and delete", "entries of an array cannot be deleted"});
  Napi::Uint8Array value = Napi::Uint8Array::New(env, map_->layout().value_stride);
  int result = bpf_map_lookup_and_delete_elem(map_->fd(), key.data, value.Data());
  if (result != 0 && IsUnsupported(ErrnoOf(result))) {
    result = bpf_map_lookup_elem(map_->fd(), key.data, value.Data());
    if (result == 0) result = bpf_map_delete_elem(map_->fd(), key.data);
  }
  if (result == 0) return value;
  if (ErrnoOf(result) == ENOENT) return env.Undefined();
  throw ErrorOf(env, {ErrnoOf(result), "look up and delete", ""});
}

void BpfMap::Update(const Napi::CallbackInfo& info) {
  const Arguments arguments(info);
  const ByteView key = arguments.Bytes(0, "key", map_->layout().key_size);
  const ByteView value = arguments.Bytes(1, "value", map_->layout().value_stride);
  RequireOpen(info.Env(), "update");
  const int result = bpf_map_update_elem(map_->fd(), key.data, value.data, BPF_ANY);
  if (result != 0) throw ErrorOf(info.Env(), {ErrnoOf(result), "update", ""});
}

void BpfMap::UpdateBatch(const Napi::CallbackInfo& info) {
  const Napi::Env env = info.Env();
  const Arguments arguments(info);
  const MapLayout& layout = map_->layout();
  const ByteView keys = arguments.Bytes(0, "keys");
  const size_t count = layout.key_size == 0 ? 0 : keys.size / layout.key_size;
  if (count * layout.key_size != keys.size || count > UINT32_MAX) {
    throw RangeErrorOf(env, "Expected keys of " + std::to_string(layout.key_size) + " bytes each but received " +
                                std::to_string(keys.size) + " bytes");
  }
  const ByteView values = arguments.Bytes(1, "values", count * layout.value_stride);
  RequireOpen(env, "update");
  if (count == 0) return;
  uint32_t done = static_cast<uint32_t>(count);
  int result = bpf_map_update_batch(map_->fd(), keys.data, values.data, &done, nullptr);
  if (result != 0 && IsUnsupported(ErrnoOf(result))) {
    result = 0;
    for (size_t i = 0; i < count && result == 0; ++i) {
      result = bpf_map_update_elem(map_->fd(), keys.data + i * layout.key_size, values.data + i * layout.value_stride, BPF_ANY);
    }
  }
  if (result != 0) throw ErrorOf(env, {ErrnoOf(result), "update", ""});
}

Napi::Value BpfMap::Delete(const Napi::CallbackInfo& info) {
  const ByteView key = Arguments(info).Bytes(0, "key", map_->layout().key_size);
  RequireOpen(info.Env(), "delete");
  const int result = bpf_map_delete_elem(map_->fd(), key.data);
  if (result != 0 && ErrnoOf(result) != ENOENT) throw ErrorOf(info.Env(), {ErrnoOf(result), "delete", ""});
  return Napi::Boolean::New(info.Env(), result == 0);
}

Napi::Value BpfMap::Empty(const Napi::CallbackInfo& info) {
  const Napi::Env env = info.Env();
  RequireOpen(env, "empty map");
  if (map_->reading()) throw ErrorOf(env, {EBUSY, "empty map", "the map is being read or emptied"});
  if (!IsEmptiable(map_->layout())) throw ErrorOf(env, {EOPNOTSUPP, "empty map", "entries of this type of map cannot be removed"});
  return EmptyWork::Start(info.This().As<Napi::Object>(), map_);
}

void BpfMap::Close(const Napi::CallbackInfo&) { map_->Close(); }

}  // namespace santabpf
