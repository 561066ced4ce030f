#include "empty_work.h"

#include <utility>

#include "failure.h"
#include "map_emptying.h"

namespace santabpf {

Napi::Promise EmptyWork::Start(const Napi::Object& handle, std::shared_ptr<MapState> map) {
  auto work = std::make_unique<EmptyWork>(handle, map);
  const Napi::Promise promise = work->deferred_.Promise();
  work->Queue();
  map->BeginRead();
  static_cast<void>(work.release());  // a queued worker deletes itself
  return promise;
}

EmptyWork::EmptyWork(const Napi::Object& handle, std::shared_ptr<MapState> map)
    : Napi::AsyncWorker(handle.Env(), "santabpf.empty"),
      deferred_(handle.Env()),
      handle_(Napi::Persistent(handle)),
      map_(std::move(map)) {}

void EmptyWork::Execute() { error_ = EmptyMap(map_->fd(), map_->layout()); }

void EmptyWork::OnOK() {
  map_->EndRead();
  if (error_ != 0) {
    deferred_.Reject(ErrorOf(Env(), {error_, "empty map", ""}).Value());
  } else {
    deferred_.Resolve(Env().Undefined());
  }
}

void EmptyWork::OnError(const Napi::Error& error) {
  map_->EndRead();
  deferred_.Reject(error.Value());
}

}  // namespace santabpf
