#include "inner_maps.h"

#include <cerrno>
#include <utility>

#include "addon_data.h"
#include "construction.h"
#include "failure.h"
#include "snapshot_work.h"

namespace santabpf {

Napi::Function InnerMaps::Define(Napi::Env env) {
  return DefineClass(env, "InnerMaps", {InstanceMethod<&InnerMaps::Snapshot>("snapshot")});
}

Napi::Object InnerMaps::Create(Napi::Env env, std::shared_ptr<ObjectState> object, std::shared_ptr<MapState> maps) {
  Napi::Object handle = Construct(env, AddonData::Of(env).inner_maps_class);
  InnerMaps* const self = Unwrap(handle);
  self->object_ = std::move(object);
  self->maps_ = std::move(maps);
  const MapLayout& layout = self->maps_->layout();
  const auto define = [&handle, env](const char* name, uint32_t value) {
    handle.DefineProperty(Napi::PropertyDescriptor::Value(name, Napi::Number::New(env, value), napi_enumerable));
  };
  define("keySize", layout.key_size);
  define("valueSize", layout.value_size);
  define("maxEntries", layout.max_entries);
  define("cpus", layout.cpus);
  define("valueStride", layout.value_stride);
  return handle;
}

InnerMaps::InnerMaps(const Napi::CallbackInfo& info) : Napi::ObjectWrap<InnerMaps>(info) { RequireConstruct(info, "InnerMaps"); }

Napi::Value InnerMaps::Snapshot(const Napi::CallbackInfo& info) {
  const Napi::Env env = info.Env();
  if (maps_->closed()) throw ErrorOf(env, {EBADF, "read inner maps", "the map is closed"});
  if (maps_->working()) throw ErrorOf(env, {EBUSY, "read inner maps", "the maps are being read"});
  return SnapshotWork::Start(info.This().As<Napi::Object>(), maps_, "read inner maps");
}

}  // namespace santabpf
