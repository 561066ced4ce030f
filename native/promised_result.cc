#include "promised_result.h"

#include <cerrno>
#include <utility>

#include "failure.h"

namespace santabpf {

PromisedResult::PromisedResult(Napi::Env env, std::string operation) : deferred_(env), operation_(std::move(operation)) {}

void PromisedResult::Settle(int work_error, std::string log) {
  Napi::Value value = Environment().Undefined();
  if (work_error == 0) {
    try {
      value = Result();
    } catch (const Napi::Error& error) {
      Fail(error);
      return;
    }
  }
  const int error = Finish(work_error);
  if (error == 0) {
    deferred_.Resolve(value);
  } else {
    deferred_.Reject(ErrorOf(Environment(), {error, operation_, std::move(log)}).Value());
  }
}

void PromisedResult::Fail(const Napi::Error& error) {
  Finish(ENOMEM);
  deferred_.Reject(error.Value());
}

}  // namespace santabpf
