#pragma once

#include <napi.h>

#include <memory>

#include "map_state.h"

namespace santabpf {

// Empties a map on a thread of the pool and settles a promise.
class EmptyWork : public Napi::AsyncWorker {
 public:
  // Starts the work. `handle` is kept alive until it is done.
  static Napi::Promise Start(const Napi::Object& handle, std::shared_ptr<MapState> map);

  EmptyWork(const Napi::Object& handle, std::shared_ptr<MapState> map);

 protected:
  void Execute() override;
  void OnOK() override;
  void OnError(const Napi::Error& error) override;

 private:
  Napi::Promise::Deferred deferred_;
  const Napi::ObjectReference handle_;
  std::shared_ptr<MapState> map_;
  int error_ = 0;
};

}  // namespace santabpf
