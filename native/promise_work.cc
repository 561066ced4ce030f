#include "promise_work.h"

#include <utility>

namespace santabpf {

Napi::Promise PromiseWork::Start(std::unique_ptr<PromiseWork> work) {
  const Napi::Promise promise = work->Promise();
  work->Queue();
  static_cast<void>(work.release());  // a queued worker deletes itself
  return promise;
}

PromiseWork::PromiseWork(Napi::Env env, const char* resource, std::string operation)
    : Napi::AsyncWorker(env, resource), PromisedResult(env, std::move(operation)) {}

}  // namespace santabpf
