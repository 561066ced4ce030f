#pragma once

#include <napi.h>

namespace santabpf {

// Files as values of JavaScript that take no memory of this process: the kernel reads their pages when they are needed, and may
// drop them. A file must not be written to while its value is in use; replacing it is fine.

// mappedText(path): a string, one character for each byte (Latin-1).
Napi::Value MappedText(const Napi::CallbackInfo& info);
// mappedBytes(path): a Uint8Array. Writing to it does not change the file.
Napi::Value MappedBytes(const Napi::CallbackInfo& info);

}  // namespace santabpf
