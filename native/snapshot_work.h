#pragma once

#include <napi.h>

#include <memory>

#include "map_state.h"

namespace santabpf {

// Reads a map on a thread of the pool and settles a promise.
class SnapshotWork : public Napi::AsyncWorker {
 public:
  // Starts the work. `handle` is kept alive until it is done.
  static Napi::Promise Start(const Napi::Object& handle, std::shared_ptr<MapState> map, const ReadOptions& options);

  SnapshotWork(const Napi::Object& handle, std::shared_ptr<MapState> map, const ReadOptions& options);

 protected:
  void Execute() override;
  void OnOK() override;
  void OnError(const Napi::Error& error) override;

 private:
  Napi::Object Result();

  Napi::Promise::Deferred deferred_;
  const Napi::ObjectReference handle_;
  std::shared_ptr<MapState> map_;
  const ReadOptions options_;
  int error_ = 0;
};

}  // namespace santabpf
