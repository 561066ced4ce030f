#pragma once

#include <napi.h>

#include <memory>

#include "map_state.h"
#include "object_state.h"

namespace santabpf {

// The JavaScript handle of the entries of all maps in a map of maps. The object owns it; the handle keeps the object alive.
class InnerMaps : public Napi::ObjectWrap<InnerMaps> {
 public:
  static Napi::Function Define(Napi::Env env);
  static Napi::Object Create(Napi::Env env, std::shared_ptr<ObjectState> object, std::shared_ptr<MapState> maps);

  explicit InnerMaps(const Napi::CallbackInfo& info);

 private:
  Napi::Value Snapshot(const Napi::CallbackInfo& info);

  std::shared_ptr<ObjectState> object_;
  std::shared_ptr<MapState> maps_;
};

}  // namespace santabpf
