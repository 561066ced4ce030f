#pragma once

#include <napi.h>

namespace santabpf {

// readTypes(path): a file of raw BTF, and where its types are. The bytes may not be written to: they may be the kernel's.
Napi::Value ReadTypes(const Napi::CallbackInfo& info);

}  // namespace santabpf
