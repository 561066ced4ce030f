// The methods of an object that configure it, and its load.
#include <cerrno>
#include <cstring>
#include <string>

#include "arguments.h"
#include "failure.h"
#include "load_work.h"
#include "map.h"
#include "object.h"

namespace santabpf {

void BpfObject::SetAutoload(const Napi::CallbackInfo& info) {
  const Arguments arguments(info);
  const std::string name = arguments.Text(0, "program");
  const bool autoload = arguments.Bool(1, "autoload");
  RequireUnloaded(info.Env(), "set autoload");
  const int result = bpf_program__set_autoload(RequireProgram(info.Env(), "set autoload", name), autoload);
  if (result != 0) throw ErrorOf(info.Env(), {ErrnoOf(result), "set autoload", ""});
}

void BpfObject::SetProgramType(const Napi::CallbackInfo& info) {
  const Arguments arguments(info);
  const std::string name = arguments.Text(0, "program");
  const auto type = static_cast<bpf_prog_type>(arguments.Uint32(1, "type"));
  const auto attach_type = static_cast<bpf_attach_type>(arguments.Uint32(2, "attachType"));
  const bool is_sleepable = arguments.Bool(3, "isSleepable");
  RequireUnloaded(info.Env(), "set program type");
  bpf_program* const program = RequireProgram(info.Env(), "set program type", name);
  const int result = bpf_program__set_type(program, type);
  if (result != 0) throw ErrorOf(info.Env(), {ErrnoOf(result), "set program type", ""});
  bpf_program__set_expected_attach_type(program, attach_type);
  const uint32_t others = bpf_program__flags(program) & ~BPF_F_SLEEPABLE;
  bpf_program__set_flags(program, others | (is_sleepable ? BPF_F_SLEEPABLE : 0));
}

void BpfObject::SetAttachTarget(const Napi::CallbackInfo& info) {
  const Arguments arguments(info);
  const std::string name = arguments.Text(0, "program");
  std::string target = arguments.Text(1, "target");
  RequireUnloaded(info.Env(), "set attach target");
  state_->SetAttachTarget(RequireProgram(info.Env(), "set attach target", name), std::move(target));
}

void BpfObject::SetAutocreate(const Napi::CallbackInfo& info) {
  const Arguments arguments(info);
  const std::string name = arguments.Text(0, "map");
  const bool autocreate = arguments.Bool(1, "autocreate");
  RequireUnloaded(info.Env(), "set autocreate");
  const int result = bpf_map__set_autocreate(RequireMap(info.Env(), "set autocreate", name), autocreate);
  if (result != 0) throw ErrorOf(info.Env(), {ErrnoOf(result), "set autocreate", ""});
}

void BpfObject::SetMaxEntries(const Napi::CallbackInfo& info) {
  const Arguments arguments(info);
  const std::string name = arguments.Text(0, "map");
  const uint32_t max_entries = arguments.Uint32(1, "maxEntries");
  RequireUnloaded(info.Env(), "set max entries");
  const int result = bpf_map__set_max_entries(RequireMap(info.Env(), "set max entries", name), max_entries);
  if (result != 0) throw ErrorOf(info.Env(), {ErrnoOf(result), "set max entries", ""});
}

void BpfObject::SetKeySize(const Napi::CallbackInfo& info) {
  const Arguments arguments(info);
  const std::string name = arguments.Text(0, "map");
  const uint32_t key_size = arguments.Uint32(1, "keySize");
  RequireUnloaded(info.Env(), "set key size");
  bpf_map* const map = RequireMap(info.Env(), "set key size", name);
  const bool is_typed = bpf_map__btf_key_type_id(map) != 0;
  if (key_size == 0 || (is_typed && key_size > bpf_map__key_size(map))) {
    throw RangeErrorOf(info.Env(), "keys of \"" + name + "\" can have 1 to " + std::to_string(bpf_map__key_size(map)) + " bytes, not " +
                                       std::to_string(key_size));
  }
  const int result = bpf_map__set_key_size(map, key_size);
  if (result != 0) throw ErrorOf(info.Env(), {ErrnoOf(result), "set key size", ""});
}

void BpfObject::SetValueSize(const Napi::CallbackInfo& info) {
  const Arguments arguments(info);
  const std::string name = arguments.Text(0, "map");
  const uint32_t value_size = arguments.Uint32(1, "valueSize");
  RequireUnloaded(info.Env(), "set value size");
  const int result = bpf_map__set_value_size(RequireMap(info.Env(), "set value size", name), value_size);
  if (result != 0) throw ErrorOf(info.Env(), {ErrnoOf(result), "set value size", ""});
}

void BpfObject::SetPinPath(const Napi::CallbackInfo& info) {
  const Arguments arguments(info);
  const std::string name = arguments.Text(0, "map");
  const std::string path = arguments.Text(1, "path");
  RequireUnloaded(info.Env(), "set pin path");
  const int result = bpf_map__set_pin_path(RequireMap(info.Env(), "set pin path", name), path.c_str());
  if (result != 0) throw ErrorOf(info.Env(), {ErrnoOf(result), "set pin path", ""});
}

namespace {

// libbpf returns its writable memory as const; writing is allowed until the load.
uint8_t* InitialValueOf(Napi::Env env, const char* operation, bpf_map* map, size_t& size) {
  void* const value = const_cast<void*>(static_cast<const void*>(bpf_map__initial_value(map, &size)));
  if (value != nullptr) return static_cast<uint8_t*>(value);
  throw ErrorOf(env, {EINVAL, operation, "map \"" + std::string(bpf_map__name(map)) + "\" has no initial value"});
}

}  // namespace

Napi::Value BpfObject::InitialValue(const Napi::CallbackInfo& info) {
  const Napi::Env env = info.Env();
  const std::string name = Arguments(info).Text(0, "map");
  RequireUnloaded(env, "read initial value");
  size_t size = 0;
  const uint8_t* const value = InitialValueOf(env, "read initial value", RequireMap(env, "read initial value", name), size);
  Napi::Uint8Array copy = Napi::Uint8Array::New(env, size);
  std::memcpy(copy.Data(), value, size);
  return copy;
}

void BpfObject::SetInitialValue(const Napi::CallbackInfo& info) {
  const Napi::Env env = info.Env();
  const Arguments arguments(info);
  const std::string name = arguments.Text(0, "map");
  const uint32_t offset = arguments.Uint32(1, "offset");
  const ByteView bytes = arguments.Bytes(2, "bytes");
  RequireUnloaded(env, "set initial value");
  size_t size = 0;
  uint8_t* const value = InitialValueOf(env, "set initial value", RequireMap(env, "set initial value", name), size);
  if (offset > size || bytes.size > size - offset) {
    throw RangeErrorOf(env, std::to_string(bytes.size) + " bytes at offset " + std::to_string(offset) + " do not fit into the " +
                                std::to_string(size) + " bytes of \"" + name + "\"");
  }
  if (bytes.size > 0) std::memcpy(value + offset, bytes.data, bytes.size);
}

void BpfObject::ReuseMap(const Napi::CallbackInfo& info) {
  const Napi::Env env = info.Env();
  const std::string name = Arguments(info).Text(0, "name");
  const MapState& map = BpfMap::OfArgument(info, 1, "reuse map");
  RequireUnloaded(env, "reuse map");
  bpf_map* const own = RequireMap(env, "reuse map", name);
  const MapLayout& layout = map.layout();
  if (bpf_map__type(own) != layout.type || bpf_map__key_size(own) != layout.key_size || bpf_map__value_size(own) != layout.value_size) {
    throw ErrorOf(env, {EINVAL, "reuse map", "map \"" + name + "\" has another type, or keys or values of another size"});
  }
  const int result = bpf_map__reuse_fd(own, map.fd());
  if (result != 0) throw ErrorOf(env, {ErrnoOf(result), "reuse map", ""});
}

Napi::Value BpfObject::Load(const Napi::CallbackInfo& info) {
  RequireUnloaded(info.Env(), "load object");
  return LoadWork::Start(info.Env(), state_);
}

}  // namespace santabpf
