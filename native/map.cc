#include "map.h"

#include <bpf/bpf.h>
#include <bpf/libbpf.h>
#include <linux/bpf.h>

#include <cerrno>
#include <utility>

#include "addon_data.h"
#include "arguments.h"
#include "construction.h"
#include "failure.h"
#include "inner_maps.h"
#include "map_emptying.h"
#include "map_kind.h"
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
                         InstanceMethod<&BpfMap::Delete>("delete"),
                         InstanceMethod<&BpfMap::InnerEntries>("innerEntries"),
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
  santabpf::Define(handle, "name", Napi::String::New(env, self->map_->name()));
  santabpf::Define(handle, "section", section.empty() ? env.Undefined() : Napi::String::New(env, section));
  santabpf::Define(handle, "id", number(layout.id));
  santabpf::Define(handle, "type", number(layout.type));
  santabpf::Define(handle, "typeName", Napi::String::New(env, santabpf::NameOfMapType(layout.type)));
  santabpf::Define(handle, "keySize", number(layout.key_size));
  santabpf::Define(handle, "valueSize", number(layout.value_size));
  santabpf::Define(handle, "maxEntries", number(layout.max_entries));
  santabpf::Define(handle, "flags", number(layout.flags));
  santabpf::Define(handle, "cpus", number(layout.cpus));
  santabpf::Define(handle, "valueStride", number(layout.value_stride));
  return handle;
}

const MapState& BpfMap::OfArgument(const Napi::CallbackInfo& info, size_t index, const char* operation) {
  const Napi::Value value = info[index];
  if (!value.IsObject() || !value.As<Napi::Object>().InstanceOf(AddonData::Of(info.Env()).map_class.Value())) {
    throw TypeErrorOf(info.Env(), "map must be a BpfMap");
  }
  const BpfMap* const map = Unwrap(value.As<Napi::Object>());
  map->RequireOpen(info.Env(), operation);
  return *map->map_;
}

BpfMap::BpfMap(const Napi::CallbackInfo& info) : Napi::ObjectWrap<BpfMap>(info) { RequireConstruct(info, "BpfMap"); }

void BpfMap::RequireOpen(Napi::Env env, const char* operation) const {
  if (map_->closed()) throw ErrorOf(env, {EBADF, operation, "the map is closed"});
}

Napi::Value BpfMap::Closed(const Napi::CallbackInfo& info) { return Napi::Boolean::New(info.Env(), map_->closed()); }

void BpfMap::RequireIdle(Napi::Env env, const char* operation) const {
  RequireOpen(env, operation);
  if (map_->working()) throw ErrorOf(env, {EBUSY, operation, "the map is being read or emptied"});
}

Napi::Value BpfMap::Snapshot(const Napi::CallbackInfo& info) {
  const Napi::Env env = info.Env();
  RequireIdle(env, "read map");
  if (!map_->layout().kind.is_readable) {
    throw ErrorOf(env, {EOPNOTSUPP, "read map", "entries of this type of map cannot be listed"});
  }
  return SnapshotWork::Start(info.This().As<Napi::Object>(), map_, "read map");
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
  if (map_->layout().kind.is_array) throw ErrorOf(env, {EINVAL, "look up and delete", "entries of an array cannot be deleted"});
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
  const Napi::Env env = info.Env();
  const Arguments arguments(info);
  const ByteView key = arguments.Bytes(0, "key", map_->layout().key_size);
  const ByteView value = arguments.Bytes(1, "value", map_->layout().value_stride);
  RequireOpen(env, "update map");
  const int result = bpf_map_update_elem(map_->fd(), key.data, value.data, BPF_ANY);
  if (result != 0) throw ErrorOf(env, {ErrnoOf(result), "update map", ""});
}

void BpfMap::Delete(const Napi::CallbackInfo& info) {
  const Napi::Env env = info.Env();
  const ByteView key = Arguments(info).Bytes(0, "key", map_->layout().key_size);
  RequireOpen(env, "delete entry");
  const int result = bpf_map_delete_elem(map_->fd(), key.data);
  if (result != 0 && ErrnoOf(result) != ENOENT) throw ErrorOf(env, {ErrnoOf(result), "delete entry", ""});
}

Napi::Value BpfMap::InnerEntries(const Napi::CallbackInfo& info) {
  const Napi::Env env = info.Env();
  const Arguments arguments(info);
  const uint32_t type = arguments.Uint32(0, "type");
  const uint32_t key_size = arguments.Uint32(1, "keySize");
  const uint32_t value_size = arguments.Uint32(2, "valueSize");
  RequireOpen(env, "open inner maps");
  const uint32_t outer = map_->layout().type;
  if (outer != BPF_MAP_TYPE_ARRAY_OF_MAPS && outer != BPF_MAP_TYPE_HASH_OF_MAPS) {
    throw ErrorOf(env, {EINVAL, "open inner maps", "the map holds no maps"});
  }
  MapLayout inner{};
  int error = MakeLayout(type, key_size, value_size, inner);
  if (error == 0 && !inner.kind.is_readable) error = EOPNOTSUPP;
  const auto state = std::make_shared<MapState>(map_->name(), map_->section());
  if (error == 0) error = state->OpenInner(map_->fd(), inner);
  if (error != 0) throw ErrorOf(env, {error, "open inner maps", ""});
  const Napi::Object handle = InnerMaps::Create(env, object_, state);
  object_->Own(state);
  return handle;
}

Napi::Value BpfMap::Empty(const Napi::CallbackInfo& info) {
  const Napi::Env env = info.Env();
  RequireIdle(env, "empty map");
  if (!map_->layout().kind.is_readable) {
    throw ErrorOf(env, {EOPNOTSUPP, "empty map", "entries of this type of map cannot be removed"});
  }
  return MapWork::Start(std::make_unique<MapWork>(info.This().As<Napi::Object>(), map_, "empty map"),
                        [](MapState& state) { return EmptyMap(state.fd(), state.layout()); });
}

void BpfMap::Close(const Napi::CallbackInfo&) { map_->Close(); }

}  // namespace santabpf
