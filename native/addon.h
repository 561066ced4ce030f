#pragma once

#include <napi.h>

namespace santabpf {

// Fills in the exports of the addon in one JavaScript environment.
Napi::Object Init(Napi::Env env, Napi::Object exports);

}  // namespace santabpf
