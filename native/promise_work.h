#pragma once

#include <napi.h>

#include <memory>
#include <string>

#include "promised_result.h"

namespace santabpf {

// Work on a thread of libuv's pool that settles a promise.
class PromiseWork : public Napi::AsyncWorker, public PromisedResult {
 public:
  // Queues the work, which deletes itself at its end.
  static Napi::Promise Start(std::unique_ptr<PromiseWork> work);

 protected:
  // `resource` names the work for async hooks; `operation` names it in errors.
  PromiseWork(Napi::Env env, const char* resource, std::string operation);

  // On a thread of the pool. Returns 0 or an errno; may leave in `log` what libbpf said.
  virtual int Run(std::string& log) = 0;

 private:
  void Execute() final { error_ = Run(log_); }
  void OnOK() final { Settle(error_, std::move(log_)); }
  // Reached when Run() threw, which only a lack of memory makes it do.
  void OnError(const Napi::Error& error) final { Fail(error); }

  int error_ = 0;
  std::string log_;
};

}  // namespace santabpf
