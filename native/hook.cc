#include "hook.h"

#include "failure.h"

namespace santabpf {

Hook ReadHook(Napi::Env env, const std::string& name, const Options& options) {
  for (const auto read : {&ReadTracingHook}) {
    if (Hook hook = read(env, name, options)) return hook;
  }
  throw TypeErrorOf(env, "There is no hook \"" + name + "\"");
}

}  // namespace santabpf
