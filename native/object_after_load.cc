// The methods of an object that need it loaded.
#include <bpf/bpf.h>
#include <fcntl.h>

#include <cerrno>
#include <string>
#include <utility>

#include "addon_data.h"
#include "arguments.h"
#include "description.h"
#include "descriptor.h"
#include "failure.h"
#include "hook.h"
#include "map.h"
#include "map_state.h"
#include "object.h"
#include "program.h"
#include "program_info.h"

namespace santabpf {
namespace {

constexpr double kMaxSafeInteger = 9007199254740991.0;

}  // namespace

Napi::Value BpfObject::AttachWith(Napi::Env env, const std::string& name,
                                  const std::function<int(bpf_program*, std::shared_ptr<LinkState>&)>& attach) {
  RequireLoaded(env, "attach program");
  bpf_program* const program = RequireProgram(env, "attach program", name);
  std::shared_ptr<LinkState> link;
  int error;
  std::string log;
  {
    LogCapture::Scope scope(state_->log());
    error = attach(program, link);
    log = scope.Text();
  }
  if (error != 0) throw ErrorOf(env, {error, "attach program", std::move(log)});
  const Napi::Value handle = Link::Create(env, state_, link);
  state_->Own(link);
  return handle;
}

Napi::Value BpfObject::Attach(const Napi::CallbackInfo& info) {
  const std::string name = Arguments(info).Text(0, "program");
  const Options options(info, 1);
  const auto over = options.Text("over");
  const auto hook_name = options.Text("hook");
  const Hook hook = hook_name ? ReadHook(info.Env(), *hook_name, options) : Hook();
  RequireLoaded(info.Env(), "attach program");
  const bpf_map* const map = over ? RequireMap(info.Env(), "attach program", *over) : nullptr;
  return AttachWith(info.Env(), name, [&](bpf_program* program, auto& link) {
    if (bpf_program__type(program) == BPF_PROG_TYPE_SYSCALL) {
      Descriptor runnable(fcntl(bpf_program__fd(program), F_DUPFD_CLOEXEC, 0));
      if (!runnable.valid()) return errno;
      link = std::make_shared<LinkState>(name, std::move(runnable));
      return 0;
    }
    Held held;
    const bpf_prog_type type = bpf_program__type(program);
    const bool is_of_sockets = map != nullptr && (type == BPF_PROG_TYPE_SK_MSG || type == BPF_PROG_TYPE_SK_SKB);
    const int error = hook             ? hook(program, held)
                      : map == nullptr ? Program(program).Attach(held.link)
                      : is_of_sockets  ? AttachToSockets(program, map, held)
                                       : Program(program).AttachOver(map, held.link);
    if (error != 0) return error;
    link = held.link ? std::make_shared<LinkState>(name, std::move(held.link))
                     : std::make_shared<LinkState>(name, std::move(held.attachment));
    return 0;
  });
}

Napi::Value BpfObject::AttachPerfEvent(const Napi::CallbackInfo& info) {
  const Napi::Env env = info.Env();
  const std::string name = Arguments(info).Text(0, "program");
  const Options options(info, 1);
  const auto type = options.Integer("type", 0, UINT32_MAX);
  const auto config = options.Integer("config", 0, kMaxSafeInteger);
  const auto frequency = options.Integer("frequency", 1, kMaxSafeInteger);
  const auto period = options.Integer("period", 1, kMaxSafeInteger);
  if (!type || !config) throw TypeErrorOf(env, "A perf event needs the numbers type and config");
  if (frequency.has_value() == period.has_value()) throw TypeErrorOf(env, "A perf event needs either frequency or period");
  const PerfEvent event{static_cast<uint32_t>(*type), static_cast<uint64_t>(*config), frequency.has_value(),
                                 static_cast<uint64_t>(frequency ? *frequency : *period)};
  return AttachWith(env, name, [&](bpf_program* program, auto& link) {
    auto sampling = std::make_unique<PerfSampling>(program, event);
    const int error = sampling->OpenAll();
    if (error == 0) link = std::make_shared<LinkState>(name, std::move(sampling));
    return error;
  });
}

void BpfObject::SetTailCall(const Napi::CallbackInfo& info) {
  const Napi::Env env = info.Env();
  const Arguments arguments(info);
  const std::string name = arguments.Text(0, "program");
  const MapState& map = BpfMap::OfArgument(info, 1, "set tail call");
  const uint32_t index = arguments.Uint32(2, "index");
  RequireLoaded(env, "set tail call");
  if (map.layout().type != BPF_MAP_TYPE_PROG_ARRAY) throw ErrorOf(env, {EINVAL, "set tail call", "the map holds no programs"});
  const int program = bpf_program__fd(RequireProgram(env, "set tail call", name));
  const int result = bpf_map_update_elem(map.fd(), &index, &program, BPF_ANY);
  if (result != 0) throw ErrorOf(env, {ErrnoOf(result), "set tail call", ""});
}

Napi::Value BpfObject::ProgramInfo(const Napi::CallbackInfo& info) {
  const Napi::Env env = info.Env();
  const std::string name = Arguments(info).Text(0, "program");
  RequireLoaded(env, "read program info");
  Program::Info result;
  const int error = Program(RequireProgram(env, "read program info", name)).GetInfo(result);
  if (error != 0) throw ErrorOf(env, {error, "read program info", ""});
  return ValueOf(env, result);
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

}  // namespace santabpf
