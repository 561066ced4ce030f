#pragma once

#include <memory>
#include <string>
#include <utility>

#include "map_work.h"

namespace santabpf {

// Reads a map. Resolves to a MapSnapshot.
class SnapshotWork : public MapWork {
 public:
  SnapshotWork(const Napi::Object& handle, std::shared_ptr<MapState> map)
      : MapWork(handle, std::move(map), "santabpf.snapshot", "read map") {}

 protected:
  int Run(std::string&) override { return map().Read(); }
  Napi::Value Result() override;
};

}  // namespace santabpf
