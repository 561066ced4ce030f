#include "load_work.h"

#include <cerrno>
#include <utility>

namespace santabpf {

Napi::Promise LoadWork::Start(Napi::Env env, const std::shared_ptr<ObjectState>& object) {
  const Napi::Promise promise = PromiseWork::Start(std::make_unique<LoadWork>(env, object));
  object->BeginLoad();
  return promise;
}

LoadWork::LoadWork(Napi::Env env, std::shared_ptr<ObjectState> object)
    : PromiseWork(env, "santabpf.load", "load object"), object_(std::move(object)) {}

int LoadWork::Finish(int error) { return object_->EndLoad(error == 0) ? error : ECANCELED; }

}  // namespace santabpf
