#pragma once

#include <napi.h>

namespace santabpf {

// Only an object makes links and maps: a handle that JavaScript constructs would be empty. Construct() makes one.
// RequireConstruct(), called in the constructor, throws a TypeError unless Construct() is running.
Napi::Object Construct(Napi::Env env, const Napi::FunctionReference& handle_class);
void RequireConstruct(const Napi::CallbackInfo& info, const char* class_name);

}  // namespace santabpf
