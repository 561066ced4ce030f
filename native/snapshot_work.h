#pragma once

#include <memory>
#include <utility>

#include "map_work.h"

namespace santabpf {

// The MapSnapshot of src/maps/map_reader.ts.
Napi::Object SnapshotObject(Napi::Env env, Snapshot& snapshot, size_t value_stride);

// Reads a map, or the maps in it. Resolves to a MapSnapshot.
class SnapshotWork : public MapWork {
 public:
  static Napi::Promise Start(const Napi::Object& handle, std::shared_ptr<MapState> map, const char* operation) {
    auto work = std::make_unique<SnapshotWork>(handle, std::move(map), operation);
    return MapWork::Start(std::move(work), [](MapState& state) { return state.Read(); });
  }

  using MapWork::MapWork;

 protected:
  Napi::Value Result() override;
};

}  // namespace santabpf
