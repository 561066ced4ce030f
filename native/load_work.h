#pragma once

#include <napi.h>

#include <memory>
#include <string>

#include "object_state.h"

namespace santabpf {

// Loads an object on a thread of the pool and settles a promise.
class LoadWork : public Napi::AsyncWorker {
 public:
  // Starts the work.
  static Napi::Promise Start(Napi::Env env, std::shared_ptr<ObjectState> object);

  LoadWork(Napi::Env env, std::shared_ptr<ObjectState> object);

 protected:
  void Execute() override;
  void OnOK() override;
  void OnError(const Napi::Error& error) override;

 private:
  Napi::Promise::Deferred deferred_;
  std::shared_ptr<ObjectState> object_;
  int error_ = 0;
  std::string log_;
};

}  // namespace santabpf
