#pragma once

#include <napi.h>

#include <functional>
#include <map>
#include <memory>
#include <string>
#include <vector>

#include "object_state.h"

namespace santabpf {

// The JavaScript handle of an object. Its methods are in three files: before the load, after it, and at any time.
class BpfObject : public Napi::ObjectWrap<BpfObject> {
 public:
  static Napi::Function Define(Napi::Env env);

  explicit BpfObject(const Napi::CallbackInfo& info);

 private:
  Napi::Value Name(const Napi::CallbackInfo& info);
  Napi::Value State(const Napi::CallbackInfo& info);
  Napi::Value Btf(const Napi::CallbackInfo& info);
  Napi::Value Programs(const Napi::CallbackInfo& info);
  Napi::Value Maps(const Napi::CallbackInfo& info);
  void SetAutoload(const Napi::CallbackInfo& info);
  void SetProgramType(const Napi::CallbackInfo& info);
  void SetAttachTarget(const Napi::CallbackInfo& info);
  void SetAutocreate(const Napi::CallbackInfo& info);
  void SetMaxEntries(const Napi::CallbackInfo& info);
  void SetKeySize(const Napi::CallbackInfo& info);
  void SetValueSize(const Napi::CallbackInfo& info);
  void SetPinPath(const Napi::CallbackInfo& info);
  Napi::Value InitialValue(const Napi::CallbackInfo& info);
  void SetInitialValue(const Napi::CallbackInfo& info);
  void ReuseMap(const Napi::CallbackInfo& info);
  Napi::Value Load(const Napi::CallbackInfo& info);
  Napi::Value Attach(const Napi::CallbackInfo& info);
  Napi::Value AttachPerfEvent(const Napi::CallbackInfo& info);
  void SetTailCall(const Napi::CallbackInfo& info);
  Napi::Value ProgramInfo(const Napi::CallbackInfo& info);
  Napi::Value Map(const Napi::CallbackInfo& info);
  Napi::Value Log(const Napi::CallbackInfo& info);
  void Close(const Napi::CallbackInfo& info);

  // Throw unless the phase of the object allows the operation.
  void RequireOpened(Napi::Env env, const char* operation) const;     // neither loading nor closed
  void RequireUnloaded(Napi::Env env, const char* operation) const;   // before load()
  void RequireLoaded(Napi::Env env, const char* operation) const;     // after load()
  bpf_program* RequireProgram(Napi::Env env, const char* operation, const std::string& name) const;
  bpf_map* RequireMap(Napi::Env env, const char* operation, const std::string& name) const;
  Napi::Value AttachWith(Napi::Env env, const std::string& name, const std::function<int(bpf_program*, std::shared_ptr<LinkState>&)>& attach);

  std::shared_ptr<ObjectState> state_;
  std::string name_;
  std::map<std::string, Napi::ObjectReference> map_handles_;
};

}  // namespace santabpf
