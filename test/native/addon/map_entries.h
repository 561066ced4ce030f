#pragma once

#include <napi.h>

namespace santabpf_test {

// Exports lookup, update, updateBatch and remove: access to entries of a map by its id, see test/harness/map_entries.ts.
void ExportMapEntries(Napi::Env env, Napi::Object exports);

}  // namespace santabpf_test
