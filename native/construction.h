#pragma once

#include <napi.h>

namespace santabpf {

// Links and maps are made by their object only: a handle that JavaScript constructs itself would be empty.
// Construct() makes one; RequireConstruct(), in the constructor, throws a TypeError unless it is called by Construct().
Napi::Object Construct(Napi::Env env, const Napi::FunctionReference& handle_class);
void RequireConstruct(const Napi::CallbackInfo& info, const char* class_name);

}  // namespace santabpf
