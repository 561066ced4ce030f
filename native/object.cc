#include "object.h"

#include <bpf/btf.h>

#include <cerrno>
#include <cstring>
#include <utility>

#include "addon_data.h"
#include "arguments.h"
#include "description.h"
#include "failure.h"
#include "open_options.h"

namespace santabpf {

Napi::Function BpfObject::Define(Napi::Env env) {
  return DefineClass(env, "BpfObject",
                     {
                         InstanceAccessor<&BpfObject::Name>("name"),
                         InstanceAccessor<&BpfObject::State>("state"),
                         InstanceMethod<&BpfObject::Btf>("btf"),
                         InstanceMethod<&BpfObject::Programs>("programs"),
                         InstanceMethod<&BpfObject::Maps>("maps"),
                         InstanceMethod<&BpfObject::SetAutoload>("setAutoload"),
                         InstanceMethod<&BpfObject::SetProgramType>("setProgramType"),
                         InstanceMethod<&BpfObject::SetAttachTarget>("setAttachTarget"),
                         InstanceMethod<&BpfObject::SetAutocreate>("setAutocreate"),
                         InstanceMethod<&BpfObject::SetMaxEntries>("setMaxEntries"),
                         InstanceMethod<&BpfObject::SetKeySize>("setKeySize"),
                         InstanceMethod<&BpfObject::SetValueSize>("setValueSize"),
                         InstanceMethod<&BpfObject::SetPinPath>("setPinPath"),
                         InstanceMethod<&BpfObject::InitialValue>("initialValue"),
                         InstanceMethod<&BpfObject::SetInitialValue>("setInitialValue"),
                         InstanceMethod<&BpfObject::ReuseMap>("reuseMap"),
                         InstanceMethod<&BpfObject::Load>("load"),
                         InstanceMethod<&BpfObject::Attach>("attach"),
                         InstanceMethod<&BpfObject::AttachPerfEvent>("attachPerfEvent"),
                         InstanceMethod<&BpfObject::SetTailCall>("setTailCall"),
                         InstanceMethod<&BpfObject::ProgramInfo>("programInfo"),
                         InstanceMethod<&BpfObject::Map>("map"),
                         InstanceMethod<&BpfObject::Log>("log"),
                         InstanceMethod<&BpfObject::Close>("close"),
                     });
}

BpfObject::BpfObject(const Napi::CallbackInfo& info) : Napi::ObjectWrap<BpfObject>(info) {
  const Napi::Env env = info.Env();
  ObjectState::OpenOptions options = ReadOpenOptions(info, 1);
  const Arguments arguments(info);
  const bool from_file = arguments.IsText(0);
  const std::string path = from_file ? arguments.Text(0, "source") : "";
  if (!from_file && options.name.empty()) {
    arguments.Bytes(0, "source");
    throw TypeErrorOf(env, "An object opened from bytes needs a name");
  }

  const auto state = std::make_shared<ObjectState>(AddonData::Of(env).registry, std::move(options));
  int error;
  std::string log;
  {
    LogCapture::Scope scope(state->log());
    error = from_file ? state->OpenFile(path, scope) : state->OpenBytes(arguments.Bytes(0, "source"), scope);
    log = scope.Text();
  }
  if (error != 0) throw ErrorOf(env, {error, "open object", std::move(log)});
  name_ = bpf_object__name(state->get());
  state_ = state;
}

void BpfObject::RequireOpened(Napi::Env env, const char* operation) const {
  switch (state_->phase()) {
    case ObjectState::Phase::kClosed: throw ErrorOf(env, {EBADF, operation, "the object is closed"});
    case ObjectState::Phase::kLoading: throw ErrorOf(env, {EBUSY, operation, "the object is loading"});
    default: return;
  }
}

void BpfObject::RequireUnloaded(Napi::Env env, const char* operation) const {
  RequireOpened(env, operation);
  if (state_->phase() != ObjectState::Phase::kOpen) throw ErrorOf(env, {EINVAL, operation, "the object is already loaded"});
}

void BpfObject::RequireLoaded(Napi::Env env, const char* operation) const {
  RequireOpened(env, operation);
  if (state_->phase() != ObjectState::Phase::kLoaded) throw ErrorOf(env, {EINVAL, operation, "the object is not loaded"});
}

bpf_program* BpfObject::RequireProgram(Napi::Env env, const char* operation, const std::string& name) const {
  bpf_program* const program = state_->FindProgram(name);
  if (program == nullptr) throw ErrorOf(env, {ENOENT, operation, "the object has no program \"" + name + "\""});
  return program;
}

bpf_map* BpfObject::RequireMap(Napi::Env env, const char* operation, const std::string& name) const {
  bpf_map* const map = state_->FindMap(name);
  if (map == nullptr) throw ErrorOf(env, {ENOENT, operation, "the object has no map \"" + name + "\""});
  return map;
}

Napi::Value BpfObject::Name(const Napi::CallbackInfo& info) { return Napi::String::New(info.Env(), name_); }

Napi::Value BpfObject::State(const Napi::CallbackInfo& info) {
  switch (state_->phase()) {
    case ObjectState::Phase::kOpen: return Napi::String::New(info.Env(), "open");
    case ObjectState::Phase::kLoading: return Napi::String::New(info.Env(), "loading");
    case ObjectState::Phase::kLoaded: return Napi::String::New(info.Env(), "loaded");
    case ObjectState::Phase::kFailed: return Napi::String::New(info.Env(), "failed");
    case ObjectState::Phase::kClosed: break;
  }
  return Napi::String::New(info.Env(), "closed");
}

Napi::Value BpfObject::Btf(const Napi::CallbackInfo& info) {
  RequireOpened(info.Env(), "read BTF");
  const btf* const types = bpf_object__btf(state_->get());
  if (types == nullptr) return info.Env().Undefined();
  uint32_t size = 0;
  const void* const data = btf__raw_data(types, &size);
  if (data == nullptr) throw ErrorOf(info.Env(), {ENOMEM, "read BTF", ""});
  Napi::Uint8Array copy = Napi::Uint8Array::New(info.Env(), size);
  std::memcpy(copy.Data(), data, size);
  return copy;
}

Napi::Value BpfObject::Programs(const Napi::CallbackInfo& info) {
  const Napi::Env env = info.Env();
  RequireOpened(env, "list programs");
  const Napi::Array list = Napi::Array::New(env);
  for (const ProgramDescription& program : DescribePrograms(state_->get())) {
    const Napi::Object item = Napi::Object::New(env);
    item.Set("name", program.name);
    item.Set("section", program.section);
    item.Set("type", static_cast<double>(program.type));
    item.Set("typeName", program.type_name);
    item.Set("autoload", program.autoload);
    list.Set(list.Length(), item);
  }
  return list;
}

Napi::Value BpfObject::Maps(const Napi::CallbackInfo& info) {
  const Napi::Env env = info.Env();
  RequireOpened(env, "list maps");
  const Napi::Array list = Napi::Array::New(env);
  for (const MapDescription& map : DescribeMaps(state_->get())) {
    const Napi::Object item = Napi::Object::New(env);
    item.Set("name", map.name);
    item.Set("section", map.internal ? Napi::String::New(env, map.section) : env.Undefined());
    item.Set("type", static_cast<double>(map.type));
    item.Set("typeName", map.type_name);
    item.Set("keySize", static_cast<double>(map.key_size));
    item.Set("valueSize", static_cast<double>(map.value_size));
    item.Set("maxEntries", static_cast<double>(map.max_entries));
    item.Set("flags", static_cast<double>(map.flags));
    item.Set("keyTypeId", static_cast<double>(map.key_type_id));
    item.Set("valueTypeId", static_cast<double>(map.value_type_id));
    item.Set("internal", map.internal);
    item.Set("autocreate", map.autocreate);
    list.Set(list.Length(), item);
  }
  return list;
}

Napi::Value BpfObject::Log(const Napi::CallbackInfo& info) { return Napi::String::New(info.Env(), state_->log().Text()); }

void BpfObject::Close(const Napi::CallbackInfo&) {
  state_->Close();
  map_handles_.clear();
}

}  // namespace santabpf
