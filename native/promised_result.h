#pragma once

#include <napi.h>

#include <string>

namespace santabpf {

// A promise that work on another thread settles. On the JavaScript thread only. A rejection is a NativeError of the operation.
class PromisedResult {
 public:
  virtual ~PromisedResult() = default;
  Napi::Promise Promise() const { return deferred_.Promise(); }
  // `error` is 0 or an errno; `log` is what libbpf said.
  void Settle(int error, std::string log);

 protected:
  // `operation` names the work in errors.
  PromisedResult(Napi::Env env, std::string operation);

  Napi::Env Environment() const { return deferred_.Env(); }
  const std::string& operation() const { return operation_; }
  // The value of the promise, if the work succeeded.
  virtual Napi::Value Result() { return Environment().Undefined(); }
  // After the work and Result(), whether they succeeded or not. Returns the errno to reject with, or 0.
  virtual int Finish(int error) { return error; }
  // Instead of Settle(), after an error that has no errno.
  void Fail(const Napi::Error& error);

 private:
  Napi::Promise::Deferred deferred_;
  const std::string operation_;
};

}  // namespace santabpf
