#pragma once

#include <napi.h>

#include <memory>
#include <string>

namespace santabpf {

// Work on a thread of the pool that settles a promise. A rejection is a NativeError of the work's operation.
class PromiseWork : public Napi::AsyncWorker {
 public:
  // Queues the work, which deletes itself at its end.
  static Napi::Promise Start(std::unique_ptr<PromiseWork> work);

 protected:
  // `resource` names the work for async hooks; `operation` names it in errors.
  PromiseWork(Napi::Env env, const char* resource, std::string operation);

  // On a thread of the pool. Returns 0 or an errno; may leave in `log` what libbpf said.
  virtual int Run(std::string& log) = 0;
  // On the JavaScript thread after a Run() that returned 0: the value of the promise.
  virtual Napi::Value Result() { return Env().Undefined(); }
  // On the JavaScript thread after Run() and Result(), whether they succeeded or not. Returns the errno to reject with, or 0.
  virtual int Finish(int error) { return error; }

 private:
  void Execute() final { error_ = Run(log_); }
  void OnOK() final;
  void OnError(const Napi::Error& error) final;

  Napi::Promise::Deferred deferred_;
  const std::string operation_;
  int error_ = 0;
  std::string log_;
};

}  // namespace santabpf
