#pragma once

#include <napi.h>

#include <memory>

#include "map_state.h"
#include "object_state.h"

namespace santabpf {

// The JavaScript handle of a map. The object owns the map; the handle keeps the object alive.
class BpfMap : public Napi::ObjectWrap<BpfMap> {
 public:
  static Napi::Function Define(Napi::Env env);
  static Napi::Object Create(Napi::Env env, std::shared_ptr<ObjectState> object, std::shared_ptr<MapState> map);
  // The open map that an argument names. Its handle keeps it alive during the call.
  static const MapState& OfArgument(const Napi::CallbackInfo& info, size_t index, const char* operation);

  explicit BpfMap(const Napi::CallbackInfo& info);

  bool closed() const { return map_->closed(); }

 private:
  Napi::Value Closed(const Napi::CallbackInfo& info);
  Napi::Value Snapshot(const Napi::CallbackInfo& info);
  Napi::Value Lookup(const Napi::CallbackInfo& info);
  Napi::Value LookupAndDelete(const Napi::CallbackInfo& info);
  void Update(const Napi::CallbackInfo& info);
  void Delete(const Napi::CallbackInfo& info);
  Napi::Value InnerEntries(const Napi::CallbackInfo& info);
  Napi::Value Empty(const Napi::CallbackInfo& info);
  void Close(const Napi::CallbackInfo& info);

  // Throw unless the map is open, and not being read or emptied.
  void RequireOpen(Napi::Env env, const char* operation) const;
  void RequireIdle(Napi::Env env, const char* operation) const;

  std::shared_ptr<ObjectState> object_;
  std::shared_ptr<MapState> map_;
};

}  // namespace santabpf
