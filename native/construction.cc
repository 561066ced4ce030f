#include "construction.h"

#include <string>

#include "failure.h"

namespace santabpf {
namespace {

thread_local bool constructing = false;

}  // namespace

Napi::Object Construct(Napi::Env, const Napi::FunctionReference& handle_class) {
  constructing = true;
  try {
    return handle_class.New({});
  } catch (...) {
    constructing = false;
    throw;
  }
}

void RequireConstruct(const Napi::CallbackInfo& info, const char* class_name) {
  if (!constructing) {
    throw TypeErrorOf(info.Env(), std::string("A ") + class_name + " can only be made by a BpfObject");
  }
  constructing = false;
}

}  // namespace santabpf
