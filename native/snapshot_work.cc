#include "snapshot_work.h"

#include <cstring>
#include <vector>

namespace santabpf {
namespace {

Napi::Uint32Array CopyOf(Napi::Env env, const std::vector<uint32_t>& numbers) {
  Napi::Uint32Array array = Napi::Uint32Array::New(env, numbers.size());
  if (!numbers.empty()) std::memcpy(array.Data(), numbers.data(), numbers.size() * sizeof(uint32_t));
  return array;
}

Napi::Uint8Array CopyOf(Napi::Env env, const std::vector<uint8_t>& bytes) {
  Napi::Uint8Array array = Napi::Uint8Array::New(env, bytes.size());
  if (!bytes.empty()) std::memcpy(array.Data(), bytes.data(), bytes.size());
  return array;
}

}  // namespace

Napi::Object SnapshotObject(Napi::Env env, Snapshot& snapshot, size_t value_stride) {
  const Napi::Object result = Napi::Object::New(env);
  const size_t values_size = snapshot.count * value_stride;
  result.Set("count", static_cast<double>(snapshot.count));
  result.Set("rows", Napi::Uint32Array::New(env, snapshot.count, snapshot.rows.View(env), 0));
  result.Set("rowLimit", static_cast<double>(snapshot.row_limit));
  result.Set("values", Napi::Uint8Array::New(env, values_size, snapshot.values.View(env), 0));
  result.Set("addedRows", CopyOf(env, snapshot.added_rows));
  result.Set("addedKeys", CopyOf(env, snapshot.added_keys));
  result.Set("goneRows", CopyOf(env, snapshot.gone_rows));
  return result;
}

Napi::Value SnapshotWork::Result() { return SnapshotObject(Environment(), map().snapshot(), map().layout().value_stride); }

}  // namespace santabpf
