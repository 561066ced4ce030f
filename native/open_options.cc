#include "open_options.h"

#include <string>

#include "arguments.h"
#include "failure.h"

namespace santabpf {
namespace {

bool IsObjectName(const std::string& name) {
  return !name.empty() && name.find_first_not_of("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789_") == std::string::npos;
}

}  // namespace

ObjectState::OpenOptions ReadOpenOptions(const Napi::CallbackInfo& info, size_t index) {
  const Options options(info, index);
  ObjectState::OpenOptions result;
  result.name = options.Text("name").value_or("");
  if (!result.name.empty() && !IsObjectName(result.name)) {
    throw RangeErrorOf(info.Env(), "name may have letters, digits and _ only, not \"" + result.name + "\"");
  }
  result.btf_path = options.Text("btfPath").value_or("");
  return result;
}

}  // namespace santabpf
