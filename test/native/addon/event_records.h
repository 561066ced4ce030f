#pragma once

#include <napi.h>

namespace santabpf_test {

// Adds countRecords() to the exports: how records are counted, without a kernel.
void ExportEventRecords(Napi::Env env, Napi::Object exports);

}  // namespace santabpf_test
