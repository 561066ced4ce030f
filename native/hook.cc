#include "hook.h"

#include "failure.h"

namespace santabpf {

std::string RequireText(Napi::Env env, const Options& options, const char* name) {
  auto text = options.Text(name);
  if (!text) throw TypeErrorOf(env, std::string("This hook needs the text ") + name);
  return std::move(*text);
}

Hook ReadHook(Napi::Env env, const std::string& name, const Options& options) {
  for (const auto read : {&ReadTracingHook, &ReadNetworkHook}) {
    if (Hook hook = read(env, name, options)) return hook;
  }
  throw TypeErrorOf(env, "There is no hook \"" + name + "\"");
}

}  // namespace santabpf
