#pragma once

#include <memory>
#include <string>

#include "object_state.h"
#include "promise_work.h"

namespace santabpf {

// Loads an object. Rejects with ECANCELED when the object was closed meanwhile.
class LoadWork : public PromiseWork {
 public:
  static Napi::Promise Start(Napi::Env env, const std::shared_ptr<ObjectState>& object);

  LoadWork(Napi::Env env, std::shared_ptr<ObjectState> object);

 protected:
  int Run(std::string& log) override { return object_->Load(log); }
  int Finish(int error) override;

 private:
  const std::shared_ptr<ObjectState> object_;
};

}  // namespace santabpf
