#include "snapshot_work.h"

#include <cstring>
#include <utility>

#include "failure.h"

namespace santabpf {
namespace {

Napi::Uint32Array CopyOf(Napi::Env env, const std::vector<uint32_t>& numbers) {
  Napi::Uint32Array array = Napi::Uint32Array::New(env, numbers.size());
  if (!numbers.empty()) std::memcpy(array.Data(), numbers.data(), numbers.size() * sizeof(uint32_t));
  return array;
}

}  // namespace

Napi::Promise SnapshotWork::Start(const Napi::Object& handle, std::shared_ptr<MapState> map, const ReadOptions& options) {
  auto work = std::make_unique<SnapshotWork>(handle, map, options);
  const Napi::Promise promise = work->deferred_.Promise();
  work->Queue();
  map->BeginRead();
  static_cast<void>(work.release());  // a queued worker deletes itself
  return promise;
}

SnapshotWork::SnapshotWork(const Napi::Object& handle, std::shared_ptr<MapState> map, const ReadOptions& options)
    : Napi::AsyncWorker(handle.Env(), "santabpf.snapshot"),
      deferred_(handle.Env()),
      handle_(Napi::Persistent(handle)),
      map_(std::move(map)),
      options_(options) {}

void SnapshotWork::Execute() { error_ = map_->Read(options_); }

Napi::Object SnapshotWork::Result() {
  const Napi::Env env = Env();
  MapState::Snapshot& snapshot = map_->snapshot();
  const Napi::Object result = Napi::Object::New(env);
  Napi::Uint8Array keys = Napi::Uint8Array::New(env, snapshot.added_keys.size());
  if (!snapshot.added_keys.empty()) std::memcpy(keys.Data(), snapshot.added_keys.data(), snapshot.added_keys.size());
  const size_t values_size = snapshot.count * map_->layout().value_stride;
  result.Set("count", static_cast<double>(snapshot.count));
  result.Set("rows", Napi::Uint32Array::New(env, snapshot.count, snapshot.rows.View(env), 0));
  result.Set("rowLimit", static_cast<double>(snapshot.row_limit));
  result.Set("values", Napi::Uint8Array::New(env, values_size, snapshot.values.View(env), 0));
  result.Set("addedRows", CopyOf(env, snapshot.added_rows));
  result.Set("addedKeys", keys);
  result.Set("goneRows", CopyOf(env, snapshot.gone_rows));
  return result;
}

void SnapshotWork::OnOK() {
  if (error_ != 0) {
    map_->EndRead();
    deferred_.Reject(ErrorOf(Env(), {error_, "read map", ""}).Value());
    return;
  }
  Napi::Object result;
  try {
    result = Result();
  } catch (const Napi::Error& error) {
    map_->EndRead();
    deferred_.Reject(error.Value());
    return;
  }
  map_->EndRead();
  deferred_.Resolve(result);
}

void SnapshotWork::OnError(const Napi::Error& error) {
  map_->EndRead();
  deferred_.Reject(error.Value());
}

}  // namespace santabpf
