#pragma once

#include <napi.h>

#include "program.h"

namespace santabpf {

// A `ProgramInfo` for JavaScript. Fields that this kernel did not fill in are undefined.
Napi::Object ValueOf(Napi::Env env, const Program::Info& info);

}  // namespace santabpf
