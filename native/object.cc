#include "object.h"

#include <bpf/btf.h>

#include <cerrno>
#include <cstddef>
#include <cstring>
#include <utility>

#include "description.h"
#include "load_work.h"
#include "map.h"
#include "map_state.h"
#include "program.h"

namespace santabpf {
namespace {

constexpr double kMaxSafeInteger = 9007199254740991.0;

bool IsObjectName(const std::string& name) {
  return !name.empty() && name.find_first_not_of("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789_") == std::string::npos;
}

ObjectState::OpenOptions ReadOpenOptions(const Napi::CallbackInfo& info) {
  const Options options(info, 1);
  ObjectState::OpenOptions result;
  result.name = options.Text("name").value_or("");
  if (!result.name.empty() && !IsObjectName(result.name)) {
    throw RangeErrorOf(info.Env(), "Expected letters, digits and _ for name but received \"" + result.name + "\"");
  }
  result.btf_path = options.Text("btfPath").value_or("");
  const std::string level = options.Text("logLevel").value_or("info");
  if (level == "warn") {
    result.level = LIBBPF_WARN;
  } else if (level == "info") {
    result.level = LIBBPF_INFO;
  } else if (level == "debug") {
    result.level = LIBBPF_DEBUG;
  } else {
    throw RangeErrorOf(info.Env(), "Expected warn, info or debug for logLevel but received \"" + level + "\"");
  }
  return result;
}

Napi::Value CopyOf(Napi::Env env, const void* data, size_t size) {
  Napi::Uint8Array array = Napi::Uint8Array::New(env, size);
  if (size > 0) std::memcpy(array.Data(), data, size);
  return array;
}

}  // namespace

Napi::Function BpfObject::Define(Napi::Env env) {
  return DefineClass(env, "BpfObject",
                     {
                         InstanceAccessor<&BpfObject::Name>("name"),
                         InstanceAccessor<&BpfObject::State>("state"),
                         InstanceMethod<&BpfObject::Btf>("btf"),
                         InstanceMethod<&BpfObject::Programs>("programs"),
                         InstanceMethod<&BpfObject::Maps>("maps"),
                         InstanceMethod<&BpfObject::SetAutoload>("setAutoload"),
                         InstanceMethod<&BpfObject::SetAutocreate>("setAutocreate"),
                         InstanceMethod<&BpfObject::SetMaxEntries>("setMaxEntries"),
                         InstanceMethod<&BpfObject::SetInitialValue>("setInitialValue"),
                         InstanceMethod<&BpfObject::InitialValue>("initialValue"),
                         InstanceMethod<&BpfObject::Load>("load"),
                         InstanceMethod<&BpfObject::Attach>("attach"),
                         InstanceMethod<&BpfObject::AttachPerfEvent>("attachPerfEvent"),
                         InstanceMethod<&BpfObject::ProgramInfo>("programInfo"),
                         InstanceMethod<&BpfObject::Map>("map"),
                         InstanceMethod<&BpfObject::Log>("log"),
                         InstanceMethod<&BpfObject::Close>("close"),
                     });
}

BpfObject::BpfObject(const Napi::CallbackInfo& info) : Napi::ObjectWrap<BpfObject>(info) {
  const Napi::Env env = info.Env();
  ObjectState::OpenOptions options = ReadOpenOptions(info);
  const Arguments arguments(info);
  const bool from_file = arguments.IsText(0);
  const std::string path = from_file ? arguments.Text(0, "source") : "";
  if (!from_file && options.name.empty()) {
    arguments.Bytes(0, "source");
    throw TypeErrorOf(env, "Expected a name for an object that is opened from bytes");
  }

  const auto state = std::make_shared<ObjectState>(AddonData::Of(env).registry, std::move(options));
  int error;
  std::string log;
  {
    LogCapture::Scope scope(state->log());
    error = from_file ? state->OpenFile(path) : state->OpenBytes(arguments.Bytes(0, "source"));
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
  if (state_->phase() != ObjectState::Phase::kOpen) throw ErrorOf(env, {EINVAL, operation, "the object was loaded already"});
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
  return CopyOf(info.Env(), data, size);
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

void BpfObject::SetAutoload(const Napi::CallbackInfo& info) {
  const Arguments arguments(info);
  const std::string name = arguments.Text(0, "program");
  const bool autoload = arguments.Bool(1, "autoload");
  RequireUnloaded(info.Env(), "set autoload");
  const int result = bpf_program__set_autoload(RequireProgram(info.Env(), "set autoload", name), autoload);
  if (result != 0) throw ErrorOf(info.Env(), {ErrnoOf(result), "set autoload", ""});
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

void BpfObject::SetInitialValue(const Napi::CallbackInfo& info) {
  const Napi::Env env = info.Env();
  const Arguments arguments(info);
  const std::string name = arguments.Text(0, "map");
  const uint32_t offset = arguments.Uint32(1, "offset");
  const ByteView bytes = arguments.Bytes(2, "bytes");
  RequireUnloaded(env, "set initial value");
  bpf_map* const map = RequireMap(env, "set initial value", name);
  size_t size = 0;
  // libbpf hands out its writable memory as const, since it must not be written after the load.
  void* const value = const_cast<void*>(static_cast<const void*>(bpf_map__initial_value(map, &size)));
  if (value == nullptr) throw ErrorOf(env, {EINVAL, "set initial value", "map \"" + name + "\" has no initial value"});
  if (offset > size || bytes.size > size - offset) {
    throw RangeErrorOf(env, "Expected offset and bytes within the " + std::to_string(size) + " bytes of \"" + name + "\" but received " +
                                std::to_string(bytes.size) + " bytes at " + std::to_string(offset));
  }
  if (bytes.size > 0) std::memcpy(static_cast<uint8_t*>(value) + offset, bytes.data, bytes.size);
}

Napi::Value BpfObject::InitialValue(const Napi::CallbackInfo& info) {
  const Arguments arguments(info);
  const std::string name = arguments.Text(0, "map");
  RequireUnloaded(info.Env(), "read initial value");
  size_t size = 0;
  const void* const value = bpf_map__initial_value(RequireMap(info.Env(), "read initial value", name), &size);
  if (value == nullptr) return info.Env().Undefined();
  return CopyOf(info.Env(), value, size);
}

Napi::Value BpfObject::Load(const Napi::CallbackInfo& info) {
  RequireUnloaded(info.Env(), "load object");
  return LoadWork::Start(info.Env(), state_);
}

Napi::Value BpfObject::AttachWith(Napi::Env env, const std::string& name,
                                  const std::function<int(bpf_program*, std::vector<LinkPointer>&)>& attach) {
  RequireLoaded(env, "attach program");
  bpf_program* const program = RequireProgram(env, "attach program", name);
  std::vector<LinkPointer> links;
  int error;
  std::string log;
  {
    LogCapture::Scope scope(state_->log());
    error = attach(program, links);
    log = scope.Text();
  }
  if (error != 0) throw ErrorOf(env, {error, "attach program", std::move(log)});
  const auto link = std::make_shared<LinkState>(name, std::move(links));
  const Napi::Value handle = Link::Create(env, state_, link);
  state_->Own(link);
  return handle;
}

Napi::Value BpfObject::Attach(const Napi::CallbackInfo& info) {
  const std::string name = Arguments(info).Text(0, "program");
  return AttachWith(info.Env(), name, [](bpf_program* program, auto& links) { return Program(program).Attach(links); });
}

Napi::Value BpfObject::AttachPerfEvent(const Napi::CallbackInfo& info) {
  const Napi::Env env = info.Env();
  const std::string name = Arguments(info).Text(0, "program");
  const Options options(info, 1);
  const auto type = options.Integer("type", 0, UINT32_MAX);
  const auto config = options.Integer("config", 0, kMaxSafeInteger);
  const auto frequency = options.Integer("frequency", 1, kMaxSafeInteger);
  const auto period = options.Integer("period", 1, kMaxSafeInteger);
  if (!type || !config) throw TypeErrorOf(env, "Expected numbers for type and config of the perf event");
  if (frequency.has_value() == period.has_value()) throw TypeErrorOf(env, "Expected either frequency or period of the perf event");
  const Program::PerfEvent event{static_cast<uint32_t>(*type), static_cast<uint64_t>(*config), frequency.has_value(),
                                 static_cast<uint64_t>(frequency ? *frequency : *period)};
  return AttachWith(env, name, [&event](bpf_program* program, auto& links) { return Program(program).AttachPerfEvent(event, links); });
}

Napi::Value BpfObject::ProgramInfo(const Napi::CallbackInfo& info) {
  const Napi::Env env = info.Env();
  const std::string name = Arguments(info).Text(0, "program");
  RequireLoaded(env, "read program info");
  Program::Info result;
  const int error = Program(RequireProgram(env, "read program info", name)).GetInfo(result);
  if (error != 0) throw ErrorOf(env, {error, "read program info", ""});

  const bpf_prog_info& program = result.info;
  const auto known = [&](size_t end, uint64_t number) -> Napi::Value {
    if (result.size < end) return env.Undefined();
    return Napi::Number::New(env, static_cast<double>(number));
  };
#define SANTABPF_KNOWN(field) known(offsetof(bpf_prog_info, field) + sizeof(program.field), program.field)
  std::string tag;
  for (const uint8_t byte : program.tag) {
    constexpr char kDigits[] = "0123456789abcdef";
    tag += {kDigits[byte >> 4], kDigits[byte & 15]};
  }
  const Napi::Object object = Napi::Object::New(env);
  object.Set("id", static_cast<double>(program.id));
  object.Set("type", static_cast<double>(program.type));
  object.Set("name", std::string(program.name, strnlen(program.name, sizeof(program.name))));
  object.Set("tag", tag);
  object.Set("loadTimeNs", static_cast<double>(program.load_time));
  object.Set("runTimeNs", SANTABPF_KNOWN(run_time_ns));
  object.Set("runCount", SANTABPF_KNOWN(run_cnt));
  object.Set("recursionMisses", SANTABPF_KNOWN(recursion_misses));
  object.Set("verifiedInstructions", SANTABPF_KNOWN(verified_insns));
  object.Set("translatedSize", static_cast<double>(program.xlated_prog_len));
  object.Set("jitedSize", static_cast<double>(program.jited_prog_len));
#undef SANTABPF_KNOWN
  return object;
}

Napi::Value BpfObject::Map(const Napi::CallbackInfo& info) {
  const Napi::Env env = info.Env();
  const std::string name = Arguments(info).Text(0, "map");
  RequireLoaded(env, "open map");
  bpf_map* const map = RequireMap(env, "open map", name);
  const std::string full_name = bpf_map__name(map);
  const auto known = map_handles_.find(full_name);
  if (known != map_handles_.end()) {
    const Napi::Object handle = known->second.Value();
    if (!BpfMap::Unwrap(handle)->closed()) return handle;
  }
  if (!bpf_map__autocreate(map)) throw ErrorOf(env, {EINVAL, "open map", "the map was not created"});
  const auto state = std::make_shared<MapState>(full_name, SectionOf(map));
  const int error = state->Open(bpf_map__fd(map));
  if (error != 0) throw ErrorOf(env, {error, "open map", ""});
  const Napi::Object handle = BpfMap::Create(env, state_, state);
  state_->Own(state);
  map_handles_[full_name] = Napi::Persistent(handle);
  return handle;
}

Napi::Value BpfObject::Log(const Napi::CallbackInfo& info) { return Napi::String::New(info.Env(), state_->log().Text()); }

void BpfObject::Close(const Napi::CallbackInfo&) {
  state_->Close();
  map_handles_.clear();
}

}  // namespace santabpf
