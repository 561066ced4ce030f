#include "load_work.h"

#include <cerrno>
#include <utility>

#include "failure.h"

namespace santabpf {

Napi::Promise LoadWork::Start(Napi::Env env, std::shared_ptr<ObjectState> object) {
  auto work = std::make_unique<LoadWork>(env, object);
  const Napi::Promise promise = work->deferred_.Promise();
  work->Queue();
  object->BeginLoad();
  static_cast<void>(work.release());  // a queued worker deletes itself
  return promise;
}

LoadWork::LoadWork(Napi::Env env, std::shared_ptr<ObjectState> object)
    : Napi::AsyncWorker(env, "santabpf.load"), deferred_(env), object_(std::move(object)) {}

void LoadWork::Execute() { error_ = object_->Load(log_); }

void LoadWork::OnOK() {
  if (!object_->EndLoad(error_ == 0)) {
    deferred_.Reject(ErrorOf(Env(), {ECANCELED, "load object", std::move(log_)}).Value());
  } else if (error_ != 0) {
    deferred_.Reject(ErrorOf(Env(), {error_, "load object", std::move(log_)}).Value());
  } else {
    deferred_.Resolve(Env().Undefined());
  }
}

void LoadWork::OnError(const Napi::Error& error) {
  object_->EndLoad(false);
  deferred_.Reject(error.Value());
}

}  // namespace santabpf
