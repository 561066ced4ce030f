#pragma once

#include <napi.h>

namespace santabpf {

// readTypes(path): a file of raw BTF, and where its types are.
Napi::Value ReadTypes(const Napi::CallbackInfo& info);

}  // namespace santabpf
