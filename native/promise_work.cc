#include "promise_work.h"

#include <cerrno>
#include <utility>

#include "failure.h"

namespace santabpf {

Napi::Promise PromiseWork::Start(std::unique_ptr<PromiseWork> work) {
  const Napi::Promise promise = work->deferred_.Promise();
  work->Queue();
  static_cast<void>(work.release());  // a queued worker deletes itself
  return promise;
}

PromiseWork::PromiseWork(Napi::Env env, const char* resource, std::string operation)
    : Napi::AsyncWorker(env, resource), deferred_(env), operation_(std::move(operation)) {}

void PromiseWork::OnOK() {
  Napi::Value value = Env().Undefined();
  if (error_ == 0) {
    try {
      value = Result();
    } catch (const Napi::Error& error) {
      OnError(error);
      return;
    }
  }
  const int error = Finish(error_);
  if (error == 0) {
    deferred_.Resolve(value);
  } else {
    deferred_.Reject(ErrorOf(Env(), {error, operation_, std::move(log_)}).Value());
  }
}

// Also reached when Run() threw, which only a lack of memory makes it do.
void PromiseWork::OnError(const Napi::Error& error) {
  Finish(ENOMEM);
  deferred_.Reject(error.Value());
}

}  // namespace santabpf
