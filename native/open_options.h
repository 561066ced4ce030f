#pragma once

#include <napi.h>

#include <cstddef>

#include "object_state.h"

namespace santabpf {

// Reads the options of a new object from one argument of a call. Throws a RangeError for a bad name.
ObjectState::OpenOptions ReadOpenOptions(const Napi::CallbackInfo& info, size_t index);

}  // namespace santabpf
