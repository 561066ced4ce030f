#pragma once

#include <napi.h>

namespace santabpf_test {

// Exports refuseBatches and refuseMappings, each with a boolean argument: until told otherwise, reading maps in batches or
// mapping them into memory fails as on a kernel without it.
void ExportOldKernel(Napi::Env env, Napi::Object exports);

}  // namespace santabpf_test
